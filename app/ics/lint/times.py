"""When an event is: its start and end agree in kind, and the one comes before the other (RFC 5545 §3.8.2)."""

from datetime import time, timedelta

from app.ics.lint.duration import read_duration
from app.ics.lint.finding import Client, Notes, error, warning
from app.ics.lint.iana import Iana
from app.ics.lint.moments import BAD_DATE, Moment, parse, read_moments
from app.ics.lint.tree import Component

_STAMPS = ("CREATED", "DTSTAMP", "LAST-MODIFIED", "COMPLETED")
_MUST_AGREE = ("DTEND", "RECURRENCE-ID", "EXDATE")

UTC_REQUIRED = error(
    "utc-required",
    "{name} is {value}, which is not in UTC; write it as YYYYMMDDThhmmssZ.",
    "RFC 5545 §3.8.7",
)
END_AND_DURATION = error(
    "dtend-and-duration",
    "This event has both DTEND and DURATION; keep DTEND.",
    "RFC 5545 §3.6.1; measured with ical 14.3, vobject 0.9.9 and libical 3.0.16",
    Client.EVOLUTION,
)
END_BEFORE_START = error(
    "end-not-after-start",
    "This event does not end after it starts; DTEND is the first moment, or for dates the first day, "
    "that is no longer part of it.",
    "RFC 5545 §3.8.2.2",
    Client.ICSX5,
)
MIXED = error(
    "mixed-types",
    "{name} is {this} and DTSTART is {that}; write both in the same way.",
    "RFC 5545 §3.6.1 and §3.8.2.2; measured with ical 14.3 as it is strict",
)
MIDNIGHT = warning(
    "midnight-all-day",
    "This event lasts from midnight to midnight and is shown as hours; "
    "if whole days are meant, write VALUE=DATE.",
    "RFC 5545 §3.6.1; MS-OXCICAL 2.1.3.1.1.20.28",
    Client.GOOGLE,
    Client.APPLE,
    Client.OUTLOOK,
)


def check_times(event: Component, iana: Iana, notes: Notes) -> tuple[Moment | None, list[Moment]]:
    """Judge the times of an event; its start, if it has a readable one, and all of them."""
    held = {
        name: [moment for item in event.all(name) for moment in read_moments(item, notes)]
        for name in ("DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", "RDATE")
    }
    duration = event.first("DURATION")
    if duration and event.first("DTEND"):
        notes.add(END_AND_DURATION, duration.line)
    if start := next(iter(held["DTSTART"]), None):
        for name in _MUST_AGREE:
            _check_agreement(name, start, held[name], notes)
        if end := _end(start, next(iter(held["DTEND"]), None), event):
            _check_order(start, end, iana, notes)
            _check_midnight(start, end, notes)
    return start, [moment for moments in held.values() for moment in moments]


def check_stamps(component: Component, notes: Notes) -> None:
    """Judge the properties that are UTC in every component."""
    for name in _STAMPS:
        for item in component.all(name):
            parsed = parse(item.value.strip())
            if not parsed:
                notes.add(
                    BAD_DATE,
                    item.line,
                    name=name,
                    value=item.value,
                    kind="date-time",
                    example="YYYYMMDDThhmmssZ",
                )
            elif parsed[0] != "utc" or "TZID" in item.parameters:
                notes.add(UTC_REQUIRED, item.line, name=name, value=item.value)


def _check_agreement(name: str, start: Moment, others: list[Moment], notes: Notes) -> None:
    for other in others:
        this, that = _kind(other), _kind(start)
        # UTC and a zone's wall clock both name an instant, so readers get by with one of each.
        if this != that and {this, that} != {"a UTC time", "a time in a zone"}:
            notes.add(MIXED, other.line, name=name, this=this, that=that)


def _kind(moment: Moment) -> str:
    if moment.form == "local":
        return "a time in a zone" if moment.tzid else "a floating time"
    return "a date" if moment.form == "date" else "a UTC time"


def _end(start: Moment, end: Moment | None, event: Component) -> Moment | None:
    """DTEND, or what DURATION amounts to on the same wall clock."""
    length = read_duration(event.value("DURATION"))
    if end or not length:
        return end
    try:
        return Moment(start.line, start.form, start.at + length, start.tzid)
    except OverflowError:
        return None


def _check_order(start: Moment, end: Moment, iana: Iana, notes: Notes) -> None:
    if (start.form, start.tzid) == (end.form, end.tzid):
        ordered = start.at < end.at
    else:
        began, ended = start.instant(iana), end.instant(iana)
        ordered = not (began and ended) or began < ended
    if not ordered:
        notes.add(END_BEFORE_START, end.line)


def _check_midnight(start: Moment, end: Moment, notes: Notes) -> None:
    timed = start.form != "date" and (start.form, start.tzid) == (end.form, end.tzid)
    if timed and start.at.time() == end.at.time() == time.min and end.at - start.at >= timedelta(days=1):
        notes.add(MIDNIGHT, start.line)
