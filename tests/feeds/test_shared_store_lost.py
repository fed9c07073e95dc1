"""Hosts that share a store and lose it for a while: what anybody was told is never taken back."""

import asyncio
import re
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, cast

import pytest

from app.domain.errors import StoreUnavailable
from app.domain.model import Program, Timed
from app.feeds.ports import Store
from tests.support.fakes import NOON, FakeClock, FakeSource
from tests.support.host import Host, host
from tests.support.make import altered, make_event

TICK: Final = 0.05
WRITES: Final = frozenset({"lease", "remember", "keep"})
STAMPS: Final = re.compile(rb"^UID:([^\r]+)\r\n.*?^SEQUENCE:([0-9]+)\r\n", re.DOTALL | re.MULTILINE)


class Way:
    """The way of one host to the store that hosts share: open, ``lost``, or open for some calls only."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.shared = True
        self.lost = False
        self.read_only = False
        self.refused: frozenset[str] = frozenset()
        """The names of calls that fail."""

    def __getattr__(self, name: str) -> Any:
        promised = getattr(self._store, name)
        if name == "aclose":
            return promised

        async def call(*args: Any, **kwargs: Any) -> Any:
            refused = self.refused | (WRITES if self.read_only else frozenset())
            if self.lost or name in refused:
                raise StoreUnavailable("lost for the test.")
            return await promised(*args, **kwargs)

        return call


class Ways:
    """Makes the way of a host, and keeps it to be closed and opened."""

    def __init__(self, *, lost: bool = False, read_only: bool = False, shared: bool = True) -> None:
        self._lost = lost
        self._shared = shared
        self._read_only = read_only
        self.way: Way | None = None

    def __call__(self, store: Store) -> Store:
        self.way = Way(store)
        self.way.lost, self.way.read_only, self.way.shared = self._lost, self._read_only, self._shared
        return cast("Store", self.way)

    def open(self) -> None:
        assert self.way is not None
        self.way.lost = self.way.read_only = False
        self.way.refused = frozenset()

    def refuse(self, *names: str) -> None:
        assert self.way is not None
        self.way.refused = frozenset(names)


def source() -> FakeSource:
    days = [NOON + timedelta(days=number) for number in range(1, 5)]
    events = [make_event(id=n, when=Timed(day, day + timedelta(hours=1))) for n, day in enumerate(days, 1)]
    return FakeSource(events, [Program(4521, "Autumn")])


def rename_first(upstream: FakeSource) -> None:
    upstream.events[0] = altered(upstream.events[0], title="Renamed")


def sequences(body: bytes) -> dict[bytes, int]:
    return {uid: int(number) for uid, number in STAMPS.findall(body)}


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110  # it happens in a task of the host
            await asyncio.sleep(TICK / 5)


async def shared(it: Host) -> None:
    await until(lambda: not it.shelf.alone)


async def test_revisions_that_a_host_told_alone_never_fall_and_all_learn_them(tmp_path: Path) -> None:
    upstream, clock, ways = source(), FakeClock(), Ways(lost=True)
    async with host(tmp_path, upstream, clock, reaching=Ways()) as one:
        await one.body()
        clock.advance(minutes=3)
        async with host(
            tmp_path, upstream, clock, name="two", watching=True, tick_seconds=TICK, reaching=ways
        ) as two:
            alone = await two.body()
            clock.advance(minutes=11)
            await one.refreshed()
            clock.advance(seconds=1)
            ways.open()
            bodies = [alone]
            while two.shelf.alone:
                bodies.append(await two.body())
                await asyncio.sleep(TICK / 5)
            bodies.append(await two.body())
            await one.refresher._hear([one.shelf])

            learnt = await one.body()

    told = [sequences(body) for body in bodies]
    assert all(before[uid] <= after[uid] for before, after in pairwise(told) for uid in before)
    assert sequences(learnt) == told[-1]
    assert learnt == bodies[-1]


async def test_a_host_without_a_copy_waits_a_moment_for_the_store(tmp_path: Path) -> None:
    upstream, clock, ways = source(), FakeClock(), Ways(lost=True)
    async with host(tmp_path, upstream, clock, reaching=Ways()) as one:
        before = await one.body()
        async with host(tmp_path, upstream, clock, name="two", reaching=ways) as two:
            asking = asyncio.ensure_future(two.body())
            await asyncio.sleep(0.05)
            ways.open()

            after = await asking

    assert after == before
    assert len(upstream.walks) == 1


async def test_a_store_that_cannot_be_written_does_not_make_a_host_ask_again_and_again(
    tmp_path: Path,
) -> None:
    upstream, ways = source(), Ways(read_only=True)
    async with host(tmp_path, upstream, FakeClock(), watching=True, tick_seconds=TICK, reaching=ways) as one:
        await one.body()
        await asyncio.sleep(6 * TICK)
        meanwhile = len(upstream.walks)
        ways.open()
        one.clock.advance(seconds=31)
        await shared(one)

    assert (meanwhile, len(upstream.walks)) == (1, 2)


@pytest.mark.parametrize("call", ["remember", "keep"])
async def test_what_the_store_did_not_take_is_not_shown_by_one_of_many_hosts(
    tmp_path: Path, call: str
) -> None:
    upstream, clock, ways = source(), FakeClock(), Ways()
    async with host(tmp_path, upstream, clock, reaching=ways) as one:
        before = await one.body()
        rename_first(upstream)
        clock.advance(minutes=11)
        ways.refuse(call)
        await one.refreshed()
        meanwhile = await one.body()
    async with host(tmp_path, upstream, clock, name="two", reaching=Ways()) as again:
        restarted = await again.body()
        clock.advance(minutes=11)
        await again.refreshed()
        after = await again.body()

    assert meanwhile == restarted == before
    assert b"SUMMARY:Renamed" in after


@pytest.mark.parametrize("call", ["lease", "remember", "keep"])
async def test_a_host_whose_store_takes_nothing_does_not_walk_again_and_again(
    tmp_path: Path, call: str
) -> None:
    upstream, clock, ways = source(), FakeClock(), Ways()
    async with host(tmp_path, upstream, clock, watching=True, tick_seconds=TICK, reaching=ways) as one:
        await one.body()
        rename_first(upstream)
        clock.advance(minutes=11)
        ways.refuse(call)
        await one.refreshed()
        failed = len(upstream.walks)
        await asyncio.sleep(6 * TICK)
        meanwhile = len(upstream.walks)
        ways.open()
        clock.advance(seconds=4)
        await until(lambda: one.shelf.began == clock())
        after = await one.body()

    assert failed == (1 if call == "lease" else 2)
    assert meanwhile == failed
    assert b"SUMMARY:Renamed" in after


@pytest.mark.parametrize("call", ["remember", "keep"])
async def test_a_host_without_a_copy_shows_what_the_store_did_not_take(tmp_path: Path, call: str) -> None:
    upstream, clock, ways = source(), FakeClock(), Ways()
    async with host(tmp_path, upstream, clock, reaching=ways) as one:
        ways.refuse(call)
        alone = await one.body()
        ways.open()
        clock.advance(seconds=31)
        await one.refresher.start(one.shelf)
        kept = await one.body()
        async with host(tmp_path, upstream, clock, name="two", reaching=Ways()) as two:
            other = await two.body()

    assert alone == kept == other
    assert len(upstream.walks) == 2


@pytest.mark.parametrize("call", ["remember", "keep"])
async def test_the_only_host_shows_what_its_store_did_not_take(tmp_path: Path, call: str) -> None:
    upstream, clock, ways = source(), FakeClock(), Ways(shared=False)
    async with host(tmp_path, upstream, clock, reaching=ways) as one:
        await one.body()
        rename_first(upstream)
        clock.advance(minutes=11)
        ways.refuse(call)
        await one.refreshed()
        meanwhile = await one.body()
        ways.open()
        clock.advance(minutes=11)
        await one.refreshed()
        async with host(tmp_path, upstream, clock, name="two") as again:
            restarted = await again.body()

    assert b"SUMMARY:Renamed" in meanwhile
    assert restarted == meanwhile
