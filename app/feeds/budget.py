"""How large a subscribed calendar may grow, and the narrower window that keeps one within.

Google reads about a megabyte of a feed and drops what comes after it without a word (reported by many, told
by nobody officially); beyond a thousand events clients of all kinds grow slow. A feed is never cut here: its
operator and its readers are told, with an address that fits.
"""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TypeAlias

from app.domain.model import Organization
from app.domain.selection import Selection
from app.feeds.catalogue import Catalogue, Entry
from app.feeds.entry import vevents_of

LARGEST: Final = 1_000_000
"""Octets, uncompressed, that Google is known to read."""
MOST_EVENTS: Final = 1_000
ROOM: Final = 0.9
"""The share of either limit that a narrower window may fill: its address stays while the season fills up."""

_PAST_KEPT, _FUTURE_KEPT = 14, 28
"""Days that are given up last: what was, to look up; what comes, to get there."""
_STEP = 7
"""Whole weeks, so that many subscribers share few addresses."""
MOST_TOLD: Final = 200
"""Calendars that the log may name at a time."""

Calendar: TypeAlias = tuple[str, str, str, str]
"""One feed for the log: organization, language, canonical selection, and its name where it has one."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Window:
    """Days of a feed before and after the day of its catalogue, as ``pastDays`` and ``futureDays`` count."""

    past_days: int
    future_days: int

    def __contains__(self, day: int) -> bool:
        return -self.past_days <= day <= self.future_days

    def __str__(self) -> str:
        return f"pastDays={self.past_days}&futureDays={self.future_days}"


@dataclass(frozen=True, slots=True)
class Share:
    """What one event takes of a feed.

    ``day`` is the one of its days that is nearest to the catalogue's own, counted from that: 0 while it goes
    on, negative when it is over. A window holds the event if it holds that day.
    """

    day: int
    octets: int


@dataclass(frozen=True, slots=True)
class Budget:
    """The size of a feed. The windows are for a feed that is ``over``, None where none is narrow enough."""

    octets: int
    events: int
    narrower: Window | None = None
    """Within both limits."""
    for_google: Window | None = None
    """Within ``LARGEST`` alone, and only where the feed is not: events are too good to be left out."""

    @property
    def too_large(self) -> bool:
        return self.octets > LARGEST

    @property
    def over(self) -> bool:
        return self.too_large or self.events > MOST_EVENTS


def budget(shares: Iterable[Share], overhead: int, whole: Window) -> Budget:
    """The size of a feed of these events in the window ``whole``, and what it should be narrowed to.

    ``overhead`` is what the feed has besides its events, in octets. Of the past all but two weeks is given up
    first, then what is far away.
    """
    octets: Counter[int] = Counter()
    events: Counter[int] = Counter()
    for share in shares:
        octets[share.day] += share.octets
        events[share.day] += 1
    found = Budget(overhead + octets.total(), events.total())
    if not found.over:
        return found

    def within(window: Window) -> tuple[bool, bool]:
        size = overhead + sum(size for day, size in octets.items() if day in window)
        count = sum(count for day, count in events.items() if day in window)
        return size <= ROOM * LARGEST, count <= ROOM * MOST_EVENTS

    judged = [(window, *within(window)) for window in _narrower(whole)]
    return Budget(
        found.octets,
        found.events,
        narrower=next((window for window, small, few in judged if small and few), None),
        for_google=next((window for window, small, _ in judged if small), None) if found.too_large else None,
    )


def _narrower(whole: Window) -> Iterator[Window]:
    """Windows inside ``whole``, each narrower than the one before, in the order of what is given up."""
    past, future = min(whole.past_days, _PAST_KEPT), min(whole.future_days, _FUTURE_KEPT)
    yield from (Window(days, whole.future_days) for days in _down(whole.past_days, past))
    yield from (Window(past, days) for days in _down(whole.future_days, future))
    yield from (Window(days, future) for days in _down(past, 0))
    yield from (Window(0, days) for days in _down(future, 0))


def _down(days: int, least: int) -> Iterator[int]:
    """The whole weeks below ``days``, down to ``least``, which is always the last."""
    weeks = range((days - 1) // _STEP * _STEP, least, -_STEP)
    yield from weeks
    if least < days:
        yield least


def budget_of(size: Budget, opening: int, catalogue: Catalogue, selection: Selection) -> Budget:
    """The same for a finished feed of that size, of which ``opening`` octets precede the events.

    The events are chosen once more, and only where there is something to narrow: nobody need hold them.
    """
    if not size.over or not size.events:
        return size
    chosen = catalogue.select(selection)
    vevents = [len(vevent) for vevent in vevents_of(chosen, selection.cancelled)]
    # END:VEVENT and perhaps an alarm, rounded up.
    ending = -((opening + sum(vevents) - size.octets) // len(chosen))
    shares = [
        Share(_nearest_day(entry, catalogue), octets + ending)
        for entry, octets in zip(chosen, vevents, strict=True)
    ]
    return replace(budget(shares, opening, window_of(catalogue.organization, selection)), octets=size.octets)


def window_of(organization: Organization, selection: Selection) -> Window:
    """The window of a selection: its own, or on either side the organization's."""
    past, future = selection.past_days, selection.future_days
    return Window(
        organization.past_days if past is None else past,
        organization.future_days if future is None else future,
    )


def _nearest_day(entry: Entry, catalogue: Catalogue) -> int:
    """See ``Share.day``; days begin at midnight in the organization's own zone."""
    tzinfo = catalogue.zone.tzinfo
    first = datetime.fromtimestamp(entry.start, tzinfo).date() - catalogue.day
    last = datetime.fromtimestamp(entry.end - 1, tzinfo).date() - catalogue.day  # ``end`` is exclusive
    return max(first.days, min(last.days, 0))


class Overruns:
    """Says in the log, once each, that a calendar has grown beyond its budget and that it fits again."""

    def __init__(self) -> None:
        self._told: set[Calendar] = set()

    def __repr__(self) -> str:
        return f"<Overruns {len(self._told)} calendars>"

    def note(self, calendar: Calendar, size: Budget) -> None:
        """Take note of the size that a calendar has now; its windows, which take time to find, do not matter.

        Anybody can ask for any number of selections: beyond the first hundreds none is mentioned.
        """
        organization, lang, query, named = calendar
        facts = {"organization": organization, "lang": lang, "selection": query, "feed": named or "calendar"}
        facts |= {"octets": str(size.octets), "events": str(size.events)}
        if size.over and calendar not in self._told and len(self._told) < MOST_TOLD:
            self._told.add(calendar)
            log.warning(
                "A calendar is larger than what Google reads, or other clients read quickly; "
                "its page, and `check`, say which days would fit",
                extra=facts,
            )
        elif not size.over and calendar in self._told:
            self._told.discard(calendar)
            log.info("A calendar fits again", extra=facts)
