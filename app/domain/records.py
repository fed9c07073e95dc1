"""What travels between the upstream, the catalogue and the store without being looked into."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from app.domain.memories import Memories
from app.domain.model import Lang, Program

Key: TypeAlias = tuple[str, Lang]
"""One catalogue: the name under which an organization is remembered, and the language."""


@dataclass(frozen=True, slots=True)
class Seal:
    """By which the pages of a harvest are known again: the digests of each list of them, by its days.

    ``named`` are the listed programmes that its events name.
    """

    pages: Mapping[str, tuple[bytes, ...]]
    named: frozenset[int]


@dataclass(frozen=True, slots=True)
class Harvest:
    """The answer to one walk of the upstream: every record of the window as it was sent, and the programmes.

    A record is opaque; equal bytes mean an equal event, so an unchanged one need not be read again.
    The order is the upstream's: where two records tell of one event, the later one counts.
    Where all pages are those of the harvest whose ``seal`` the walk was given, it has no ``records``.
    ``digests`` are theirs, in their order, where somebody made them already.
    """

    records: Sequence[bytes] = field(repr=False)
    programs: Sequence[Program]
    seal: Seal | None = None
    unchanged: bool = False
    digests: Sequence[bytes] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Recollection:
    """The revision memory of one organization as it was at ``version``, which rises with each change.

    ``born`` is when this memory began; ``language`` is the one that the organization's addresses last spoke.
    ``changes`` is the log of what was told to have changed, opaque here, and empty until there is one.
    """

    version: int
    born: datetime
    language: Lang | None
    events: Memories
    changes: bytes = b""


@dataclass(frozen=True, slots=True)
class Trouble:
    """How the refreshes of a catalogue have failed so far.

    ``error`` is the name of an error class; no attempt is made before ``retry_at``.
    """

    failures: int
    since: datetime
    retry_at: datetime
    error: str


@dataclass(frozen=True, slots=True)
class Status:
    """What is worth knowing of a catalogue without reading it. Moments are aware UTC.

    ``generation`` rises with each content that is kept, 0 where none is; ``began`` is when the refresh
    began that last brought or confirmed it. ``mark`` counts the notices of change that the organization had,
    ``covered`` how many of them it had had when that refresh began.
    """

    generation: int = 0
    began: datetime | None = None
    mark: int = 0
    covered: int = 0
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class Lease:
    """The right of one ``holder`` to refresh a catalogue; ``fence`` rises with each lease of it."""

    key: Key
    holder: str
    fence: int
