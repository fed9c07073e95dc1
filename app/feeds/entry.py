"""One published event: what selections and people ask of it, and its finished bytes.

A service holds hundreds of thousands of these, so they are structs that the garbage collector need not look
into, and what events have in common (titles, places, prices, names) is one object for all of them.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from typing import Final, NamedTuple

import msgspec

from app.domain.digests import digest_of, short_digest_of
from app.domain.model import CancelledMode, Days, Event, Particulars, Place, State, Tag, Topic, When
from app.domain.revisions import Fingerprint
from app.domain.selection import folded
from app.feeds.days import midnight
from app.ics.event import EventRenderer, shown_title
from app.ics.places import shown_place
from app.ics.text import one_line
from app.ics.zones import Zone

CALLED_OFF: Final = frozenset({State.CANCELLED, State.SKIPPED})
"""States of what will not take place: marked, or left out, as ``cancelled`` asks."""


class Traits(msgspec.Struct, frozen=True, gc=False):
    """What selections and people ask of an event, but for its number and time.

    ``program`` and its like are 0 where the event has none; ``title`` (without the mark of what is called
    off), ``place`` and ``staff`` are cleaned as for people.
    """

    program: int
    category: int
    subcategory: int
    activity: int
    tags: frozenset[int]
    words: str
    title: str
    place: Place | None
    price: Decimal | None
    state: State
    staff: tuple[str, ...]


class Shared(Traits, array_like=True, frozen=True, gc=False):
    """What entries have in common whose particulars are the same."""

    marked: bytes
    """Of the VEVENT for ``cancelled=status`` what stands behind number and time, and before the stamp."""
    unmarked: bytes | None
    """The same for ``cancelled=show``, None where that makes no difference."""
    team: frozenset[int] = frozenset()


class Entry(Traits, frozen=True, gc=False):
    """One published event; ``start`` and ``end`` are seconds since 1970, ``end`` exclusive and later.

    ``weekdays`` has bit 0 set for Monday. Its traits are those of ``shared``, at hand.
    """

    id: int
    start: int
    end: int
    weekdays: int
    all_day: bool
    marked: bytes
    """The VEVENT for ``cancelled=status`` up to, without, END:VEVENT."""
    unmarked: bytes | None
    """The same for ``cancelled=show``, None where that makes no difference."""
    significant: bytes
    """The digest of what a change of must be told: time, place, title and state, as they are published."""
    whole: bytes
    """The digest of all that is published."""
    shared: Shared
    """What others have too."""
    record: bytes = b""
    """The digest of the record that it was read from; empty where it must be read again."""
    stamp: bytes = b""
    """The lines at the end of both that tell the revision; empty until they are known."""
    digest: bytes = b""
    """That of what is published and that of the revision, one after the other."""

    @property
    def location(self) -> int:
        """The number of its place, 0 where it has none."""
        return (self.place.id or 0) if self.place is not None else 0

    @property
    def team(self) -> frozenset[int]:
        """Amilia's numbers of its staff; empty but behind private feeds."""
        return self.shared.team

    @property
    def shown(self) -> bytes:
        """The VEVENT for ``cancelled=show``."""
        return self.marked if self.unmarked is None else self.unmarked

    @property
    def called_off(self) -> bool:
        """True of what will not take place."""
        return self.state in CALLED_OFF

    @property
    def fingerprint(self) -> Fingerprint:
        """What tells whether its published content changed."""
        return Fingerprint(self.significant, self.whole)

    @property
    def url(self) -> str:
        """The address of its page, empty where it has none."""
        found = _URL.match(self.marked, max(self.marked.find(_URL_NAME), 0))
        return found[1].replace(_FOLD, b"").decode("ascii") if found else ""

    def vevent(self, mode: CancelledMode) -> bytes:
        """The bytes from BEGIN:VEVENT up to, without, END:VEVENT."""
        return self.shown if mode == "show" else self.marked

    def stamped(self, stamp: bytes) -> "Entry":
        """The same entry with other revision lines; itself where they are its own already."""
        if stamp == self.stamp:
            return self
        unmarked = self.unmarked
        return msgspec.structs.replace(
            self,
            marked=self.marked.removesuffix(self.stamp) + stamp,
            unmarked=None if unmarked is None else unmarked.removesuffix(self.stamp) + stamp,
            stamp=stamp,
            digest=self.whole + short_digest_of(stamp),
        )


def vevents_of(entries: Iterable[Entry], mode: CancelledMode) -> list[bytes]:
    """What ``Entry.vevent`` gives for each of them, at a fifth of the cost."""
    if mode == "show":
        return [row.marked if row.unmarked is None else row.unmarked for row in entries]
    return [row.marked for row in entries]


COLUMNS: Final[Mapping[str, Callable[[Entry], int]]] = {
    "programs": attrgetter("program"),
    "categories": attrgetter("category"),
    "subcategories": attrgetter("subcategory"),
    "activities": attrgetter("activity"),
    "locations": attrgetter("location"),
}
"""The fields of a selection that ask for one number of an entry."""

START: Final[Callable[[Entry], int]] = attrgetter("start")

TAGS: Final = "tags"
"""The field of a selection that asks for any of several numbers."""

_URL_NAME: Final = b"\r\nURL:"
_URL: Final = re.compile(_URL_NAME + rb"((?:[^\r]|\r\n )*)")
_FOLD: Final = b"\r\n "


class Mould(NamedTuple):
    """What entries are made of whose particulars are the same."""

    shared: Shared
    significant: bytes
    """What of them a change must be told of."""
    told: bytes
    """The digest of both forms of the lines behind number and time."""


