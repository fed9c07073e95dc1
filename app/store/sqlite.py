"""The store in one SQLite file: the default, for one host and any number of its processes."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeAlias, TypeVar

from app.domain.errors import StoreUnavailable
from app.domain.model import LANGS, Lang
from app.domain.records import Key, Lease, Recollection, Status, Trouble
from app.domain.revisions import Fingerprint, Remembered, Told

Result = TypeVar("Result")
Row: TypeAlias = tuple[Any, ...]
Values: TypeAlias = dict[str, str | float | None]

SCHEMA: Final = 1
BUSY_SECONDS: Final = 5
_MIGRATIONS: Final[Mapping[int, str]] = {
    1: """
        create table organizations (
            name text primary key, version integer not null, born integer not null, language text
        ) without rowid;
        create table events (
            organization text not null, id integer not null, created integer not null,
            fr_sequence integer, fr_modified integer, fr_significant blob, fr_whole blob,
            en_sequence integer, en_modified integer, en_significant blob, en_whole blob,
            primary key (organization, id)
        ) without rowid;
        create table catalogues (
            organization text not null, lang text not null,
            generation integer not null default 0, began real, covered integer not null default 0,
            failures integer, since real, retry_at real, error text,
            holder text, fence integer not null default 0, held_until real,
            primary key (organization, lang)
        ) without rowid;
        create table contents (
            organization text not null, lang text not null,
            generation integer not null, content blob not null,
            primary key (organization, lang)
        );
        create table marks (organization text primary key, mark integer not null) without rowid;
        create table tokens (organization text primary key, token text not null) without rowid;
    """,
}
_PER_LANGUAGE: Final = 4
_NO_TROUBLE: Final[Values] = {"failures": None, "since": None, "retry_at": None, "error": None}


class SqliteStore:
    """One file and one thread that talks to it; the journal (WAL) survives a kill at any moment."""

    def __init__(self, path: Path | str, *, clock: Callable[[], datetime]) -> None:
        self._path = path
        self._clock = clock
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store")
        self._connection: sqlite3.Connection | None = None

    def __repr__(self) -> str:
        return f"<SqliteStore {self._path} {'open' if self._connection else 'closed'}>"

    async def recall(self, organization: str, known: int | None) -> Recollection | None:
        """See ``feeds.ports.Store``."""
        return await self._in_thread(lambda connection: self._recall(connection, organization, known))

    async def remember(
        self, organization: str, events: Mapping[int, Remembered], *, language: Lang | None, known: int
    ) -> int | None:
        """See ``feeds.ports.Store``."""
        rows = [(organization, number, *_row(memory)) for number, memory in events.items()]
        return await self._in_thread(
            lambda connection: _remember(connection, organization, rows, language, known)
        )

    @property
    def shared(self) -> bool:
        """See ``feeds.ports.Store``."""
        return False

    async def statuses(self) -> Mapping[Key, Status]:
        """See ``feeds.ports.Store``."""
        return await self._in_thread(_statuses)

    async def content(self, key: Key) -> tuple[int, bytes] | None:
        """See ``feeds.ports.Store``."""
        return await self._in_thread(lambda connection: _content(connection, key))

    async def keep(self, lease: Lease, content: bytes, *, began: datetime, covered: int) -> int | None:
        """See ``feeds.ports.Store``."""
        return await self._in_thread(lambda connection: _keep(connection, lease, content, began, covered))

    async def confirm(self, lease: Lease, *, began: datetime, covered: int) -> bool:
        """See ``feeds.ports.Store``."""
        values: Values = {**_NO_TROUBLE, "began": began.timestamp(), "covered": covered}
        return await self._in_thread(lambda connection: _write(connection, lease, values))

    async def complain(self, lease: Lease, trouble: Trouble) -> bool:
        """See ``feeds.ports.Store``."""
        values: Values = {
            "failures": trouble.failures,
            "since": trouble.since.timestamp(),
            "retry_at": trouble.retry_at.timestamp(),
            "error": trouble.error,
        }
        return await self._in_thread(lambda connection: _write(connection, lease, values))

    async def lease(self, key: Key, holder: str, seconds: float) -> Lease | None:
        """See ``feeds.ports.Store``."""
        return await self._in_thread(
            lambda connection: _lease(connection, key, holder, self._clock().timestamp(), seconds)
        )

    async def renew(self, lease: Lease, seconds: float) -> bool:
        """See ``feeds.ports.Store``."""
        until = self._clock().timestamp() + seconds
        return await self._in_thread(lambda connection: _write(connection, lease, {"held_until": until}))

    async def release(self, lease: Lease) -> None:
        """See ``feeds.ports.Store``."""
        nobody: Values = {"holder": None, "held_until": None}
        await self._in_thread(lambda connection: _write(connection, lease, nobody))

    async def mark(self, organization: str) -> int:
        """See ``feeds.ports.Store``."""
        return await self._in_thread(lambda connection: _mark(connection, organization))

    async def token(self, organization: str) -> str | None:
        """See ``feeds.ports.Store``."""
        return await self._in_thread(lambda connection: _token(connection, organization))

    async def keep_token(self, organization: str, token: str) -> None:
        """See ``feeds.ports.Store``."""
        await self._in_thread(
            lambda connection: connection.execute(
                "insert or replace into tokens values (?, ?)", (organization, token)
            )
        )

    async def aclose(self) -> None:
        """Finish what is under way and let go of the file."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._disconnect)
        self._thread.shutdown()

    async def _in_thread(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        def attempt() -> Result:
            try:
                return work(self._connected())
            except (sqlite3.Error, OSError) as error:
                self._disconnect()
                raise StoreUnavailable(f"{self._path}: {error}") from error

        return await asyncio.get_running_loop().run_in_executor(self._thread, attempt)

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = _connect(self._path)
        return self._connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _recall(
        self, connection: sqlite3.Connection, organization: str, known: int | None
    ) -> Recollection | None:
        with connection:
            connection.execute("begin")
            head = _head(connection, organization)
        if head is None:
            born = int(self._clock().timestamp())
            with connection:
                connection.execute("begin immediate")
                connection.execute(
                    "insert or ignore into organizations values (?, 1, ?, null)", (organization, born)
                )
        with connection:
            connection.execute("begin")  # one view of both tables
            version, began, language = _head(connection, organization) or (1, 0, None)
            if version == known:
                return None
            rows = connection.execute("select * from events where organization = ?", (organization,))
            events = {row[1]: _remembered(row) for row in rows}
        return Recollection(version, _moment(began), language, events)


def _connect(path: Path | str) -> sqlite3.Connection:
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        file.touch(mode=0o600)  # it holds the upstream's token; the journal takes over these rights
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = normal")
        _migrate(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _migrate(connection: sqlite3.Connection, path: Path | str) -> None:
    """Bring the file to this version's schema, one step after the other."""
    with connection:
        connection.execute("begin immediate")
        (found,) = connection.execute("pragma user_version").fetchone()
        if found > SCHEMA:
            raise StoreUnavailable(
                f"{path} was written by a newer version (schema {found}, this one knows {SCHEMA}); "
                "upgrade, or name another store"
            )
        for step in range(found + 1, SCHEMA + 1):
            for statement in _MIGRATIONS[step].split(";"):
                connection.execute(statement)
        connection.execute(f"pragma user_version = {SCHEMA}")


def _head(connection: sqlite3.Connection, organization: str) -> tuple[int, int, Lang | None] | None:
    row: tuple[int, int, Lang | None] | None = connection.execute(
        "select version, born, language from organizations where name = ?", (organization,)
    ).fetchone()
    return row


def _remember(
    connection: sqlite3.Connection, organization: str, rows: list[Row], language: Lang | None, known: int
) -> int | None:
    with connection:
        connection.execute("begin immediate")
        head = _head(connection, organization)
        if head is None or head[0] != known:
            return None
        marks = ", ".join("?" * (3 + len(LANGS) * _PER_LANGUAGE))
        connection.executemany(f"insert or replace into events values ({marks})", rows)  # noqa: S608
        connection.execute(
            "update organizations set version = ?, language = ? where name = ?",
            (known + 1, language, organization),
        )
    return known + 1


def _statuses(connection: sqlite3.Connection) -> dict[Key, Status]:
    marks: dict[str, int] = dict(connection.execute("select organization, mark from marks"))
    columns = "organization, lang, generation, began, covered, failures, since, retry_at, error"
    found = {}
    for name, lang, generation, began, covered, failures, since, retry_at, error in connection.execute(
        f"select {columns} from catalogues"  # noqa: S608  # constants only
    ):
        trouble = Trouble(failures, _moment(since), _moment(retry_at), error) if failures else None
        began_at = None if began is None else _moment(began)
        found[name, lang] = Status(generation, began_at, marks.get(name, 0), covered, trouble)
    for name, mark in marks.items():
        for lang in LANGS:
            found.setdefault((name, lang), Status(mark=mark))
    return found


def _content(connection: sqlite3.Connection, key: Key) -> tuple[int, bytes] | None:
    row: tuple[int, bytes] | None = connection.execute(
        "select generation, content from contents where organization = ? and lang = ?", key
    ).fetchone()
    return row


def _keep(
    connection: sqlite3.Connection, lease: Lease, content: bytes, began: datetime, covered: int
) -> int | None:
    with connection:
        connection.execute("begin immediate")
        values = {**_NO_TROUBLE, "began": began.timestamp(), "covered": covered}
        if not _write(connection, lease, values):
            return None
        (generation,) = connection.execute(
            "update catalogues set generation = generation + 1 where organization = ? and lang = ? "
            "returning generation",
            lease.key,
        ).fetchone()
        connection.execute(
            "insert or replace into contents values (?, ?, ?, ?)", (*lease.key, generation, content)
        )
    kept: int = generation
    return kept


def _write(connection: sqlite3.Connection, lease: Lease, values: Values) -> bool:
    """Set columns of the catalogue's row if the lease still stands: it is the newest, and was not let go."""
    columns = ", ".join(f"{name} = ?" for name in values)
    changed = connection.execute(
        f"update catalogues set {columns} "  # noqa: S608  # names of ours
        "where organization = ? and lang = ? and fence = ? and holder = ?",
        (*values.values(), *lease.key, lease.fence, lease.holder),
    )
    return changed.rowcount == 1


def _lease(connection: sqlite3.Connection, key: Key, holder: str, now: float, seconds: float) -> Lease | None:
    with connection:
        connection.execute("begin immediate")
        connection.execute("insert or ignore into catalogues (organization, lang) values (?, ?)", key)
        row = connection.execute(
            "update catalogues set holder = ?, fence = fence + 1, held_until = ? "
            "where organization = ? and lang = ? "
            "and (holder is null or holder = ? or held_until <= ?) returning fence",
            (holder, now + seconds, *key, holder, now),
        ).fetchone()
    return Lease(key, holder, row[0]) if row else None


def _mark(connection: sqlite3.Connection, organization: str) -> int:
    (mark,) = connection.execute(
        "insert into marks values (?, 1) on conflict do update set mark = mark + 1 returning mark",
        (organization,),
    ).fetchone()
    noted: int = mark
    return noted


def _token(connection: sqlite3.Connection, organization: str) -> str | None:
    row = connection.execute("select token from tokens where organization = ?", (organization,)).fetchone()
    return row[0] if row else None


def _row(memory: Remembered) -> Iterator[int | bytes | None]:
    yield int(memory.created.timestamp())
    for lang in LANGS:
        told = memory.told.get(lang)
        if told is None:
            yield from (None,) * _PER_LANGUAGE
        else:
            yield from (told.sequence, int(told.modified.timestamp()))
            yield from (told.fingerprint.significant, told.fingerprint.whole)


def _remembered(row: Row) -> Remembered:
    _, _, created, *columns = row
    told: dict[Lang, Told] = {}
    for position, lang in enumerate(LANGS):
        sequence, modified, significant, whole = columns[position * 4 : position * 4 + _PER_LANGUAGE]
        if sequence is not None:
            told[lang] = Told(Fingerprint(significant, whole), sequence, _moment(modified))
    return Remembered(_moment(created), told)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
