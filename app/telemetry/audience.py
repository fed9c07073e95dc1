"""How many subscriptions there may be, from how often feeds are read: no cookie, no address, nobody known.

A client that looks every ``interval`` seconds makes ``window / interval`` requests in a window, so the
requests of a family times its interval, divided by the window, are its subscriptions. What that cannot tell:
Google and other services read an address once for all who follow it, and people change how often theirs look.
"""

from collections import deque
from typing import Final

WINDOW_SECONDS: Final = 86_400.0
STEP_SECONDS: Final = 1_800.0


class Audience:
    """The requests for feeds in a sliding window, of one family. Times are seconds on any one clock."""

    def __init__(self, interval: float, began: float) -> None:
        self._interval = interval
        self._marks: deque[tuple[float, int]] = deque([(began, 0)])

    def __repr__(self) -> str:
        return f"<Audience looking every {self._interval:g} s, {len(self._marks)} marks>"

    def estimate(self, now: float, total: int) -> float:
        """Subscriptions, where there were ``total`` requests up to now. To be asked again and again.

        Until one interval has passed nobody need have come twice: then it is the number of requests.
        """
        marks = self._marks
        while len(marks) > 1 and marks[1][0] <= now - max(WINDOW_SECONDS, self._interval):
            marks.popleft()
        since, before = marks[0]
        if now - marks[-1][0] >= STEP_SECONDS:
            marks.append((now, total))
        return (total - before) * self._interval / max(now - since, self._interval)
