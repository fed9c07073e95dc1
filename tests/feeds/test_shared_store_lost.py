"""Hosts that share a store and lose it for a while: what anybody was told is never taken back."""

import asyncio
import re
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, cast

from app.domain.errors import StoreUnavailable
from app.domain.model import Program, Timed
from app.feeds.ports import Store
from tests.support.fakes import NOON, FakeClock, FakeSource
from tests.support.host import Host, host
from tests.support.make import make_event

TICK: Final = 0.05
STAMPS: Final = re.compile(rb"^UID:([^\r]+)\r\n.*?^SEQUENCE:([0-9]+)\r\n", re.DOTALL | re.MULTILINE)


class Way:
    """The way of one host to the store that hosts share: open, ``lost``, or open for reading only."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.shared = True
        self.lost = False
        self.read_only = False

    def __getattr__(self, name: str) -> Any:
        promised = getattr(self._store, name)
        if name == "aclose":
            return promised

        async def call(*args: Any, **kwargs: Any) -> Any:
            if self.lost or (self.read_only and name in ("lease", "remember", "keep")):
                raise StoreUnavailable("lost for the test.")
            return await promised(*args, **kwargs)

        return call


class Ways:
    """Makes the way of a host, and keeps it to be closed and opened."""

    def __init__(self, *, lost: bool = False, read_only: bool = False) -> None:
        self._lost = lost
        self._read_only = read_only
        self.way: Way | None = None

    def __call__(self, store: Store) -> Store:
        self.way = Way(store)
        self.way.lost, self.way.read_only = self._lost, self._read_only
        return cast("Store", self.way)

    def open(self) -> None:
        assert self.way is not None
        self.way.lost = self.way.read_only = False


def source() -> FakeSource:
    days = [NOON + timedelta(days=number) for number in range(1, 5)]
    events = [make_event(id=n, when=Timed(day, day + timedelta(hours=1))) for n, day in enumerate(days, 1)]
    return FakeSource(events, [Program(4521, "Autumn")])


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
