"""VALARM: complete, or one strict reader rejects the whole feed (RFC 5545 §3.6.6)."""

from collections.abc import Mapping

from app.ics.lint.finding import Client, Notes, error
from app.ics.lint.tree import Component

INCOMPLETE = error(
    "alarm-incomplete",
    "This VALARM has no {name}, for which Home Assistant rejects the whole feed; "
    "add it or leave the alarm out.",
    "RFC 5545 §3.6.6; measured with ical 14.3",
    Client.HOME_ASSISTANT,
)

_REQUIRED: Mapping[str, tuple[str, ...]] = {
    "DISPLAY": ("TRIGGER", "DESCRIPTION"),
    "EMAIL": ("TRIGGER", "DESCRIPTION", "SUMMARY", "ATTENDEE"),
}


def check_alarm(alarm: Component, notes: Notes) -> None:
    required = _REQUIRED.get(alarm.value("ACTION").upper(), ("ACTION", "TRIGGER"))
    for name in required:
        if not alarm.value(name):
            notes.add(INCOMPLETE, alarm.line, name=name)
