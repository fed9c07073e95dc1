"""How an organization's offer is written down, before there are dates: courses, camps and feasts.

The tables of ``forest`` and ``lakeside`` are made of these; ``planting`` turns them into activities with
occurrences. Weekdays count from Monday = 0, as ``date.weekday`` does.
"""

from dataclasses import dataclass
from typing import TypeAlias

from app.simulator.model import Account, Address, Tag, Text, same
from app.simulator.seasons import ALL_SEASONS, SeasonName

Weekdays: TypeAlias = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Site:
    """A place of the offer; ``key`` is how courses name it, ``within`` the key of the site that holds it."""

    key: str
    name: Text
    address: Address
    within: str = ""


@dataclass(frozen=True, slots=True)
class Course:
    """A class that is held each week of a session.

    ``days`` are alternatives, each one or more weekdays; so are ``times`` (wall clock, ``HH:MM``), ``sites``
    and ``levels``: the n-th group of a course takes the n-th of each, round and round.
    """

    family: Text
    category: Text
    subcategory: Text
    name: Text
    blurb: Text
    days: tuple[Weekdays, ...]
    times: tuple[str, ...]
    minutes: int
    sites: tuple[str, ...]
    price: str
    levels: tuple[Text, ...] = (same(""),)
    tags: tuple[str, ...] = ()
    seasons: tuple[SeasonName, ...] = ALL_SEASONS
    places: int | None = 12
    drop_in: bool = False
    picture: str | None = None


@dataclass(frozen=True, slots=True)
class Camp:
    """Day camps: one all-day event from Monday to Friday, for each week of ``seasons`` and each group."""

    family: Text
    category: Text
    subcategory: Text
    name: Text
    blurb: Text
    sites: tuple[str, ...]
    price: str
    groups: tuple[Text, ...]
    tags: tuple[str, ...] = ()
    seasons: tuple[SeasonName, ...] = ("summer",)
    places: int | None = 60
    picture: str | None = None


@dataclass(frozen=True, slots=True)
class Feast:
    """A special event, once a year on ``month``/``day``; all day where ``time`` is empty."""

    name: Text
    blurb: Text
    month: int
    day: int
    time: str
    minutes: int
    site: str
    price: str = "0.0000"
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """Everything that one organization holds, and who may read it.

    ``courses`` are in the order of importance: a small world has only the first ones. ``zone`` is an IANA
    name, ``windows_zone`` what Amilia calls it.
    """

    number: int
    slug: str
    name: Text
    zone: str
    windows_zone: str
    account: Account
    sites: tuple[Site, ...]
    tags: dict[str, Tag]
    courses: tuple[Course | Camp, ...]
    feasts: tuple[Feast, ...]
    feast_family: Text
