"""The revision memory of organizations in tables: one version an organization, one row an event.

But for an organization's first memory, which is of thousands of events at once: it is kept in parts of many
records, in a tenth of the time. An event that has a row of its own is remembered by that, not by its part.
"""

import sqlite3
from collections.abc import Mapping
from datetime import datetime
from itertools import chain
from typing import Final, TypeAlias

from app.domain.batches import batches
from app.domain.memories import Memories, joined, records_in
from app.domain.model import Lang
from app.domain.records import Recollection
from app.store.moments import first_number, instant
from app.store.sqlite.transaction import reading, writing

ROWS_AT_ONCE: Final = 100
"""In one statement, by which ten thousand rows take two thirds of the time that they take one by one."""
OF_A_PART: Final = 500

Head: TypeAlias = tuple[int, int, Lang | None]
"""Version, birth in seconds since 1970, and language."""


def recall(
    connection: sqlite3.Connection, organization: str, known: int | None, *, now: datetime
) -> Recollection | None:
    """See ``feeds.ports.Store``; ``now`` is when a memory begins that is not there yet."""
    with reading(connection):
        head = _head(connection, organization)
        if head is not None:
            return _recollection(connection, organization, head, known)
    with writing(connection):
        connection.execute(
            "insert or ignore into organizations (name, version, born) values (?, ?, ?)",
            (organization, first_number(now), int(now.timestamp())),
        )
        head = _head(connection, organization)
        return _recollection(connection, organization, head, known) if head is not None else None


def remember(
    connection: sqlite3.Connection,
    organization: str,
    records: Mapping[int, bytes],
    *,
    language: Lang | None,
    known: int,
    changes: bytes | None,
) -> int | None:
    """See ``feeds.ports.Store``."""
    with writing(connection):
        head = _head(connection, organization)
        if head is None or head[0] != known:
            return None
        write = _write_rows if _remembers(connection, organization) else _write_parts
        write(connection, organization, records)
        connection.execute(
            "update organizations set version = ?, language = ?, changes = coalesce(?, changes) "
            "where name = ?",
            (known + 1, language, changes, organization),
        )
    return known + 1


def _head(connection: sqlite3.Connection, organization: str) -> Head | None:
    row: Head | None = connection.execute(
        "select version, born, language from organizations where name = ?", (organization,)
    ).fetchone()
    return row


def _remembers(connection: sqlite3.Connection, organization: str) -> bool:
    """True if there is anything that is remembered of it."""
    [(found,)] = connection.execute(
        "select exists (select 1 from beginnings where organization = ?1) "
        "or exists (select 1 from memories where organization = ?1)",
        (organization,),
    ).fetchall()
    return bool(found)


def _write_parts(connection: sqlite3.Connection, organization: str, records: Mapping[int, bytes]) -> None:
    for part, some in enumerate(batches(records.values(), OF_A_PART)):
        connection.execute("insert into beginnings values (?, ?, ?)", (organization, part, joined(some)))


def _write_rows(connection: sqlite3.Connection, organization: str, records: Mapping[int, bytes]) -> None:
    # Ascending, as they lie in the table: in an order of days ten thousand rows take twice as long.
    rows = ((organization, number, records[number]) for number in sorted(records))
    for some in batches(rows, ROWS_AT_ONCE):  # all at once they would call the garbage collector
        places = ", ".join(["(?, ?, ?)"] * len(some))
        command = f"insert or replace into memories values {places}"  # noqa: S608  # nothing but places
        connection.execute(command, tuple(chain.from_iterable(some)))


def _recollection(
    connection: sqlite3.Connection, organization: str, head: Head, known: int | None
) -> Recollection | None:
    version, born, language = head
    if version == known:
        return None
    [(changes,)] = connection.execute(
        "select changes from organizations where name = ?", (organization,)
    ).fetchall()
    whose = (organization,)
    records: dict[int, bytes] = {}
    for (part,) in connection.execute("select records from beginnings where organization = ?", whose):
        records.update(records_in(part))
    records.update(connection.execute("select id, record from memories where organization = ?", whose))
    return Recollection(version, instant(born), language, Memories(records), changes)
