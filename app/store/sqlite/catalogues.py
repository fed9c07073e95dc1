"""Kept catalogues in tables: their status, their content, and who may write them."""

import sqlite3
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, TypeAlias

from app.domain.model import LANGS
from app.domain.records import Key, Lease, Status, Trouble
from app.store.moments import first_number, instant
from app.store.sqlite.transaction import reading, writing

Values: TypeAlias = Mapping[str, str | float | None]

_STATUS: Final = "organization, lang, generation, began, covered, failures, since, retry_at, error"
_SET_BACK_SECONDS: Final = 60.0
"""Clocks are corrected by less than this all the time."""
_NO_TROUBLE: Final[Values] = {"failures": None, "since": None, "retry_at": None, "error": None}


def statuses(connection: sqlite3.Connection) -> Mapping[Key, Status]:
    """See ``feeds.ports.Store``."""
    with reading(connection):
        marks: dict[str, int] = dict(connection.execute("select organization, mark from marks"))
        rows = connection.execute(f"select {_STATUS} from catalogues").fetchall()  # noqa: S608  # column names
    found = {(name, lang): Status(mark=mark) for name, mark in marks.items() for lang in LANGS}
    for name, lang, generation, began, covered, failures, since, retry_at, error in rows:
        trouble = (
            Trouble(failures, instant(since), instant(retry_at), error) if failures is not None else None
        )
        began_at = None if began is None else instant(began)
        found[name, lang] = Status(generation, began_at, marks.get(name, 0), covered, trouble)
    return found


def content(connection: sqlite3.Connection, key: Key) -> tuple[int, bytes] | None:
    """See ``feeds.ports.Store``."""
    row: tuple[int, bytes] | None = connection.execute(
        "select generation, content from contents where organization = ? and lang = ?", key
    ).fetchone()
    return row


def keep(
    connection: sqlite3.Connection,
    lease: Lease,
    content: bytes,
    *,
    began: datetime,
    covered: int,
    now: datetime,
) -> int | None:
    """See ``feeds.ports.Store``; ``now`` decides the number of a catalogue's first generation."""
    with writing(connection):
        if not confirm(connection, lease, began=began, covered=covered):
            return None
        [(generation,)] = connection.execute(
            "update catalogues set generation = case generation when 0 then ? else generation + 1 end "
            "where organization = ? and lang = ? returning generation",
            (first_number(now), *lease.key),
        ).fetchall()
        connection.execute(
            "insert or replace into contents values (?, ?, ?, ?)", (*lease.key, generation, content)
        )
    kept: int = generation
    return kept


def confirm(connection: sqlite3.Connection, lease: Lease, *, began: datetime, covered: int) -> bool:
    """See ``feeds.ports.Store``."""
    return _write(connection, lease, {**_NO_TROUBLE, "began": began.timestamp(), "covered": covered})


def complain(connection: sqlite3.Connection, lease: Lease, trouble: Trouble) -> bool:
    """See ``feeds.ports.Store``."""
    values: Values = {
        "failures": trouble.failures,
        "since": trouble.since.timestamp(),
        "retry_at": trouble.retry_at.timestamp(),
        "error": trouble.error,
    }
    return _write(connection, lease, values)


def lease(
    connection: sqlite3.Connection, key: Key, holder: str, seconds: float, *, clock: Callable[[], datetime]
) -> Lease | None:
    """See ``feeds.ports.Store``. A lease from far ahead is void: the host's clock was set back since."""
    with writing(connection):
        moment = clock().timestamp()  # now that the lock is ours: waiting for it takes time
        connection.execute("insert or ignore into catalogues (organization, lang) values (?, ?)", key)
        granted = connection.execute(
            "update catalogues set holder = ?, fence = fence + 1, held_from = ?, held_until = ? "
            "where organization = ? and lang = ? "
            "and (holder is null or holder = ? or held_until <= ? or held_from > ?) returning fence",
            (holder, moment, moment + seconds, *key, holder, moment, moment + _SET_BACK_SECONDS),
        ).fetchall()
    return Lease(key, holder, granted[0][0]) if granted else None


def renew(
    connection: sqlite3.Connection, lease: Lease, seconds: float, *, clock: Callable[[], datetime]
) -> bool:
    """See ``feeds.ports.Store``."""
    with writing(connection):
        moment = clock().timestamp()
        return _write(connection, lease, {"held_from": moment, "held_until": moment + seconds})


def release(connection: sqlite3.Connection, lease: Lease) -> None:
    """See ``feeds.ports.Store``."""
    _write(connection, lease, {"holder": None, "held_from": None, "held_until": None})


def mark(connection: sqlite3.Connection, organization: str) -> int:
    """See ``feeds.ports.Store``."""
    [(noted,)] = connection.execute(
        "insert into marks values (?, 1) on conflict do update set mark = mark + 1 returning mark",
        (organization,),
    ).fetchall()
    count: int = noted
    return count


def _write(connection: sqlite3.Connection, lease: Lease, values: Values) -> bool:
    """Set columns of the catalogue's row if the lease still stands: it is the newest, and was not let go."""
    columns = ", ".join(f"{name} = ?" for name in values)
    changed = connection.execute(
        f"update catalogues set {columns} "  # noqa: S608  # names of ours
        "where organization = ? and lang = ? and fence = ? and holder = ?",
        (*values.values(), *lease.key, lease.fence, lease.holder),
    )
    return changed.rowcount == 1
