"""Several statements that see one state of the file, and are kept together or not at all."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def reading(connection: sqlite3.Connection) -> Iterator[None]:
    """All reads of the block see the same state; nobody waits for them."""
    connection.execute("begin")
    with connection:
        yield


@contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[None]:
    """All writes of the block or none; the lock is taken first, so that what was read stays true."""
    connection.execute("begin immediate")
    with connection:
        yield
