"""What may happen to a SQLite file: it is said in one sentence, nothing is damaged, and it mends itself."""
# ruff: noqa: ASYNC240  # nobody else waits for the event loops of these tests

import asyncio
import os
import sqlite3
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.errors import StoreUnavailable
from app.domain.revisions import Fingerprint, Remembered, Told
from app.store.sqlite import SqliteStore
from app.store.sqlite.file import BUSY_SECONDS
from app.store.sqlite.revisions import OF_A_PART
from app.store.sqlite.schema import APPLICATION, MIGRATIONS, migrate
from tests.store.samples import KEY, leased, memory, recalled
from tests.support.fakes import NOON, FakeClock

NOBODY = 65534


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore(path, clock=FakeClock(), busy_seconds=0.1)
    yield opened
    await opened.aclose()


async def filled(path: Path, events: int = 1) -> None:
    """A file in which something is kept, and that nobody has open."""
    store = SqliteStore(path, clock=FakeClock())
    memories = {number: memory(number) for number in range(events)}
    await store.remember("8008", memories, language="fr", known=(await recalled(store)).version)
    await store.keep(await leased(store), b"content", began=NOON, covered=0)
    await store.aclose()


async def complaint_of(store: SqliteStore) -> str:
    """The one sentence."""
    with pytest.raises(StoreUnavailable) as failure:
        await store.mark("8008")
    sentence = str(failure.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


@contextmanager
def as_nobody() -> Iterator[None]:
    """Without the rights of root, who may do everything."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def folder_of_somebody_else(tmp_path: Path) -> Iterator[Path]:
    """A folder that can be looked into but not changed; the way to it is open."""
    folder = tmp_path / "theirs"
    folder.mkdir()
    closed = [parent for parent in folder.parents if not parent.stat().st_mode & 0o001]
    modes = {parent: parent.stat().st_mode for parent in closed}
    for parent in closed:
        parent.chmod(modes[parent] | 0o011)
    yield folder
    folder.chmod(0o755)
    for parent, mode in modes.items():
        parent.chmod(mode)


async def test_file_and_journal_are_for_this_user_alone(store: SqliteStore, path: Path) -> None:
    before = os.umask(0o000)
    try:
        await store.keep_token("8008", "secret")
    finally:
        os.umask(before)

    rights = {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
    assert rights == {"feeds.db": 0o600, "feeds.db-wal": 0o600, "feeds.db-shm": 0o600}


async def test_rights_that_the_operator_gave_stay(store: SqliteStore, path: Path) -> None:
    path.touch()
    path.chmod(0o660)

    await store.mark("8008")

    assert path.stat().st_mode & 0o777 == 0o660


async def test_a_file_that_is_no_store_is_said_so_and_left_alone(store: SqliteStore, path: Path) -> None:
    text = "this is a shopping list\n" * 100
    path.write_text(text)

    sentence = await complaint_of(store)

    assert sentence.startswith(f"{path} is damaged or no store at all (file is not a database)")
    assert "move it away" in sentence
    assert path.read_text() == text


async def test_a_store_goes_on_once_what_was_no_store_is_moved_away(store: SqliteStore, path: Path) -> None:
    path.write_text("this is a shopping list\n" * 100)
    await complaint_of(store)

    path.rename(path.with_name("list.txt"))

    assert await store.mark("8008") == 1


async def test_the_database_of_another_program_is_left_alone(store: SqliteStore, path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("create table recipes (name text)")
    before = path.read_bytes()

    sentence = await complaint_of(store)

    assert sentence == f"{path} is a database of another program; name another file as the store."
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == ["feeds.db"]


async def test_a_store_of_a_newer_version_is_left_alone(store: SqliteStore, path: Path) -> None:
    await filled(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("pragma user_version = 99")
    before = path.read_bytes()

    sentence = await complaint_of(store)

    assert sentence.startswith(f"{path} was written by a newer version of this program (schema 99")
    assert path.read_bytes() == before


async def test_a_store_of_a_newer_version_is_used_by_that_version_again(
    store: SqliteStore, path: Path
) -> None:
    await filled(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("pragma user_version = 99")
        await complaint_of(store)
        connection.execute(f"pragma user_version = {max(MIGRATIONS)}")

    assert dict((await recalled(store)).events) == {0: memory(0)}


async def test_damage_in_the_middle_is_said_and_what_is_whole_is_still_read(
    store: SqliteStore, path: Path
) -> None:
    await filled(path, events=5000)
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(b"\xa5" * 65_536)

    with pytest.raises(StoreUnavailable, match="is damaged"):
        await store.recall("8008", None)

    assert await store.mark("8008") == 1


async def test_a_file_without_its_tables_is_said_to_be_damaged(store: SqliteStore, path: Path) -> None:
    await filled(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("drop table marks")

    assert "is damaged" in await complaint_of(store)


async def test_a_file_that_another_program_holds_is_read_at_once_and_written_when_it_lets_go(
    store: SqliteStore, path: Path
) -> None:
    await filled(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("begin immediate")

        sentence = await complaint_of(store)
        content = await store.content(KEY)
        other.execute("rollback")

    assert sentence.startswith(f"{path} is held by another program for too long (database is locked)")
    assert content is not None
    assert await store.mark("8008") == 1


def test_nobody_waits_longer_than_five_seconds_for_another_program() -> None:
    assert BUSY_SECONDS <= 5


async def test_a_lock_that_is_soon_let_go_is_not_even_noticed(path: Path) -> None:
    await filled(path)
    store = SqliteStore(path, clock=FakeClock())
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("begin immediate")
        timer = threading.Timer(0.2, other.execute, ["rollback"])
        timer.start()

        assert await store.mark("8008") == 1
        timer.join()
    await store.aclose()


async def test_a_journal_that_cannot_be_used_yet_is_waited_for(path: Path) -> None:
    await filled(path)
    store = SqliteStore(path, clock=FakeClock())
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("pragma journal_mode = delete")
        other.execute("begin immediate")
        timer = threading.Timer(0.2, other.execute, ["rollback"])
        timer.start()

        assert await store.mark("8008") == 1
        timer.join()
    await store.aclose()


async def test_a_folder_that_cannot_be_made_is_said_and_used_once_it_can(tmp_path: Path) -> None:
    blocked = tmp_path / "data"
    blocked.write_text("a file where a folder should be")
    store = SqliteStore(blocked / "feeds.db", clock=FakeClock())

    sentence = await complaint_of(store)
    blocked.unlink()

    assert sentence.startswith(f"{blocked / 'feeds.db'} cannot be used (File exists)")
    assert await store.mark("8008") == 1
    await store.aclose()


async def test_a_folder_that_cannot_be_written_is_said_and_used_once_it_can(
    folder_of_somebody_else: Path,
) -> None:
    folder_of_somebody_else.chmod(0o555)
    store = SqliteStore(folder_of_somebody_else / "feeds.db", clock=FakeClock())

    with as_nobody():
        sentence = await complaint_of(store)
    folder_of_somebody_else.chmod(0o777)
    with as_nobody():
        marks = await store.mark("8008")
        await store.aclose()

    assert sentence == (
        f"{folder_of_somebody_else / 'feeds.db'} cannot be used (Permission denied); "
        "let this program's user read and write it, its -wal and -shm, and their folder."
    )
    assert marks == 1


async def test_a_file_that_cannot_be_written_is_said_and_used_once_it_can(
    folder_of_somebody_else: Path,
) -> None:
    path = folder_of_somebody_else / "feeds.db"
    await filled(path)
    folder_of_somebody_else.chmod(0o777)
    path.chmod(0o444)
    before = path.read_bytes()
    store = SqliteStore(path, clock=FakeClock())

    with as_nobody():
        sentence = await complaint_of(store)
    unharmed = path.read_bytes() == before
    path.chmod(0o666)
    with as_nobody():
        content = await store.content(KEY)
        marks = await store.mark("8008")
        await store.aclose()

    assert sentence.startswith(f"{path} cannot be used (it may not be written)")
    assert unharmed
    assert content is not None
    assert marks == 1


async def test_a_full_disk_is_said_and_leaves_what_was_kept(store: SqliteStore, path: Path) -> None:
    lease = await leased(store)
    generation = await store.keep(lease, b"content", began=NOON, covered=0)
    # As many pages as it has: SQLite then finds no room, as on a full disk.
    await store._in_thread(lambda connection: connection.execute("pragma max_page_count = 1"))

    with pytest.raises(StoreUnavailable) as failure:
        await store.keep(lease, bytes(1_000_000), began=NOON, covered=1)

    sentence = f"{path} cannot grow (database or disk is full); make room on its disk."
    assert str(failure.value) == sentence
    assert await store.content(KEY) == (generation, b"content")
    assert (await store.statuses())[KEY].covered == 0
    assert await store.keep(lease, bytes(1_000_000), began=NOON, covered=1) is not None


@pytest.mark.parametrize("endings", [("",), ("", "-wal", "-shm")])
async def test_a_file_that_was_deleted_under_way_is_said_once_and_begun_anew(
    store: SqliteStore, path: Path, endings: tuple[str, ...]
) -> None:
    lost = (await recalled(store)).version
    await store.remember("8008", {7: memory()}, language="fr", known=lost)
    for ending in endings:
        path.with_name(path.name + ending).unlink()

    sentence = await complaint_of(store)

    assert sentence.startswith(f"{path} was removed or replaced while it was in use;")
    assert await store.mark("8008") == 1
    assert path.exists()


async def test_a_memory_that_begins_anew_never_repeats_a_version_of_the_lost_one(path: Path) -> None:
    clock = FakeClock()
    store = SqliteStore(path, clock=clock)
    version = (await recalled(store)).version
    for _ in range(5):
        last = await store.remember("8008", {7: memory()}, language="fr", known=version)
        assert last is not None
        version = last
    generation = await store.keep(await leased(store), b"", began=NOON, covered=0)
    path.unlink()
    clock.advance(seconds=1)
    await complaint_of(store)

    found = await store.recall("8008", version)
    kept = await store.keep(await leased(store), b"", began=NOON, covered=0)

    assert found is not None
    assert found.version > version
    assert await store.remember("8008", {}, language="fr", known=version) is None
    assert kept is not None
    assert generation is not None
    assert kept > generation
    await store.aclose()


async def test_a_file_that_was_replaced_is_used_as_it_is_now(
    store: SqliteStore, path: Path, tmp_path: Path
) -> None:
    await store.mark("8008")
    backup = tmp_path / "backup.db"
    await filled(backup)
    backup.replace(path)

    await complaint_of(store)

    assert dict((await recalled(store)).events) == {0: memory(0)}
    assert await store.mark("8008") == 1


async def test_a_file_that_was_renamed_under_way_has_all_that_was_written_to_it(
    store: SqliteStore, path: Path
) -> None:
    await store.mark("8008")
    await store.mark("8008")
    aside = path.rename(path.with_name("aside.db"))

    await complaint_of(store)

    renamed = SqliteStore(aside, clock=FakeClock())
    assert await renamed.mark("8008") == 3
    await renamed.aclose()


async def test_two_stores_on_a_deleted_file_meet_again_on_the_new_one(path: Path) -> None:
    one, two = SqliteStore(path, clock=FakeClock()), SqliteStore(path, clock=FakeClock())
    await one.mark("8008")
    await two.mark("8008")
    path.unlink()

    await complaint_of(one)
    marks = [await one.mark("8008")]
    await complaint_of(two)
    marks.append(await two.mark("8008"))

    assert marks == [1, 2]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
    await one.aclose()
    await two.aclose()


async def test_a_closed_store_says_so(store: SqliteStore, path: Path) -> None:
    await store.mark("8008")
    assert repr(store) == f"<SqliteStore {path} open>"

    await store.aclose()
    await store.aclose()

    assert await complaint_of(store) == f"{path} has been closed."
    assert repr(store) == f"<SqliteStore {path} closed>"


async def test_what_was_begun_before_closing_is_finished(path: Path) -> None:
    store = SqliteStore(path, clock=FakeClock())
    marks = [asyncio.ensure_future(store.mark("8008")) for _ in range(20)]
    await asyncio.sleep(0)

    await store.aclose()

    assert sorted([await mark for mark in marks]) == list(range(1, 21))


def test_a_file_of_an_earlier_schema_is_brought_up_to_date_with_what_it_holds(path: Path) -> None:
    steps = {1: "create table a (x); insert into a values (1)", 2: "alter table a add column y default 2"}
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        migrate(connection, path, {1: steps[1]})

        migrate(connection, path, steps)

        assert connection.execute("select * from a").fetchall() == [(1, 2)]
        assert connection.execute("pragma user_version").fetchone() == (2,)
        assert connection.execute("pragma application_id").fetchone() == (APPLICATION,)


async def test_a_first_memory_of_many_events_is_kept_whole_and_changed_event_by_event(path: Path) -> None:
    events = {number: memory(number) for number in range(3, 3 + 2 * OF_A_PART)}
    later = {3: memory(8), 7 + OF_A_PART: memory(9), 2: memory(10)}
    store = SqliteStore(path, clock=FakeClock())
    version = (await recalled(store)).version

    for told in (events, later):
        version = await store.remember("8008", told, language="fr", known=version) or 0
    await store.aclose()

    again = SqliteStore(path, clock=FakeClock())
    assert dict((await recalled(again)).events) == {**events, **later}
    await again.aclose()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("select count(*) from beginnings").fetchall() == [(2,)]
        assert connection.execute("select id from memories order by id").fetchall() == [
            (number,) for number in sorted(later)
        ]


async def test_the_memory_of_the_first_schema_is_taken_along(store: SqliteStore, path: Path) -> None:
    noon, created = int(NOON.timestamp()), int((NOON - timedelta(days=400)).timestamp())
    both = (7, created, 28_000_000, noon, b"significant", b"whole", 28_000_001, noon + 60, b"\x00\xff", b"")
    french = (-8, noon, 5, noon, b"s", b"w", None, None, None, None)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        migrate(connection, path, {1: MIGRATIONS[1]})
        connection.execute("insert into organizations values ('8008', 41, ?, 'fr')", (noon,))
        for row in (both, french):
            connection.execute("insert into events values ('8008', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        connection.execute("insert into events values ('8009', 7, 0, 1, 2, x'', x'', 3, 4, x'', x'')")
        connection.execute("insert into contents values ('8008', 'fr', 3, x'00')")

    recollection = await recalled(store)
    version = await store.remember("8008", {9: memory()}, language="fr", known=41, changes=b"log")

    assert (recollection.version, recollection.born, recollection.language) == (41, NOON, "fr")
    assert recollection.changes == b""
    assert dict(recollection.events) == {
        7: memory(),
        -8: Remembered(NOON, {"fr": Told(Fingerprint(b"s", b"w"), 5, NOON)}),
    }
    assert version == 42
    assert await store.content(KEY) == (3, b"\x00")


def test_a_step_that_fails_leaves_the_file_as_it_was(path: Path) -> None:
    steps = {1: "create table a (x)", 2: "create table b (x)", 3: "nonsense"}
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        migrate(connection, path, {1: steps[1]})

        with pytest.raises(sqlite3.OperationalError):
            migrate(connection, path, steps)

        assert connection.execute("select name from sqlite_master").fetchall() == [("a",)]
        assert connection.execute("pragma user_version").fetchone() == (1,)


async def test_many_processes_may_open_a_new_file_at_the_same_moment(tmp_path: Path) -> None:
    for number in range(10):
        path = tmp_path / f"{number}.db"
        stores = [SqliteStore(path, clock=FakeClock()) for _ in range(8)]

        marks = await asyncio.gather(*(store.mark("8008") for store in stores))

        assert sorted(marks) == list(range(1, 9))
        for store in stores:
            await store.aclose()
