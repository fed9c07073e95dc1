"""What the body is as a whole, before any line of it is read: nothing, a web page, a calendar, too much."""

import re

from app.ics.lint.finding import Client, Notes, error, warning

BOM = b"\xef\xbb\xbf"

_MAX_OCTETS = 1_000_000
_WIPED = "measured with Thunderbird 153 and Evolution 3.46"

_CALENDAR = re.compile(rb"(?:^|[\r\n])(?:\xef\xbb\xbf)?BEGIN:VCALENDAR[ \t]*(?=[\r\n]|\Z)", re.IGNORECASE)
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")

EMPTY_BODY = error(
    "empty-body",
    "The body is empty and subscribers lose every event; serve the last good copy instead.",
    _WIPED,
    Client.THUNDERBIRD,
    Client.EVOLUTION,
    Client.VDIRSYNCER,
    Client.FULLCALENDAR,
)
HTML_BODY = error(
    "html-body",
    "The body is a web page (an error, login or maintenance page?) and subscribers lose every event; "
    "serve the last good copy of the calendar instead.",
    _WIPED,
    Client.THUNDERBIRD,
    Client.EVOLUTION,
    Client.FULLCALENDAR,
    Client.VDIRSYNCER,
    Client.HOME_ASSISTANT,
)
NOT_A_CALENDAR = error(
    "not-a-calendar",
    "No line of the body is BEGIN:VCALENDAR, so this is no iCalendar file; it begins with {start}.",
    "RFC 5545 §3.4",
    Client.THUNDERBIRD,
    Client.EVOLUTION,
    Client.HOME_ASSISTANT,
)
UTF_16 = error(
    "utf-16",
    "The body is UTF-16; write it as UTF-8 without a byte order mark.",
    "RFC 5545 §3.1.4",
    Client.HOME_ASSISTANT,
)
TOO_LARGE = warning(
    "too-large",
    "The file has {octets} octets, and events beyond 1,000,000 are lost silently; "
    "publish fewer days or several smaller feeds.",
    "reported by several users of Google Calendar",
    Client.GOOGLE,
)


def is_calendar(feed: bytes, notes: Notes) -> bool:
    """True when the body is worth reading line by line; otherwise the reason is noted."""
    text = feed.removeprefix(BOM).lstrip()
    if not text:
        notes.add(EMPTY_BODY, 1)
    elif feed.startswith(_UTF_16):
        notes.add(UTF_16, 1)
    elif text.startswith(b"<"):
        notes.add(HTML_BODY, 1)
    elif not _CALENDAR.search(feed):
        notes.add(NOT_A_CALENDAR, 1, start=text[:20].decode("latin-1"))
    else:
        return True
    return False


def check_size(feed: bytes, notes: Notes) -> None:
    if len(feed) > _MAX_OCTETS:
        notes.add(TOO_LARGE, 1, octets=f"{len(feed):,}")
