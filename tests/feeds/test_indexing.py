"""What selections look up is made ready after a refresh, in small steps, and only once."""

from datetime import timedelta
from pathlib import Path

from app.domain.model import Program, Tag, Timed, Topic
from app.feeds.catalogue import COLUMNS, Catalogue
from app.feeds.entry import TAGS
from app.feeds.index import AT_ONCE, Index
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


async def settled(one: Host) -> Catalogue:
    """The catalogue, once the refresh that brought it and all that follows is over."""
    await one.refreshed()
    await one.refresher.indexer.settled()
    assert one.shelf.catalogue is not None
    return one.shelf.catalogue


def test_a_prepared_index_finds_what_one_finds_that_looks_when_asked() -> None:
    rows = catalogue_of(60).held.rows
    ready, asked = Index(rows), Index(rows)
    finished(ready.preparing())

    for kind in (*COLUMNS, TAGS):
        for number in (0, 1, 2, 3, PROGRAM.id, 99):
            assert ready.having(kind, number) == asked.having(kind, number)
    for words in (["yoga"], ["ete"], ["e", "o"], ["yoga", "ete"], ["doux", "e"], ["yoga", "absent"], [""]):
        told = [row for row in rows if all(word in row.words for word in words)]
        assert ready.saying(words) == asked.saying(words) == told
    assert ready.prepared
    assert asked.prepared


def test_it_is_known_whether_every_entry_has_one_of_some_numbers() -> None:
    index = Index(catalogue_of(60).held.rows)

    told = [index.all_have("categories", numbers) for numbers in ({0, 1, 2}, {0, 1, 2, 9}, {0, 1}, {9}, ())]

    assert told == [True, True, False, False, False]


def test_a_line_that_an_event_says_twice_finds_it_once() -> None:
    (summer,) = (row for row in catalogue_of(1).held.rows)
    assert summer.words.split("\n").count("ete") == 2

    assert Index([summer]).saying(["ete"]) == [summer]


def test_preparing_is_done_in_small_steps_and_once() -> None:
    index = Index(catalogue_of(2 * AT_ONCE + 1).held.rows)

    steps = sum(1 for _ in index.preparing())
    again = sum(1 for _ in index.preparing())

    assert steps == 3 * (len(COLUMNS) + 2)
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
