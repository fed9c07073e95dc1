"""What is written goes to the journal of a SQLite file, and home into the file when nobody waits for it."""

import asyncio
import os
import resource
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from app.domain.records import Key
from app.store.sqlite import SqliteStore
from app.store.sqlite.store import SETTLE_BYTES
from tests.store.samples import KEY, LONG, OTHER, leased
from tests.support.fakes import NOON, FakeClock

MUCH = os.urandom(SETTLE_BYTES)
MEBIBYTE = 1024 * 1024
PATIENCE_SECONDS = 10


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SqliteStore]:
    """One that settles its journal as soon as its thread has nothing else to do."""
    opened = SqliteStore(path, clock=FakeClock(), settle_seconds=0)
    yield opened
    await opened.aclose()


async def kept(store: SqliteStore, content: bytes, key: Key = KEY) -> None:
    """Keep a content, and see to it that what was to be done behind it is done."""
    assert await store.keep(await leased(store, key), content, began=NOON, covered=0) is not None
    await store.statuses()


def at_home(path: Path) -> list[bytes]:
    """The contents that are in the file itself."""
    with closing(sqlite3.connect(f"file:{path}?immutable=1", uri=True)) as connection:
        return [content for (content,) in connection.execute("select content from contents")]


def journal_bytes(path: Path) -> int:
    return path.with_name(f"{path.name}-wal").stat().st_size


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """As on a full disk, but only for what is beyond so many bytes of a file."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_much_is_brought_home_behind_the_call(store: SqliteStore, path: Path) -> None:
    await kept(store, MUCH)

    assert at_home(path) == [MUCH]


async def test_little_stays_in_the_journal_and_is_found_there(store: SqliteStore, path: Path) -> None:
    await kept(store, b"little")

    other = SqliteStore(path, clock=FakeClock())
    found = await other.content(KEY)
    await other.aclose()

    assert at_home(path) == []
    assert found is not None
    assert found[1] == b"little"


async def test_many_times_little_is_brought_home_too(store: SqliteStore, path: Path) -> None:
    for number in range(5):
        await kept(store, MUCH[: SETTLE_BYTES // 4] + bytes((number,)))

    assert len(at_home(path)) == 1


async def test_the_journal_begins_anew_each_time_it_was_brought_home(store: SqliteStore, path: Path) -> None:
    for _ in range(20):
        await kept(store, MUCH)

    assert journal_bytes(path) < 2 * SETTLE_BYTES


async def test_the_journal_is_bounded_where_nobody_ever_brings_it_home(path: Path) -> None:
    store = SqliteStore(path, clock=FakeClock(), settle_seconds=LONG)
    for _ in range(12):
        await kept(store, bytes(4 * MEBIBYTE))
    size = journal_bytes(path)
    await store.aclose()

    assert size < 24 * MEBIBYTE


async def test_the_journal_shrinks_once_a_reader_that_held_it_up_has_gone(
    store: SqliteStore, path: Path
) -> None:
    await kept(store, b"old")
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("begin")
        reader.execute("select * from contents").fetchall()
        for _ in range(5):
            await kept(store, bytes(4 * MEBIBYTE))
        held_up = journal_bytes(path)
        reader.execute("rollback")

    await kept(store, MUCH)
    await kept(store, MUCH)

    assert held_up > 20 * MEBIBYTE
    assert journal_bytes(path) <= 16 * MEBIBYTE
    assert at_home(path) == [MUCH]


async def test_what_cannot_be_brought_home_is_kept_all_the_same(store: SqliteStore, path: Path) -> None:
    await kept(store, MUCH)
    lease = await leased(store, OTHER)

    with files_no_larger_than(3 * SETTLE_BYTES // 2):
        generation = await store.keep(lease, MUCH, began=NOON, covered=0)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while "closed" not in repr(store):  # noqa: ASYNC110  # it tells nobody that this failed
                await asyncio.sleep(0.001)
        found = await store.content(OTHER)

    assert generation is not None
    assert found == (generation, MUCH)
    await kept(store, MUCH, OTHER)
    assert at_home(path) == [MUCH, MUCH]


async def test_processes_that_bring_home_one_journal_lose_nothing(path: Path) -> None:
    keys: list[Key] = [("8008", "fr"), ("8008", "en"), ("8009", "fr")]
    async with AsyncExitStack() as stack:
        stores = [SqliteStore(path, clock=FakeClock(), settle_seconds=0) for _ in keys]
        for store in stores:
            stack.push_async_callback(store.aclose)

        for number in range(10):
            contents = [MUCH + f"{number} {key}".encode() for key in keys]
            await asyncio.gather(*map(kept, stores, contents, keys))

        found = [await stores[0].content(key) for key in keys]
        with closing(sqlite3.connect(path)) as connection:
            whole = connection.execute("pragma integrity_check").fetchall()

    assert [content for _, content in filter(None, found)] == contents
    assert whole == [("ok",)]


async def test_a_store_that_is_closed_meanwhile_has_nothing_left_to_do(path: Path) -> None:
    mishaps: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: mishaps.append(context))
    store = SqliteStore(path, clock=FakeClock(), settle_seconds=0.01)

    await kept(store, MUCH)
    await store.aclose()
    with suppress(TimeoutError):
        async with asyncio.timeout(0.05):
            await asyncio.Event().wait()

    assert mishaps == []
    assert at_home(path) == [MUCH]
