"""What a person reads in a calendar: the same few facts for every client, written as people write them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, Self
from zoneinfo import ZoneInfo

CANCELLED: Final = "cancelled"
CONFIRMED: Final = "confirmed"
MARK: Final = "Annulé : "
"""What the service puts before the title of an event that does not take place, in French."""

_MINUTE: Final = "{:04}-{:02}-{:02} {:02}:{:02}"


@dataclass(frozen=True, slots=True, order=True)
class Sighting:
    """One entry as a client shows it, by the wall clock of the machine that it runs on.

    ``start`` and ``end`` are ``2026-11-24 18:30``; of whole days ``2026-11-24``, the last one included.
    ``end``, ``place`` (only the name, before the address) and ``state`` are empty where a client shows none.
    """

    start: str
    end: str
    title: str
    place: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Published:
    """One event as the organization means it. Instants are UTC; ``days`` are its first and last, or None."""

    title: str
    start: datetime
    end: datetime
    days: tuple[date, date] | None
    place: str
    state: str

    @classmethod
    def from_fact(cls, fact: Mapping[str, object]) -> Self:
        """From a row of the simulator's truth."""
        cancelled = fact["State"] == "Cancelled"
        title = str(fact["Title"] or "")
        return cls(
            title=MARK + title if cancelled else title,
            start=datetime.fromisoformat(str(fact["Start"])),
            end=datetime.fromisoformat(str(fact["End"])),
            days=(date.fromisoformat(str(fact["FirstDay"])), date.fromisoformat(str(fact["LastDay"])))
            if fact["AllDay"]
            else None,
            place=str(fact["Place"] or ""),
            state=CANCELLED if cancelled else CONFIRMED,
        )

    @classmethod
    def notice(cls, title: str, day: date) -> Self:
        """The entry of a feed that has no events."""
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        return cls(title, midnight, midnight, (day, day), "", CONFIRMED)

    def seen_in(self, zone: str) -> Sighting:
        """How it looks on a machine whose clock is set to ``zone``."""
        if self.days is not None:
            start, end = (day.isoformat() for day in self.days)
        else:
            start, end = clock(self.start, zone), clock(self.end, zone)
        return Sighting(start, end, self.title, self.place, self.state)


def clock(moment: datetime, zone: str) -> str:
    """What the wall clock in ``zone`` shows at an aware moment."""
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def repeated(moment: datetime, zone: str) -> bool:
    """Whether the wall clock in ``zone`` shows the time of this moment twice that day."""
    local = moment.astimezone(ZoneInfo(zone))
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def whole_days(first: date, after: date) -> tuple[str, str]:
    """The first and the last day of an event that ends before ``after``, as RFC 5545 counts (§3.6.1)."""
    return first.isoformat(), max(first, after - timedelta(days=1)).isoformat()


def span(start: date, end: date | None, zone: str) -> tuple[str, str]:
    """Start and end of an event read from a file: aware moments by the clock of ``zone``, or whole days."""
    if isinstance(start, datetime):
        last = end if isinstance(end, datetime) else start
        return clock(start, zone), clock(last, zone)
    return whole_days(start, end or start + timedelta(days=1))


def written(start: Sequence[int], end: Sequence[int]) -> tuple[str, str]:
    """Start and end from what a program's clock shows: year, month, day, and of timed events hour, minute."""
    if len(start) == len(("year", "month", "day")):
        return whole_days(date(*start), date(*end))
    return _MINUTE.format(*start), _MINUTE.format(*end)


def venue(location: str | None) -> str:
    """The name of the place, which stands before the address."""
    return (location or "").partition(", ")[0]


def state(status: str | None) -> str:
    """The STATUS of an event; without one it is confirmed."""
    return CANCELLED if status == "CANCELLED" else CONFIRMED
