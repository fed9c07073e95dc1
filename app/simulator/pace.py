"""The limit of calls per second and address."""

from collections import defaultdict, deque
from datetime import datetime, timedelta

_WINDOW = timedelta(seconds=1)


class Pace:
    """Counts the calls of each address within the last second; refused calls do not count."""

    def __init__(self) -> None:
        self._calls: defaultdict[str, deque[datetime]] = defaultdict(deque)

    def allows(self, address: str, now: datetime, limit: int) -> bool:
        """True, and the call is counted, when it keeps to ``limit`` calls per second (0 for no limit)."""
        if not limit:
            return True
        calls = self._calls[address]
        while calls and now - calls[0] >= _WINDOW:
            calls.popleft()
        if len(calls) >= limit:
            return False
        calls.append(now)
        return True
