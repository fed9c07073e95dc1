"""Properties that may stand only once in a component (RFC 5545 §3.4, §3.6, RFC 7986 §4)."""

from collections.abc import Mapping

from app.ics.lint.finding import Client, Notes, error
from app.ics.lint.tree import Component

TWICE = error(
    "property-twice",
    "{name} stands {count} times in one {component}, and readers differ in which they believe; keep one.",
    "RFC 5545 §3.4 and §3.6; RFC 7986 §4; measured with ical 14.3",
    Client.HOME_ASSISTANT,
)

_DATED = frozenset({"DTSTAMP", "DTSTART", "UID", "CREATED", "LAST-MODIFIED", "SEQUENCE", "RECURRENCE-ID"})
_SHOWN = frozenset({"CLASS", "COLOR", "ORGANIZER", "STATUS", "SUMMARY", "URL"})
_PART = frozenset({"DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "RRULE"})

_ONCE: Mapping[str, frozenset[str]] = {
    "VCALENDAR": frozenset(
        {"CALSCALE", "COLOR", "LAST-MODIFIED", "METHOD", "PRODID", "REFRESH-INTERVAL", "SOURCE", "UID", "URL"}
        | {"VERSION", "X-PUBLISHED-TTL", "X-WR-CALDESC", "X-WR-CALNAME", "X-WR-TIMEZONE"}
    ),
    "VEVENT": _DATED
    | _SHOWN
    | {"DESCRIPTION", "DTEND", "DURATION", "GEO", "LOCATION", "PRIORITY", "RRULE", "TRANSP"},
    "VTODO": _DATED | _SHOWN | {"COMPLETED", "DESCRIPTION", "DUE", "DURATION", "GEO", "LOCATION", "PRIORITY"},
    "VJOURNAL": _DATED | _SHOWN,
    "VTIMEZONE": frozenset({"TZID", "LAST-MODIFIED", "TZURL"}),
    "STANDARD": _PART,
    "DAYLIGHT": _PART,
    "VALARM": frozenset({"ACTION", "TRIGGER", "DURATION", "REPEAT"}),
}


def check_once(component: Component, notes: Notes) -> None:
    once = _ONCE.get(component.name, frozenset())
    for name, found in component.named.items():
        if len(found) > 1 and name in once:
            notes.add(TWICE, found[1].line, name=name, count=len(found), component=component.name)
