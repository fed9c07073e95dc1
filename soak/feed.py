"""What a subscriber finds in a feed, read octet by octet: no code of the service takes part.

Moments are put into one form (UTC, or days), so that they can be compared with what Amilia knows.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

STATE: Final = "X-AMILIA-STATE"
STAMPS: Final = ("CREATED", "LAST-MODIFIED", "SEQUENCE", "DTSTAMP")
MARKS: Final = re.compile(r"^(?:Annulé\s:|Cancelled:)\s")

_EVENT: Final = re.compile(r"^BEGIN:VEVENT\r\n(.*?)^END:VEVENT\r\n", re.DOTALL | re.MULTILINE)
_LINE: Final = re.compile(r"([A-Z][A-Z0-9-]*)((?:;(?:\"[^\"]*\"|[^\":])*)?):(.*)")
_ZONE: Final = re.compile(r";TZID=([^;]+)")
_ESCAPE: Final = re.compile(r"\\(.)")


class NoCalendar(ValueError):
    """These bytes are no whole calendar; the text says why."""


@dataclass(frozen=True, slots=True)
class Told:
    """What both a feed and Amilia tell of an event.

    ``starts`` and ``ends`` are ``2026-11-22T17:00:00Z``, or days with ``ends`` exclusive.
    """

    starts: str
    ends: str
    title: str
    state: str


@dataclass(frozen=True, slots=True, order=True)
class Stamps:
    """What tells a newer version of an event: ordered as they may only rise.

    ``created`` takes no part: a memory that was found again knows better when an event was first seen.
    """

    sequence: int
    modified: str
    created: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class Seen:
    """One event as it stands in a feed; ``content`` is all of it but its stamps."""

    told: Told
    stamps: Stamps
    content: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A feed: the calendar's name, and its events by UID. The notice of an empty feed is not among them."""

    name: str
    events: Mapping[str, Seen]

    @property
    def told(self) -> dict[str, Told]:
        """What it tells, by UID."""
        return {uid: seen.told for uid, seen in self.events.items()}


def read_feed(body: bytes) -> Reading:
    """Everything in a feed. Raises ``NoCalendar`` for one that is cut, empty, or has a UID twice."""
    text = _whole(body).replace("\r\n ", "")
    blocks = _EVENT.findall(text)
    if not blocks or len(blocks) != text.count("BEGIN:VEVENT\r\n"):
        raise NoCalendar(f"{len(blocks)} events that can be read")
    events: dict[str, Seen] = {}
    for block in blocks:
        properties = _properties(block)
        uid = _one(properties, "UID")[1]
        if uid in events:
            raise NoCalendar(f"{uid} comes twice")
        events[uid] = _seen(properties, block)
    return Reading(
        name=_unescaped(_one(_properties(text.partition("BEGIN:VEVENT")[0]), "X-WR-CALNAME", ("", ""))[1]),
        events={uid: seen for uid, seen in events.items() if seen.told.state},
    )


def _whole(body: bytes) -> str:
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise NoCalendar("it is not UTF-8") from error
    if not text.startswith("BEGIN:VCALENDAR\r\n") or not text.endswith("END:VCALENDAR\r\n"):
        raise NoCalendar("its beginning or its end is missing")
    if "\n" in text.replace("\r\n", ""):
        raise NoCalendar("a line has the wrong end")
    return text


def _properties(lines: str) -> dict[str, tuple[str, str]]:
    """Parameters and value by name, the first of each name."""
    found: dict[str, tuple[str, str]] = {}
    for line in lines.split("\r\n"):
        if line:
            match = _LINE.fullmatch(line)
            if match is None:
                raise NoCalendar(f"a line that is none: {line[:80]!r}")
            found.setdefault(match[1], (match[2], match[3]))
    return found


def _one(
    properties: Mapping[str, tuple[str, str]], name: str, default: tuple[str, str] | None = None
) -> tuple[str, str]:
    found = properties.get(name, default)
    if found is None:
        raise NoCalendar(f"an event without {name}")
    return found


def _seen(properties: Mapping[str, tuple[str, str]], block: str) -> Seen:
    start = _one(properties, "DTSTART")
    title = " ".join(_unescaped(_one(properties, "SUMMARY")[1]).split())
    off = _one(properties, "STATUS")[1] == "CANCELLED"
    told = Told(
        starts=_moment(*start),
        ends=_moment(*_one(properties, "DTEND", start)),
        title=MARKS.sub("", title) if off else title,
        state=_one(properties, STATE, ("", ""))[1],
    )
    stamps = Stamps(
        int(_one(properties, "SEQUENCE")[1]),
        _one(properties, "LAST-MODIFIED")[1],
        _one(properties, "CREATED")[1],
    )
    content = "\r\n".join(line for line in block.split("\r\n") if not line.startswith(STAMPS))
    return Seen(told, stamps, content)


def _moment(parameters: str, value: str) -> str:
    if "VALUE=DATE" in parameters:
        return f"{value[:4]}-{value[4:6]}-{value[6:]}"
    moment = datetime.strptime(value, "%Y%m%dT%H%M%SZ" if value.endswith("Z") else "%Y%m%dT%H%M%S")  # noqa: DTZ007  # the zone stands beside it
    zone = _ZONE.search(parameters)
    moment = moment.replace(tzinfo=ZoneInfo(zone[1]) if zone else UTC)
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _unescaped(value: str) -> str:
    return _ESCAPE.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)
