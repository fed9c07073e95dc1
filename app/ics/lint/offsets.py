"""Which UTC offset a VTIMEZONE gives to a wall-clock time (RFC 5545 §3.6.5)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

_WEEK = 7


@dataclass(frozen=True, slots=True)
class Yearly:
    """The ``nth`` ``weekday`` (Monday is 0) of ``month`` each year; negative: from the end."""

    month: int
    nth: int
    weekday: int
    until: datetime | None = None
    """The last instant at which the rule still applies, naive UTC."""


@dataclass(frozen=True, slots=True)
class Observance:
    """A STANDARD or DAYLIGHT part: from ``start`` on, a wall clock of offset ``before``, it is ``after``."""

    start: datetime
    before: timedelta
    after: timedelta
    yearly: Yearly | None = None

    def last_onset(self, wall: datetime) -> datetime | None:
        """The latest onset at or before a wall-clock time; None where there is none yet."""
        if wall < self.start:
            return None
        onsets = [self.start, *self._recurring(wall)]
        return max(onset for onset in onsets if onset <= wall)

    def _recurring(self, wall: datetime) -> Iterator[datetime]:
        """Onsets by the yearly rule, among them the last one that a wall-clock time can be governed by."""
        until = self.yearly.until if self.yearly else None
        last = (
            min(wall.year, until.year + 1) if until else wall.year
        )  # New Year comes before UTC's in the east
        for year in (last, last - 1, last - 2):
            day = _nth_weekday(year, self.yearly) if self.yearly else None
            onset = datetime.combine(day, self.start.time()) if day else None
            if onset and onset >= self.start and self._still_applies(onset):
                yield onset

    def _still_applies(self, onset: datetime) -> bool:
        until = self.yearly.until if self.yearly else None
        return until is None or until - onset >= -self.before


@dataclass(frozen=True, slots=True)
class Zone:
    """A VTIMEZONE as far as its offsets go; ``readable`` is False where a part could not be understood."""

    tzid: str
    line: int
    observances: tuple[Observance, ...]
    readable: bool

    def offset(self, wall: datetime) -> timedelta | None:
        """The offset from UTC at a wall-clock time; before every onset, the one before the earliest."""
        if not self.readable or not self.observances:
            return None
        onsets = ((part.last_onset(wall), part) for part in self.observances)
        begun = [(onset, part.after) for onset, part in onsets if onset]
        if not begun:
            return min(self.observances, key=lambda part: part.start).before
        return max(begun)[1]


def _nth_weekday(year: int, rule: Yearly) -> date | None:
    """The day a yearly rule falls on, None where that year has none (a fifth Sunday, the year 0)."""
    try:
        first = date(year, rule.month, 1)
        after = date(year + rule.month // 12, rule.month % 12 + 1, 1)
    except ValueError:
        return None
    if rule.nth > 0:
        day = first + timedelta(days=(rule.weekday - first.weekday()) % _WEEK + _WEEK * (rule.nth - 1))
    else:
        last = after - timedelta(days=1)
        back = (last.weekday() - rule.weekday) % _WEEK + _WEEK * (-rule.nth - 1)
        day = last - timedelta(days=back) if back < last.day else after
    return day if first <= day < after else None
