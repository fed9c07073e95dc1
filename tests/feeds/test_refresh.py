"""Who refreshes when, in one process and in several: the table of ``freshness`` as it is lived."""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.errors import UpstreamRefused, UpstreamThrottled, UpstreamUnavailable
from app.domain.model import Event, Program, Timed
from app.domain.selection import Selection
from app.feeds.service import NoCopy
from tests.support.fakes import NOON, FakeClock, FakeSource
from tests.support.host import CLUB, LIFE, Host, host
from tests.support.make import make_event

PROGRAM = Program(4521, "Autumn")
ENGLISH = Selection(lang="en")
TICK = 0.05
"""Seconds between two looks at the store, where a test waits for several."""


def event(number: int, **changes: object) -> Event:
    start = NOON + timedelta(days=number)
    return make_event(id=1000 + number, when=Timed(start, start + timedelta(hours=1)), **changes)


def source_of(*events: Event) -> FakeSource:
    return FakeSource(events or [event(number) for number in range(1, 9)], [PROGRAM])


async def until(condition: object, seconds: float = 5) -> None:
    """Wait until ``condition()`` is true; fail if it never is."""
    assert callable(condition)
    for _ in range(int(seconds / 0.02)):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not come to pass")


async def test_the_first_asker_waits_for_the_one_fetch(tmp_path: Path) -> None:
    source = source_of()
    source.gate = asyncio.Event()
    async with host(tmp_path, source, FakeClock()) as one:
        asking = [asyncio.ensure_future(one.feeds.catalogue(CLUB, "en")) for _ in range(100)]
        await until(lambda: source.walks)
        source.gate.set()

        copies = await asyncio.gather(*asking)

    assert {copy.source for copy in copies} == {"miss"}
    assert len(source.walks) == 1


async def test_an_impatient_asker_does_not_end_the_fetch_of_others(tmp_path: Path) -> None:
    source = source_of()
    source.gate = asyncio.Event()
    async with host(tmp_path, source, FakeClock()) as one:
        impatient = asyncio.ensure_future(one.feeds.catalogue(CLUB, "en"))
        patient = asyncio.ensure_future(one.feeds.catalogue(CLUB, "en"))
        await until(lambda: source.walks)
        impatient.cancel()
        source.gate.set()

        copy = await patient

    assert len(copy.catalogue.entries) == 8


async def test_a_fresh_copy_is_served_without_asking_the_upstream(tmp_path: Path) -> None:
    async with host(tmp_path, source_of(), FakeClock()) as one:
        await one.body()
        one.clock.advance(minutes=7)

        copy = await one.feeds.catalogue(CLUB, "en")

    assert (copy.source, len(one.source.walks)) == ("hit", 1)


async def test_a_stale_copy_is_served_at_once_while_one_refresh_runs(tmp_path: Path) -> None:
    async with host(tmp_path, source_of(), FakeClock()) as one:
        before = await one.body()
        one.source.events[0] = event(1, title="Moved to the big pool")
        one.clock.advance(minutes=11)
        one.source.gate = asyncio.Event()

        stale = [await one.body() for _ in range(5)]
        await until(lambda: len(one.source.walks) == 2)
        one.source.gate.set()
        await one.refresher.start(one.shelf)
        after = await one.body()

    assert set(stale) == {before}
    assert len(one.source.walks) == 2
    assert b"Moved to the big pool" in after


async def test_an_unchanged_record_is_not_read_again(tmp_path: Path) -> None:
    async with host(tmp_path, source_of(), FakeClock()) as one:
        await one.body()
        reads = one.source.reads
        one.source.events[0] = event(1, title="Another title")
        one.clock.advance(minutes=11)
        await one.refreshed()

    assert (reads, one.source.reads) == (8, 9)


async def test_a_restart_serves_what_was_kept_before_it_asks_the_upstream(tmp_path: Path) -> None:
    async with host(tmp_path, source_of(), FakeClock()) as one:
        before = await one.body()
    dead = source_of()
    dead.failure = UpstreamUnavailable("dead")

    async with host(tmp_path, dead, FakeClock(NOON + timedelta(days=3)), name="two") as two:
        copy = await two.feeds.catalogue(CLUB, "en")
        after = await two.body()

    assert (copy.source, after) == ("stale", before)


