"""How an event is told of that nobody was told of before, known while a walk still goes on.

What an event's revision is turns out behind the walk, when it is compared with what is remembered. But most
events of a first walk are new, and so is whatever a season adds: printed with the revision of a new event as
it is read, such an entry need not be printed again. One that is not new after all gets its own revision.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from app.domain.model import Revision
from app.domain.revisions import first_sequence
from app.feeds.ports import Clock
from app.ics.event import stamp


class Debut:
    """The revision of whatever is new in one walk, of an organization whose memory was ``born`` then.

    Without these nothing is said of any revision.
    """

    def __init__(self, clock: Clock | None = None, born: datetime | None = None) -> None:
        self._clock = clock
        self._born = born
        self._moments: dict[bytes, datetime] = {}
        self._lines: dict[datetime, bytes] = {}

    def __repr__(self) -> str:
        return f"<Debut at {len(self._moments)} moments>"

    @property
    def moments(self) -> Mapping[bytes, datetime]:
        """When events were read, by the lines with which they were printed."""
        return self._moments

    def lines(self) -> bytes:
        """Those that tell the revision of a new event that is read now; empty where they are not known."""
        if self._clock is None or self._born is None:
            return b""
        moment = self._clock().replace(microsecond=0)
        lines = self._lines.get(moment)
        if lines is None:
            lines = self._lines[moment] = stamp(Revision(moment, moment, first_sequence(self._born)))
            self._moments[lines] = moment
        return lines


UNKNOWN: Final = Debut()
"""For walks of which nothing is known before their end."""
