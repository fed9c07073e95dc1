"""The upstream's tokens in a table. They are secrets: the file's rights keep them."""

import sqlite3


def token(connection: sqlite3.Connection, organization: str) -> str | None:
    """See ``feeds.ports.Store``."""
    row = connection.execute("select token from tokens where organization = ?", (organization,)).fetchone()
    return row[0] if row else None


def keep_token(connection: sqlite3.Connection, organization: str, token: str) -> None:
    """See ``feeds.ports.Store``."""
    connection.execute("insert or replace into tokens values (?, ?)", (organization, token))
