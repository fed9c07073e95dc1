"""The places where a store may be, alike to the tests: each can be opened, and have time pass."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol

from app.feeds.ports import Store
from app.store import open_store
from tests.store.servers import RealServer
from tests.support.fakes import FakeClock


class Opener(Protocol):
    """Another process's view of a place; with a clock of its own where its host is another one."""

    def __call__(self, clock: Callable[[], datetime] | None = None) -> Store: ...


class Place(Protocol):
    """One place; ``clock`` is that of the host that opens it, ``url`` its address."""

    clock: FakeClock
    url: str

    def open(self, clock: Callable[[], datetime] | None = None) -> Store:
        """Another process's view of this place."""
        ...

    async def pass_time(self, seconds: float) -> None:
        """Until leases of so many seconds have run out."""
        ...


class FilePlace:
    """A SQLite file: its processes share a host, and so its clock."""

    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock()
        self.path = folder / "deep" / "feeds.db"
        self.url = f"sqlite:///{self.path}"

    def open(self, clock: Callable[[], datetime] | None = None) -> Store:
        return open_store(self.url, clock=clock or self.clock)

    async def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds=seconds)


class ServerPlace:
    """A Redis or Valkey server: its own clock counts for leases, so time passes as it does."""

    def __init__(self, server: RealServer) -> None:
        self.clock = FakeClock()
        self.url = server.url

    def open(self, clock: Callable[[], datetime] | None = None) -> Store:
        return open_store(self.url, clock=clock or self.clock)

    async def pass_time(self, seconds: float) -> None:
        await asyncio.sleep(seconds + 0.002)
