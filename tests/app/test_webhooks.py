"""Change notices: heard from whoever knows the secret, gathered, and never believed."""

import asyncio
import base64
import hashlib
import hmac
import json
import logging
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


async def settled(service: Service) -> None:
    """Wait until Amilia is not asked any more."""
    before = -1
    while before != (calls := service.calls()):
        before = calls
        await asyncio.sleep(0.4)


async def walks_after(service: Service, body: bytes) -> int:
    """How often the events were read again because of a notice."""
    await service.get(FEED)
    before = service.calls("/events")
    service.clock.advance(seconds=10)
    await post(service, body)
    await settled(service)
    return service.calls("/events") - before


async def test_a_notice_brings_the_change_at_once(service: Service) -> None:
    before = titles_of(await service.calendar(FEED))
    event = next(iter(service.world.organizations["forest-explorers"].timetable))
    service.world.rename(event.id, Text("Tout nouveau titre", "Brand-new title"))
    service.clock.advance(seconds=10)

    answer = await post(service, notice())
    await settled(service)
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
    await settled(service)

    assert "Annoncé par Amilia" in titles_of(await service.calendar(FEED))


async def test_a_burst_is_one_more_walk(service: Service) -> None:
    one = await walks_after(service, notice())
    calls = service.calls("/events")

    await asyncio.gather(*(post(service, notice()) for _ in range(40)))

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


def outcomes(metrics: str) -> dict[str, int]:
    """How many notices came to what."""
    name = 'amilia_feeds_webhooks_total{outcome="'
    lines = [line.removeprefix(name) for line in metrics.splitlines() if line.startswith(name)]
    return {outcome: int(float(count)) for outcome, _, count in (line.partition('"} ') for line in lines)}


async def test_a_flood_of_notices_is_two_marks_and_few_lines_and_its_last_one_counts(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await service.get(FEED)
    event = next(iter(service.world.organizations["forest-explorers"].timetable))
    service.clock.advance(seconds=10)

    await post(service, notice())
    await settled(service)
    service.world.rename(event.id, Text("Changé pendant l’inondation", "Changed in the flood"))
    await asyncio.gather(*(post(service, notice()) for _ in range(500)))
    service.clock.advance(seconds=10)
    async with asyncio.timeout(20):
        while "Changé pendant l’inondation" not in titles_of(await service.calendar(FEED)):  # noqa: ASYNC110
            await asyncio.sleep(0.2)

    counts = outcomes((await service.get("/metrics")).text)
    assert counts["heard"] + counts["gathered"] == 501
    assert 2 <= counts["heard"] < 20  # one a second, however slow the machine
    assert 0 < len([record for record in caplog.records if "gave notice" in record.message]) <= 20


async def test_a_flood_of_wrong_secrets_and_unreadable_notices_says_little(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    await asyncio.gather(*(post(service, b"{}", f"/webhooks/amilia/guess-{n}") for n in range(300)))
    wrong = len(caplog.records)
    await asyncio.gather(*(post(service, b"no JSON") for _ in range(300)))

    assert wrong == 0
    assert 0 < len(caplog.records) <= 20


async def test_of_many_large_bodies_at_once_only_so_much_is_read(service: Service) -> None:
    rest = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b" " * 1_000_000
        await rest.wait()
        yield notice()

    waiting = [asyncio.ensure_future(service.client.post(ADDRESS, content=slow())) for _ in range(33)]
    await asyncio.sleep(0.3)
    another = await post(service, b" " * 1_000_000 + notice())
    rest.set()
    answers = await asyncio.gather(*waiting)
    again = await post(service, b" " * 1_000_000 + notice())

    assert {answer.status_code for answer in (another, again, *answers)} == {200}
    assert outcomes((await service.get("/metrics")).text)["too many"] == 1


async def test_whoever_hangs_up_before_the_end_is_no_error(service: Service) -> None:
    messages: list[Any] = [
        {"type": "http.request", "body": b"{", "more_body": True},
        {"type": "http.disconnect"},
    ]
    sent: list[Any] = []

    async def receive() -> Any:
        return messages.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    transport = service.client._transport
    assert isinstance(transport, httpx.ASGITransport)
    scope = {"type": "http", "method": "POST", "path": ADDRESS, "query_string": b"", "headers": []}
    await transport.app({**scope, "http_version": "1.1"}, receive, send)

    assert outcomes((await service.get("/metrics")).text) == {"cut off": 1}


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
