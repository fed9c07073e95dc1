"""What an operator should know of a store besides whether it answers: room, safety, and what it keeps.

The facts alone; what they mean is judged by whoever asked.
"""

import asyncio
import shutil
import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import aclosing, closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from app.domain.errors import StoreUnavailable
from app.domain.records import Key, Status
from app.store.opening import open_store
from app.store.sqlite.complaint import complaint as file_complaint
from app.store.sqlite.file import BUSY_SECONDS, open_file
from app.store.sqlite.transaction import writing

_SQLITE: Final = "sqlite:///"
_PROBE_OCTETS: Final = 256 * 1024
"""As much is written, and removed at once: a few bytes would fit where no catalogue does."""
_PROBE_SECONDS: Final = 10
_NOBODY: Final = ""
"""No organization is remembered under this name."""


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A store in a file. ``octets`` counts its journal too; ``free`` is the room left on its disk."""

    place: str
    octets: int
    free: int
    write_seconds: float
    statuses: Mapping[Key, Status]


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """A store on a server; what the server would not tell is None.

    ``appends`` and ``snapshots`` tell whether, and ``policy`` (maxmemory-policy) what it forgets when
    ``most_octets`` are full; 0 of these is no limit.
    """

    place: str
    software: str | None
    octets: int | None
    most_octets: int | None
    policy: str | None
    appends: bool | None
    snapshots: bool | None
    snapshot_failed: bool
    write_seconds: float
    statuses: Mapping[Key, Status]


async def examine(url: str, *, clock: Callable[[], datetime]) -> FileFacts | ServerFacts:
    """Read from the store at ``url``, write to it, and look around. Raises ``StoreUnavailable``.

    ``ValueError`` for an address that means no store, with one sentence without secrets.
    """
    async with aclosing(open_store(url, clock=clock)) as store:
        statuses = await store.statuses()
    if url.startswith(_SQLITE):
        path = Path(url.removeprefix(_SQLITE))
        return await asyncio.to_thread(_examine_file, path, statuses)
    return await _examine_server(url, statuses)


def _examine_file(path: Path, statuses: Mapping[Key, Status]) -> FileFacts:
    began = time.perf_counter()
    try:
        with closing(open_file(path, busy_seconds=BUSY_SECONDS)) as file:
            with writing(file.connection):
                probe = (_NOBODY, "0" * _PROBE_OCTETS)
                file.connection.execute("insert or replace into tokens values (?, ?)", probe)
            with writing(file.connection):
                file.connection.execute("delete from tokens where organization = ?", [_NOBODY])
            seconds = time.perf_counter() - began
            parts = (path, *(path.with_name(f"{path.name}-{end}") for end in ("wal", "shm")))
            octets = sum(part.stat().st_size for part in parts if part.exists())
            return FileFacts(str(path), octets, shutil.disk_usage(path.parent).free, seconds, statuses)
    except (sqlite3.Error, OSError) as error:
        raise StoreUnavailable(file_complaint(path, error)) from error


async def _examine_server(url: str, statuses: Mapping[Key, Status]) -> ServerFacts:
    # Loading this library takes longer than all the rest of a start, and most need it never.
    from redis.asyncio import ConnectionPool, Redis  # noqa: PLC0415
    from redis.exceptions import RedisError  # noqa: PLC0415

    from app.store.redis.address import address_of  # noqa: PLC0415
    from app.store.redis.complaint import complaint  # noqa: PLC0415
    from app.store.redis.scripts import PREFIX  # noqa: PLC0415

    address = address_of(url)
    options = {**address.options, "socket_timeout": _PROBE_SECONDS, "socket_connect_timeout": _PROBE_SECONDS}
    client = Redis.from_pool(ConnectionPool(**options, protocol=2, driver_info=None))
    try:
        began = time.perf_counter()
        probe = f"{PREFIX}probe"
        await client.set(probe, b"\0" * _PROBE_OCTETS, ex=_PROBE_SECONDS)
        await client.delete(probe)
        seconds = time.perf_counter() - began
        about = await _told(client.info, RedisError)
        saves = (await _told(lambda: client.config_get("save"), RedisError)).get("save")
    except (RedisError, OSError) as error:
        raise StoreUnavailable(complaint(address.place, error)) from error
    finally:
        await client.aclose()
    return ServerFacts(
        place=address.place,
        software=_software(about),
        octets=about.get("used_memory"),
        most_octets=about.get("maxmemory"),
        policy=about.get("maxmemory_policy"),
        appends=bool(about["aof_enabled"]) if "aof_enabled" in about else None,
        snapshots=None if saves is None else bool(saves),
        snapshot_failed=about.get("rdb_last_bgsave_status", "ok") != "ok",
        write_seconds=seconds,
        statuses=statuses,
    )


async def _told(question: Callable[[], Any], refusal: type[Exception]) -> dict[str, Any]:
    """The answer, or nothing where this user may not ask: hosted servers refuse CONFIG, some INFO too."""
    try:
        answer: dict[str, Any] = await question()
    except refusal:
        return {}
    return answer


def _software(about: Mapping[str, Any]) -> str | None:
    """Valkey tells a version of Redis too, for old clients."""
    for name, field in (("Valkey", "valkey_version"), ("Redis", "redis_version")):
        if field in about:
            return f"{name} {about[field]}"
    return None
