"""Single values that have a grammar or a list of their own: GEO, STATUS, URL, COLOR and the like."""

import re
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from app.ics.lint.colors import CSS_NAMES
from app.ics.lint.content import Property
from app.ics.lint.duration import check_positive_duration, check_refresh_interval, check_trigger
from app.ics.lint.finding import Client, Notes, error, warning

_STATUSES = frozenset({"TENTATIVE", "CONFIRMED", "CANCELLED"})
_TRANSPARENCIES = frozenset({"OPAQUE", "TRANSPARENT"})
_MAX_INTEGER = 2**31 - 1
_MAX_LATITUDE, _MAX_LONGITUDE = 90, 180
_MAX_NAME = 255

_DIGIT = re.compile(r"[0-9]")
_INTEGER = re.compile(r"[0-9]{1,10}")
_COORDINATES = re.compile(r"([+-]?[0-9]{1,3}(?:\.[0-9]{1,20})?);([+-]?[0-9]{1,3}(?:\.[0-9]{1,20})?)")
_HEX_COLOR = re.compile(r"#(?:[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})")
_ESCAPE = re.compile(r"\\(.)")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S")

STATUS = error(
    "status",
    "STATUS:{value} is not a status of an event; write TENTATIVE, CONFIRMED or CANCELLED (with two L).",
    "RFC 5545 §3.8.1.11; measured with ical 14.3",
    Client.HOME_ASSISTANT,
    Client.ICSX5,
)
TRANSP = error("transp", "TRANSP:{value} does not exist; write OPAQUE or TRANSPARENT.", "RFC 5545 §3.8.2.7")
SEQUENCE = error(
    "sequence",
    "SEQUENCE:{value} is no whole number from 0 on; count the revisions of the event.",
    "RFC 5545 §3.8.7.4",
    Client.GOOGLE,
    Client.ICSX5,
)
PRIORITY = error(
    "priority",
    "PRIORITY:{value} is no number from 0 to 9; leave it out.",
    "RFC 5545 §3.8.1.9; measured with ical 14.3",
    Client.HOME_ASSISTANT,
)
CLASS = warning(
    "class-not-public",
    "CLASS:{value} hides what the event is about from subscribers; leave CLASS out or write PUBLIC.",
    "reported for Google Calendar, which shows such events as busy",
    Client.GOOGLE,
)
GEO = error(
    "geo",
    "GEO:{value} is no latitude;longitude in degrees; write both as numbers with a semicolon between.",
    "RFC 5545 §3.8.1.6; measured with ical 14.3 and libical 3.0.16, reported for Google Calendar",
    Client.HOME_ASSISTANT,
    Client.GOOGLE,
    Client.EVOLUTION,
)
GEO_ZERO = warning(
    "geo-zero",
    "GEO:{value} is in the Atlantic off Africa, what unknown coordinates turn into; leave GEO out.",
    "RFC 5545 §3.8.1.6",
)
URL = error(
    "url-not-absolute",
    "{name}:{value} is no absolute http or https address; write the whole address or leave it out.",
    "RFC 5545 §3.8.4.6",
    Client.APPLE,
    Client.THUNDERBIRD,
    Client.FULLCALENDAR,
)
URI = error(
    "uri-expected",
    "{name} should be {wanted} and is {value}; "
    "a colon in a parameter without double quotes ends it too early.",
    "RFC 5545 §3.2 and §3.3.13",
    Client.APPLE,
)
COLOR = error(
    "color-name",
    "COLOR:{value} is no CSS colour name; write the nearest name, and the exact colour in "
    "X-APPLE-CALENDAR-COLOR.",
    "RFC 7986 §5.9",
    Client.ICSX5,
)
APPLE_COLOR = warning(
    "apple-color",
    "X-APPLE-CALENDAR-COLOR:{value} is no #RRGGBB; write six hexadecimal digits after a number sign.",
    "RFC 7986 §5.9 has names only; this property holds what Apple Calendar and ICSx5 read",
    Client.APPLE,
    Client.ICSX5,
)
BINARY = warning(
    "binary-attachment",
    "{name} carries a file inside the feed, which every subscriber downloads again and again; "
    "link to it instead.",
    "RFC 5545 §3.8.1.1; Nextcloud strips attachments",
    Client.NEXTCLOUD,
    Client.GOOGLE,
)
IMAGE = error(
    "image-value",
    "IMAGE says no value type; write IMAGE;VALUE=URI with the address of the picture.",
    "RFC 7986 §5.10",
)
NAME_LONG = warning(
    "name-too-long",
    f"X-WR-CALNAME has {{length}} characters; keep it within {_MAX_NAME}.",
    "MS-OXCICAL 2.1.3.1.1.17",
    Client.OUTLOOK,
)
STYLED = warning(
    "styled-description",
    "STYLED-DESCRIPTION is an error to libical and no reader is known to show it; publish DESCRIPTION alone.",
    "RFC 9073 §6.5; measured with libical 3.0.16",
    Client.EVOLUTION,
)
EMPTY = warning(
    "empty-property",
    "{name} is empty; leave out what has no value.",
    "measured with libical 3.0.16, which calls it an error",
    Client.EVOLUTION,
)

# An empty one of these is more than untidy, and has a rule of its own.
_EMPTY_ELSEWHERE = frozenset(
    {"COLOR", "CREATED", "DTEND", "DTSTAMP", "DTSTART", "DURATION", "EXDATE", "GEO", "LAST-MODIFIED"}
    | {"PRIORITY", "PRODID", "RDATE", "RECURRENCE-ID", "REFRESH-INTERVAL", "RRULE", "SEQUENCE", "STATUS"}
    | {"SUMMARY", "TRANSP", "TRIGGER", "UID", "VERSION", "X-PUBLISHED-TTL"}
)


