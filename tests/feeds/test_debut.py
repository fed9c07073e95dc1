"""New events are printed with the revision that they turn out to have, and nobody else's."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.errors import StoreUnavailable
from app.domain.model import Event
from app.domain.records import Harvest, Recollection
from app.feeds.comparison import Walk
from app.feeds.debut import UNKNOWN, Debut
from app.feeds.entry import Entry
from app.feeds.memory import RevisionMemory
from app.feeds.publish import Reader
from app.ics.event import revision_in
from app.store.sqlite import SqliteStore
from tests.support.fakes import FakeClock
from tests.support.make import altered, make_event
from tests.support.press import CLUB, PROGRAM, Records, finished, press_of

NOWHERE = Walk((), "same", 0, 2**40, 0, frozenset({PROGRAM.id}))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def store(tmp_path: Path, clock: FakeClock) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "feeds.db", clock=clock)
    yield opened
    await opened.aclose()


@pytest.fixture
def memory(store: SqliteStore, clock: FakeClock) -> RevisionMemory:
    return RevisionMemory(store, clock=clock)


def read(debut: Debut, *events: Event) -> list[Entry]:
    """The entries of these events, read in a walk."""
    records = Records()
    reader = Reader(press_of(records), None, debut)
    reading = finished(reader.reading(Harvest(records.of(*events), [PROGRAM])))
    return [outcome for outcome in reading.known.values() if isinstance(outcome, Entry)]


async def published(memory: RevisionMemory, entries: Sequence[Entry], debut: Debut) -> Sequence[Entry]:
    stamped = await memory.stamp(CLUB, "en", entries, NOWHERE, debut)
    return stamped.entries


async def test_a_new_event_is_not_printed_again(memory: RevisionMemory) -> None:
    debut = await memory.debut(CLUB, "en")
    entries = read(debut, *(make_event(id=number) for number in range(1, 40)))

    told = await published(memory, entries, debut)

    assert all(one is other for one, other in zip(told, entries, strict=True))
    assert {entry.digest[8:] for entry in told} != {b""}


async def test_it_has_the_bytes_that_it_would_have_without(tmp_path: Path) -> None:
    clock = FakeClock()
    told = []
    for number, known in enumerate((True, False)):
        store = SqliteStore(tmp_path / f"{number}.db", clock=clock)
        memory = RevisionMemory(store, clock=clock)
        debut = await memory.debut(CLUB, "en") if known else UNKNOWN
        told.append(await published(memory, read(debut, make_event(), make_event(id=7)), debut))
        await store.aclose()

    assert list(told[0]) == list(told[1])


async def test_it_is_told_as_of_the_second_in_which_it_was_read(
    memory: RevisionMemory, clock: FakeClock
) -> None:
    debut = await memory.debut(CLUB, "en")
    first = read(debut, make_event(id=1))
    clock.advance(minutes=1)
    second = read(debut, make_event(id=2))
    clock.advance(minutes=1)

    told = await published(memory, [*first, *second], debut)

    early, late = (revision_in(entry.stamp) for entry in told)
    assert late.created - early.created == timedelta(minutes=1)
    assert clock() - late.modified == timedelta(minutes=1)
    assert early.sequence == late.sequence


async def test_what_is_not_new_gets_its_own_revision(memory: RevisionMemory, clock: FakeClock) -> None:
    (first,) = await published(memory, read(await memory.debut(CLUB, "en"), make_event()), UNKNOWN)
    clock.advance(hours=1)
    debut = await memory.debut(CLUB, "en")

    (same,) = await published(memory, read(debut, make_event()), debut)
    (changed,) = await published(memory, read(debut, altered(make_event(), title="Moved up")), debut)

    assert same.stamp == first.stamp
    assert revision_in(changed.stamp).created == revision_in(first.stamp).created
    assert revision_in(changed.stamp).modified == clock().replace(microsecond=0)
    assert revision_in(changed.stamp).sequence == revision_in(first.stamp).sequence + 1


async def test_what_an_earlier_walk_read_is_new_when_it_is_published(
    memory: RevisionMemory, clock: FakeClock
) -> None:
    hidden = read(await memory.debut(CLUB, "en"), make_event())
    clock.advance(hours=24)

    (told,) = await published(memory, hidden, await memory.debut(CLUB, "en"))

    assert revision_in(told.stamp).created == clock().replace(microsecond=0)
    assert told.marked.count(b"CREATED:") == 1


async def test_without_the_store_nothing_is_known_before_the_end(tmp_path: Path, clock: FakeClock) -> None:
    store = _Unreadable(tmp_path / "feeds.db", clock=clock)

    debut = await RevisionMemory(store, clock=clock).debut(CLUB, "en")
    await store.aclose()

    assert debut.lines() == b""
    assert [entry.stamp for entry in read(debut, make_event())] == [b""]


class _Unreadable(SqliteStore):
    async def recall(self, organization: str, known: int | None) -> Recollection | None:
        raise StoreUnavailable(f"{organization} {known}")
