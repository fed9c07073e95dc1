"""Recurrence rules: read for time zones, judged for events (RFC 5545 §3.3.10)."""

import re
from collections.abc import Mapping

from app.ics.lint.content import Property
from app.ics.lint.finding import Client, Notes, error, warning
from app.ics.lint.moments import Moment, parse

_FREQUENCIES = frozenset({"SECONDLY", "MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_MAX_PARTS = 20
_WEEKDAY = r"(?:MO|TU|WE|TH|FR|SA|SU)"
_POSITIVE = re.compile(r"[1-9][0-9]{0,8}")


def _listed(item: str) -> re.Pattern[str]:
    return re.compile(rf"{item}(?:,{item}){{0,999}}")


_SHAPES: Mapping[str, re.Pattern[str]] = {
    "COUNT": _POSITIVE,
    "INTERVAL": _POSITIVE,
    "WKST": re.compile(_WEEKDAY),
    "BYDAY": _listed(rf"(?:[+-]?[0-9]{{1,2}})?{_WEEKDAY}"),
    "BYHOUR": _listed("[0-9]{1,2}"),
    "BYMINUTE": _listed("[0-9]{1,2}"),
    "BYMONTH": _listed("(?:0?[1-9]|1[0-2])"),
    "BYMONTHDAY": _listed("[+-]?(?:0?[1-9]|[12][0-9]|3[01])"),
    "BYSECOND": _listed("[0-9]{1,2}"),
    "BYSETPOS": _listed("[+-]?[0-9]{1,3}"),
    "BYWEEKNO": _listed("[+-]?[0-9]{1,2}"),
    "BYYEARDAY": _listed("[+-]?[0-9]{1,3}"),
}

BAD_RRULE = error(
    "bad-rrule",
    "RRULE:{value} is no recurrence rule; write NAME=value parts with semicolons between and one FREQ.",
    "RFC 5545 §3.3.10; measured with ical 14.3",
    Client.HOME_ASSISTANT,
)
COUNT_ONE = error(
    "rrule-count-one",
    "This RRULE recurs once (COUNT=1), for which Microsoft 365 rejects the feed; leave the rule out.",
    "reported by several users of Microsoft 365",
    Client.OUTLOOK,
)
COUNT_AND_UNTIL = error(
    "rrule-count-and-until", "This RRULE has both COUNT and UNTIL; keep one of them.", "RFC 5545 §3.3.10"
)
UNTIL = error(
    "rrule-until",
    "UNTIL={value} does not fit DTSTART; write a date for all-day events, and a UTC time for those in "
    "a time zone.",
    "RFC 5545 §3.3.10; measured with ical 14.3",
    Client.HOME_ASSISTANT,
)
RSCALE = warning(
    "rrule-rscale",
    "This RRULE uses {part}, which hardly any reader knows; publish the occurrences one by one.",
    "RFC 7529 §4",
)


def read_rule(value: str) -> Mapping[str, str] | None:
    """The parts of a rule by their names in upper case, or None where it is no rule."""
    parts = dict[str, str]()
    for part in value.strip().upper().split(";", _MAX_PARTS):
        name, equals, held = part.partition("=")
        shape = _SHAPES.get(name)
        if not (name and equals and held) or name in parts or (shape and not shape.fullmatch(held)):
            return None
        parts[name] = held
    return parts if parts.get("FREQ") in _FREQUENCIES else None


def check_rule(item: Property, start: Moment | None, notes: Notes) -> None:
    """Judge the RRULE of an event that starts at ``start``."""
    rule = read_rule(item.value)
    if rule is None:
        notes.add(BAD_RRULE, item.line, value=item.value)
        return
    if rule.get("COUNT") == "1":
        notes.add(COUNT_ONE, item.line)
    if "COUNT" in rule and "UNTIL" in rule:
        notes.add(COUNT_AND_UNTIL, item.line)
    if part := next((part for part in ("RSCALE", "SKIP") if part in rule), None):
        notes.add(RSCALE, item.line, part=part)
    if "UNTIL" in rule and start and not _until_fits(rule["UNTIL"], start):
        notes.add(UNTIL, item.line, value=rule["UNTIL"])


def _until_fits(value: str, start: Moment) -> bool:
    """A date with a date; UTC with UTC and with a zone; a floating time with a floating one."""
    parsed = parse(value)
    wanted = "date" if start.form == "date" else "utc" if start.form == "utc" or start.tzid else "local"
    return parsed is not None and parsed[0] == wanted
