"""What a calendar client, a browser or a robot may rely on at the addresses of feeds, asked over HTTP."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app.ics.lint import check
from tests.support.content_lines import unfolded, values
from tests.support.service import Service, running

FEED = "/orgs/forest-explorers/calendar.ics"
LAKESIDE = "/orgs/lakeside/calendar.ics"
ADDRESSES = [
    *("/", "/orgs/forest-explorers", FEED, LAKESIDE, f"{FEED}?programId=999", f"{FEED}?lang=de"),
    *("/orgs/forest-explorers/nothing.ics", "/orgs/nobody", "/healthz", "/readyz", "/robots.txt"),
]
SELECTIONS = ["", "?lang=en", "?cancelled=show", "?cancelled=hide", "?alarm=30", "?programId=999", "?q=yoga"]
MENDED_AT_ITS_SOURCE = "text-damaged"
"""The one finding that no feed of ours can avoid: text that was damaged before Amilia sent it."""


@pytest.mark.parametrize("path", ADDRESSES)
async def test_every_answer_that_is_not_compressed_tells_its_length(service: Service, path: str) -> None:
    answer = await service.get(path, Accept_Encoding="identity")

    assert "transfer-encoding" not in answer.headers
    assert int(answer.headers["content-length"]) == len(answer.content)


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
async def test_a_compressed_feed_tells_no_length_so_that_half_of_it_is_never_taken_for_the_whole(
    service: Service, coding: str
) -> None:
    answer = await service.get(FEED, Accept_Encoding=coding)
    plain = await service.get(FEED, Accept_Encoding="identity")

    assert answer.headers["content-encoding"] == coding
    assert "content-length" not in answer.headers
    assert answer.content == plain.content


@pytest.mark.parametrize("path", ADDRESSES)
async def test_no_answer_sets_a_cookie(service: Service, path: str) -> None:
    answer = await service.get(path, Cookie="session=1")

    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "path",
    ["/orgs/forest-explorers/nothing.ics", "/orgs/nobody/calendar.ics", f"{FEED}/", "/orgs//calendar.ics"],
)
async def test_what_is_no_feed_is_plainly_not_found(service: Service, path: str) -> None:
    answer = await service.get(path)

    assert answer.status_code == 404
    assert answer.headers.get("location") is None
    assert "BEGIN:VCALENDAR" not in answer.text


async def test_a_missing_feed_is_told_in_plain_text_that_any_page_may_read(service: Service) -> None:
    answer = await service.get("/orgs/forest-explorers/nothing.ics")

    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("path", [FEED, "/orgs/8008/calendar.ics", f"{FEED}?lang=en&utm_source=mail"])
async def test_a_feed_is_never_elsewhere(service: Service, path: str) -> None:
    answer = await service.get(path)

    assert (answer.status_code, answer.headers.get("location")) == (200, None)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Accept": "text/html"},
        {"Accept": "text/calendar,text/plain;q=0.8,*/*;q=0.5", "Accept-Language": "de"},
        {"Accept": "application/calendar+json"},
        {"User-Agent": "Google-Calendar-Importer"},
        {"Cache-Control": "no-cache", "Pragma": "no-cache"},
        {"X-Forwarded-Host": "evil.example", "Host": "evil.example"},
    ],
)
async def test_whoever_asks_and_however_the_bytes_are_the_same(
    service: Service, headers: dict[str, str]
) -> None:
    plain = await service.client.get(FEED)

    asked = await service.client.get(FEED, headers=headers)

    assert asked.headers["content-type"] == "text/calendar; charset=utf-8"
    assert (asked.content, asked.headers["etag"]) == (plain.content, plain.headers["etag"])


async def test_a_304_repeats_what_a_cache_must_know(service: Service) -> None:
    whole = await service.get(FEED)

    unchanged = await service.get(FEED, If_None_Match=f'W/{whole.headers["etag"]}, "other"')

    assert unchanged.status_code == 304
    for name in ("etag", "last-modified", "cache-control", "access-control-allow-origin"):
        assert unchanged.headers[name] == whole.headers[name]


async def test_a_browser_may_read_what_tells_a_new_copy(service: Service) -> None:
    answer = await service.get(FEED, Origin="https://club.example")

    exposed = {name.strip() for name in answer.headers["access-control-expose-headers"].split(",")}
    assert {"ETag", "Last-Modified"} <= exposed


async def test_feeds_are_open_to_robots_and_kept_out_of_search(service: Service) -> None:
    robots = (await service.get("/robots.txt")).text
    feed = await service.get(FEED)

    disallowed = re.findall(r"^Disallow: (\S+)$", robots, re.MULTILINE)
    assert disallowed
    assert not [path for path in disallowed if FEED.startswith(path)]
    assert feed.headers["x-robots-tag"] == "noindex"


async def test_every_offered_address_ends_in_a_name_with_the_suffix_of_calendars(tmp_path: Path) -> None:
    feeds = {"natation": {"name": {"fr": "Natation", "en": "Swimming"}, "q": "natation"}}
    async with running(tmp_path, forest={"feeds": feeds}) as service:
        pages = [
            (await service.get(f"/orgs/forest-explorers{query}")).text
            for query in ("", "?q=natation", "?q=natation&lang=en", "?weekday=sat")
        ]

    offered = [address for page in pages for address in re.findall(r'value="(https://[^"]+)"', page)]
    assert [urlsplit(address).path.rpartition("/")[2] for address in offered] == [
        "calendar.ics",
        "natation.ics",
        "natation.ics",
        "calendar.ics",
    ]


@pytest.mark.parametrize("selection", SELECTIONS)
async def test_nothing_is_found_in_any_selection_of_the_awkward_world(
    service: Service, selection: str
) -> None:
    for path in (FEED, LAKESIDE):
        answer = await service.get(path + selection)

        findings = check(answer.content, headers=answer.headers)
        assert [finding for finding in findings if finding.rule != MENDED_AT_ITS_SOURCE] == []


@pytest.mark.parametrize("selection", SELECTIONS)
async def test_a_feed_invites_nobody_and_carries_no_file(service: Service, selection: str) -> None:
    body = (await service.get(FEED + selection)).content

    for name in ("METHOD", "ORGANIZER", "ATTENDEE", "ATTACH", "CLASS", "RRULE", "X-ALT-DESC"):
        assert values(_without_zone(body), name) == []
    assert ("BEGIN:VALARM" in unfolded(body)) == (selection == "?alarm=30")


def _without_zone(body: bytes) -> bytes:
    return re.sub(rb"^BEGIN:VTIMEZONE\r\n.*?^END:VTIMEZONE\r\n", b"", body, flags=re.DOTALL | re.MULTILINE)


async def test_the_page_tells_how_long_calendars_take(service: Service) -> None:
    french = (await service.get("/orgs/forest-explorers")).text
    english = (await service.get("/orgs/forest-explorers?lang=en")).text

    for page in (french, english):
        assert all(name in page for name in ("Apple", "Thunderbird", "Outlook", "Google"))
    assert "Pour une annulation de dernière minute" in french
    assert "For an urgent cancellation" in english


async def test_a_page_points_calendar_programs_to_its_feed(service: Service) -> None:
    page = (await service.get("/orgs/forest-explorers?lang=en")).text

    (link,) = re.findall(r'<link rel="alternate" type="text/calendar"[^>]* href="([^"]+)"', page)
    assert link == "https://calendars.example.org/orgs/forest-explorers/calendar.ics?lang=en"
