"""The operator's page: there for who knows the token, in words that say what to do."""

from base64 import b64encode
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from app.web.status import is_let_in
from tests.support.service import Service, running

TOKEN = "a-token-of-the-operator"
FOREST, LAKESIDE = "/orgs/forest-explorers/calendar.ics", "/orgs/lakeside/calendar.ics"


def basic(text: str) -> str:
    return f"Basic {b64encode(text.encode()).decode()}"


@pytest.fixture
async def watched(tmp_path: Path) -> AsyncIterator[Service]:
    async with running(tmp_path, status_token=TOKEN) as started:
        yield started


async def seen(service: Service, lang: str = "en") -> httpx.Response:
    return await service.get(f"/status?lang={lang}", Authorization=f"Bearer {TOKEN}")


async def test_without_a_configured_token_there_is_no_such_page(service: Service) -> None:
    answer = await service.get("/status", Authorization="Bearer ")

    assert answer.status_code == 404


async def test_whoever_does_not_know_the_token_learns_nothing(watched: Service) -> None:
    answer = await watched.get("/status")

    assert (answer.status_code, answer.text) == (401, "This page needs the status token.\n")
    assert answer.headers["www-authenticate"].startswith('Basic realm="')
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("authorization", "let_in"),
    [
        (f"Bearer {TOKEN}", True),
        (f"bearer  {TOKEN} ", True),
        (basic(f"anybody:{TOKEN}"), True),
        (basic(f":{TOKEN}"), True),
        (f"Bearer {TOKEN}x", False),
        (f"Bearer {TOKEN[:-1]}", False),
        ("Bearer", False),
        ("", False),
        (TOKEN, False),
        (basic(TOKEN), False),
        (basic(f"{TOKEN}:"), False),
        ("Basic %%%", False),
        ("Basic /w==", False),
        (f"Digest {TOKEN}", False),
        ("Bearer é", False),
    ],
)
def test_only_the_token_opens(authorization: str, let_in: bool) -> None:
    assert is_let_in(authorization, TOKEN) is let_in


async def test_it_says_what_is_served_and_what_nobody_asked_for(watched: Service) -> None:
    await watched.get(LAKESIDE)
    watched.clock.advance(minutes=3)

    page = await seen(watched)

    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert "77 events, fetched 3 minutes ago." in page.text
    assert "Nobody has asked for a calendar since the start" in page.text
    assert "1 process answers." in page.text


async def test_what_needs_the_operator_is_first_and_has_its_cure(watched: Service) -> None:
    await watched.get(LAKESIDE)
    watched.fault("403@forest-explorers:")
    await watched.get(FOREST)
    watched.clock.advance(hours=2)

    page = (await seen(watched)).text

    assert page.index('class="ward" data-light="fault"') < page.index('class="ward" data-light="well"')
    assert "Refreshing has failed for 2 hours. Amilia refuses: check the credentials" in page


async def test_it_speaks_french(watched: Service) -> None:
    await watched.get(FOREST)

    page = (await seen(watched, "fr")).text

    assert "Tout va bien?" in page
    assert "lus il y a" in page


async def test_it_shows_subscriptions_by_client(watched: Service) -> None:
    for _ in range(3):
        await watched.get(FOREST, User_Agent="Google-Calendar-Importer")

    page = (await seen(watched)).text

    assert '<th scope="row">google</th><td>3</td>' in page


async def test_a_head_has_no_body(watched: Service) -> None:
    answer = await watched.client.head("/status", headers={"Authorization": f"Bearer {TOKEN}"})

    assert (answer.status_code, answer.content) == (200, b"")


async def test_a_store_that_fails_is_on_the_page(tmp_path: Path) -> None:
    (tmp_path / "feeds.db").mkdir()  # no file can be made here
    async with running(tmp_path, status_token=TOKEN) as service:
        await service.get(FOREST)

        page = (await seen(service)).text

    assert "The store cannot be used" in page
