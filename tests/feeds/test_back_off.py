"""What failed is not tried again at once, whatever failed and whoever looks into the store meanwhile."""

import asyncio
from pathlib import Path

from app.domain.model import Program
from tests.support.fakes import FakeClock, FakeSource
from tests.support.host import host
from tests.support.make import make_event

TICK = 0.05
LOOKS_SECONDS = 6 * TICK
"""So long that a process looks into the store several times meanwhile."""


async def test_a_fault_of_our_own_is_not_repeated_every_second(tmp_path: Path) -> None:
    source = FakeSource([make_event()], [Program(4521, "Autumn")])
    async with host(tmp_path, source, FakeClock(), watching=True, tick_seconds=TICK) as one:
        await one.body()
        source.events.append(make_event(id=2)._replace(when=None))  # type: ignore[arg-type]  # the fault
        one.clock.advance(minutes=11)
        await one.refreshed()
        await asyncio.sleep(LOOKS_SECONDS)

        walks = len(source.walks)

    assert walks == 2


async def test_what_failed_for_one_is_over_when_another_succeeded(tmp_path: Path) -> None:
    broken, whole, clock = FakeSource(), FakeSource([make_event()], [Program(4521, "Autumn")]), FakeClock()
    broken.events.append(make_event(id=2)._replace(when=None))  # type: ignore[arg-type]  # a fault here alone
    async with (
        host(tmp_path, broken, clock, watching=True, tick_seconds=TICK) as one,
        host(tmp_path, whole, clock, name="two") as two,
    ):
        await one.refresher.start(one.shelf)
        failed = one.shelf.trouble
        clock.advance(seconds=1)
        await two.body()
        one.shelf.asked_at = clock.now
        await asyncio.sleep(LOOKS_SECONDS)

        told = (one.shelf.trouble, one.shelf.catalogue is not None)

    assert failed is not None
    assert told == (None, True)
