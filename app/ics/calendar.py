"""A feed: what it says of itself, the zone it lives in, and its events.

A feed is its head, the finished bytes of its events and its end, in a row; nothing is looked into or changed
on the way. What belongs to the feed (its name, colour and addresses, a reminder) is here; what belongs to an
event is in ``ics.event``.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, repeat

from icalendar.prop import vUri

from app.domain.model import Lang
from app.i18n.words import say
from app.ics.colors import color_name
from app.ics.text import content_lines, fold, one_line, plain, text_line
from app.ics.zones import Zone

_OF_A_BLOCK = 64
"""Pieces, of a kilobyte each: as much as the allocator hands out again without asking the system."""
_LONGEST_NAME = 255
"""Outlook takes no longer names of folders (MS-OXCICAL on X-WR-CALNAME)."""


@dataclass(frozen=True, slots=True)
class CalendarHead:
    """What a feed says of itself. Empty texts are left out of it."""

    name: str
    description: str
    color: str
    """``#rrggbb``."""
    page: str
    """The address of the page about the feed, absolute."""
    source: str
    """The feed's own address, absolute."""


def head(about: CalendarHead | None, zone: Zone) -> bytes:
    """Everything before the first event. There is no METHOD: it would make guests of subscribers.

    ``None`` is for a download of one event: it names no calendar, or Outlook would make a new one of it
    (MS-OXCICAL on X-WR-CALNAME), and has nothing to come back for.

    Raises:
        ValueError: the colour is not of its form, or an address holds a line break.
    """
    return (
        content_lines(*_OPENING, *(_introduction(about, zone) if about is not None else ())) + zone.vtimezone
    )


@dataclass(frozen=True, slots=True)
class Calendar:
    """A finished calendar in its pieces, with what comes between any two of them.

    Memory for many megabytes takes longer to get than to fill, and most calendars are only compressed and
    sent: so whoever needs no whole goes through its ``blocks``.
    """

    pieces: Sequence[bytes]
    between: bytes
    octets: int
    """The size of the whole."""

    def joined(self) -> bytes:
        """The whole, newly made."""
        return self.between.join(self.pieces)

    def blocks(self) -> Iterator[bytes]:
        """The whole in parts of some ten kilobytes, always the same."""
        for at in range(0, len(self.pieces), _OF_A_BLOCK):
            last = at + _OF_A_BLOCK >= len(self.pieces)
            some = self.between.join(self.pieces[at : at + _OF_A_BLOCK])
            yield some if last else some + self.between


def compose(
    beginning: bytes,
    events: list[bytes],
    *,
    lang: Lang,
    alarm: int | None = None,
    silent: Iterable[bool] = (),
    octets: int | None = None,
) -> Calendar:
    """The whole feed, from its ``head`` and its events as ``EventRenderer.render`` gives them.

    ``alarm`` is how many minutes before each event subscribers are reminded, None for no reminder;
    ``silent`` tells, event by event, of which nobody is reminded all the same. ``octets`` is what the events
    weigh where that is known: to ask ten thousand of them takes as long as to choose them. The list of
    ``events`` is handed over: it becomes the calendar's own.

    Raises:
        ValueError: there are no events. A feed without any wipes some clients; publish a ``notice``.
    """
    pieces = events
    if not pieces:
        raise ValueError("A calendar needs at least one event.")
    pieces[0] = beginning + pieces[0]
    between = _END_EVENT
    if alarm is not None:
        reminding = content_lines(*_reminder(alarm, lang)) + _END_EVENT
        ends = (_END_EVENT if quiet else reminding for quiet in chain(silent, repeat(False)))
        pieces, between = list(chain.from_iterable(zip(pieces, ends, strict=False))), b""
    pieces.append(_END)
    known = octets is not None and alarm is None
    size = len(beginning) + (octets or 0) + len(_END) if known else sum(map(len, pieces))
    # A tuple of bytes: every full collection of garbage walks through a list, for as long as it is kept.
    return Calendar(tuple(pieces), between, size + len(between) * (len(pieces) - 1))


def assemble(
    beginning: bytes,
    events: Iterable[bytes],
    *,
    lang: Lang,
    alarm: int | None = None,
    silent: Iterable[bool] = (),
) -> bytes:
    """What ``compose`` gives, joined."""
    return compose(beginning, list(events), lang=lang, alarm=alarm, silent=silent).joined()


# PRODID tells no version: every feed would be another on the day of an update.
_OPENING = (
    b"BEGIN:VCALENDAR",
    b"VERSION:2.0",
    b"PRODID:-//Amilia Calendar Feeds//amilia-feeds//EN",
    b"CALSCALE:GREGORIAN",
)
_END_EVENT = content_lines(b"END:VEVENT")
_END = content_lines(b"END:VCALENDAR")


def _introduction(about: CalendarHead, zone: Zone) -> Iterator[bytes]:
    yield from _twice(b"NAME", b"X-WR-CALNAME", one_line(about.name)[:_LONGEST_NAME].rstrip())
    yield from _described(about.description)
    yield b"X-WR-TIMEZONE:" + zone.name.encode("ascii")
    # Nextcloud would come once a week otherwise, and classic Outlook at its own pace.
    yield b"REFRESH-INTERVAL;VALUE=DURATION:PT1H"
    yield b"X-PUBLISHED-TTL:PT1H"
    yield b"COLOR:" + color_name(about.color).encode("ascii")
    yield b"X-APPLE-CALENDAR-COLOR:" + about.color.upper().encode("ascii")
    yield from _address(b"SOURCE;VALUE=URI:", about.source)
    yield from _address(b"URL:", about.page)


@lru_cache(maxsize=256)  # all feeds of an organization say the same
def _described(text: str) -> tuple[bytes, ...]:
    return _twice(b"DESCRIPTION", b"X-WR-CALDESC", plain(text))


def _twice(standard: bytes, spoken: bytes, text: str) -> tuple[bytes, ...]:
    """By the name of RFC 7986 and by the older one that most clients know."""
    return (text_line(standard, text), text_line(spoken, text)) if text else ()


def _address(name: bytes, uri: str) -> tuple[bytes, ...]:
    return (fold(name + vUri(uri).to_ical()),) if uri else ()


def _reminder(minutes: int, lang: Lang) -> tuple[bytes, ...]:
    """A VALARM; one without DESCRIPTION makes Home Assistant refuse the whole calendar."""
    return (
        b"BEGIN:VALARM",
        b"ACTION:DISPLAY",
        text_line(b"DESCRIPTION", say(lang, "alarm.description")),
        b"TRIGGER:-PT%dM" % minutes if minutes else b"TRIGGER:PT0S",  # not all readers know minus nothing
        b"END:VALARM",
    )