async def test_a_restart_reads_no_record_again(tmp_path: Path) -> None:
    source = source_of()
    async with host(tmp_path, source, FakeClock()) as one:
        await one.body()
    reads = source.reads

    async with host(tmp_path, source, FakeClock(NOON + timedelta(hours=1)), name="two") as two:
        await two.refreshed()

    assert (len(source.walks), source.reads) == (2, reads)


async def test_what_is_no_longer_to_be_published_is_not_taken_back_from_the_store(tmp_path: Path) -> None:
    async with host(tmp_path, source_of(), FakeClock()) as one:
        await one.body()
    dead = source_of()
    dead.failure = UpstreamUnavailable("dead")
    narrower = replace(CLUB, programs=frozenset({1}))

    async with host(tmp_path, dead, FakeClock(), organization=narrower, name="two") as two:
        with pytest.raises(NoCopy):
            await two.feeds.catalogue(narrower, "en")


async def test_a_new_name_of_the_calendar_is_a_change_that_dates_tell(tmp_path: Path) -> None:
    async with host(tmp_path, source_of(), FakeClock()) as one:
        before, _ = await one.feeds.calendar(CLUB, ENGLISH)
    renamed = replace(CLUB, color="#ff0000")

    later = FakeClock(NOON + timedelta(minutes=1))
    async with host(tmp_path, source_of(), later, organization=renamed, name="two") as two:
        after, _ = await two.feeds.calendar(renamed, ENGLISH)

    assert after.etag != before.etag
    assert after.last_modified > before.last_modified


async def test_nobody_fetches_twice_what_another_process_is_fetching(tmp_path: Path) -> None:
    source = source_of()
    source.gate = asyncio.Event()
    clock = FakeClock()
    async with host(tmp_path, source, clock) as one, host(tmp_path, source, clock, name="two") as two:
        asking = [
            asyncio.ensure_future(it.feeds.catalogue(CLUB, "en")) for it in (one, two) for _ in range(20)
        ]
        await until(lambda: source.walks)
        await asyncio.sleep(0.3)
        source.gate.set()

        copies = await asyncio.gather(*asking)
        bodies = {await one.body(), await two.body()}

    assert len(source.walks) == 1
    assert {len(copy.catalogue.entries) for copy in copies} == {8}
    assert len(bodies) == 1


async def test_others_serve_a_new_catalogue_within_two_seconds(tmp_path: Path) -> None:
    source, clock = source_of(), FakeClock()
    async with (
        host(tmp_path, source, clock) as one,
        host(tmp_path, source, clock, name="two", watching=True) as two,
    ):
        await one.body()
        await two.body()
        source.events[0] = event(1, title="Another title")
        clock.advance(minutes=5)
        one.shelf.mark += 1
        await one.refreshed()
        assert two.shelf.catalogue is not None
        seen = two.shelf.generation

        await until(lambda: two.shelf.generation > seen, 2)
        body = await two.body()

    assert b"Another title" in body
    assert body == await _body_of(one)
    assert len(source.walks) == 2


async def _body_of(it: Host) -> bytes:
    assert it.shelf.catalogue is not None
    feed, _ = await it.feeds.calendar(CLUB, ENGLISH)
    return feed.body


async def test_a_dead_holder_is_replaced_when_its_lease_runs_out(tmp_path: Path) -> None:
    source, clock = source_of(), FakeClock()
    source.gate = asyncio.Event()
    async with host(tmp_path, source_of(), clock, name="dead") as dead:
        await dead.refresher._store.lease(dead.shelf.key, "dead", 12)
        async with host(tmp_path, source, clock, name="two") as two:
            asking = asyncio.ensure_future(two.body())
            await asyncio.sleep(0.3)
            waiting = len(source.walks)
            source.gate.set()
            clock.advance(seconds=13)

            body = await asyncio.wait_for(asking, 5)

    assert (waiting, len(source.walks)) == (0, 1)
    assert body.count(b"BEGIN:VEVENT") == 8


