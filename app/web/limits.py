"""Limits on what costs and what strangers can cause: notices of change, guesses at secrets, lines in the log.

Feeds of known organizations have no limit for an address: Google and Microsoft ask for thousands of people
from a few. What is limited here is limited for all callers together, and never what succeeds.
"""

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Final, TypeAlias

Timer: TypeAlias = Callable[[], float]
"""Seconds on a clock that never goes back."""

MARK_SECONDS: Final = 1.0
"""Between two marks of one organization: a mark is a write to the store, and a refresh takes longer."""
BODIES: Final = 32 * 1024 * 1024
"""Bytes of all notices that are being read; one has some ten thousand."""


class Bucket:
    """A token bucket: so many at once, and one more every so many seconds.

    For private addresses: look up the token first, ``take`` only when it is unknown, and answer 429 instead
    of 404 when there was none to take. Whoever knows his token is never limited, whatever others try.
    """

    def __init__(self, at_once: int, seconds: float, *, timer: Timer = time.monotonic) -> None:
        self._at_once = at_once
        self._seconds = seconds
        self._timer = timer
        self._full_at = timer()

    def __repr__(self) -> str:
        return f"<Bucket of {self._at_once}, one more every {self._seconds} s>"

    def take(self) -> bool:
        """True while there is one, which is then gone."""
        now = self._timer()
        full_at = max(self._full_at, now) + self._seconds
        if full_at - now > self._at_once * self._seconds:
            return False
        self._full_at = full_at
        return True

    def retry_after(self) -> int:
        """Whole seconds until there will be one, 1 at least."""
        missing = self._full_at - self._timer() - (self._at_once - 1) * self._seconds
        return max(1, -int(-missing // 1))


class Gathering:
    """Does something for a key at once, but at most once in ``seconds``; what comes meanwhile is one.

    Ask ``turn``; do it after that many seconds, telling ``begun`` first; where it is None somebody else will.
    """

    def __init__(self, seconds: float, *, timer: Timer = time.monotonic) -> None:
        self._seconds = seconds
        self._timer = timer
        self._next: dict[Hashable, float] = {}
        self._waiting: set[Hashable] = set()

    def turn(self, key: Hashable) -> float | None:
        """Seconds to wait before doing it, 0 for now, None if one who waits will do it for all."""
        if key in self._waiting:
            return None
        now = self._timer()
        wait = self._next.get(key, now) - now
        if wait > 0:
            self._waiting.add(key)
            return wait
        self._next[key] = now + self._seconds
        return 0.0

    def begun(self, key: Hashable) -> None:
        """Whoever waited does it now: what comes from here on is for the next."""
        self._waiting.discard(key)
        self._next[key] = self._timer() + self._seconds


@dataclass(slots=True)
class NoticeLimits:
    """What one application keeps of the notices it hears. Keys are organizations of ours, so they are few."""

    marks: Gathering = field(default_factory=lambda: Gathering(MARK_SECONDS))
    lines: Bucket = field(default_factory=lambda: Bucket(at_once=20, seconds=30))
    held: int = 0
    """Bytes of the bodies that are being read."""
    unsaid: int = 0
    """Notices since the last line that told of one."""
