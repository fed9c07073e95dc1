"""Dates and date-times as they are written: a day, an instant or a wall clock (RFC 5545 §3.3.4, §3.3.5)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, TypeAlias

from app.ics.lint.content import Property
from app.ics.lint.finding import Client, Notes, error
from app.ics.lint.iana import Iana

Form: TypeAlias = Literal["date", "utc", "local"]

_MOMENT = re.compile(
    r"([0-9]{4})([0-9]{2})([0-9]{2})(?:T([01][0-9]|2[0-3])([0-5][0-9])([0-5][0-9]|60)(Z?))?", re.ASCII
)
_LISTS = frozenset({"EXDATE", "RDATE"})
_MAX_LIST = 1000

BAD_DATE = error(
    "bad-date",
    "{name} is {value}, which is no {kind}; write {example}.",
    "RFC 5545 §3.3.4 and §3.3.5; measured with ical 14.3",
    Client.HOME_ASSISTANT,
)
DATE_WITHOUT_VALUE = error(
    "date-without-value",
    "{name} is a date and does not say so; write {name};VALUE=DATE:{value}.",
    "RFC 5545 §3.8.2.4; measured with ical.js 2.2",
    Client.FULLCALENDAR,
)
TZID_ON_UTC = error(
    "tzid-misplaced",
    "{name} has a TZID on a {kind}; TZID goes with a local date-time only.",
    "RFC 5545 §3.2.19",
)
FLOATING = error(
    "floating-time",
    "{name} names no time zone and means another hour for each reader; "
    "add a TZID with its VTIMEZONE, or write UTC.",
    "RFC 5545 §3.3.5; reported for Google Calendar, which takes it as GMT",
    Client.GOOGLE,
    Client.APPLE,
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A value of a date property. ``at`` is naive: midnight of a day, UTC, or the wall clock of ``tzid``."""

    line: int
    form: Form
    at: datetime
    tzid: str = ""

    def instant(self, iana: Iana) -> datetime | None:
        """The UTC instant, None for a day and for a wall clock in a zone that is not known."""
        zone = UTC if self.form == "utc" else iana.zone(self.tzid) if self.form == "local" else None
        try:
            return self.at.replace(tzinfo=zone).astimezone(UTC) if zone else None
        except OverflowError:  # the first and the last day that a datetime can hold
            return None


def parse(value: str) -> tuple[Form, datetime] | None:
    """The form and naive value of a DATE or DATE-TIME; None where it is neither, or no such day exists."""
    match = _MOMENT.fullmatch(value)
    if not match:
        return None
    year, month, day, hour, minute, second, utc = match.groups()
    form: Form = "date" if hour is None else "utc" if utc else "local"
    clock = (int(hour or 0), int(minute or 0), min(int(second or 0), 59))  # 60 is a leap second
    try:
        return form, datetime(int(year), int(month), int(day), *clock)  # noqa: DTZ001  # naive: see Moment
    except ValueError:
        return None


def read_moments(item: Property, notes: Notes) -> Iterator[Moment]:
    """The moments of DTSTART, DTEND, RECURRENCE-ID, EXDATE or RDATE; of a period, its start."""
    values = item.value.split(",", _MAX_LIST)[:_MAX_LIST] if item.name in _LISTS else [item.value]
    for value in values:
        if moment := _read(item, value.partition("/")[0].strip(), notes):
            yield moment


def _read(item: Property, value: str, notes: Notes) -> Moment | None:
    day_wanted = item.parameters.get("VALUE", "").upper() == "DATE"
    parsed = parse(value)
    if not parsed or (day_wanted and parsed[0] != "date"):
        kind, example = ("date", "YYYYMMDD") if day_wanted else ("date-time", "YYYYMMDDThhmmss")
        notes.add(BAD_DATE, item.line, name=item.name, value=value, kind=kind, example=example)
        return None
    form, at = parsed
    tzid = item.parameters.get("TZID", "")
    if form == "date" and not day_wanted:
        notes.add(DATE_WITHOUT_VALUE, item.line, name=item.name, value=value)
    elif tzid and form != "local":
        notes.add(TZID_ON_UTC, item.line, name=item.name, kind="date" if form == "date" else "UTC time")
    elif form == "local" and not tzid:
        notes.add(FLOATING, item.line, name=item.name)
    return Moment(item.line, form, at, tzid if form == "local" else "")
