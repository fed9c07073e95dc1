"""The revision memory of organizations in tables: one row an event, one version an organization."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final, TypeAlias

from app.domain.model import LANGS, Lang
from app.domain.records import Recollection
from app.domain.revisions import Fingerprint, Remembered, Told
from app.store.moments import Moments, first_number
from app.store.sqlite.transaction import reading, writing

Row: TypeAlias = tuple[Any, ...]

_PER_LANGUAGE: Final = 4
_MARKS: Final = ", ".join("?" * (3 + len(LANGS) * _PER_LANGUAGE))


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
            "insert or ignore into organizations values (?, ?, ?, null)",
            (organization, first_number(now), int(now.timestamp())),
        )
        head = _head(connection, organization)
        return _recollection(connection, organization, head, known) if head is not None else None


def remember(
    connection: sqlite3.Connection,
    organization: str,
    events: Iterable[tuple[int, Remembered]],
    language: Lang | None,
    known: int,
) -> int | None:
    """See ``feeds.ports.Store``."""
    with writing(connection):
        head = _head(connection, organization)
        if head is None or head[0] != known:
            return None
        connection.executemany(
            f"insert or replace into events values ({_MARKS})",  # noqa: S608  # question marks only
            ((organization, number, *_row(memory)) for number, memory in events),
        )
        connection.execute(
            "update organizations set version = ?, language = ? where name = ?",
            (known + 1, language, organization),
        )
    return known + 1


def _head(connection: sqlite3.Connection, organization: str) -> tuple[int, int, Lang | None] | None:
    row: tuple[int, int, Lang | None] | None = connection.execute(
        "select version, born, language from organizations where name = ?", (organization,)
    ).fetchone()
    return row


def _recollection(
    connection: sqlite3.Connection,
    organization: str,
    head: tuple[int, int, Lang | None],
    known: int | None,
) -> Recollection | None:
    version, born, language = head
    if version == known:
        return None
    rows = connection.execute("select * from events where organization = ?", (organization,))
    moments = Moments()
    events: Mapping[int, Remembered] = {row[1]: _remembered(row, moments) for row in rows}
    return Recollection(version, moments[born], language, events)


def _row(memory: Remembered) -> Iterator[int | bytes | None]:
    yield int(memory.created.timestamp())
    for lang in LANGS:
        told = memory.told.get(lang)
        if told is None:
            yield from (None,) * _PER_LANGUAGE
        else:
            yield from (told.sequence, int(told.modified.timestamp()))
            yield from (told.fingerprint.significant, told.fingerprint.whole)


def _remembered(row: Row, moments: Moments) -> Remembered:
    _, _, created, *columns = row
    told: dict[Lang, Told] = {}
    for position, lang in enumerate(LANGS):
        at = position * _PER_LANGUAGE
        sequence, modified, significant, whole = columns[at : at + _PER_LANGUAGE]
        if sequence is not None:
            told[lang] = Told(Fingerprint(significant, whole), sequence, moments[modified])
    return Remembered(moments[created], told)