def check_value(item: Property, component: str, notes: Notes) -> None:
    """Judge one property of ``component`` by what its name promises."""
    if not item.value.strip() and item.name not in _EMPTY_ELSEWHERE:
        notes.add(EMPTY, item.line, name=item.name)
        return
    if check := _CHECKS.get(item.name):
        check(item, notes)
    if component == "VEVENT" and (check := _EVENT_CHECKS.get(item.name)):
        check(item, notes)


def _check_status(item: Property, notes: Notes) -> None:
    if item.value.strip().upper() not in _STATUSES:
        notes.add(STATUS, item.line, value=item.value)


def _check_transparency(item: Property, notes: Notes) -> None:
    if item.value.strip().upper() not in _TRANSPARENCIES:
        notes.add(TRANSP, item.line, value=item.value)


def _check_class(item: Property, notes: Notes) -> None:
    if item.value.strip().upper() != "PUBLIC":
        notes.add(CLASS, item.line, value=item.value)


def _check_sequence(item: Property, notes: Notes) -> None:
    value = item.value.strip()
    if not _INTEGER.fullmatch(value) or int(value) > _MAX_INTEGER:
        notes.add(SEQUENCE, item.line, value=item.value)


def _check_priority(item: Property, notes: Notes) -> None:
    if not _DIGIT.fullmatch(item.value.strip()):
        notes.add(PRIORITY, item.line, value=item.value)


def _check_coordinates(item: Property, notes: Notes) -> None:
    match = _COORDINATES.fullmatch(item.value.strip())
    if not match:
        notes.add(GEO, item.line, value=item.value)
        return
    latitude, longitude = float(match[1]), float(match[2])
    if abs(latitude) > _MAX_LATITUDE or abs(longitude) > _MAX_LONGITUDE:
        notes.add(GEO, item.line, value=item.value)
    elif latitude == 0 == longitude:
        notes.add(GEO_ZERO, item.line, value=item.value)


def _check_address(item: Property, notes: Notes) -> None:
    if not _is_absolute(item.value.strip(), {"http", "https"}):
        notes.add(URL, item.line, name=item.name, value=item.value)


def _check_source(item: Property, notes: Notes) -> None:
    if not _is_absolute(item.value.strip(), {"http", "https", "webcal", "webcals"}):
        notes.add(URL, item.line, name=item.name, value=item.value)


def _is_absolute(value: str, schemes: set[str]) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:  # such as an IPv6 host without its closing bracket
        return False
    return parts.scheme in schemes and bool(parts.netloc) and not re.search(r"\s", value)


def _is_uri(value: str) -> bool:
    try:
        return bool(_SCHEME.match(value) and urlsplit(value))
    except ValueError:
        return False


def _check_calendar_user(item: Property, notes: Notes) -> None:
    if not _is_uri(item.value):
        notes.add(URI, item.line, name=item.name, wanted="a mailto: address", value=item.value)


def _check_conference(item: Property, notes: Notes) -> None:
    if not _is_uri(item.value):
        notes.add(URI, item.line, name=item.name, wanted="an address", value=item.value)


def _check_apple_location(item: Property, notes: Notes) -> None:
    if not item.value.startswith("geo:"):
        notes.add(URI, item.line, name=item.name, wanted="geo:latitude,longitude", value=item.value)


def _check_color(item: Property, notes: Notes) -> None:
    if item.value.strip().lower() not in CSS_NAMES:
        notes.add(COLOR, item.line, value=item.value)


def _check_apple_color(item: Property, notes: Notes) -> None:
    if not _HEX_COLOR.fullmatch(item.value.strip()):
        notes.add(APPLE_COLOR, item.line, value=item.value)


def _check_attachment(item: Property, notes: Notes) -> None:
    value = item.parameters.get("VALUE", "").upper()
    if value == "BINARY" or "ENCODING" in item.parameters or item.value[:5].lower() == "data:":
        notes.add(BINARY, item.line, name=item.name)
    elif item.name == "IMAGE" and not value:
        notes.add(IMAGE, item.line)
    elif not _is_uri(item.value):
        notes.add(URI, item.line, name=item.name, wanted="an address", value=item.value)


def _check_name_length(item: Property, notes: Notes) -> None:
    length = len(_ESCAPE.sub(r"\1", item.value))
    if length > _MAX_NAME:
        notes.add(NAME_LONG, item.line, length=length)


def _check_styled(item: Property, notes: Notes) -> None:
    notes.add(STYLED, item.line)


_Check = Callable[[Property, Notes], None]

_CHECKS: Mapping[str, _Check] = {
    "ATTACH": _check_attachment,
    "ATTENDEE": _check_calendar_user,
    "COLOR": _check_color,
    "CONFERENCE": _check_conference,
    "DURATION": check_positive_duration,
    "GEO": _check_coordinates,
    "IMAGE": _check_attachment,
    "ORGANIZER": _check_calendar_user,
    "PRIORITY": _check_priority,
    "REFRESH-INTERVAL": check_refresh_interval,
    "SEQUENCE": _check_sequence,
    "SOURCE": _check_source,
    "STYLED-DESCRIPTION": _check_styled,
    "TRIGGER": check_trigger,
    "URL": _check_address,
    "X-APPLE-CALENDAR-COLOR": _check_apple_color,
    "X-APPLE-STRUCTURED-LOCATION": _check_apple_location,
    "X-PUBLISHED-TTL": check_positive_duration,
    "X-WR-CALNAME": _check_name_length,
}

_EVENT_CHECKS: Mapping[str, _Check] = {
    "CLASS": _check_class,
    "STATUS": _check_status,
    "TRANSP": _check_transparency,
}
