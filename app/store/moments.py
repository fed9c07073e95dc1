"""Instants as numbers and back, the same way in every store."""

from datetime import UTC, datetime


class Moments(dict[float, datetime]):
    """``moments[seconds since 1970]`` is the aware UTC instant; equal seconds give one and the same object.

    A memory of many events repeats few instants, and 100,000 events would otherwise make 300,000 of them.
    """

    def __missing__(self, seconds: float) -> datetime:
        moment = self[seconds] = datetime.fromtimestamp(seconds, UTC)
        return moment


def first_number(now: datetime) -> int:
    """Where a count begins that must not repeat a number which a lost store had reached: milliseconds.

    No store counts a thousand times a second, so whoever still holds a number of the old store sees that
    the new one's is another.
    """
    return int(now.timestamp() * 1000)
