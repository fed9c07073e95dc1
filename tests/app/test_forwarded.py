"""Nothing that is answered depends on the name the caller gives us, or on what a proxy says of him."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.service import PUBLIC_URL, Service, running

CLAIMS = {
    "Host": "evil.example",
    "Forwarded": "for=10.0.0.1;host=evil.example;proto=ftp",
    "X-Forwarded-For": "10.0.0.1",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "ftp",
    "X-Forwarded-Port": "666",
    "X-Forwarded-Prefix": "/evil",
    "X-Original-URL": "/evil",
    "X-Rewrite-URL": "/evil",
}


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    async with running(tmp_path) as started:
        yield started


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/orgs/forest-explorers",
        "/orgs/forest-explorers/calendar.ics",
        "/orgs/forest-explorers/calendar.json",
        "/orgs/forest-explorers/changes.atom",
        "/orgs/forest-explorers/qr.svg",
        "/orgs/forest-explorers/embed",
        "/orgs/nobody/calendar.ics",
        "/orgs/forest-explorers/calendar.ics?pastDays=soon",
        "/nowhere",
    ],
)
async def test_answers_are_the_same_whatever_the_caller_claims(service: Service, path: str) -> None:
    await service.get("/orgs/forest-explorers/calendar.ics")
    plain = await service.client.get(path)
    claimed = await service.client.get(path, headers=CLAIMS)

    assert (claimed.status_code, claimed.content) == (plain.status_code, plain.content)
    assert dict(claimed.headers) == dict(plain.headers)
    assert "evil" not in claimed.text + str(claimed.headers)


async def test_addresses_come_from_the_settings(service: Service) -> None:
    page = await service.client.get("/orgs/forest-explorers", headers=CLAIMS)

    assert PUBLIC_URL.removeprefix("https://") in page.text
