"""Private feeds, made as the command makes them: in the store of a running service."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from app.domain.grants import PrivateFeed, Scope
from app.feeds.grants import create
from app.feeds.ports import Store
from app.store import open_store
from tests.support.fakes import FakeClock

FOREST = "8008"
"""The name under which forest-explorers is remembered."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Somebody with access to the store, as another process has it."""

    store: Store
    clock: FakeClock
    draw: Random

    async def make(
        self, scope: Scope, *, name: str = "", organization: str = FOREST
    ) -> tuple[PrivateFeed, str]:
        """A private feed and the path of its address; a moment later every process knows of it."""
        feed, token = await create(
            self.store,
            organization=organization,
            scope=scope,
            name=name,
            now=self.clock(),
            draw=self.draw.randbytes,
        )
        self.clock.advance(seconds=2)
        return feed, f"/private/{token}/calendar.ics"


@asynccontextmanager
async def desk(folder: Path, clock: FakeClock, seed: int = 1) -> AsyncIterator[Desk]:
    """The desk of the service that keeps its store in this folder."""
    store = open_store(f"sqlite:///{folder}/feeds.db", clock=clock)
    try:
        yield Desk(store, clock, Random(seed))  # noqa: S311  # tokens of tests may repeat themselves
    finally:
        await store.aclose()
