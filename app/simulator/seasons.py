"""When a recreation centre is open: its sessions through the year and the days on which nothing is held."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, TypeAlias

from app.simulator.model import Text

SeasonName: TypeAlias = Literal["winter", "spring", "summer", "fall"]
ALL_SEASONS: tuple[SeasonName, ...] = ("winter", "spring", "summer", "fall")
SCHOOL_YEAR: tuple[SeasonName, ...] = ("winter", "spring", "fall")

_OPENING: dict[SeasonName, tuple[int, int]] = {
    "winter": (1, 5),
    "spring": (3, 29),
    "summer": (6, 22),
    "fall": (9, 8),
}
_WEEKS: dict[SeasonName, int] = {"winter": 11, "spring": 11, "summer": 9, "fall": 13}
_NAMES: dict[SeasonName, Text] = {
    "winter": Text("hiver", "Winter"),
    "spring": Text("printemps", "Spring"),
    "summer": Text("été", "Summer"),
    "fall": Text("automne", "Fall"),
}


@dataclass(frozen=True, slots=True)
class Season:
    """One session of classes: ``first`` and ``last`` day, both included."""

    name: SeasonName
    first: date
    last: date

    @property
    def title(self) -> Text:
        name = _NAMES[self.name]
        return Text(f"{name.fr} {self.first.year}", f"{name.en} {self.first.year}")


def seasons(first: date, last: date) -> tuple[Season, ...]:
    """Every session that touches the days from ``first`` to ``last``, in order."""
    found = [_season(name, year) for year in range(first.year, last.year + 1) for name in ALL_SEASONS]
    return tuple(season for season in found if season.last >= first and season.first <= last)


def _season(name: SeasonName, year: int) -> Season:
    first = _on_or_after(date(year, *_OPENING[name]), weekday=0)
    return Season(name, first, first + timedelta(weeks=_WEEKS[name], days=-1))


def days(first: date, last: date) -> Iterator[date]:
    """Each day from ``first`` to ``last``, both included."""
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def closed(day: date) -> bool:
    """True on the statutory holidays of Québec that have a date or a weekday (Easter is not modelled)."""
    fixed = {(1, 1), (1, 2), (6, 24), (7, 1), (12, 24), (12, 25), (12, 26), (12, 31)}
    return (day.month, day.day) in fixed or day in {
        _on_or_after(date(day.year, 5, 18), weekday=0),  # the Monday before 25 May
        _on_or_after(date(day.year, 9, 1), weekday=0),
        _on_or_after(date(day.year, 10, 8), weekday=0),
    }


def _on_or_after(day: date, *, weekday: int) -> date:
    return day + timedelta(days=(weekday - day.weekday()) % 7)
