"""What this package needs from the outside, in its own words."""

from collections.abc import Callable, Coroutine, Mapping, Sequence, Set
from datetime import date, datetime
from typing import Protocol, TypeAlias

from app.domain.grants import Grant
from app.domain.model import Event, Lang
from app.domain.records import Harvest, Key, Lease, Recollection, Seal, Status, Trouble
from app.domain.revisions import Remembered

Clock: TypeAlias = Callable[[], datetime]
"""The present moment, aware, in UTC."""


Arrival: TypeAlias = Callable[[Sequence[bytes]], Coroutine[None, None, Set[int]]]
"""Told of records that have just come; tells the programmes of their events.

It may leave out those of what it never publishes, and of what was in the harvest whose seal the walk has.
"""


class EventSource(Protocol):
    """Where one organization's events come from. Raises ``UpstreamError`` only, but for ``read``."""

    token: str | None
    """What the upstream let this source in with, to be kept over a restart; a secret."""

    async def walk(
        self, lang: Lang, first: date, last: date, *, arrived: Arrival, seal: Seal | None = None
    ) -> Harvest:
        """All events of the days from ``first`` to ``last``, both included, and all programmes.

        ``arrived`` is awaited with records as soon as they are here, so that they can be read while others
        are on their way; some of them may come again, and some may not be part of the harvest.
        ``seal`` is that of an earlier harvest in the same language: where nothing changed since, no record
        is told again.
        """
        ...

    def read(self, record: bytes) -> Event:
        """The event that a record tells of. Pure; raises ``UnreadableRecord``."""
        ...

    async def timezone(self) -> str | None:
        """The IANA name of the zone the organization lives in, or None where the upstream does not tell."""
        ...


class Store(Protocol):
    """What must outlive a process, shared by every process that names the same store.

    Raises ``StoreUnavailable`` and nothing else. Catalogues are kept under (organization, language), their
    content is opaque here. Whoever wants to write one must hold its lease: a holder that was believed dead
    and replaced can write nothing any more, for its fence is lower than its successor's.
    """

    @property
    def shared(self) -> bool:
        """True if other hosts write here too: without the store nobody knows what they publish."""
        ...

    async def recall(self, organization: str, known: int | None) -> Recollection | None:
        """All that is remembered of an organization's events; None while version ``known`` is the newest.

        The first call for an organization begins its memory.
        """
        ...

    async def remember(
        self,
        organization: str,
        events: Mapping[int, Remembered],
        *,
        language: Lang | None,
        known: int,
        changes: bytes | None = None,
    ) -> int | None:
        """Keep what changed, all or nothing, and return the new version; without ``changes`` the log stays.

        None, and nothing is kept, where somebody else remembered something since version ``known``: two
        processes that saw the same change must not both count it.
        """
        ...

    async def statuses(self) -> Mapping[Key, Status]:
        """The status of every catalogue of which anything is known. Cheap: asked every second."""
        ...

    async def content(self, key: Key) -> tuple[int, bytes] | None:
        """The generation and the kept bytes of a catalogue, None where there are none."""
        ...

    async def keep(self, lease: Lease, content: bytes, *, began: datetime, covered: int) -> int | None:
        """Keep a new content, forget the trouble, return the new generation; None if the lease was lost."""
        ...

    async def confirm(self, lease: Lease, *, began: datetime, covered: int) -> bool:
        """The kept content was still right at ``began``; forget the trouble. False if the lease was lost."""
        ...

    async def complain(self, lease: Lease, trouble: Trouble) -> bool:
        """Remember that a refresh failed. False, and nothing is kept, if the lease was lost."""
        ...

    async def lease(self, key: Key, holder: str, seconds: float) -> Lease | None:
        """The right to refresh a catalogue for so long; None while another holder has it.

        A holder that asks again gets a new lease at once: it knows best that the old one is over.
        """
        ...

    async def renew(self, lease: Lease, seconds: float) -> bool:
        """Hold on for so long from now; False if the lease was lost, to somebody else or by release."""
        ...

    async def release(self, lease: Lease) -> None:
        """Let somebody else refresh at once. Harmless if the lease was lost."""
        ...

    async def mark(self, organization: str) -> int:
        """Note that something changed upstream, and return how many such notices there were."""
        ...

    async def token(self, organization: str) -> str | None:
        """The upstream's token that was kept last."""
        ...

    async def keep_token(self, organization: str, token: str) -> None:
        """Keep the upstream's token, which is a secret."""
        ...

    async def grants(self) -> Sequence[Grant]:
        """Every private feed that was made and not revoked, in no order."""
        ...

    async def add_grant(self, grant: Grant) -> bool:
        """Keep a new private feed. False, and nothing is kept, if another one has its id."""
        ...

    async def rotate_grant(self, number: str, digest: bytes) -> bool:
        """Give a private feed another token; the old one opens nothing any more. False if it is not there."""
        ...

    async def revoke_grant(self, number: str) -> bool:
        """Forget a private feed. False if it is not there."""
        ...

    async def use_grant(self, number: str, day: date) -> None:
        """Note that it was read on that day. Harmless if it is not there, or was read later."""
        ...

    async def aclose(self) -> None:
        """Finish what is under way and let go."""
        ...
