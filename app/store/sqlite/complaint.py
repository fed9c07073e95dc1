"""What SQLite and the system complain of, as one sentence that names the file and the cure."""

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_PRIMARY: Final = 0xFF
"""An extended result code of SQLite has the primary one in its lowest byte."""
_UNREADABLE: Final = (
    "{path} is damaged or no store at all ({error}); move it away, with its -wal and -shm, "
    "and a new one is begun."
)
_UNWRITABLE: Final = (
    "{path} cannot be used ({error}); let this program's user read and write it, its -wal and -shm, "
    "and their folder."
)
_FAILING: Final = "{path} cannot be read or written ({error}); see whether its disk is full or failing."
_SENTENCES: Final[Mapping[int, str]] = {
    sqlite3.SQLITE_BUSY: "{path} is held by another program for too long ({error}); stop that program.",
    sqlite3.SQLITE_FULL: "{path} cannot grow ({error}); make room on its disk.",
    sqlite3.SQLITE_READONLY: _UNWRITABLE,
    sqlite3.SQLITE_CANTOPEN: _UNWRITABLE,
    sqlite3.SQLITE_PERM: _UNWRITABLE,
    sqlite3.SQLITE_CORRUPT: _UNREADABLE,
    sqlite3.SQLITE_NOTADB: _UNREADABLE,
    sqlite3.SQLITE_ERROR: _UNREADABLE,  # our statements are right, so the tables are not
    sqlite3.SQLITE_IOERR: _FAILING,
}


def complaint(path: Path, error: sqlite3.Error | OSError) -> str:
    """One plain sentence for the operator."""
    if isinstance(error, OSError):
        return _UNWRITABLE.format(path=path, error=error.strerror or type(error).__name__)
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_IOERR) & _PRIMARY
    return _SENTENCES.get(code, _FAILING).format(path=path, error=error)


def moved(path: Path) -> str:
    """The file that was in use is no longer at its place."""
    return (
        f"{path} was removed or replaced while it was in use; whatever is there from now on is used, "
        "or a new one is begun."
    )
