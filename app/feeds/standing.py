"""How long what was decided about a catalogue stays decided: so that an answer can be given again unasked."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from app.domain.records import Trouble
from app.feeds.catalogue import Catalogue, midnight
from app.feeds.freshness import GATHERING, Facts
from app.feeds.shelf import Shelf

NOTED_SECONDS = 60.0
"""Who asks is noted so often: that somebody did counts for a day."""


@dataclass(slots=True, eq=False)
class Standing:
    """One decision of ``freshness``, and all that it rested on.

    It holds while the shelf is as it was, from ``since`` until the first moment (``until``) at which the
    same facts can lead to another decision; a decision that started a refresh, while that refresh runs.
    Moments are seconds since 1970: whoever is asked ten thousand times a second makes no datetime of them.
    """

    shelf: Shelf
    catalogue: Catalogue
    began: datetime | None
    covered: int
    mark: int
    trouble: Trouble | None
    attempted: bool
    since: float
    until: float
    refresh: asyncio.Task[None] | None
    noted: float = 0.0

    def asked(self, seconds: float) -> bool:
        """True while it holds; then notes on the shelf that somebody asked."""
        shelf = self.shelf
        if (
            shelf.catalogue is self.catalogue
            and self.since <= seconds < self.until
            and shelf.began == self.began
            and shelf.mark == self.mark
            and shelf.covered == self.covered
            and shelf.trouble == self.trouble
            and shelf.attempted == self.attempted
            and (self.refresh is None or not self.refresh.done())
        ):
            if seconds >= self.noted:
                self.noted = seconds + NOTED_SECONDS
                shelf.asked_at = datetime.fromtimestamp(seconds, UTC)
            return True
        return False


def standing(
    shelf: Shelf, catalogue: Catalogue, now: datetime, life: timedelta, refresh: asyncio.Task[None] | None
) -> Standing:
    """The decision that was taken ``now`` on that shelf; ``refresh`` is the one that it started."""
    return Standing(
        shelf=shelf,
        catalogue=catalogue,
        began=shelf.began,
        covered=shelf.covered,
        mark=shelf.mark,
        trouble=shelf.trouble,
        attempted=shelf.attempted,
        since=now.timestamp(),
        until=next_change(shelf.facts(now), now, life, _tomorrow(catalogue, now)).timestamp(),
        refresh=refresh,
    )


def next_change(facts: Facts, now: datetime, life: timedelta, tomorrow: datetime) -> datetime:
    """The first moment after ``now`` that any rule of ``freshness.decide`` compares with."""
    moments = [tomorrow, facts.retry_at]
    if facts.copy_from is not None:
        moments.append(facts.copy_from + life)
        moments += [facts.copy_from + GATHERING] if facts.marked else []
    return min(moment for moment in moments if moment is not None and moment > now)


def _tomorrow(catalogue: Catalogue, now: datetime) -> datetime:
    """The moment at which the organization's next day begins."""
    zone = catalogue.zone
    today: date = now.astimezone(zone.tzinfo).date()
    return datetime.fromtimestamp(midnight(today + timedelta(days=1), zone), now.tzinfo)
