"""The places of one day side by side: who is where, and when a hall is free."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.domain.selection import folded
from app.i18n.headings import days_heading, whole_hour
from app.i18n.words import say
from app.web.views.cards import Piece, pieces
from app.web.views.columns import Column, Hours, column, hours_of
from app.web.views.day import Notice, Pager, day_of, notice, pager
from app.web.views.scope import ONE_DAY, Scope

MOST_LANES: Final = 3
"""Boxes side by side in a column that is at least as wide as a phone's half."""


@dataclass(frozen=True, slots=True)
class Places:
    """One column for each place that has something on that day, by name; the nameless one at the end."""

    heading: str
    date: date
    today: bool
    hours: Hours
    hour_names: tuple[str, ...]
    columns: tuple[Column, ...]
    pager: Pager
    notice: Notice | None


def places(scope: Scope, asked: date | None = None) -> Places:
    """The places on ``asked``, else today."""
    wish = asked or scope.today
    shown_day = scope.within(wish)
    found = pieces(scope, shown_day, shown_day)[shown_day]
    shown = hours_of([found])
    by_place: defaultdict[tuple[str, str], list[Piece]] = defaultdict(list)
    for piece in found:
        # Two buildings may each have a "Studio A".
        by_place[piece.card.place, piece.card.address].append(piece)
    nowhere = say(scope.lang, "view.no-place")
    return Places(
        heading=days_heading(shown_day, shown_day, scope.lang),
        date=shown_day,
        today=shown_day == scope.today,
        hours=shown,
        hour_names=tuple(whole_hour(hour, scope.lang) for hour in range(shown.first, shown.after)),
        columns=tuple(
            column(
                name or nowhere, day_of(scope, shown_day, tuple(there)), there, shown, most_lanes=MOST_LANES
            )
            for (name, _), there in sorted(by_place.items(), key=lambda item: _by_name(*item[0]))
        ),
        pager=pager(scope, shown_day, shown_day, shown_day - ONE_DAY, shown_day + ONE_DAY),
        notice=notice(scope, wish, empty=not found),
    )


def _by_name(name: str, address: str) -> tuple[bool, str, str]:
    return not name, folded(name), address
