"""The framed page and the script that places it, as other sites get them."""

import gzip
import re
from html import unescape
from pathlib import Path

import pytest

from tests.support.service import PUBLIC_URL, Service, running

EMBED = "/orgs/forest-explorers/embed"
VIEWS = ("agenda", "month", "week", "places", "button")


@pytest.mark.parametrize("view", VIEWS)
async def test_every_view_is_a_page_that_may_be_framed_and_kept(service: Service, view: str) -> None:
    first = await service.get(f"{EMBED}?view={view}")
    again = await service.get(f"{EMBED}?view={view}", If_None_Match=first.headers["etag"])

    assert first.status_code == 200
    assert first.headers["content-type"] == "text/html; charset=utf-8"
    assert first.headers["content-language"] == "fr"
    assert first.headers["x-robots-tag"] == "noindex"
    assert "frame-ancestors *" in first.headers["content-security-policy"]
    assert "unsafe" not in first.headers["content-security-policy"]
    assert "max-age=300" in first.headers["cache-control"]
    assert "set-cookie" not in first.headers
    assert again.status_code == 304
    assert again.content == b""


async def test_only_the_widget_may_be_framed(service: Service) -> None:
    page = await service.get("/orgs/forest-explorers")

    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]


@pytest.mark.parametrize("view", VIEWS)
async def test_no_style_attribute_and_no_inline_script(service: Service, view: str) -> None:
    html = (await service.get(f"{EMBED}?view={view}&accent=ff0000&background=000")).text

    assert not re.search(r"<[^>]+\sstyle=", html)
    assert not re.search(r"\son[a-z]+=", html)
    assert not re.search(r"<script>", html)


async def test_the_same_wish_is_the_same_page(service: Service) -> None:
    one = await service.get(f"{EMBED}?view=month&lang=en&accent=FC0&utm_source=mail")
    other = await service.get(f"{EMBED}?accent=%23ffcc00&view=MONTH&fbclid=1&lang=en")

    assert one.content == other.content
    assert one.headers["etag"] == other.headers["etag"]


async def test_nothing_depends_on_the_moment_of_the_request(service: Service) -> None:
    first = await service.get(EMBED)
    service.clock.advance(minutes=9)
    later = await service.get(EMBED)

    assert first.content == later.content


async def test_a_selection_is_shown_and_kept_on_every_way_on(service: Service) -> None:
    whole = (await service.get(f"{EMBED}?lang=en")).text
    chosen = (await service.get(f"{EMBED}?lang=en&q=yoga&view=month")).text

    assert "yoga" in chosen
    assert chosen.count("<details") < whole.count("<details")
    ways = [unescape(it) for it in re.findall(r'href="(/orgs/[^"]*/embed[^"]*)"', chosen)]
    assert ways
    assert all("q=yoga&lang=en" in way for way in ways)
    assert f"{PUBLIC_URL}/orgs/forest-explorers?q=yoga&lang=en" in unescape(chosen)


@pytest.mark.parametrize(
    ("query", "parameter"),
    [("view=year", "view"), ("accent=red", "accent"), ("day=x", "day"), ("programId=x", "programId")],
)
async def test_what_cannot_be_understood_is_said_in_one_sentence(
    service: Service, query: str, parameter: str
) -> None:
    answer = await service.get(f"{EMBED}?{query}&lang=en")

    assert answer.status_code == 422
    assert parameter in answer.text
    assert "red" not in answer.text


async def test_a_wrong_address_can_be_read_in_its_frame(service: Service) -> None:
    answers = [await service.get(f"{EMBED}?view=year"), await service.get("/orgs/nobody/embed")]

    assert [answer.status_code for answer in answers] == [422, 404]
    for answer in answers:
        assert "frame-ancestors 'none'" not in answer.headers.get("content-security-policy", "")
        assert "x-frame-options" not in answer.headers


async def test_any_day_is_answered(service: Service) -> None:
    for day in ("0001-01-01", "9999-12-31", "2026-11-01", "2027-02-28"):
        for view in VIEWS:
            assert (await service.get(f"{EMBED}?view={view}&day={day}")).status_code == 200


async def test_text_from_amilia_is_never_markup(tmp_path: Path) -> None:
    async with running(tmp_path) as service:
        organization = service.world.organization("forest-explorers")
        assert organization is not None
        for view in VIEWS:
            html = (await service.get(f"{EMBED}?view={view}&pastDays=60")).text
            assert "<script>alert" not in html
            assert "<b>" not in html


async def test_the_script_knows_its_service_and_is_small(service: Service) -> None:
    answer = await service.get("/embed.js", Accept_Encoding="identity")

    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "max-age=3600" in answer.headers["cache-control"]
    assert f'"{PUBLIC_URL}"' in answer.text
    assert "{public_url}" not in answer.text
    assert len(gzip.compress(answer.content)) < 6_000


async def test_a_framed_month_is_light(service: Service) -> None:
    page = await service.get(f"{EMBED}?view=month", Accept_Encoding="identity")
    files = [
        await service.get(address, Accept_Encoding="identity")
        for address in re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)
    ]

    assert len(files) >= 5
    assert sum(len(gzip.compress(answer.content)) for answer in (page, *files)) < 20_000
