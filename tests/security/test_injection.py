"""Nothing that a caller writes comes back as a header, as markup, or as an address to go to."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pytest

from app.domain.selection import PARAMETERS
from tests.security.routes import FOREST
from tests.support.markup import Markup
from tests.support.service import PUBLIC_URL, Service, running, settings_for

ATTACKS: Final = (
    "x\r\nSet-Cookie: pwned=1",
    "x\nX-Pwned: 1",
    "<script>pwned</script>",
    '"><img src=x onerror=pwned>',
    '"; filename="pwned.exe',
    "../../pwned",
    "..\\pwned",
    "//pwned.example/",
    "javascript:pwned",
    "pwned\x00",
    "\u202epwned",
    "pwned" * 1000,
)
SHAPES: Final = (
    "/orgs/{}",
    "/orgs/{}/calendar.ics",
    "/orgs/{}/calendar.json",
    FOREST + "/{}.ics",
    FOREST + "/{}.json",
    FOREST + "/events/{}.ics",
    FOREST + "/{}",
    "/static/{}/page.css",
    "/static/0/{}",
    "/private/{}/x.ics",
    "/webhooks/amilia/{}",
    "/{}",
)


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    async with running(tmp_path) as started:
        yield started


async def test_nothing_of_a_path_comes_back(service: Service) -> None:
    for shape in SHAPES:
        for attack in ATTACKS:
            answer = await service.client.get(shape.format(quote(attack, safe="")))
            told = answer.text + str(answer.headers.multi_items())
            assert answer.status_code in {200, 404, 405}, (shape, attack[:40])
            assert "pwned" not in told.lower().replace("no-such", ""), (shape, attack[:40])


@pytest.mark.parametrize(
    "path", ["", "/embed", "/calendar.ics", "/calendar.json", "/changes.atom", "/qr.svg"]
)
async def test_nothing_of_a_query_is_more_than_text(service: Service, path: str) -> None:
    for parameter in (*PARAMETERS, "view", "day", "accent", "utm_source", "to"):
        for attack in ATTACKS:
            answer = await service.client.get(f"{FOREST}{path}?{quote(parameter)}={quote(attack)}")
            assert answer.status_code in {200, 422}
            assert "pwned" not in str(answer.headers.multi_items()).lower(), (parameter, attack[:40])
            if answer.status_code == 422:
                assert "pwned" not in answer.text.lower()
            elif parameter == "q" and path in {"", "/embed"}:
                page = Markup(answer.text)
                scripts = [it for it in page.all("script") if it.get("type") != "application/ld+json"]
                assert not [it for it in scripts if "pwned" in it.text]
                assert not [
                    it for it in page.elements if any(name.startswith("on") for name in it.attributes)
                ]
            elif path == "/calendar.json":
                json.loads(answer.content)


async def test_the_only_redirect_leads_to_our_own_page(tmp_path: Path) -> None:
    alone = {"lakeside": settings_for(tmp_path).organizations["lakeside"]}
    async with running(tmp_path, organizations=alone) as service:
        answers = [
            await service.client.get(
                "/" + query, headers={"Host": "evil.example", "X-Forwarded-Host": "evil"}
            )
            for query in ("", "?next=//evil.example", "?lang=//evil.example", "?url=javascript:1")
        ]

    assert {(answer.status_code, answer.headers["location"]) for answer in answers} == {
        (307, "/orgs/lakeside")
    }


async def test_addresses_of_our_own_are_of_the_settings(service: Service) -> None:
    claimed = {"Host": "evil.example", "Forwarded": "host=evil.example;proto=http"}
    for path in ("", "/calendar.ics", "/changes.atom", "/embed?view=button"):
        answer = await service.client.get(FOREST + path, headers=claimed)

        assert "evil.example" not in answer.text
        assert PUBLIC_URL.removeprefix("https://") in answer.text


@pytest.mark.parametrize("ending", ["calendar.ics", "events/{}.ics"])
async def test_the_name_of_a_file_is_made_of_our_own_words(service: Service, ending: str) -> None:
    first = (await service.get(f"{FOREST}/calendar.json")).json()[0]["id"]

    answer = await service.get(f"{FOREST}/{ending.format(first)}?filename=pwned.exe&q=%22;filename=pwned.exe")

    name = answer.headers["content-disposition"].partition("filename=")[2]
    assert name in {'"forest-explorers.ics"', f'"forest-explorers-{first}.ics"'}
