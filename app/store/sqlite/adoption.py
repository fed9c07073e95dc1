"""An organization that gets another name here takes what is kept along: it is copied, once.

Copied and not moved: while the processes of a host are replaced one by one, the old ones go on under the old
name, and must not find their memory gone.
"""

import sqlite3
from collections.abc import Iterator, Mapping

from app.store.sqlite.transaction import reading, writing


def adopt(connection: sqlite3.Connection, renamed: Mapping[str, str]) -> None:
    """Give each new name what is kept under the old one, unless it has a memory of its own already."""
    for old, new in renamed.items():
        with reading(connection):
            wanted = _is_wanted(connection, old, new)
        if wanted:
            with writing(connection):
                if _is_wanted(connection, old, new):  # another process may have been quicker
                    _copy(connection, old, new)


def _is_wanted(connection: sqlite3.Connection, old: str, new: str) -> bool:
    known = connection.execute("select name from organizations where name in (?, ?)", (old, new)).fetchall()
    return known == [(old,)]


def _copy(connection: sqlite3.Connection, old: str, new: str) -> None:
    for table, owner, columns in _owned(connection):
        values = ", ".join("?" if column == owner else column for column in columns)
        copying = f"insert or replace into {table} select {values} from {table} where {owner} = ?"  # noqa: S608  # names of ours
        connection.execute(copying, (new, old))
    connection.execute(
        "update catalogues set holder = null, held_from = null, held_until = null where organization = ?",
        (new,),
    )


def _owned(connection: sqlite3.Connection) -> Iterator[tuple[str, str, list[str]]]:
    """Every table whose rows are an organization's: its name, the column that says whose, all columns."""
    tables = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
    for (table,) in tables:
        columns = [row[1] for row in connection.execute(f"pragma table_info({table})")]
        owner = "name" if table == "organizations" else "organization"
        if owner in columns:
            yield table, owner, columns
