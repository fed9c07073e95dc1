"""A finished calendar with all that is said of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from app.feeds.budget import Budget
from app.ics.calendar import Calendar


@dataclass(frozen=True, slots=True)
class Feed:
    """A finished calendar. ``etag`` is the strong tag without quotes; ``name`` is for people."""

    calendar: Calendar
    etag: str
    last_modified: datetime
    name: str
    events: int
    measure: Callable[[], Budget] = field(repr=False)

    @property
    def body(self) -> bytes:
        """The calendar as a whole, made anew each time."""
        return self.calendar.joined()

    @property
    def size(self) -> Budget:
        """How large it is; what it should be narrowed to takes time to find, once."""
        return self.measure()
