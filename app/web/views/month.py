"""The month: whole weeks, each event on every day that it covers, a few at once and then the rest."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from app.i18n.headings import first_weekday, month_heading, weekdays
from app.web.views.cards import pieces
from app.web.views.day import Day, Notice, Pager, day_of, notice, pager
from app.web.views.scope import ONE_DAY, Scope

AT_ONCE: Final = 4
"""Events that a cell shows before it folds the rest away."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of the grid; ``inside`` is False for the days of the months before and after."""

    day: Day
    inside: bool


@dataclass(frozen=True, slots=True)
class Month:
    """Rows of seven cells; ``weekdays`` are the short and the full names over them."""

    heading: str
    first: date
    weekdays: tuple[tuple[str, str], ...]
    weeks: tuple[tuple[Cell, ...], ...]
    pager: Pager
    notice: Notice | None
    at_once: int = AT_ONCE


def month(scope: Scope, asked: date | None = None) -> Month:
    """The month of ``asked``, else of today."""
    wish = asked or scope.today
    first = scope.within(wish).replace(day=1)
    after = _next_month(first)
    last = after - ONE_DAY
    start = week_start(first, scope)
    end = week_start(last, scope) + timedelta(days=6)
    found = pieces(scope, start, end)
    cells = [Cell(day_of(scope, day, found[day]), first <= day <= last) for day in found]
    names = weekdays(scope.lang)
    begin = first_weekday(scope.lang)
    return Month(
        heading=month_heading(first, scope.lang),
        first=first,
        weekdays=(*names[begin:], *names[:begin]),
        weeks=tuple(tuple(cells[at : at + 7]) for at in range(0, len(cells), 7)),
        pager=pager(scope, first, last, (first - ONE_DAY).replace(day=1), after),
        notice=notice(scope, wish, empty=not any(cell.day.pieces for cell in cells if cell.inside)),
    )


def week_start(day: date, scope: Scope) -> date:
    """The day on which the week of ``day`` begins where the language is spoken."""
    return day - timedelta(days=(day.weekday() - first_weekday(scope.lang)) % 7)


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)
