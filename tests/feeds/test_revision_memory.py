"""The revision memory while the store fails, and when it heals: nothing that was told is taken back."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from pathlib import Path

from app.domain.errors import StoreUnavailable
from app.domain.model import Lang, Names, Organization
from app.domain.records import Recollection
from app.domain.revisions import Remembered
from app.feeds.changes import Change, Kind, unpacked
from app.feeds.comparison import Walk
from app.feeds.entry import Entry, entry_for, mould_of
from app.feeds.memory import RevisionMemory
from app.ics.event import EventRenderer
from app.ics.zones import publish_zone
from app.store.sqlite import SqliteStore
from tests.support.fakes import FakeClock
from tests.support.make import make_event
from tests.support.subscriber import Seen, events_in

ZONE = publish_zone("America/Toronto", date(2026, 9, 1), date(2027, 9, 1))


class Faltering(SqliteStore):
    """A real store of which reading or writing can be made to fail."""

    def __init__(self, path: Path, *, clock: Callable[[], datetime]) -> None:
        super().__init__(path, clock=clock)
        self.unreadable = False
        self.full = False

    async def recall(self, organization: str, known: int | None) -> Recollection | None:
        if self.unreadable:
            raise StoreUnavailable("gone")
        return await super().recall(organization, known)

    async def remember(
        self,
        organization: str,
        events: Mapping[int, Remembered],
        *,
        language: Lang | None,
        known: int,
        changes: bytes | None = None,
    ) -> int | None:
        if self.full or self.unreadable:
            raise StoreUnavailable("database or disk is full")
        return await super().remember(organization, events, language=language, known=known, changes=changes)


class Process:
    """One process that publishes a single event, or none."""

    def __init__(self, store: Faltering, clock: FakeClock, language: Lang = "fr") -> None:
        self.store, self.clock = store, clock
        self.organization = Organization("club", 8008, Names("Club", "Club"), language, "America/Toronto")
        self.memory = RevisionMemory(store, clock=clock)
        self.last: dict[Lang, Sequence[Entry]] = {}
        self.changes: tuple[Change, ...] = ()

    async def tell(self, title: str, url: str = "https://example.org/a", lang: Lang = "fr") -> Seen:
        """Publish the event under this title and address, a minute later; what subscribers see."""
        (entry,) = await self.publish([self._entry(title, url, lang)], lang)
        (seen,) = events_in(entry.marked + b"END:VEVENT\r\n").values()
        return seen

    async def remove(self, lang: Lang = "fr") -> None:
        """Publish nothing, a minute later."""
        await self.publish([], lang)

    async def publish(self, entries: Sequence[Entry], lang: Lang) -> Sequence[Entry]:
        """Publish these entries, a minute later; as they are stamped."""
        self.clock.advance(minutes=1)
        walk = Walk(
            previous=self.last.get(lang, ()),
            scope="same",
            first=0,
            close=2**40,
            began=int(self.clock().timestamp()),
            programs=frozenset({4521}),
        )
        stamped = await self.memory.stamp(self.organization, lang, entries, walk)
        self.last[lang] = stamped.entries
        log = unpacked(stamped.changes)
        self.changes = log.changes if log else ()
        return stamped.entries

    def _entry(self, title: str, url: str, lang: Lang) -> Entry:
        event = make_event(title=title, url=url)
        renderer = EventRenderer(ZONE, lang, "CAD")
        return entry_for(event, mould_of(event.about, renderer), renderer)


@asynccontextmanager
async def processes(
    directory: Path, *clocks: FakeClock, language: Lang = "fr"
) -> AsyncIterator[list[Process]]:
    """Processes on one store, each with its own connection and clock."""
    stores = [Faltering(directory / "feeds.db", clock=clock) for clock in clocks]
    try:
        yield [Process(store, clock, language) for store, clock in zip(stores, clocks, strict=True)]
    finally:
        for store in stores:
            await store.aclose()


async def test_a_full_disk_after_a_switch_of_language_moves_stamps_once(tmp_path: Path) -> None:
    clock = FakeClock()
    async with processes(tmp_path, clock) as (french,):
        before = await french.tell("Yoga")
    async with processes(tmp_path, clock, language="en") as (english,):
        english.store.full = True
        switched = await english.tell("Yoga", lang="en")
        again = await english.tell("Yoga", lang="en")
        english.store.full = False
        healed = await english.tell("Yoga", lang="en")
    async with processes(tmp_path, clock, language="en") as (restarted,):
        after = await restarted.tell("Yoga", lang="en")

    assert switched.sequence == before.sequence + 1
    assert switched == again == healed == after


async def test_a_process_without_its_store_takes_nothing_back_that_another_told_meanwhile(
    tmp_path: Path,
) -> None:
    late, early = FakeClock(), FakeClock()
    early.advance(seconds=30)
    async with processes(tmp_path, late, early) as (blind, sighted):
        await blind.tell("Yoga")
        await sighted.tell("Yoga")
        blind.store.unreadable = True
        told_blind = await blind.tell("Yoga", url="https://example.org/b")
        told = await sighted.tell("Yoga", url="https://example.org/b")
        blind.store.unreadable = False
        healed = await blind.tell("Yoga", url="https://example.org/b")
        after = await sighted.tell("Yoga", url="https://example.org/b")

    assert told_blind.modified < told.modified
    assert healed == after == told


async def test_each_language_keeps_the_furthest_that_anybody_told_of_it(tmp_path: Path) -> None:
    one_clock, other_clock = FakeClock(), FakeClock()
    async with processes(tmp_path, one_clock, other_clock) as (blind, sighted):
        await blind.tell("Yoga")
        await blind.tell("Yoga", lang="en")
        await sighted.tell("Yoga")
        blind.store.unreadable = True
        english = await blind.tell("Yoga 2", lang="en")
        french = await sighted.tell("Yoga 2")
        blind.store.unreadable = False
        told = [await blind.tell("Yoga 2"), await sighted.tell("Yoga 2")]
        in_english = [await sighted.tell("Yoga 2", lang="en"), await blind.tell("Yoga 2", lang="en")]

    assert told == [french, french]
    assert in_english == [english, english]


async def test_a_start_without_the_store_learns_later_when_an_event_was_first_seen(tmp_path: Path) -> None:
    clock = FakeClock()
    async with processes(tmp_path, clock) as (first,):
        before = await first.tell("Yoga")
    async with processes(tmp_path, clock) as (second,):
        second.store.unreadable = True
        blind = await second.tell("Yoga")
        second.store.unreadable = False
        healed = await second.tell("Yoga")

    assert blind.sequence > before.sequence
    assert (healed.sequence, healed.modified) == (blind.sequence, blind.modified)
    assert blind.created > healed.created == before.created


def kinds(process: Process) -> list[tuple[Kind, ...]]:
    """What was told to have changed, newest first."""
    return [change.kinds for change in process.changes]


async def test_what_changes_while_the_store_fails_is_told_when_it_works_again(tmp_path: Path) -> None:
    async with processes(tmp_path, FakeClock()) as (process,):
        await process.remove()
        process.store.unreadable = True
        await process.tell("Yoga")
        await process.tell("Yoga")
        blind = kinds(process)
        process.store.unreadable = False
        await process.tell("Yoga")
        healed = kinds(process)
        await process.tell("Yoga")

    assert blind == []
    assert healed == kinds(process) == [(Kind.ADDED,)]


async def test_what_vanishes_while_the_store_fails_is_told_when_it_works_again(tmp_path: Path) -> None:
    async with processes(tmp_path, FakeClock()) as (process,):
        await process.remove()
        await process.tell("Yoga")
        process.store.full = True
        await process.remove()
        await process.remove()
        blind = kinds(process)
        process.store.full = False
        await process.remove()

    assert blind == [(Kind.ADDED,)]
    assert kinds(process) == [(Kind.REMOVED,), (Kind.ADDED,)]


async def test_what_vanishes_and_comes_back_while_the_store_fails_is_no_news(tmp_path: Path) -> None:
    async with processes(tmp_path, FakeClock()) as (process,):
        await process.remove()
        await process.tell("Yoga")
        process.store.full = True
        await process.remove()
        await process.tell("Yoga")
        process.store.full = False
        await process.tell("Yoga")

    assert kinds(process) == [(Kind.ADDED,)]


async def test_of_two_processes_only_one_tells_a_change(tmp_path: Path) -> None:
    clock = FakeClock()
    async with processes(tmp_path, clock, clock) as (one, other):
        await one.remove()
        await other.remove()
        await one.tell("Yoga")
        await other.tell("Yoga")
        await one.remove()
        await other.remove()

    assert kinds(one) == kinds(other) == [(Kind.REMOVED,), (Kind.ADDED,)]
    assert one.changes == other.changes


async def test_a_process_killed_before_its_catalogue_was_kept_tells_nothing_twice(tmp_path: Path) -> None:
    clock = FakeClock()
    async with processes(tmp_path, clock) as (first,):
        await first.remove()
        kept = dict(first.last)
        await first.tell("Yoga")
        told = first.changes
    async with processes(tmp_path, clock) as (second,):
        second.last = kept
        await second.tell("Yoga")

    assert second.changes == told != ()


async def test_a_new_title_is_told_once_with_the_words_of_both_languages(tmp_path: Path) -> None:
    async with processes(tmp_path, FakeClock()) as (process,):
        await process.tell("Natation")
        await process.tell("Swimming", lang="en")
        await process.tell("Nage")
        await process.tell("Swim", lang="en")
        await process.tell("Swim", lang="en")

    (change,) = process.changes
    assert change.kinds == (Kind.TITLE,)
    assert [{lang: texts.title for lang, texts in side.texts.items()} for side in change.sides] == [
        {"fr": "Natation", "en": "Swimming"},
        {"fr": "Nage", "en": "Swim"},
    ]


async def test_nothing_is_looked_at_where_nothing_can_have_changed(tmp_path: Path) -> None:
    async with processes(tmp_path, FakeClock()) as (process,):
        await process.tell("Yoga")
        before = process.last["fr"]
        again = await process.publish(before, "fr")

    assert again is before
