"""The week: seven columns of one timetable."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from app.i18n.headings import days_heading, short_day, whole_hour
from app.web.views.cards import pieces
from app.web.views.columns import Column, Hours, column, hours_of
from app.web.views.day import Notice, Pager, day_of, notice, pager
from app.web.views.month import week_start
from app.web.views.scope import Scope

MOST_LANES: Final = 2
"""Boxes side by side in a seventh of the width."""
_SIX_DAYS = timedelta(days=6)
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Week:
    """``hour_names`` are those at the edge, one for each hour shown."""

    heading: str
    hours: Hours
    hour_names: tuple[str, ...]
    columns: tuple[Column, ...]
    pager: Pager
    notice: Notice | None


def week(scope: Scope, asked: date | None = None) -> Week:
    """The week of ``asked``, else of today."""
    wish = asked or scope.today
    first = week_start(scope.within(wish), scope)
    last = first + _SIX_DAYS
    found = pieces(scope, first, last)
    shown = hours_of(found.values())
    return Week(
        heading=days_heading(first, last, scope.lang),
        hours=shown,
        hour_names=tuple(whole_hour(hour, scope.lang) for hour in range(shown.first, shown.after)),
        columns=tuple(
            column(short_day(day, scope.lang), day_of(scope, day, there), there, shown, most_lanes=MOST_LANES)
            for day, there in found.items()
        ),
        pager=pager(scope, first, last, first - _WEEK, first + _WEEK),
        notice=notice(scope, wish, empty=not any(found.values())),
    )
