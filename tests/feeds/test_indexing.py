"""What selections look up is made ready after a refresh, in small steps, and only once."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.model import CANCELLED_MODES, CancelledMode, Program, State, Tag, Timed, Topic
from app.domain.selection import Selection
from app.feeds.catalogue import COLUMNS, Catalogue
from app.feeds.entry import TAGS, Entry
from app.feeds.feed import composed
from app.feeds.index import AT_ONCE, Index
from app.ics.calendar import Calendar
from tests.support.fakes import FakeClock, FakeSource
from tests.support.host import Host, host
from tests.support.make import make_event
from tests.support.press import NOW, PROGRAM, Records, finished, press_of, printed

TITLES = ("Yoga doux", "Été", "École de natation", "Hockey")


def catalogue_of(count: int) -> Catalogue:
    records = Records()
    events = [
        make_event(
            id=number,
            title=TITLES[number % 4],
            when=Timed(NOW + timedelta(hours=number), NOW + timedelta(hours=number + 1)),
            category=Topic(number % 3, "Été"),
            tags=tuple(Tag(tag, "T") for tag in range(1, 1 + number % 4)),
        )
        for number in range(1, count + 1)
    ]
    return printed(press_of(records), records.of(*events))


def numbers_of(row: Entry, kind: str) -> frozenset[int]:
    return row.tags if kind == TAGS else frozenset({COLUMNS[kind](row)})


def whole_of(catalogue: Catalogue, wish: Selection) -> tuple[Calendar, str]:
    return composed(b"HEAD\r\n", catalogue.select(wish), wish, lang="fr", instead=bytes)


async def settled(one: Host) -> Catalogue:
    """The catalogue, once the refresh that brought it and all that follows is over."""
    await one.refreshed()
    await one.refresher.indexer.settled()
    assert one.shelf.catalogue is not None
    return one.shelf.catalogue


def test_a_prepared_index_finds_what_one_finds_that_looks_when_asked_again() -> None:
    rows = catalogue_of(150).held.rows
    ready, asked = Index(rows), Index(rows)
    finished(ready.preparing())
    for kind in (*COLUMNS, TAGS):
        asked.counted(kind, [0])
    asked.saying(["yoga"])

    for kind in (*COLUMNS, TAGS):
        for numbers in ({0}, {1}, {2, 3}, {1, 3, PROGRAM.id}, {99}):
            told = [row for row in rows if numbers & numbers_of(row, kind)]
            assert ready.having(kind, numbers) == asked.having(kind, numbers) == told
            assert ready.counted(kind, numbers) == asked.counted(kind, numbers)
    for words in (["yoga"], ["ete"], ["e", "o"], ["yoga", "ete"], ["doux", "e"], ["yoga", "absent"], [""]):
        told = [row for row in rows if all(word in row.words for word in words)]
        assert ready.saying(words) == asked.saying(words) == told


def test_who_asks_first_is_told_to_look_and_nothing_is_looked_up_for_one_question() -> None:
    index = Index(catalogue_of(8).held.rows)

    first = [index.counted("categories", [1]), index.counted(TAGS, [1]), index.saying(["yoga"])]
    again = [index.counted("categories", [1]), index.counted(TAGS, [1]), index.saying(["yoga"])]

    assert first == [None, None, None]
    assert None not in again


def test_it_is_counted_how_many_entries_have_one_of_some_numbers() -> None:
    index = Index(catalogue_of(60).held.rows)
    finished(index.preparing())

    told = [index.counted("categories", numbers) for numbers in ({0, 1, 2}, {0, 1, 2, 9}, {0, 1}, {9}, ())]

    assert told == [60, 60, 40, 0, 0]


def test_a_selection_is_the_same_before_and_after_its_index_is_prepared() -> None:
    catalogue = catalogue_of(150)
    wishes = [
        Selection(lang="fr", categories=frozenset({1})),
        Selection(lang="fr", categories=frozenset({0, 1, 2})),
        Selection(lang="fr", categories=frozenset({0, 2}), tags=frozenset({2, 3})),
        Selection(lang="fr", words=("ecole", "ete")),
        Selection(lang="fr", past_days=0, future_days=2),
    ]

    before = [catalogue.select(wish) for wish in wishes]
    finished(catalogue.held.lookup.preparing())
    after = [catalogue.select(wish) for wish in wishes]

    assert before == after
    assert [len(rows) for rows in after[:4]] == [50, 150, 51, 38]
    assert 0 < len(after[4]) < 150


@pytest.mark.parametrize("cancelled", CANCELLED_MODES)
def test_a_whole_feed_is_the_same_before_and_after_its_index_is_prepared(cancelled: CancelledMode) -> None:
    records = Records()
    off = make_event(id=2, state=State.CANCELLED)
    catalogue = printed(press_of(records), records.of(make_event(id=1), off))
    wish = Selection(lang="fr", cancelled=cancelled)

    before = whole_of(catalogue, wish)
    finished(catalogue.held.lookup.preparing())
    after = whole_of(catalogue, wish)

    assert before == after
    calendar, _ = after
    assert calendar.octets == len(calendar.joined())
    assert calendar.joined().count(b"BEGIN:VEVENT") == (1 if cancelled == "hide" else 2)


def test_an_index_of_nothing_finds_nothing() -> None:
    index = Index(())
    finished(index.preparing())

    assert index.prepared
    assert index.counted(TAGS, [1]) == 0
    assert index.having("programs", [1, 2]) == []
    assert index.saying(["yoga"]) == []
    assert index.during(0, 10, among=()) == []


def test_a_line_that_an_event_says_twice_finds_it_once() -> None:
    (summer,) = (row for row in catalogue_of(1).held.rows)
    assert summer.words.split("\n").count("ete") == 2
    index = Index([summer])
    finished(index.preparing())

    assert index.saying(["ete"]) == [summer]


def test_preparing_is_done_in_small_steps_and_once() -> None:
    index = Index(catalogue_of(2 * AT_ONCE + 1).held.rows)

    steps = sum(1 for _ in index.preparing())
    again = sum(1 for _ in index.preparing())

    lines = {line for row in catalogue_of(4).held.rows for line in row.words.split("\n")}
    assert steps == 3 * (len(COLUMNS) + 3) + len(lines)
    assert index.prepared
    assert again == 0


async def test_a_refresh_leaves_nothing_to_look_up(tmp_path: Path) -> None:
    source = FakeSource([make_event(id=number) for number in range(1, 9)], [Program(4521, "Autumn")])
    async with host(tmp_path, source, FakeClock()) as one:
        first = await settled(one)
        one.clock.advance(minutes=11)
        source.events[0] = make_event(id=1, title="Another title")
        second = await settled(one)
        index = second.held.lookup
        one.clock.advance(minutes=11)
        third = await settled(one)

    assert first is not second
    assert first.held.lookup.prepared
    assert index.prepared
    assert third.held.lookup is index


async def test_what_was_kept_is_made_ready_as_well(tmp_path: Path) -> None:
    events, programs = [make_event(id=1)], [Program(4521, "Autumn")]
    async with host(tmp_path, FakeSource(events, programs), FakeClock()) as one:
        await settled(one)
    async with host(tmp_path, FakeSource(events, programs), FakeClock(), name="two") as two:
        await two.body()
        await two.refresher.indexer.settled()
        catalogue = two.shelf.catalogue

    assert two.source.walks == []
    assert catalogue is not None
    assert catalogue.held.lookup.prepared
