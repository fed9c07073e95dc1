"""The tables, and how a file of an earlier version gets them."""

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from app.domain.errors import StoreUnavailable
from app.domain.memories import record_of
from app.domain.model import LANGS, Lang
from app.domain.revisions import Fingerprint, Remembered, Told
from app.store.moments import instant
from app.store.sqlite.transaction import reading, writing

APPLICATION: Final = 0x616D6C66  # "amlf"
"""What marks a file as ours (SQLite's application_id), so that nobody else's database gets our tables."""

MIGRATIONS: Final[Mapping[int, str]] = {
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
            holder text, fence integer not null default 0, held_from real, held_until real,
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
    2: """
        alter table organizations add column changes blob not null default x'';
        create table memories (
            organization text not null, id integer not null, record blob not null,
            primary key (organization, id)
        ) without rowid;
        insert into memories select organization, id, record_of_version_1(
            id, created, fr_sequence, fr_modified, fr_significant, fr_whole,
            en_sequence, en_modified, en_significant, en_whole
        ) from events;
        drop table events;
    """,
    3: """
        create table grants (
            id text primary key, digest blob not null unique, record blob not null, used text
        ) without rowid;
    """,
    4: """
        create table beginnings (
            organization text not null, part integer not null, records blob not null,
            primary key (organization, part)
        );
    """,
}
"""The statements that lead to each version of the schema from the one before; released ones never change."""


def migrate(connection: sqlite3.Connection, path: Path, migrations: Mapping[int, str] = MIGRATIONS) -> None:
    """Bring the file to the newest schema, all steps or none. A file that is current is only read.

    Raises ``StoreUnavailable`` for another program's database and for a schema from the future.
    """
    newest = max(migrations)
    with reading(connection):
        found = _version(connection, path, newest)
    if found == newest:
        return
    connection.create_function("record_of_version_1", -1, _record_of_version_1, deterministic=True)
    with writing(connection):
        found = _version(connection, path, newest)  # another process may have been quicker
        for step in range(found + 1, newest + 1):
            for statement in migrations[step].split(";"):
                connection.execute(statement)
        connection.execute(f"pragma application_id = {APPLICATION}")
        connection.execute(f"pragma user_version = {newest}")


def _version(connection: sqlite3.Connection, path: Path, newest: int) -> int:
    """The schema of the file, 0 for a new one; to be called in a transaction, for one view of it all."""
    [(application,)] = connection.execute("pragma application_id").fetchall()
    [(tables,)] = connection.execute("select count(*) from sqlite_master").fetchall()
    if application != APPLICATION and tables:
        raise StoreUnavailable(f"{path} is a database of another program; name another file as the store.")
    [(version,)] = connection.execute("pragma user_version").fetchall()
    if version > newest:
        raise StoreUnavailable(
            f"{path} was written by a newer version of this program (schema {version}, this one knows "
            f"{newest}); install that version, or name another file as the store."
        )
    found: int = version
    return found


def _record_of_version_1(number: int, created: int, *columns: Any) -> bytes:  # noqa: ANN401  # of SQL's types
    """The record of an event that was kept as a row of columns: four of them a language, null if untold."""
    half = len(columns) // 2
    told: dict[Lang, Told] = {}
    for lang, (sequence, modified, significant, whole) in zip(
        LANGS, (columns[:half], columns[half:]), strict=True
    ):
        if sequence is not None:
            told[lang] = Told(Fingerprint(significant, whole), sequence, instant(modified))
    return record_of(number, Remembered(instant(created), told))
