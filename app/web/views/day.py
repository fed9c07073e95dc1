"""Days with their events, the way between pages of them, and what to say where there is nothing to show."""

from dataclasses import dataclass
from datetime import date

from app.i18n.headings import day_heading, days_heading
from app.i18n.words import say
from app.web.views.cards import Piece
from app.web.views.scope import Scope


@dataclass(frozen=True, slots=True)
class Day:
    """One day: ``published`` is False beyond the days that the organization publishes."""

    date: date
    heading: str
    today: bool
    published: bool
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Pager:
    """Where to go from here: the ``day`` of the page before and after, None where nothing is published."""

    earlier: date | None
    later: date | None
    today: date | None
    """The catalogue's day; None while the page shows it."""


@dataclass(frozen=True, slots=True)
class Notice:
    """An honest sentence where the days shown hold nothing, and the nearest day that does."""

    sentence: str
    jump: date | None = None
    jump_heading: str = ""


def day_of(scope: Scope, day: date, pieces: tuple[Piece, ...]) -> Day:
    """A day of a view."""
    return Day(
        date=day,
        heading=day_heading(day, scope.lang),
        today=day == scope.today,
        published=scope.first <= day <= scope.last,
        pieces=pieces,
    )


def pager(scope: Scope, first: date, last: date, earlier: date, later: date) -> Pager:
    """The ways on from a page of ``first`` to ``last``: to the pages of ``earlier`` and ``later``."""
    return Pager(
        earlier=scope.within(earlier) if first > scope.first else None,
        later=scope.within(later) if last < scope.last else None,
        today=None if first <= scope.today <= last else scope.today,
    )


def notice(scope: Scope, asked: date, *, empty: bool) -> Notice | None:
    """What to say of a page that begins at ``asked`` and is ``empty``, or was asked for beyond the window."""
    lang = scope.lang
    if not scope.rows:
        return Notice(say(lang, "view.nothing-at-all"))
    if scope.within(asked) != asked:
        span = days_heading(scope.first, scope.last, lang)
        return Notice(say(lang, "view.beyond", days=span))
    if not empty:
        return None
    jump = scope.nearest(asked)
    return Notice(say(lang, "view.nothing-then"), jump, day_heading(jump, lang) if jump else "")