async def test_whoever_lost_the_lease_overwrites_nothing(tmp_path: Path) -> None:
    slow, quick, clock = source_of(event(1, title="Old")), source_of(event(1, title="New")), FakeClock()
    slow.gate = asyncio.Event()
    async with (
        host(tmp_path, slow, clock, name="slow") as one,
        host(tmp_path, quick, clock, name="quick") as two,
    ):
        late = one.refresher.start(one.shelf)
        await until(lambda: slow.walks)
        clock.advance(seconds=13)
        newer = await two.body()
        slow.gate.set()
        await late

        served = await one.body()

    assert b"New" in newer
    assert served == newer


async def test_trouble_is_shared_so_that_nobody_asks_too_early(tmp_path: Path) -> None:
    source, clock = source_of(), FakeClock()
    source.failure = UpstreamThrottled("slow down", retry_after=60)
    async with host(tmp_path, source, clock) as one, host(tmp_path, source, clock, name="two") as two:
        for it in (one, two, one, two):
            with pytest.raises(NoCopy) as refusal:
                await it.body()

    assert len(source.walks) == 1
    assert refusal.value.retry_after > timedelta(seconds=40)


async def test_a_restart_with_better_credentials_need_not_wait(tmp_path: Path) -> None:
    source, clock = source_of(), FakeClock()
    source.failure = UpstreamRefused("wrong password")
    async with host(tmp_path, source, clock) as one:
        for _ in range(3):
            with pytest.raises(NoCopy):
                await one.body()
    asked = len(source.walks)
    source.failure = None

    async with host(tmp_path, source, clock, name="two") as two:
        body = await two.body()

    assert asked == 1
    assert body.count(b"BEGIN:VEVENT") == 8


async def test_the_back_off_survives_a_restart(tmp_path: Path) -> None:
    source, clock = source_of(), FakeClock()
    source.failure = UpstreamThrottled("slow down", retry_after=300)
    for name in ("one", "two"):
        async with host(tmp_path, source, clock, name=name) as it:
            with pytest.raises(NoCopy):
                await it.body()
    asked = len(source.walks)
    source.failure = None
    clock.advance(seconds=301)

    async with host(tmp_path, source, clock, name="three") as it:
        body = await it.body()

    assert asked == 1
    assert body.count(b"BEGIN:VEVENT") == 8


async def test_a_failed_refresh_keeps_the_copy_without_limit_of_age(tmp_path: Path) -> None:
    async with host(tmp_path, source_of(), FakeClock()) as one:
        before = await one.body()
        one.source.failure = UpstreamUnavailable("down")
        for _ in range(5):
            one.clock.advance(days=30)
            await one.refreshed()

        after = await one.body()

    assert after == before
    assert one.shelf.trouble is not None
    assert one.shelf.trouble.failures == 5


async def test_the_sudden_loss_of_most_events_is_believed_the_third_time(tmp_path: Path) -> None:
    async with host(tmp_path, source_of(), FakeClock()) as one:
        await one.body()
        one.source.events = one.source.events[:3]
        counts = []
        for _ in range(4):
            one.clock.advance(minutes=11)
            await one.refreshed()
            counts.append((await one.body()).count(b"BEGIN:VEVENT"))

    assert counts == [8, 8, 3, 3]


async def test_what_is_over_by_itself_is_not_missed(tmp_path: Path) -> None:
    async with host(tmp_path, source_of(), FakeClock()) as one:
        await one.body()
        one.source.events = one.source.events[6:]
        one.clock.advance(days=7)
        await one.refreshed()

        body = await one.body()

    assert body.count(b"BEGIN:VEVENT") == 2


async def test_a_notice_makes_every_copy_stale_and_starts_a_refresh(tmp_path: Path) -> None:
    async with host(tmp_path, source_of(), FakeClock()) as one:
        await one.body()
        one.source.events[0] = event(1, title="Changed")
        one.clock.advance(seconds=5)

        await one.refresher.mark([one.shelf])
        await one.refresher.start(one.shelf)

        assert b"Changed" in await one.body()


