"""A store for each cell of the matrix, and how it fails: a file that is none, a server gone or silent."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, Protocol

from tests.faults.doors import Door, door_to

PATIENCE_SECONDS: Final = 60.0
"""No busy machine is taken for a server that does not answer."""
SILENCE_SECONDS: Final = 2.0
"""But where the server is silent, each call takes as long."""


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
    """A database of a Redis, behind a door; it fails by being gone, or by being ``silent``."""

    def __init__(self, door: Door, database: int, *, silent: bool) -> None:
        self._door = door
        self._database = database
        self._silent = silent

    @property
    def url(self) -> str:
        patience = SILENCE_SECONDS if self._silent else PATIENCE_SECONDS
        return f"redis://127.0.0.1:{self._door.port}/{self._database}?socket_timeout={patience}"

    async def fail(self) -> None:
        if self._silent:
            self._door.hush()
        else:
            await self._door.shut()

    async def recover(self) -> None:
        self._door.open()


@asynccontextmanager
async def redis_shop(port: int, database: int, *, silent: bool) -> AsyncIterator[ServerShop]:
    """An empty database of the Redis at ``port``."""
    async with door_to(port) as door:
        yield ServerShop(door, database, silent=silent)
