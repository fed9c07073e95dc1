"""One organization's trouble never slows another, though all of them share one pace and few connections."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import date
from itertools import count
from typing import TypeAlias

import pytest

from app.amilia.client import AmiliaClient
from app.amilia.limits import Limits
from app.amilia.pace import LINES_OF_ONE, ON_PROBATION, Pace
from app.domain.errors import UpstreamThrottled, UpstreamUnavailable
from tests.support.amilia_client import IMPATIENT, ids, talking_to
from tests.support.amilia_server import AmiliaServer, Call, Reply, event, program

Intercept: TypeAlias = Callable[[Call], Awaitable[Reply | None]]

YEAR = (date(2026, 1, 1), date(2026, 12, 31))
MONTHS = list(range(1, 13))
PATIENT = replace(IMPATIENT, call_seconds=60, walk_seconds=60, attempts=1)
"""Bounds of a client whose calls still hang when a test is over."""
STUBBORN = replace(IMPATIENT, call_seconds=0.05, walk_seconds=60, attempts=1_000)
"""Bounds of a client that gives a call up soon, and tries it again until a test is over."""
SOON_SECONDS = 5.0
"""A walk that nobody holds up takes some milliseconds; behind one of these it would last a minute."""


async def hang(_: Call) -> Reply | None:
    await asyncio.Event().wait()
    raise AssertionError("nobody sets this event")


async def dawdle(_: Call) -> Reply | None:
    await asyncio.sleep(0.1)
    return None


async def fail(_: Call) -> Reply | None:
    return Reply({}, 503)


async def throttle(_: Call) -> Reply | None:
    return Reply({"Message": "Too many"}, 429, {"Retry-After": "60"})


class Endless:
    """Every page is full of new events, and there is always another."""

    def __init__(self) -> None:
        self._ids = count(1_000)

    async def __call__(self, _: Call) -> Reply | None:
        items = [event(next(self._ids)) for _ in range(5)]
        return Reply({"Items": items, "Paging": {"Next": "https://elsewhere.example/more"}})


def club(intercept: Intercept | None = None) -> AmiliaServer:
    """A club with an event in each month; ``intercept`` answers the calls for events."""
    server = AmiliaServer([event(month, f"2026-{month:02d}-15") for month in MONTHS], [program()])
    change(server, intercept)
    return server


def change(server: AmiliaServer, intercept: Intercept | None) -> None:
    """Answer calls for events in another way from now on."""

    async def to_events(call: Call) -> Reply | None:
        return await intercept(call) if intercept and call.endpoint == "events" else None

    server.intercept = to_events


@asynccontextmanager
async def clients_of(
    pace: Pace, *servers: AmiliaServer, limits: Limits = PATIENT
) -> AsyncIterator[list[AmiliaClient]]:
    """A client of each server, all of them on one pace."""
    async with AsyncExitStack() as stack:
        clients = [talking_to(server, pace=pace, limits=limits) for server in servers]
        yield [await stack.enter_async_context(client) for client in clients]


@asynccontextmanager
async def walking(*clients: AmiliaClient) -> AsyncIterator[None]:
    """Walks in both languages that are under way during the block, and given up with it."""
    walks = [asyncio.ensure_future(client.walk(lang, *YEAR)) for client in clients for lang in ("fr", "en")]
    await asyncio.sleep(0.2)
    assert not any(walk.done() for walk in walks)
    try:
        yield
    finally:
        for walk in walks:
            walk.cancel()
        await asyncio.gather(*walks, return_exceptions=True)


async def walked(client: AmiliaClient) -> list[int]:
    """The whole year, soon."""
    async with asyncio.timeout(SOON_SECONDS):
        return ids(await client.walk("fr", *YEAR))


@pytest.mark.parametrize("trouble", [hang, dawdle, Endless()], ids=["hanging", "slow", "endless"])
async def test_nobody_waits_for_an_organization_in_trouble(trouble: Intercept) -> None:
    pace, bad = Pace(calls_per_second=500), club(trouble)

    async with clients_of(pace, bad, club()) as (troubled, well), walking(troubled):
        found = await walked(well)

    assert found == MONTHS
    assert 0 < bad.most_under_way <= LINES_OF_ONE


async def test_whoever_gets_no_answer_leaves_its_place_to_the_others() -> None:
    pace = Pace(calls_per_second=10_000, errands=1)

    async with clients_of(pace, club(hang), club(), limits=STUBBORN) as (troubled, well), walking(troubled):
        found = await walked(well)

    assert found == MONTHS


async def test_however_many_had_no_answer_lately_they_share_two_lines() -> None:
    pace, bad = Pace(calls_per_second=10_000), [club(fail) for _ in range(20)]

    async with clients_of(pace, *bad, club()) as (*troubled, well):
        for client in troubled:
            with pytest.raises(UpstreamUnavailable):
                await client.walk("fr", *YEAR)
        for server in bad:
            change(server, hang)
        async with walking(*troubled):
            found = await walked(well)
            hanging = sum(server.under_way for server in bad)
            state = repr(pace)

    assert (found, hanging) == (MONTHS, ON_PROBATION)
    assert state == "<Pace 10000/s, 2 calling, 20 of 21 on probation, paused for 0.0 s>"


async def test_a_walk_that_succeeds_ends_the_probation() -> None:
    pace, server = Pace(calls_per_second=10_000), club(fail)
    most = []

    async with clients_of(pace, server) as (client,):
        with pytest.raises(UpstreamUnavailable):
            await client.walk("fr", *YEAR)
        change(server, dawdle)
        for _ in range(2):
            server.most_under_way = 0
            assert ids(await client.walk("fr", *YEAR)) == MONTHS
            most.append(server.most_under_way)

    assert most == [ON_PROBATION, LINES_OF_ONE]


async def test_a_429_is_obeyed_by_the_organization_that_was_told_and_by_no_other() -> None:
    pace, bad = Pace(calls_per_second=10_000), club(throttle)

    async with clients_of(pace, bad, club()) as (troubled, well):
        with pytest.raises(UpstreamThrottled):
            await troubled.walk("fr", *YEAR)
        async with walking(troubled):
            found = await walked(well)

    assert found == MONTHS
    assert 1 <= len(bad.calls_to("events")) <= LINES_OF_ONE
    assert pace.paused_for == 0


async def test_a_429_told_to_a_second_organization_is_obeyed_by_all() -> None:
    pace, well = Pace(calls_per_second=10_000), club()

    async with clients_of(pace, club(throttle), club(throttle), well) as (one, two, third):
        for client in (one, two):
            with pytest.raises(UpstreamThrottled):
                await client.walk("fr", *YEAR)
        async with walking(third):
            pass

    assert 50 < pace.paused_for <= 60
    assert well.calls == []
