"""A VCALENDAR as a whole: what its head must say, and what its components add up to."""

from app.ics.lint.census import Census
from app.ics.lint.content import Property
from app.ics.lint.finding import Client, Notes, error, warning
from app.ics.lint.tree import Component

_MAX_EVENTS = 1000
_SIGNS_OF_SUBSCRIPTION = ("REFRESH-INTERVAL", "SOURCE", "X-PUBLISHED-TTL")

VERSION_MISSING = error(
    "version-missing",
    "The calendar has no VERSION; write VERSION:2.0 in the line after BEGIN:VCALENDAR.",
    "RFC 5545 §3.7.4; measured with icalendar 7.3 and libical 3.0.16",
    Client.EVOLUTION,
)
VERSION = error(
    "version", "VERSION:{value} is not iCalendar as clients read it; write VERSION:2.0.", "RFC 5545 §3.7.4"
)
PRODID_MISSING = error(
    "prodid-missing",
    "The calendar has no PRODID; name the program that wrote it, as PRODID:-//Example//Feed//EN.",
    "RFC 5545 §3.7.3; measured with icalendar 7.3, vobject 0.9.9, ics.py 0.7 and libical 3.0.16",
    Client.EVOLUTION,
)
CALSCALE = error(
    "calscale",
    "CALSCALE:{value} is not known to clients; write GREGORIAN or leave it out.",
    "RFC 5545 §3.7.1",
)
METHOD_PRESENT = warning(
    "method-present",
    "METHOD:PUBLISH changes what DTSTAMP means, asks for an ORGANIZER and makes Outlook think of messages; "
    "a subscription needs no METHOD.",
    "RFC 5545 §3.7.2 and §3.8.7.2; RFC 5546 §3.2.1",
    Client.OUTLOOK,
)
METHOD = error(
    "method-not-publish",
    "METHOD:{value} makes this a scheduling message, which Outlook opens as an invitation; leave METHOD out.",
    "RFC 5546 §3.2; reported for Outlook (markuspoerschke/iCal#117)",
    Client.OUTLOOK,
)
WITHOUT_ORGANIZER = error(
    "publish-without-organizer",
    "METHOD:PUBLISH requires an ORGANIZER in every event (without one: {count}); leave METHOD out.",
    "RFC 5546 §3.2.1; measured with libical 3.0.16",
    Client.EVOLUTION,
)
NO_COMPONENTS = error(
    "no-components",
    "The calendar is empty: Thunderbird and ICSx5 delete every event, Evolution keeps the old ones for ever; "
    "publish one transparent all-day event that says so.",
    "RFC 5545 §3.6; measured with Thunderbird 153, Evolution 3.46 and vdirsyncer 0.19",
    Client.THUNDERBIRD,
    Client.EVOLUTION,
    Client.ICSX5,
    Client.NEXTCLOUD,
    Client.VDIRSYNCER,
)
ONLY_TIMEZONES = error(
    "only-timezones",
    "The calendar holds time zones and no event: some clients delete every event, Evolution keeps the "
    "old ones; "
    "publish one transparent all-day event that says so.",
    "measured with Thunderbird 153 and Evolution 3.46",
    Client.THUNDERBIRD,
    Client.EVOLUTION,
    Client.ICSX5,
    Client.NEXTCLOUD,
)
NAME_MISSING = warning(
    "name-missing",
    "The calendar has no X-WR-CALNAME, and clients name it after its address; "
    "write its name there and in NAME.",
    "RFC 7986 §5.1; MS-OXCICAL 2.1.3.1.1.17",
    Client.GOOGLE,
    Client.OUTLOOK,
    Client.ICSX5,
)
NAME_ON_SINGLE = warning(
    "name-on-single-event",
    "A file of one event has an X-WR-CALNAME, of which Outlook makes a new calendar; leave the name out, "
    "or say with REFRESH-INTERVAL that this is a subscription.",
    "MS-OXCICAL 2.1.3.1.1.17",
    Client.OUTLOOK,
)
REFRESH_MISSING = warning(
    "refresh-interval-missing",
    "The calendar does not say how often to ask, and Nextcloud asks once a week; "
    "write REFRESH-INTERVAL;VALUE=DURATION:PT1H and X-PUBLISHED-TTL:PT1H.",
    "RFC 7986 §5.7; Nextcloud's default",
    Client.NEXTCLOUD,
    Client.OUTLOOK,
)
TOO_MANY = warning(
    "too-many-events",
    f"The calendar has {{count}} events; keep it to {_MAX_EVENTS:,}, by fewer days or several smaller feeds.",
    "reported by users of Google Calendar, which loses events beyond its limits",
    Client.GOOGLE,
)


def check_calendar(calendar: Component, census: Census, notes: Notes) -> None:
    """Judge a VCALENDAR at its end."""
    _check_head(calendar, notes)
    if method := calendar.first("METHOD"):
        _check_method(method, census, notes)
    if calendar.complete:
        _check_content(calendar, census, notes)
        _check_subscription(calendar, census, notes)


def _check_head(calendar: Component, notes: Notes) -> None:
    version, scale = calendar.first("VERSION"), calendar.first("CALSCALE")
    if not version:
        notes.add(VERSION_MISSING, calendar.line)
    elif version.value.strip() != "2.0":
        notes.add(VERSION, version.line, value=version.value)
    if not calendar.value("PRODID"):
        notes.add(PRODID_MISSING, calendar.line)
    if scale and scale.value.strip().upper() not in {"", "GREGORIAN"}:
        notes.add(CALSCALE, scale.line, value=scale.value)


def _check_method(method: Property, census: Census, notes: Notes) -> None:
    if method.value.strip().upper() != "PUBLISH":
        notes.add(METHOD, method.line, value=method.value)
        return
    notes.add(METHOD_PRESENT, method.line)
    if census.without_organizer:
        notes.add(WITHOUT_ORGANIZER, method.line, count=census.without_organizer)


def _check_content(calendar: Component, census: Census, notes: Notes) -> None:
    if not census.components:
        notes.add(NO_COMPONENTS, calendar.line)
    elif set(census.components) == {"VTIMEZONE"}:
        notes.add(ONLY_TIMEZONES, calendar.line)
    if census.events > _MAX_EVENTS:
        notes.add(TOO_MANY, calendar.line, count=f"{census.events:,}")


def _check_subscription(calendar: Component, census: Census, notes: Notes) -> None:
    """A file of one event that does not speak of refreshing is a download: no name, no interval."""
    name = calendar.first("X-WR-CALNAME")
    refreshed = any(calendar.first(sign) for sign in _SIGNS_OF_SUBSCRIPTION)
    if census.events == 1 and not refreshed:
        if name:
            notes.add(NAME_ON_SINGLE, name.line)
        return
    if not name:
        notes.add(NAME_MISSING, calendar.line)
    if not calendar.first("REFRESH-INTERVAL") and not calendar.first("X-PUBLISHED-TTL"):
        notes.add(REFRESH_MISSING, calendar.line)
