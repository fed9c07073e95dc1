"""The store in one SQLite file: the default, for one host and any number of its processes."""

from app.store.sqlite.store import SqliteStore

__all__ = ["SqliteStore"]
