"""What nobody asks for lies folded, and nobody can tell but by the clock."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from app.domain.model import Program, State, Timed
from app.domain.selection import Selection, parse
from app.feeds.catalogue import Catalogue
from app.feeds.entries import Entries
from app.feeds.folding import at_hand, fold, fold_surplus, keep_folding
from app.feeds.publish import believable
from app.feeds.shelf import Shelf
from tests.support.fakes import FakeClock, FakeSource
from tests.support.host import CLUB, host
from tests.support.make import altered, make_event
from tests.support.press import NOW, Records, finished, press_of, printed

RECORDS = Records()
LATER = NOW + timedelta(minutes=10)


def told(count: int) -> list[bytes]:
    """The records of some events, of which a few are called off, and one that makes no sense."""
    states = (State.NORMAL, State.CANCELLED, State.MOVED)
    starts = [NOW + timedelta(hours=number) for number in range(count)]
    events = [
        make_event(id=number, when=Timed(start, start + timedelta(hours=1)), state=states[number % 3])
        for number, start in enumerate(starts, 1)
    ]
    return [*RECORDS.of(*events), b"odd"]


def catalogue_of(count: int) -> Catalogue:
    return printed(press_of(RECORDS), told(count))


def shelf(slug: str, count: int, asked: int | None) -> Shelf:
    """A shelf with so many events, asked for so many seconds after the hour."""
    organization = replace(CLUB, slug=slug, number=None)
    asked_at = None if asked is None else NOW + timedelta(seconds=asked)
    return Shelf(organization, "en", catalogue=catalogue_of(count), asked_at=asked_at)


def held(some: Shelf) -> Entries:
    assert some.catalogue is not None
    return some.catalogue.held


async def test_folded_entries_are_the_same_for_whoever_asks() -> None:
    catalogue, another = catalogue_of(40), catalogue_of(40)
    selection = parse([("programId", "4521"), ("futureDays", "1")], CLUB)

    await fold(catalogue)

    assert catalogue.held.folded
    assert len(catalogue.entries) == 40
    assert catalogue.held.octets == another.held.octets
    assert catalogue.held.folded
    assert catalogue.select(selection) == another.select(selection) != ()
    assert not catalogue.held.folded
    assert catalogue == another
    assert finished(catalogue.knowing()) == finished(another.knowing())


async def test_folding_again_and_unfolding_ahead_change_nothing() -> None:
    catalogue = catalogue_of(5)
    before = list(catalogue.entries)

    for _ in range(2):
        await fold(catalogue)
        await fold(catalogue)
        assert catalogue.held.folded
        assert await at_hand(catalogue) is catalogue
        assert not catalogue.held.folded

    assert list(catalogue.entries) == before


async def test_what_was_asked_for_last_stays_open() -> None:
    never, early, late, latest = shelf("a", 3, None), shelf("b", 3, 1), shelf("c", 3, 2), shelf("d", 3, 3)
    empty = Shelf(CLUB, "fr")

    await fold_surplus([late, never, latest, empty, early], most=6)

    assert [held(some).folded for some in (never, early, late, latest)] == [True, True, False, False]


async def test_what_was_asked_for_last_stays_open_however_large_it_is() -> None:
    large, small = shelf("a", 9, 2), shelf("b", 1, 1)

    await fold_surplus([small, large], most=5)

    assert not held(large).folded
    assert held(small).folded


async def test_what_is_too_much_is_folded_at_the_next_tick() -> None:
    shelves = [shelf("a", 6, asked=1), shelf("b", 6, asked=2)]

    folding = asyncio.ensure_future(keep_folding(shelves, tick_seconds=0.001, most=6))
    async with asyncio.timeout(5):
        while not held(shelves[0]).folded:  # noqa: ASYNC110  # it happens in a task
            await asyncio.sleep(0.001)
    folding.cancel()

    assert not held(shelves[1]).folded


async def test_a_refresh_in_which_nothing_changed_leaves_them_folded() -> None:
    catalogue = catalogue_of(9)
    press = press_of(RECORDS)
    await fold(catalogue)

    after = replace(catalogue, fetched_at=LATER)

    assert after.held is catalogue.held
    assert after.has_what(catalogue)
    assert believable(catalogue, after.entries, LATER)
    assert catalogue.held.folded
    assert printed(press, told(9), catalogue, at=LATER) == after


async def test_a_refresh_reads_only_what_changed_since_they_were_folded() -> None:
    catalogue = catalogue_of(9)
    press = press_of(RECORDS)
    await fold(catalogue)
    RECORDS.read_again.clear()

    after = printed(press, told(10), catalogue, at=LATER)

    assert len(RECORDS.read_again) == 1
    assert after.entries[:9] == catalogue.entries[:9]


async def test_large_catalogues_are_unfolded_and_let_go_of_in_small_steps() -> None:
    catalogue = catalogue_of(700)
    await fold(catalogue)

    unfolding = sum(1 for _ in catalogue.held.unfolding())
    letting_go = sum(1 for _ in catalogue.held.folding())

    assert unfolding >= 7
    assert letting_go >= 4
    assert finished(catalogue.held.unfolding()) is None


async def test_a_folded_catalogue_is_served_and_refreshed_as_any_other(tmp_path: Path) -> None:
    events = [make_event(id=number) for number in range(1, 9)]
    source = FakeSource(events, [Program(4521, "Autumn")])
    async with host(tmp_path, source, FakeClock()) as one:
        first = await one.body()
        assert one.shelf.catalogue is not None
        await fold(one.shelf.catalogue)

        kept = await one.body()
        still_folded = held(one.shelf).folded
        narrower, _ = await one.feeds.calendar(CLUB, Selection(lang="en", words=("natation",)))
        copy = await one.feeds.catalogue(CLUB, "en")
        await fold(copy.catalogue)
        one.clock.advance(minutes=11)
        await one.refreshed()
        unchanged = await one.body()
        source.events[0] = altered(events[0], title="Moved to the big pool")
        one.clock.advance(minutes=11)
        await fold(copy.catalogue)
        await one.refreshed()

    assert kept == first == unchanged
    assert still_folded
    assert narrower.events == 8
    assert source.reads == 9
    assert b"big pool" in (await one.body())
