"""The revision memory while the store fails, and when it heals: nothing that was told is taken back."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import date, datetime
from pathlib import Path

from app.domain.errors import StoreUnavailable
from app.domain.model import Lang, Names, Organization
from app.domain.records import Recollection
from app.domain.revisions import Remembered
from app.feeds.catalogue import Entry, entry_for
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
        self, organization: str, events: Mapping[int, Remembered], *, language: Lang | None, known: int
    ) -> int | None:
        if self.full or self.unreadable:
            raise StoreUnavailable("database or disk is full")
        return await super().remember(organization, events, language=language, known=known)


class Process:
    """One process that publishes a single event."""

    def __init__(self, store: Faltering, clock: FakeClock, language: Lang = "fr") -> None:
        self.store, self.clock = store, clock
        self.organization = Organization("club", 8008, Names("Club", "Club"), language, "America/Toronto")
        self.memory = RevisionMemory(store, clock=clock)

    async def tell(self, title: str, url: str = "https://example.org/a", lang: Lang = "fr") -> Seen:
        """Publish the event under this title and address, a minute later; what subscribers see."""
        self.clock.advance(minutes=1)
        (entry,) = await self.memory.stamp(self.organization, lang, [self._entry(title, url, lang)])
        (seen,) = events_in(entry.marked + b"END:VEVENT\r\n").values()
        return seen

    def _entry(self, title: str, url: str, lang: Lang) -> Entry:
        event = make_event(title=title, url=url)
        content = EventRenderer(ZONE, lang, "CAD").content(event, "status")
        return entry_for(event, ZONE, marked=content, shown=content)


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
