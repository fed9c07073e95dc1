"""What an organization offers, after Amilia's JSON has been understood.

Every value is frozen: an event that changed is another event. Texts are plain (no HTML), trimmed and
never ``None``: what is absent is the empty string, and what is absent as a whole is ``None``. What there are
thousands of, and what memories of finished lines are asked by, are named tuples: made and hashed at once.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal, NamedTuple, TypeAlias

Lang: TypeAlias = Literal["fr", "en"]
LANGS: tuple[Lang, ...] = ("fr", "en")


class State(StrEnum):
    """What became of an occurrence (Amilia: ActivitySegmentState)."""

    NORMAL = "Normal"
    MOVED = "Moved"
    CANCELLED = "Cancelled"
    SKIPPED = "Skipped"
    REPLACED = "Replaced"
    ARCHIVED = "Archived"
    OTHER = "Other"
    """A word that the API's documentation does not know; the word itself is ``Particulars.amilia_state``."""


class Timed(NamedTuple):
    """A stretch of time: aware UTC instants, whole seconds; ``end`` exclusive, never before ``start``."""

    start: datetime
    end: datetime


class Days(NamedTuple):
    """Whole days in the organization's own calendar: ``first`` included, ``after`` not (RFC 5545 §3.6.1)."""

    first: date
    after: date


When: TypeAlias = Timed | Days


class Place(NamedTuple):
    """Where it happens: ``address`` on one line, ``coordinates`` in degrees of latitude and longitude."""

    id: int | None
    name: str
    address: str = ""
    coordinates: tuple[float, float] | None = None


class Tag(NamedTuple):
    """A visible label that the organization gives to activities; invisible tags never get this far."""

    id: int
    name: str


class Topic(NamedTuple):
    """One level of Amilia's shelf, from programme to activity; its number is 0 where it has none."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Headcount:
    """How many are registered, of how many places (None where there is no limit). Never who."""

    registered: int
    places: int | None = None


class Particulars(NamedTuple):
    """All of an event but its number and its time. Most occurrences of an activity have them in common.

    ``price`` is in the organization's currency, ``None`` when unknown. ``staff`` stays empty unless the
    operator publishes names.
    """

    title: str
    state: State = State.NORMAL
    amilia_state: str = "Normal"
    offered: bool = True
    """False when the activity's own Status is not Normal (hidden or cancelled as a whole)."""
    program: Topic | None = None
    category: Topic | None = None
    subcategory: Topic | None = None
    activity: Topic | None = None
    place: Place | None = None
    price: Decimal | None = None
    url: str = ""
    tags: tuple[Tag, ...] = ()
    staff: tuple[str, ...] = ()
    team: frozenset[int] = frozenset()
    """Amilia's numbers of its staff; empty but where private feeds are made."""
    headcount: Headcount | None = None
    """For private feeds that may tell; None elsewhere."""


class Event(NamedTuple):
    """One occurrence of an activity, public or not.

    ``id`` is Amilia's occurrence id, positive; where Amilia gave none (0 or null), a negative stand-in that
    depends on activity, start and title.
    """

    id: int
    when: When
    about: Particulars


@dataclass(frozen=True, slots=True)
class Program:
    """A programme of the organization and whether the public may know of it."""

    id: int
    name: str
    url: str = ""
    visible: bool = True
    archived: bool = False
    password_protected: bool = False

    @property
    def public(self) -> bool:
        """True when its events may be published to anybody."""
        return self.visible and not self.archived and not self.password_protected


@dataclass(frozen=True, slots=True)
class Revision:
    """What a client compares to see that an event changed (RFC 5545 §3.8.7): aware UTC, whole seconds."""

    created: datetime
    modified: datetime
    sequence: int = 0


CancelledMode: TypeAlias = Literal["status", "show", "hide"]
CANCELLED_MODES: tuple[CancelledMode, ...] = ("status", "show", "hide")


@dataclass(frozen=True, slots=True)
class NamedFeed:
    """A selection saved in the configuration under a short address; ``query`` as in that address."""

    slug: str
    name: "Names"
    query: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Names:
    """A name in both languages; where only one was given it serves for both."""

    fr: str
    en: str

    def of(self, lang: Lang) -> str:
        return self.fr if lang == "fr" else self.en


@dataclass(frozen=True, slots=True)
class Organization:
    """How one organization is published; what the operator decided, without any credential."""

    slug: str
    number: int | None
    name: Names
    language: Lang
    timezone: str | None
    """An IANA name, or None: then it is found from the API's activity schedules."""
    color: str = "#0b7a75"
    currency: str = "CAD"
    past_days: int = 60
    future_days: int = 400
    cancelled: CancelledMode = "status"
    show_skipped: bool = False
    show_staff: bool = False
    programs: frozenset[int] = field(default_factory=frozenset)
    """Only these programmes; empty means every public one."""
    listed: bool = True
    feeds: tuple[NamedFeed, ...] = ()
