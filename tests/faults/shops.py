"""A store for each cell of the matrix, and how it fails: a file that is none any more, a server gone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

from tests.faults.doors import Door, door_to


class Shop(Protocol):
    """A store that a service can be given by its ``url``."""

    @property
    def url(self) -> str:
        """As the setting ``store`` has it."""
        ...

    async def fail(self) -> None:
        """From now on it cannot be used."""
        ...

    async def recover(self) -> None:
        """Bring back what may be expected to come back by itself."""
        ...


class FileShop:
    """A SQLite file. Where it was, a folder is put: no program can do anything about that."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / "feeds.db"

    @property
    def url(self) -> str:
        return f"sqlite:///{self._path}"

    async def fail(self) -> None:
        if self._path.exists():
            self._path.rename(self._path.with_suffix(".taken-away"))
        self._path.mkdir()

    async def recover(self) -> None:
        """It stays broken: one process alone must do without it."""


class ServerShop:
    """A database of a Redis, behind a door."""

    def __init__(self, door: Door, database: int) -> None:
        self._door = door
        self._database = database

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self._door.port}/{self._database}"

    async def fail(self) -> None:
        await self._door.shut()

    async def recover(self) -> None:
        self._door.open()


@asynccontextmanager
async def redis_shop(port: int, database: int) -> AsyncIterator[ServerShop]:
    """An empty database of the Redis at ``port``."""
    async with door_to(port) as door:
        yield ServerShop(door, database)
