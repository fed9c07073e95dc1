"""Services without a network: a store in a file, an upstream of a few lines, a clock to turn."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from app.domain.model import Names, Organization
from app.domain.selection import Selection
from app.feeds.fetch import Fetcher
from app.feeds.memory import RevisionMemory
from app.feeds.ports import Store
from app.feeds.refresh import TICK_SECONDS, Refresher, Rhythm
from app.feeds.service import Feeds
from app.feeds.shelf import Shelf
from app.store.sqlite import SqliteStore
from app.telemetry.metrics import Metrics
from tests.support.fakes import FakeClock, FakeSource, no_jitter

CLUB = Organization(
    slug="club", number=8008, name=Names("Club", "Club"), language="en", timezone="America/Toronto"
)
LIFE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Host:
    """One process of the service."""

    feeds: Feeds
    refresher: Refresher
    source: FakeSource
    clock: FakeClock

    @property
    def shelf(self) -> Shelf:
        return next(shelf for shelf in self.feeds.shelves if shelf.lang == "en")

    async def body(self) -> bytes:
        feed, _ = await self.feeds.calendar(CLUB, Selection(lang="en"))
        return feed.body

    async def refreshed(self) -> None:
        """Ask, and wait until the refresh that this may have begun is over."""
        await self.feeds.calendar(CLUB, Selection(lang="en"))
        await self.refresher.start(self.shelf)


@asynccontextmanager
async def host(
    directory: Path,
    source: FakeSource,
    clock: FakeClock,
    *,
    organization: Organization = CLUB,
    name: str = "one",
    watching: bool = False,
    tick_seconds: float = TICK_SECONDS,
    reaching: Callable[[Store], Store] = lambda store: store,
    patience: timedelta = timedelta(seconds=5),
) -> AsyncIterator[Host]:
    """A process whose store is a file; ``reaching`` puts something between the two."""
    async with AsyncExitStack() as stack:
        file = await stack.enter_async_context(aclosing(SqliteStore(directory / "feeds.db", clock=clock)))
        store = reaching(file)
        fetcher = Fetcher({organization.slug: source}, RevisionMemory(store, clock=clock), store)
        rhythm = Rhythm(LIFE, no_jitter, tick_seconds, store_patience_seconds=0.2)
        refresher = await stack.enter_async_context(
            aclosing(Refresher(fetcher, store, holder=name, clock=clock, rhythm=rhythm, metrics=Metrics()))
        )
        feeds = Feeds(
            [organization],
            refresher,
            clock=clock,
            time_to_live=LIFE,
            public_url="https://calendars.example.org",
            patience=patience,
        )
        if watching:
            refresher.watch(feeds.shelves)
        yield Host(feeds, refresher, source, clock)
