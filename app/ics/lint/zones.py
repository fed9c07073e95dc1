"""VTIMEZONE: what it must hold, and the shape that Microsoft's readers understand.

That shape is one STANDARD part, at most one DAYLIGHT part, and a yearly rule naming a month and one
weekday of it, such as ``FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU``. RFC 5545 §3.6.5 allows far more.
"""

import re
from collections.abc import Mapping
from datetime import timedelta

from app.ics.lint.finding import Client, Notes, error
from app.ics.lint.moments import parse
from app.ics.lint.offsets import Observance, Yearly, Zone
from app.ics.lint.recurrence import read_rule
from app.ics.lint.tree import Component

_OFFSET = re.compile(r"([+-])([01][0-9]|2[0-3])([0-5][0-9])([0-5][0-9])?")
_BYDAY = re.compile(r"(-?[1-5])(MO|TU|WE|TH|FR|SA|SU)")
_MONTH = re.compile(r"0?[1-9]|1[0-2]")
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_MAX_OBSERVANCES = 50
# Parts that would change which day a rule falls on.
_UNREAD = {"BYMONTHDAY", "BYSETPOS", "BYWEEKNO", "BYYEARDAY", "COUNT"}

TZID_MISSING = error(
    "vtimezone-tzid-missing",
    "This VTIMEZONE has no TZID; name the zone it describes.",
    "RFC 5545 §3.6.5",
    Client.HOME_ASSISTANT,
)
NO_STANDARD = error(
    "vtimezone-no-standard",
    "The VTIMEZONE {tzid} has no STANDARD part; give it exactly one.",
    "RFC 5545 §3.6.5; MS-OXCICAL 2.1.3.1.1.19.2",
    Client.OUTLOOK,
)
SEVERAL = error(
    "vtimezone-several-parts",
    "The VTIMEZONE {tzid} has {count} {part} parts, of which Microsoft's readers take one or refuse "
    "the file; "
    "keep the one that is in force.",
    "MS-OXCICAL 2.1.3.1.1.19.2 and 2.1.3.1.1.19.3",
    Client.OUTLOOK,
)
START = error(
    "vtimezone-dtstart",
    "A part of the VTIMEZONE {tzid} has no DTSTART in local time; write such as DTSTART:19701101T020000.",
    "RFC 5545 §3.6.5",
    Client.HOME_ASSISTANT,
)
OFFSET_MISSING = error(
    "vtimezone-offset-missing",
    "A part of the VTIMEZONE {tzid} has no {name}, for which Exchange rejects the whole file; "
    "give both TZOFFSETFROM and TZOFFSETTO.",
    "RFC 5545 §3.6.5; MS-STANXICAL V0145",
    Client.OUTLOOK,
    Client.HOME_ASSISTANT,
)
BAD_OFFSET = error(
    "vtimezone-bad-offset",
    "{name}:{value} is no offset from UTC; write sign, hours and minutes, as in -0500.",
    "RFC 5545 §3.3.14",
    Client.OUTLOOK,
    Client.HOME_ASSISTANT,
)
DATES = error(
    "vtimezone-rdate",
    "The VTIMEZONE {tzid} lists its changes as RDATE, which Microsoft's readers ignore; "
    "write one yearly RRULE.",
    "MS-STANOICAL §2.2.47; reported for Outlook (iCalcreator/iCalcreator#86)",
    Client.OUTLOOK,
)
NO_RULE = error(
    "vtimezone-no-rrule",
    "A part of the VTIMEZONE {tzid} has no RRULE and so holds for one change only; write the yearly rule.",
    "MS-OXCICAL 2.1.3.1.1.19.2.2",
    Client.OUTLOOK,
)
RULE_SHAPE = error(
    "vtimezone-rrule",
    "The VTIMEZONE {tzid} has RRULE:{value}; write FREQ=YEARLY with one BYMONTH and one counted day, "
    "as BYDAY=-1SU.",
    "MS-OXCICAL 2.1.3.1.1.19.2.2",
    Client.OUTLOOK,
)
MONTHDAY = error(
    "vtimezone-bymonthday",
    "The VTIMEZONE {tzid} has BYDAY and BYMONTHDAY in one RRULE; write a counted day alone, as BYDAY=2SU.",
    "MS-OXCICAL 2.1.3.1.1.19.2.2",
    Client.OUTLOOK,
)


