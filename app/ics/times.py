"""When an event takes place and when it was revised, in the value types of RFC 5545 §3.3.4 and §3.3.5."""

from datetime import UTC, date, datetime
from functools import lru_cache

from icalendar.prop import vDate

from app.domain.model import Days, When
from app.ics.zones import Zone


@lru_cache(maxsize=512)  # classes begin together, on the hour in every hall, and come together in a list
def time_lines(when: When, zone: Zone) -> tuple[bytes, ...]:
    """DTSTART, and DTEND where there is one: it is exclusive, and must be later (RFC 5545 §3.8.2.2).

    An event that takes no time has no DTEND: it ends when it starts (§3.6.1). Both are local or both in UTC.
    """
    if isinstance(when, Days):
        return day_lines(when.first, when.after)
    first, last = zone.wall(when.start), zone.wall(when.end)
    if first is None or last is None:
        opening, closing = b":" + _moment(when.start), b":" + _moment(when.end)
    else:
        form = _form(zone.name)
        opening, closing = form + _clock(first), form + _clock(last)
    start = b"DTSTART" + opening
    return (start, b"DTEND" + closing) if when.end > when.start else (start,)


@lru_cache(maxsize=64)
def _form(zone: str) -> bytes:
    return b";TZID=%b:" % zone.encode("ascii")


def day_lines(first: date, after: date) -> tuple[bytes, ...]:
    """The same for whole days; without DTEND it is one day (RFC 5545 §3.6.1)."""
    start = b"DTSTART;VALUE=DATE:" + _day(first)
    return (start, b"DTEND;VALUE=DATE:" + _day(after)) if after > first else (start,)


def stamp_lines(created: datetime, modified: datetime) -> tuple[bytes, ...]:
    """DTSTAMP, CREATED and LAST-MODIFIED, from UTC instants.

    In a calendar without METHOD, DTSTAMP is the time of the last revision (RFC 5545 §3.8.7.2).
    """
    last = _moment(modified)
    return (b"DTSTAMP:" + last, b"CREATED:" + _moment(created), b"LAST-MODIFIED:" + last)


def _moment(moment: datetime) -> bytes:
    """A naive wall clock as it is, an instant in UTC.

    This is what icalendar's vDatetime writes, at a tenth of the cost: nothing is written more often.
    """
    if moment.tzinfo is not None:
        return _clock(moment.astimezone(UTC)) + b"Z"
    return _clock(moment)


def _clock(at: datetime) -> bytes:
    return b"%04d%02d%02dT%02d%02d%02d" % (at.year, at.month, at.day, at.hour, at.minute, at.second)


def _day(day: date) -> bytes:
    written: bytes = vDate(day).to_ical()  # type: ignore[no-untyped-call]  # icalendar's
    return written
