"""Change notices: heard from whoever knows the secret, gathered, and never believed."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.simulator.model import Text
from tests.support.service import PUBLIC_URL, Service, running, titles_of

SECRET = "long-and-unguessable"
ADDRESS = f"/webhooks/amilia/{SECRET}"
FEED = "/orgs/forest-explorers/calendar.ics"


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    async with running(tmp_path, webhook_secret=SECRET) as started:
        yield started


def notice(**changes: Any) -> bytes:
    """As captured from Amilia, but for the people in it."""
    envelope = {
        "OrganizationId": 8008,
        "Context": "Activity",
        "Action": "Update",
        "Name": "calendar feeds",
        "EventTime": "2026-11-22T12:00:00.1234567-05:00",
        "Payload": {"Id": 5836165, "StartDate": "2026-09-25T12:46:00-04:00"},
        **changes,
    }
    return json.dumps(envelope).encode()


async def post(service: Service, body: bytes, path: str = ADDRESS, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await service.client.post(path, content=body, headers=named)


async def walks_after(service: Service, body: bytes) -> int:
    """How often the events were read again because of a notice."""
    await service.get(FEED)
    before = service.calls("/events")
    service.clock.advance(seconds=10)
    await post(service, body)
    await asyncio.sleep(0.5)
    return service.calls("/events") - before


async def test_a_notice_brings_the_change_at_once(service: Service) -> None:
    before = titles_of(await service.calendar(FEED))
    event = next(iter(service.world.organizations["forest-explorers"].timetable))
    service.world.rename(event.id, Text("Tout nouveau titre", "Brand-new title"))
    service.clock.advance(seconds=10)

    answer = await post(service, notice())
    await asyncio.sleep(0.5)
    after = titles_of(await service.calendar(FEED))

    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert "Tout nouveau titre" not in before
    assert "Tout nouveau titre" in after


async def test_the_simulated_amilia_delivers_its_notices(service: Service) -> None:
    await service.get(FEED)
    body = {
        "Name": "feeds",
        "Url": PUBLIC_URL + ADDRESS,
        "Context": "Activity",
        "Action": "Update",
        "Version": "V1",
    }
    organization = service.world.organization("forest-explorers")
    assert organization is not None
    service.simulator.courier.subscribe(organization, body)
    event = next(iter(organization.timetable))
    service.clock.advance(seconds=10)

    service.world.rename(event.id, Text("Annoncé par Amilia", "Told by Amilia"))
    await service.simulator.courier.drain()
    await asyncio.sleep(0.5)

    assert "Annoncé par Amilia" in titles_of(await service.calendar(FEED))


async def test_a_burst_is_one_more_walk(service: Service) -> None:
    one = await walks_after(service, notice())
    calls = service.calls("/events")

    for _ in range(40):
        await post(service, notice())
    await asyncio.sleep(0.5)

    assert one > 10
    assert service.calls("/events") == calls


@pytest.mark.parametrize(
    "body",
    [
        notice(Context="Registration"),
        notice(Context="Person", Payload=None),
        notice(OrganizationId=424242),
        b"",
        b"not json",
        b"[1, 2]",
        b"[" * 100_000,
        b'{"OrganizationId": {"a": 1}, "Context": [], "Payload": "x"}',
    ],
)
async def test_a_notice_of_no_concern_is_answered_and_changes_nothing(service: Service, body: bytes) -> None:
    assert await walks_after(service, body) == 0
    assert (await post(service, body)).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        notice(OrganizationId="8008"),
        notice(Context="Program", Action="Delete", Payload={"Id": "69"}),
        notice(Context="SomethingNew"),
        notice(
            OrganizationId=None,
            Payload={"Url": "https://app.amilia.com/store/fr/forest-explorers/shop/activities/5836165"},
        ),
    ],
)
async def test_notices_are_read_leniently(service: Service, body: bytes) -> None:
    assert await walks_after(service, body) > 10


async def test_only_whoever_knows_the_secret_is_heard(service: Service) -> None:
    await service.get(FEED)
    calls = service.calls()

    answers = [
        await post(service, notice(), f"/webhooks/amilia/{guess}") for guess in ("x", "Long", "é" * 20)
    ]

    assert [answer.status_code for answer in answers] == [401, 401, 401]
    assert SECRET not in "".join(answer.text for answer in answers)
    assert service.calls() == calls


async def test_without_a_secret_there_is_no_such_address(tmp_path: Path) -> None:
    async with running(tmp_path) as service:
        assert (await post(service, notice(), "/webhooks/amilia/")).status_code == 404
        assert (await post(service, notice(), "/webhooks/amilia/None")).status_code == 404


async def test_a_body_beyond_any_notice_is_not_read_to_its_end(service: Service) -> None:
    answer = await post(service, b'{"Context": "' + b"x" * 2_000_000 + b'"}')

    assert answer.status_code == 200
    assert 'amilia_feeds_webhooks_total{outcome="too large"} 1.0' in (await service.get("/metrics")).text


async def test_a_signature_is_checked_where_the_operator_knows_its_key(tmp_path: Path) -> None:
    async with running(tmp_path, webhook_secret=SECRET, webhook_signature_secret="key") as service:
        good = base64.b64encode(hmac.digest(b"key", notice(), hashlib.sha256)).decode()
        signed = await post(service, notice(), X_Amilia_Signature=good)
        wrong = await post(service, notice(), X_Amilia_Signature=good[::-1])
        unsigned = await post(service, notice())

    assert [answer.status_code for answer in (signed, wrong, unsigned)] == [200, 401, 401]


async def test_the_address_is_for_posting_only(service: Service) -> None:
    answer = await service.get(ADDRESS)

    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