def read_zone(component: Component, notes: Notes) -> Zone:
    """Judge a VTIMEZONE and keep what its offsets can be computed from."""
    tzid = component.value("TZID")
    if not tzid:
        notes.add(TZID_MISSING, component.line)
    parts = [child for child in component.children if child.name in {"STANDARD", "DAYLIGHT"}]
    _check_parts(component, parts, tzid, notes)
    changes = len({part.value("TZOFFSETTO") for part in parts}) > 1
    read = [_read_part(part, tzid, notes, changes=changes) for part in parts[:_MAX_OBSERVANCES]]
    known = tuple(part for part in read if part)
    return Zone(tzid, component.line, known, readable=len(known) == len(parts))


def _check_parts(component: Component, parts: list[Component], tzid: str, notes: Notes) -> None:
    for name in ("STANDARD", "DAYLIGHT"):
        same = [part for part in parts if part.name == name]
        if len(same) > 1:
            notes.add(SEVERAL, same[1].line, tzid=tzid, count=len(same), part=name)
        elif not same and name == "STANDARD":
            notes.add(NO_STANDARD, component.line, tzid=tzid)


def _read_part(part: Component, tzid: str, notes: Notes, *, changes: bool) -> Observance | None:
    """One STANDARD or DAYLIGHT part; None where its offsets or dates cannot be understood."""
    start = parse(part.value("DTSTART"))
    if not start or start[0] != "local" or "TZID" in _parameters(part, "DTSTART"):
        notes.add(START, part.line, tzid=tzid)
    before = _read_offset(part, "TZOFFSETFROM", tzid, notes)
    after = _read_offset(part, "TZOFFSETTO", tzid, notes)
    if dates := part.first("RDATE"):
        notes.add(DATES, dates.line, tzid=tzid)
    yearly = _read_yearly(part, tzid, notes, changes=changes)
    if not start or before is None or after is None or dates or (part.first("RRULE") and not yearly):
        return None
    return Observance(start[1], before, after, yearly)


def _parameters(part: Component, name: str) -> Mapping[str, str]:
    found = part.first(name)
    return found.parameters if found else {}


def _read_offset(part: Component, name: str, tzid: str, notes: Notes) -> timedelta | None:
    found = part.first(name)
    if not found:
        notes.add(OFFSET_MISSING, part.line, tzid=tzid, name=name)
        return None
    match = _OFFSET.fullmatch(found.value.strip())
    if not match:
        notes.add(BAD_OFFSET, found.line, name=name, value=found.value)
        return None
    sign, hours, minutes, seconds = match.groups()
    length = timedelta(hours=int(hours), minutes=int(minutes), seconds=int(seconds or 0))
    return -length if sign == "-" else length


def _read_yearly(part: Component, tzid: str, notes: Notes, *, changes: bool) -> Yearly | None:
    """The yearly rule of a part; a zone whose offset never ``changes`` needs none."""
    found = part.first("RRULE")
    if not found:
        if changes and not part.first("RDATE"):
            notes.add(NO_RULE, part.line, tzid=tzid)
        return None
    rule = read_rule(found.value) or {}
    if "BYMONTHDAY" in rule and "BYDAY" in rule:
        notes.add(MONTHDAY, found.line, tzid=tzid)
        return None
    day = _BYDAY.fullmatch(rule.get("BYDAY", ""))
    month = _MONTH.fullmatch(rule.get("BYMONTH", ""))
    plain = rule.get("FREQ") == "YEARLY" and rule.get("INTERVAL", "1") == "1" and not _UNREAD & set(rule)
    if not (plain and day and month):
        notes.add(RULE_SHAPE, found.line, tzid=tzid, value=found.value)
        return None
    until = parse(rule["UNTIL"]) if "UNTIL" in rule else None
    return Yearly(int(month.group()), int(day[1]), _WEEKDAYS.index(day[2]), until[1] if until else None)
