"""What this package needs from the outside, in its own words."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Protocol, TypeAlias

from app.domain.model import Event, Lang
from app.domain.records import Harvest, Recollection
from app.domain.revisions import Remembered

Clock: TypeAlias = Callable[[], datetime]
"""The present moment, aware, in UTC."""


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


class Store(Protocol):
    """What must outlive a process. Raises ``StoreUnavailable`` and nothing else."""

    async def recall(self, organization: str, known: int | None) -> Recollection | None:
        """All that is remembered of an organization's events; None while version ``known`` is the newest.

        The first call for an organization begins its memory.
        """
        ...

    async def remember(
        self, organization: str, events: Mapping[int, Remembered], *, language: Lang | None, known: int
    ) -> int | None:
        """Keep what changed, all or nothing, and return the new version.

        None, and nothing is kept, where somebody else remembered something since version ``known``: two
        processes that saw the same change must not both count it.
        """
        ...
