"""The pace holds whatever the number of organizations, and nobody waits for ever."""

import asyncio
from datetime import date
from itertools import pairwise

import pytest

from app.amilia.pace import Pace
from tests.support.amilia_client import ids, talking_to
from tests.support.amilia_server import AmiliaServer, Call, event, program

YEAR = (date(2026, 1, 1), date(2026, 12, 31))


def server_with_a_year() -> AmiliaServer:
    return AmiliaServer([event(n, f"2026-{n:02d}-15") for n in range(1, 13)], [program()])


async def test_calls_are_spaced_evenly_from_the_first_on() -> None:
    server, moments = server_with_a_year(), list[float]()
    clock = asyncio.get_running_loop().time

    async def note(_: Call) -> None:
        moments.append(clock())

    server.intercept = note

    async with talking_to(server, pace=Pace(calls_per_second=50)) as client:
        await client.walk("fr", *YEAR)

    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert len(gaps) == 13
    assert sum(gaps) / len(gaps) >= 0.0195
    assert max(gaps) < 1


async def test_two_clients_that_share_a_pace_are_no_faster_than_one() -> None:
    one, other = server_with_a_year(), server_with_a_year()
    pace = Pace(calls_per_second=100)
    clock = asyncio.get_running_loop().time
    began = clock()

    async with talking_to(one, pace=pace) as first, talking_to(other, pace=pace) as second:
        await asyncio.gather(first.walk("fr", *YEAR), second.walk("fr", *YEAR))

    calls = len(one.calls) + len(other.calls)
    assert calls == 28
    assert clock() - began >= (calls - 1) / 100 * 0.97


async def test_no_more_calls_than_allowed_are_under_way_at_a_time() -> None:
    server = server_with_a_year()

    async def slow(_: Call) -> None:
        await asyncio.sleep(0.01)

    server.intercept = slow

    async with talking_to(server, pace=Pace(calls_per_second=100_000, concurrency=3)) as client:
        harvest = await client.walk("fr", *YEAR)

    assert (ids(harvest), server.most_under_way) == (list(range(1, 13)), 3)


async def test_walks_beyond_the_places_wait_without_running_out_of_time() -> None:
    server = server_with_a_year()
    walking = 0
    most_walking = 0

    async def count_languages(call: Call) -> None:
        nonlocal walking, most_walking
        if call.endpoint == "programs":
            walking += 1
            most_walking = max(most_walking, walking)
            await asyncio.sleep(0.02)
            walking -= 1

    server.intercept = count_languages

    async with talking_to(server, pace=Pace(calls_per_second=100_000, errands=2)) as client:
        harvests = await asyncio.gather(*(client.walk("fr", *YEAR) for _ in range(6)))

    assert [len(harvest.records) for harvest in harvests] == [12] * 6
    assert most_walking == 2


async def test_a_pause_is_never_cut_short_by_a_shorter_one() -> None:
    pace = Pace()

    pace.pause(30)
    pace.pause(1)

    assert pace.paused_for == pytest.approx(30, abs=0.5)


async def test_a_call_that_got_its_turn_during_a_pause_waits_for_its_end() -> None:
    pace = Pace(calls_per_second=20)
    clock = asyncio.get_running_loop().time

    async def call() -> float:
        async with pace.call():
            return clock()

    await call()
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(call())
        await asyncio.sleep(0.01)  # it waits for the bucket now
        paused_at = clock()
        pace.pause(0.2)

    assert waiting.result() - paused_at >= 0.19


async def test_a_failed_call_gives_its_line_back() -> None:
    pace = Pace(calls_per_second=100_000, concurrency=1)

    with pytest.raises(ValueError, match="within the call"):
        async with pace.call():
            raise ValueError("within the call")

    async with asyncio.timeout(1), pace.call():
        state = repr(pace)

    assert state == "<Pace 100000/s, 1 calling, paused for 0.0 s>"