async def test_notices_are_gathered_for_some_seconds(tmp_path: Path) -> None:
    async with host(tmp_path, source_of(), FakeClock(), watching=True, tick_seconds=TICK) as one:
        await one.body()
        for _ in range(20):
            await one.refresher.mark([one.shelf])
        await asyncio.sleep(5 * TICK)
        gathering = len(one.source.walks)
        one.clock.advance(seconds=5)

        await until(lambda: len(one.source.walks) == 2)
        await asyncio.sleep(5 * TICK)

    assert (gathering, len(one.source.walks)) == (1, 2)


async def test_a_refresh_that_began_before_the_notice_does_not_count(tmp_path: Path) -> None:
    async with host(tmp_path, source_of(), FakeClock(), watching=True, tick_seconds=TICK) as one:
        await one.body()
        one.source.gate = asyncio.Event()
        one.clock.advance(minutes=11)
        running = one.refresher.start(one.shelf)
        await until(lambda: len(one.source.walks) == 2)
        await one.refresher.mark([one.shelf])
        one.source.gate.set()
        await running

        stale = one.shelf.facts(one.clock.now).marked
        one.clock.advance(seconds=5)
        await until(lambda: len(one.source.walks) == 3)

    assert stale


async def test_a_copy_in_use_is_refreshed_ahead_and_one_that_nobody_reads_is_not(tmp_path: Path) -> None:
    async with host(tmp_path, source_of(), FakeClock(), watching=True, tick_seconds=TICK) as one:
        await one.body()
        one.clock.advance(minutes=8)
        await until(lambda: len(one.source.walks) == 2)
        one.clock.advance(days=2)
        await asyncio.sleep(5 * TICK)

        walks = len(one.source.walks)

    assert walks == 2


async def test_the_token_outlives_the_process(tmp_path: Path) -> None:
    source = source_of()
    source.token = "bearer-of-news"
    async with host(tmp_path, source, FakeClock()) as one:
        await one.body()
    other = source_of()

    async with host(tmp_path, other, FakeClock(NOON + LIFE), name="two") as two:
        await two.refreshed()

    assert other.token == "bearer-of-news"


async def test_a_store_that_fails_costs_no_answer(tmp_path: Path) -> None:
    (tmp_path / "feeds.db").mkdir()  # no file can be made here
    async with host(tmp_path, source_of(), FakeClock()) as one:
        before = await one.body()
        one.source.events[0] = event(1, title="Changed")
        one.clock.advance(minutes=11)
        await one.refreshed()

        after = await one.body()

    assert before.count(b"BEGIN:VEVENT") == 8
    assert b"Changed" in after


async def test_a_bug_in_a_refresh_ends_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with host(tmp_path, source_of(), FakeClock()) as one:
        before = await one.body()
        one.source.events.append(event(99)._replace(when=None))  # type: ignore[arg-type]  # the bug
        one.clock.advance(minutes=11)
        await one.refreshed()

        after = await one.body()

    assert after == before
    assert "nobody foresaw" in caplog.text
    assert one.shelf.trouble is not None


async def test_what_the_store_lost_is_kept_anew_though_nothing_changed(tmp_path: Path) -> None:
    clock, dead = FakeClock(), source_of()
    dead.failure = UpstreamUnavailable("dead")
    async with host(tmp_path, source_of(), clock) as one:
        before = await one.body()
        with closing(sqlite3.connect(tmp_path / "feeds.db")) as file, file:
            file.executescript("delete from contents; delete from catalogues;")
        clock.advance(minutes=11)
        await one.refreshed()

    async with host(tmp_path, dead, clock, name="two") as two:
        after = await two.body()

    assert after == before


async def test_what_the_store_has_is_not_written_again_while_nothing_changes(tmp_path: Path) -> None:
    async with host(tmp_path, source_of(), FakeClock()) as one:
        await one.body()
        generation = one.shelf.generation
        for _ in range(2):
            one.clock.advance(minutes=11)
            await one.refreshed()

    assert (one.shelf.generation, len(one.source.walks)) == (generation, 3)
