"""Private feeds in a table: of their tokens nothing but a digest."""

import sqlite3
from collections.abc import Sequence
from datetime import date

from app.domain.grants import Grant


def grants(connection: sqlite3.Connection) -> Sequence[Grant]:
    """See ``feeds.ports.Store``."""
    rows = connection.execute("select id, digest, record, used from grants").fetchall()
    return [
        Grant(number, digest, record, date.fromisoformat(used) if used else None)
        for number, digest, record, used in rows
    ]


def add(connection: sqlite3.Connection, grant: Grant) -> bool:
    """See ``feeds.ports.Store``."""
    added = connection.execute(
        "insert into grants values (?, ?, ?, ?) on conflict (id) do nothing",
        (grant.id, grant.digest, grant.record, grant.used.isoformat() if grant.used else None),
    )
    return added.rowcount == 1


def rotate(connection: sqlite3.Connection, number: str, digest: bytes) -> bool:
    """See ``feeds.ports.Store``."""
    return connection.execute("update grants set digest = ? where id = ?", (digest, number)).rowcount == 1


def revoke(connection: sqlite3.Connection, number: str) -> bool:
    """See ``feeds.ports.Store``."""
    return connection.execute("delete from grants where id = ?", (number,)).rowcount == 1


def use(connection: sqlite3.Connection, number: str, day: date) -> None:
    """See ``feeds.ports.Store``."""
    connection.execute(
        "update grants set used = ?1 where id = ?2 and (used is null or used < ?1)", (day.isoformat(), number)
    )
