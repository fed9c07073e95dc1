"""What this package needs from the outside, in its own words."""

from datetime import date
from typing import Protocol

from app.domain.model import Event, Lang
from app.domain.records import Harvest


class EventSource(Protocol):
    """Where one organization's events come from. Raises ``UpstreamError`` only, but for ``read``."""

    async def walk(self, lang: Lang, first: date, last: date) -> Harvest:
        """All events of the days from ``first`` to ``last``, both included, and all programmes."""
        ...

    def read(self, record: bytes) -> Event:
        """The event that a record tells of. Pure; raises ``UnreadableRecord``."""
        ...

    async def timezone(self) -> str | None:
        """The IANA name of the zone the organization lives in, or None where the upstream does not tell."""
        ...
