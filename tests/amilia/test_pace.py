"""The pace holds whatever the number of organizations, and nobody waits for ever."""

import asyncio
from contextlib import AsyncExitStack
from datetime import date
from itertools import pairwise

import pytest

from app.amilia.pace import ON_PROBATION, Pace, Share
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


async def slow(_: Call) -> None:
    await asyncio.sleep(0.01)


async def test_one_organization_has_no_more_calls_under_way_than_its_lines() -> None:
    server = server_with_a_year()
    server.intercept = slow

    async with talking_to(server, pace=Pace(calls_per_second=100_000, lines_of_one=3)) as client:
        harvest = await client.walk("fr", *YEAR)

    assert (ids(harvest), server.most_under_way) == (list(range(1, 13)), 3)


async def test_all_organizations_together_have_no_more_calls_under_way_than_there_are_lines() -> None:
    server = server_with_a_year()
    server.intercept = slow
    pace = Pace(calls_per_second=100_000, concurrency=5 + ON_PROBATION)

    async with AsyncExitStack() as clients:
        several = [await clients.enter_async_context(talking_to(server, pace=pace)) for _ in range(3)]
        await asyncio.gather(*(client.walk("fr", *YEAR) for client in several))

    assert server.most_under_way == 5


async def test_walks_beyond_the_places_wait_without_running_out_of_time() -> None:
    server = server_with_a_year()
    walking = Walking()
    server.intercept = walking
    pace = Pace(calls_per_second=100_000, errands=2)

    async with AsyncExitStack() as clients:
        several = [await clients.enter_async_context(talking_to(server, pace=pace)) for _ in range(6)]
        harvests = await asyncio.gather(*(client.walk("fr", *YEAR) for client in several))

    assert [len(harvest.records) for harvest in harvests] == [12] * 6
    assert walking.most == 2


async def test_one_organization_runs_one_errand_at_a_time() -> None:
    server = server_with_a_year()
    walking = Walking()
    server.intercept = walking

    async with talking_to(server) as client:
        await asyncio.gather(client.walk("fr", *YEAR), client.walk("en", *YEAR))

    assert walking.most == 1


class Walking:
    """Counts walks under way by their call for programmes, of which each has one."""

    def __init__(self) -> None:
        self.most = 0
        self._now = 0

    async def __call__(self, call: Call) -> None:
        if call.endpoint == "programs":
            self._now += 1
            self.most = max(self.most, self._now)
            await asyncio.sleep(0.02)
            self._now -= 1


async def test_a_pause_is_never_cut_short_by_a_shorter_one() -> None:
    pace = Pace().share()

    pace.pause(30)
    pace.pause(1)

    assert pace.paused_for == pytest.approx(30, abs=0.5)


async def test_a_call_that_got_its_turn_during_a_pause_waits_for_its_end() -> None:
    pace = Pace(calls_per_second=20).share()
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
    pace = Pace(calls_per_second=100_000, lines_of_one=1)
    share = pace.share()

    with pytest.raises(ValueError, match="within the call"):
        async with share.call():
            raise ValueError("within the call")

    async with asyncio.timeout(1), share.call():
        state = repr(pace)

    assert state == "<Pace 100000/s, 1 calling, 0 of 1 on probation, paused for 0.0 s>"


async def test_a_call_that_is_cancelled_while_it_waits_takes_no_line_along() -> None:
    pace = Pace(calls_per_second=100_000, concurrency=1, lines_of_one=1)
    share, other = pace.share(), pace.share()
    async with share.call():
        waiting = asyncio.ensure_future(_call(other))
        await asyncio.sleep(0.01)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)

    async with asyncio.timeout(1):
        await _call(other)

    assert waiting.cancelled()


async def _call(share: Share) -> None:
    async with share.call():
        pass
