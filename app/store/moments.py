"""Instants as numbers and back, the same way in every store."""

from datetime import UTC, datetime


def instant(seconds: float) -> datetime:
    """The aware UTC instant that is so many seconds after 1970 began."""
    return datetime.fromtimestamp(seconds, UTC)


def first_number(now: datetime) -> int:
    """Where a count begins that must not repeat a number which a lost store had reached: milliseconds.

    No store counts a thousand times a second, so whoever still holds a number of the old store sees that
    the new one's is another.
    """
    return int(now.timestamp() * 1000)
