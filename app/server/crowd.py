"""All open connections of a process: who must go when there are too many, and what was refused.

An answer that is under way is never given up for another client, and nobody is sent away with a 503, which
makes some calendars stop for good. What goes is what costs nobody anything: idle connections, the oldest
first, then those that have been longest in telling what they want. Whoever finds no room waits in the
system's queue.
"""

import logging
from collections import Counter
from collections.abc import Iterable
from enum import IntEnum
from typing import Final, Protocol, TypeVar

from app.server.bounds import Bounds

EVICTED_PART: Final = 16
"""One in so many is closed at once: looking through all connections costs as much as accepting some tens."""
REPORT_SECONDS: Final = 60.0

log = logging.getLogger(__name__)


class Standing(IntEnum):
    """What a connection is doing, in the order in which it can be done without."""

    IDLE = 0
    ASKING = 1
    ANSWERED = 2


class Guest(Protocol):
    """A connection."""

    @property
    def standing(self) -> Standing:
        """What it is doing."""
        ...

    @property
    def since(self) -> float:
        """On the loop's clock, since when."""
        ...

    def dismiss(self) -> None:
        """End it; nobody is being answered."""
        ...

    def hurry(self, now: float) -> None:
        """End it if its client is too slow."""
        ...


AnyGuest = TypeVar("AnyGuest", bound=Guest)


def expendable(guests: Iterable[AnyGuest], number: int, *, asking_before: float) -> list[AnyGuest]:
    """So many connections, or fewer, that can be done without: idle before asking, the oldest first. Pure.

    ``asking_before`` spares those that have begun to ask only later.
    """
    found = [
        guest
        for guest in guests
        if (standing := guest.standing) is Standing.IDLE
        or (standing is Standing.ASKING and guest.since < asking_before)
    ]
    found.sort(key=lambda guest: (guest.standing, guest.since))
    return found[:number]


class Crowd:
    """The connections of one process. ``guests`` is a live collection that the server keeps."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self.closing = False
        """The server was asked to stop: each connection ends with the answer that is next on it."""
        self.refused: Counter[str] = Counter()
        """What was refused since the start, by status or by a word."""
        self._reported: Counter[str] = Counter()
        self._reported_at: float | None = None

    def __repr__(self) -> str:
        return f"<Crowd of {self.bounds.connections} at most, {self.refused.total()} refused>"

    def make_room(self, guests: Iterable[Guest], now: float) -> bool:
        """Let some go that can be done without; False if there are none."""
        number = self.bounds.connections // EVICTED_PART + 1
        chosen = expendable(guests, number, asking_before=now - self.bounds.asking_seconds)
        for guest in chosen:
            guest.dismiss()
        self.refused["evicted"] += len(chosen)
        return bool(chosen)

    def hurry(self, guests: Iterable[Guest], now: float) -> None:
        """Close those that are too slow, and tell of refusals, in at most one line a minute."""
        for guest in list(guests):
            guest.hurry(now)
        if self._reported_at is None or now - self._reported_at >= REPORT_SECONDS:
            self._report(now)

    def _report(self, now: float) -> None:
        news = self.refused - self._reported
        if news:
            self._reported, self._reported_at = self.refused.copy(), now
            log.info("Requests or connections were refused", extra={"refused": dict(sorted(news.items()))})
