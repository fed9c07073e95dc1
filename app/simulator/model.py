"""What a simulated organization consists of: places, programmes, activities, occurrences, credentials.

Names follow Amilia's glossary: an *event* is one occurrence of an *activity*, which sits in a subcategory of
a category of a *program*. Texts exist in both languages, because the language of the path chooses them.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal, TypeAlias

Lang: TypeAlias = Literal["fr", "en"]
LANGS: tuple[Lang, ...] = ("fr", "en")


@dataclass(frozen=True, slots=True)
class Text:
    """One text in both languages."""

    fr: str
    en: str

    def of(self, lang: Lang) -> str:
        return self.fr if lang == "fr" else self.en

    def __add__(self, other: "Text") -> "Text":
        return Text(self.fr + other.fr, self.en + other.en)


def same(text: str) -> Text:
    """A text that reads the same in both languages: a proper name, a number."""
    return Text(text, text)


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address as staff typed it: any part may be empty or missing. Degrees for the coordinates."""

    street: str | None = ""
    city: str | None = ""
    postcode: str | None = ""
    latitude: float | None = None
    longitude: float | None = None
    province: str | None = "QC"
    country: str | None = "Canada"
    second: str | None = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A location. ``name`` is None where the back office left it blank; ``parent`` is a location's id."""

    id: int
    name: Text | None
    address: Address | None = None
    parent: int | None = None


@dataclass(frozen=True, slots=True)
class Shelf:
    """A category or a subcategory."""

    id: int
    name: Text


@dataclass(frozen=True, slots=True)
class Tag:
    """A label on activities; an invisible one is for staff only, and some are people's names."""

    id: int
    name: Text
    color: str = "Green"
    visible: bool = True


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whose name must not leak."""

    id: int
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Program:
    """A programme. ``start`` and ``end`` are the texts that the API sends, .NET's extremes included."""

    id: int
    name: Text
    start: str = "0001-01-01T00:00:00-05:00"
    end: str = "9999-12-31T18:59:59.9999999-05:00"
    visible: bool = True
    archived: bool = False
    password_protected: bool = False

    @property
    def public(self) -> bool:
        """Whether anybody may know of what is held in it."""
        return self.visible and not self.archived and not self.password_protected


@dataclass(frozen=True, slots=True)
class Activity:
    """A class, camp or outing with one or more occurrences.

    ``price`` is a JSON number as it is printed, or ``null``; ``places`` is the number of participants, None
    without limit; ``url`` overrides the address in the store. ``wire`` replaces fields of the summary that
    events carry: name of the field → JSON text.
    """

    id: int
    name: Text
    program: Program
    category: Shelf | None
    subcategory: Shelf | None
    place: Place | None = None
    status: str = "Normal"
    price: str = "0.0"
    tags: tuple[Tag, ...] = ()
    staff: tuple[Person, ...] = ()
    description: Text = field(default_factory=lambda: same(""))
    picture: str | None = None
    places: int | None = None
    drop_in: bool = False
    wire: dict[str, str] | None = None


@dataclass(slots=True, eq=False)
class Event:
    """One occurrence.

    ``start`` and ``end`` are aware and print with their own offset; ``end`` as Amilia has it: exclusive when
    timed, 23:59:59 of the last day when all day.
    ``title`` overrides the activity's name. ``wire`` replaces fields of the record (field → JSON text), and
    ``raw`` replaces the whole record. ``doubtful`` marks an event that a careful reader may leave out.
    """

    id: int
    activity: Activity
    start: datetime
    end: datetime
    all_day: bool = False
    state: str = "Normal"
    title: Text | None = None
    wire: dict[str, str] | None = None
    raw: str | None = None
    doubtful: bool = False

    @property
    def name(self) -> Text:
        return self.title or self.activity.name

    @property
    def first_day(self) -> date:
        return self.start.date()

    @property
    def last_day(self) -> date:
        """The last day that the event touches; an end at midnight does not touch the new day."""
        if self.end <= self.start:
            return self.first_day
        return (self.end - timedelta(microseconds=1)).date()


@dataclass(frozen=True, slots=True)
class Account:
    """A dedicated API user, or a key pair, or both. These open nothing but the simulator."""

    username: str = ""
    password: str = field(default="", repr=False)
    api_key: str = ""
    api_secret: str = field(default="", repr=False)