@lru_cache(maxsize=1024)  # of a centre's activities; a refresh meets the same again
def mould_of(about: Particulars, renderer: EventRenderer) -> Mould:
    """The mould for these particulars."""
    shared, significant = _shared(about, renderer)
    return Mould(shared, significant, digest_of(shared.marked + (shared.unmarked or b"")))


def entry_for(event: Event, mould: Mould, renderer: EventRenderer, record: bytes = b"") -> Entry:
    """The entry of an event out of the mould of its particulars, not yet stamped with its revision."""
    shared, significant, told = mould
    start, end, weekdays = _reckoned(event.when, renderer.zone)
    beginning = renderer.beginning(event)
    return entry_of(
        shared,
        beginning,
        event.id,
        start,
        end,
        weekdays,
        isinstance(event.when, Days),
        short_digest_of(b"%d %d %b" % (start, end, significant)),
        short_digest_of(beginning + told),
        record,
    )


def entry_of(  # noqa: PLR0917  # of all that an entry has for itself; called for each of thousands
    shared: Shared,
    beginning: bytes,
    number: int,
    start: int,
    end: int,
    weekdays: int,
    all_day: bool,
    significant: bytes,
    whole: bytes,
    record: bytes,
    stamp: bytes = b"",
) -> Entry:
    """The entry whose VEVENT is ``beginning``, what is ``shared``, and ``stamp``; all else is its own."""
    return Entry(
        shared.program,
        shared.category,
        shared.subcategory,
        shared.activity,
        shared.tags,
        shared.words,
        shared.title,
        shared.place,
        shared.price,
        shared.state,
        shared.staff,
        number,
        start,
        end,
        weekdays,
        all_day,
        beginning + shared.marked + stamp,
        None if shared.unmarked is None else beginning + shared.unmarked + stamp,
        significant,
        whole,
        shared,
        record,
        stamp,
        whole + short_digest_of(stamp) if stamp else b"",
    )


class Naming:
    """Gathers the names that events tell: of their programmes, categories, activities, places and tags."""

    def __init__(self, known: Mapping[tuple[str, int], str]) -> None:
        self.names = dict(known)
        """By the field of a selection, and number."""
        self._heard: set[object] = set()

    def __repr__(self) -> str:
        return f"<Naming {len(self.names)} names>"

    def hear(self, about: Particulars) -> None:
        """Add what an event tells, unless others told the same."""
        shelf = (about.program, about.category, about.subcategory, about.activity)
        told = (shelf, about.place, (TAGS, about.tags))
        if self._heard.issuperset(told):
            return
        self._heard.update(told)
        for kind, topic in zip(COLUMNS, (*shelf, about.place), strict=True):
            if topic is not None and topic.id:
                self.names[kind, topic.id] = one_line(topic.name)
        for tag in about.tags:
            self.names[TAGS, tag.id] = one_line(tag.name)


_remembered = lru_cache(maxsize=4096)


def _shared(about: Particulars, renderer: EventRenderer) -> tuple[Shared, bytes]:
    """What the particulars decide of an entry, and the part of it that a change must be told of."""
    title = shown_title(about, renderer.lang)
    place, told = _told(about.place)
    shared = Shared(
        program=about.program.id if about.program else 0,
        category=about.category.id if about.category else 0,
        subcategory=about.subcategory.id if about.subcategory else 0,
        activity=about.activity.id if about.activity else 0,
        tags=_numbers(about.tags),
        words=_words(title, _told_words(about.program, about.category, about.subcategory, place)),
        title=title,
        place=place,
        price=about.price,
        state=about.state,
        staff=_shown_names(about.staff),
        marked=renderer.ending(about, "status"),
        unmarked=renderer.ending(about, "show") if about.state in CALLED_OFF else None,
        team=about.team,
    )
    return shared, f"{about.state.value} {told}\n{title}".encode()


@_remembered
def _told(place: Place | None) -> tuple[Place | None, str]:
    """The place as it is shown, and all that is known of it as a text."""
    if place is None:
        return None, ""
    shown = shown_place(place)
    return shown, repr(shown)


@_remembered
def _numbers(tags: tuple[Tag, ...]) -> frozenset[int]:
    return frozenset(tag.id for tag in tags)


@_remembered
def _shown_names(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(filter(None, map(one_line, names)))


@lru_cache(maxsize=512)  # shares the numbers of those that take place together, and come together in a list
def _reckoned(when: When, zone: Zone) -> tuple[int, int, int]:
    """Start and end as in ``Entry``, and the bits of the weekdays. An event without length takes a second."""
    if isinstance(when, Days):
        start, end = midnight(when.first, zone), midnight(when.after, zone)
    else:
        start, end = int(when.start.timestamp()), int(when.end.timestamp())
    return start, max(end, start + 1), _weekdays(when, zone)


def _weekdays(when: When, zone: Zone) -> int:
    """Bits of the days on which it begins, or, for whole days, of every day it covers."""
    if isinstance(when, Days):
        covered = min((when.after - when.first).days, 7)
        bits = 0
        for offset in range(max(covered, 1)):
            bits |= 1 << (when.first.weekday() + offset) % 7
        return bits
    return 1 << when.start.astimezone(zone.tzinfo).weekday()


def _words(title: str, others: str) -> str:
    """What ``q`` looks into; a line each, so that no word is found across two of them."""
    return f"{folded(title)}\n{others}" if others else folded(title)


@_remembered
def _told_words(*named: Topic | Place | None) -> str:
    return "\n".join([folded(one_line(it.name)) for it in named if it])
