"""Stretches of time written as RFC 5545 §3.3.6 says: PT1H, P1D, -PT15M, and not P1H."""

import re
from datetime import timedelta

from app.ics.lint.content import Property
from app.ics.lint.finding import Client, Notes, error

_DURATION = re.compile(
    r"(?P<sign>[+-]?)P(?:(?P<weeks>[0-9]{1,4})W"
    r"|(?=[0-9T])(?:(?P<days>[0-9]{1,5})D)?"
    r"(?:T(?=[0-9])(?:(?P<hours>[0-9]{1,6})H)?(?:(?P<minutes>[0-9]{1,7})M)?(?:(?P<seconds>[0-9]{1,8})S)?)?)"
)

BAD_DURATION = error(
    "bad-duration",
    "{name} is {value}, which is no {kind} duration; hours, minutes and seconds stand after a T, as in PT1H.",
    "RFC 5545 §3.3.6; a bad refresh interval stops Nextcloud from refreshing",
    Client.NEXTCLOUD,
    Client.HOME_ASSISTANT,
)
REFRESH_VALUE = error(
    "refresh-interval-value",
    "REFRESH-INTERVAL lacks the parameter VALUE=DURATION; write REFRESH-INTERVAL;VALUE=DURATION:PT1H.",
    "RFC 7986 §5.7; measured with ical 14.3, icalendar 7.3 and libical 3.0.16, where VALUE follows the colon",
    Client.HOME_ASSISTANT,
)


def read_duration(value: str) -> timedelta | None:
    """The duration, or None where it is none; a missing order of units (PT1H30S) is let pass."""
    match = _DURATION.fullmatch(value.strip())
    if not match:
        return None
    parts = {unit: int(digits or 0) for unit, digits in match.groupdict().items() if unit != "sign"}
    length = timedelta(**parts)
    return -length if match["sign"] == "-" else length


def check_positive_duration(item: Property, notes: Notes) -> None:
    """A length or an interval: longer than nothing."""
    length = read_duration(item.value)
    if length is None or length <= timedelta(0):
        notes.add(BAD_DURATION, item.line, name=item.name, value=item.value, kind="positive")


def check_refresh_interval(item: Property, notes: Notes) -> None:
    written_in_value = item.value.upper().startswith("VALUE=")
    if written_in_value or item.parameters.get("VALUE", "").upper() != "DURATION":
        notes.add(REFRESH_VALUE, item.line)
    if not written_in_value:
        check_positive_duration(item, notes)


def check_trigger(item: Property, notes: Notes) -> None:
    """An alarm's TRIGGER: a duration of any sign; an absolute one says VALUE=DATE-TIME and is not judged."""
    absolute = item.parameters.get("VALUE", "").upper() == "DATE-TIME"
    if not absolute and read_duration(item.value) is None:
        notes.add(BAD_DURATION, item.line, name=item.name, value=item.value, kind="valid")
