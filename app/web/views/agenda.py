"""The agenda: day after day, only those that have events; a page ends after a day, when it holds enough."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from typing import Final

from app.i18n.headings import days_heading
from app.web.views.cards import pieces
from app.web.views.day import Day, Notice, Pager, day_of, notice
from app.web.views.scope import ONE_DAY, Scope

ENOUGH: Final = 25
"""Events of a page, and then to the end of the day: two screens of a phone, a few kilobytes."""

_LENGTHS: Final = (31, 124, 496, 10_000)
"""Days to look through for a page, until one length is enough: most pages are found in the first."""


@dataclass(frozen=True, slots=True)
class Agenda:
    """The days with events from the asked one on."""

    heading: str
    days: tuple[Day, ...]
    pager: Pager
    notice: Notice | None


def agenda(scope: Scope, asked: date | None = None, *, enough: int = ENOUGH) -> Agenda:
    """The agenda from ``asked`` (else today) on: whole days, until there are ``enough`` events."""
    wish = asked or scope.today
    first = scope.within(wish)
    last = _end(scope, first, enough)
    days = tuple(day_of(scope, day, found) for day, found in pieces(scope, first, last).items() if found)
    before = scope.anything(scope.first, first - ONE_DAY)
    after = scope.anything(last + ONE_DAY, scope.last)
    return Agenda(
        heading=days_heading(days[0].date, days[-1].date, scope.lang)
        if days
        else days_heading(first, first, scope.lang),
        days=days,
        pager=Pager(
            earlier=_beginning(scope, first - ONE_DAY, enough) if before else None,
            later=last + ONE_DAY if after else None,
            today=None if first <= scope.today <= last else scope.today,
        ),
        notice=notice(scope, wish, empty=not days),
    )


def _end(scope: Scope, first: date, enough: int) -> date:
    """The day on which a page that begins at ``first`` holds enough, else the last one published."""
    for length in _LENGTHS:
        last = min(first + timedelta(days=length), scope.last)
        for offset, total in enumerate(accumulate(scope.counts(first, last))):
            if total >= enough:
                return first + timedelta(days=offset)
        if last == scope.last:
            break
    return scope.last


def _beginning(scope: Scope, last: date, enough: int) -> date:
    """The first day with events whose page reaches the last event up to ``last``: no step back skips any."""
    reached = last
    for length in _LENGTHS:
        first = max(last - timedelta(days=length), scope.first)
        reached, full = _back(reversed(scope.counts(first, last)), last, enough)
        if full or first == scope.first:
            break
    return reached


def _back(counts: Iterable[int], last: date, enough: int) -> tuple[date, bool]:
    """How far back a page may begin, by the counts of the days before it, and whether it can no further."""
    reached, total = None, 0
    for offset, count in enumerate(counts):
        if not count:
            continue
        total += count if reached is not None else 0
        if total >= enough:  # a page that began here would end before the last event
            return last - timedelta(days=reached or 0), True
        reached = offset
    return last - timedelta(days=reached or 0), False
