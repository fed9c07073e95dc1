"""The file itself: how it is made and opened, and what to do when it is no longer the one that was opened."""

import os
import sqlite3
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from app.store.sqlite.schema import migrate

Identity: TypeAlias = tuple[int, int]
"""Which file it is, whatever its name: device and inode."""

BUSY_SECONDS: Final = 5.0
_JOURNAL_BYTES: Final = 16 * 1024 * 1024
_PAGE_BYTES: Final = 4096
_LOOK_AGAIN_SECONDS: Final = 0.01


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A connection, and which files the database and its journal were that it was opened to."""

    path: Path
    connection: sqlite3.Connection
    identity: Identity | None
    journal: Identity | None

    def is_in_place(self) -> bool:
        """False once the file was removed, renamed or replaced. Raises ``OSError``."""
        return self.identity is not None and _identity(self.path) == self.identity

    def settle(self) -> None:
        """Bring home what the journal holds, so that it begins anew; readers and writers go on meanwhile.

        Raises ``sqlite3.Error``; then all of it is in the journal still.
        """
        self.connection.execute("pragma wal_checkpoint(passive)").fetchall()

    def close(self) -> None:
        """Let go of it, with all that was written to it."""
        with suppress(OSError, sqlite3.Error):  # where the disk fails there is nothing to bring home
            if not self.is_in_place():
                self._take_the_journal_along()
        self.connection.close()

    def _take_the_journal_along(self) -> None:
        """Bring home what the journal holds, and remove it.

        It stays in place when the file is renamed or removed, and whoever opens the next file there would
        take it for that file's journal and copy it in.
        """
        journal = _beside(self.path, "-wal")
        if self.journal is not None and _identity(journal) == self.journal:
            self.connection.execute("pragma wal_checkpoint(truncate)")
            journal.unlink()
            _beside(self.path, "-shm").unlink()


def open_file(path: Path, *, busy_seconds: float) -> OpenFile:
    """Open the file, made and migrated as needed, for use from any one thread at a time.

    Raises ``sqlite3.Error``, ``OSError`` or ``StoreUnavailable``; then nothing is left open.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)  # it holds the upstream's token; SQLite gives its journal the same rights
    if not os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
        # SQLite would make a journal that nobody can write either, and that stays.
        raise PermissionError(None, "it may not be written")
    connection = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None, check_same_thread=False)
    try:
        identity = _identity(path)
        migrate(connection, path)  # before the journal's mode: another program's file is not touched
        _use_journal(connection, busy_seconds=busy_seconds)
        # With WAL, a killed process loses nothing; a power cut at most the last moments, never the file.
        connection.execute("pragma synchronous = normal")
        # The store settles the journal when nobody waits; a writer has to where that is not enough.
        connection.execute(f"pragma wal_autocheckpoint = {_JOURNAL_BYTES // _PAGE_BYTES}")
        connection.execute(f"pragma journal_size_limit = {_JOURNAL_BYTES}")
        # Whatever is written at once fits in memory: it is there already. In two goes, 2 MB take 2 ms more.
        connection.execute("pragma cache_spill = off")
    except BaseException:
        connection.close()
        raise
    return OpenFile(path, connection, identity, _identity(_beside(path, "-wal")))


def _use_journal(connection: sqlite3.Connection, *, busy_seconds: float) -> None:
    """Switch to the write-ahead journal, or find it in use already; either way it is there afterwards.

    SQLite does not wait for its turn here as it does elsewhere: of several processes that open a new file at
    the same moment, some are told at once that it is locked (seen with eight of them, once in forty times).
    """
    deadline = time.monotonic() + busy_seconds
    while True:
        try:
            connection.execute("pragma journal_mode = wal")
            connection.execute("select count(*) from sqlite_master").fetchall()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(_LOOK_AGAIN_SECONDS)
        else:
            return


def _identity(path: Path) -> Identity | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)
