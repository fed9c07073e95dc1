"""How an event is told of that nobody was told of before, known while a walk still goes on.

What an event's revision is turns out behind the walk, when it is compared with what is remembered. But most
events of a first walk are new, and so is whatever a season adds. So as soon as an entry is read, while other
answers are on their way, it is printed with the revision of a new event, and what is to be remembered of such
a one is written. Of an entry that is not new after all both are made anew.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from app.domain.memories import Beginnings
from app.domain.model import Lang, Revision
from app.domain.revisions import first_sequence
from app.feeds.comparison import facts_of
from app.feeds.entry import Entry
from app.feeds.ports import Clock
from app.ics.event import stamp


class Debut:
    """What is told of whatever is new in one walk in ``lang``, where the organization's memory was ``born``.

    Where that is not known (None), nothing is foretold.
    """

    def __init__(self, born: datetime | None, lang: Lang = "fr", clock: Clock | None = None) -> None:
        self.born = born
        self._clock = clock
        self._sequence = first_sequence(born) if born is not None else 0
        self._beginnings = Beginnings(lang, self._sequence)
        self._moments: dict[bytes, datetime] = {}
        self._lines: dict[datetime, bytes] = {}
        self._records: dict[bytes, bytes] = {}

    def __repr__(self) -> str:
        return f"<Debut of {len(self._records)} entries>"

    @property
    def moments(self) -> Mapping[bytes, datetime]:
        """When entries were read, by the lines with which they were printed."""
        return self._moments

    def lines(self) -> bytes:
        """Those that tell the revision of a new event that is read now; empty where they are not known."""
        if self.born is None or self._clock is None:
            return b""
        moment = self._clock().replace(microsecond=0)
        lines = self._lines.get(moment)
        if lines is None:
            lines = self._lines[moment] = stamp(Revision(moment, moment, self._sequence))
            self._moments[lines] = moment
        return lines

    def note(self, entry: Entry) -> None:
        """Write what is to be remembered of an entry that was printed with such lines, should it be new."""
        moment = self._moments.get(entry.stamp)
        if moment is not None:
            self._records[entry.record] = self.record(entry, moment)

    def noted(self, entry: Entry) -> bytes | None:
        """What was written of it."""
        return self._records.get(entry.record) if entry.stamp in self._moments else None

    def record(self, entry: Entry, moment: datetime) -> bytes:
        """What is to be remembered of an entry that is told for the first time, as of ``moment``."""
        second = int(moment.timestamp())
        return self._beginnings.record(entry.id, second, entry.significant, entry.whole, facts_of(entry))


UNKNOWN: Final = Debut(None)
"""For walks of which nothing is known before their end."""
