"""What travels between the upstream, the catalogue and the store without being looked into."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.model import Lang, Program
from app.domain.revisions import Remembered


@dataclass(frozen=True, slots=True)
class Harvest:
    """The answer to one walk of the upstream: every record of the window as it was sent, and the programmes.

    A record is opaque; equal bytes mean an equal event, so an unchanged one need not be read again.
    The order is the upstream's: where two records tell of one event, the later one counts.
    """

    records: Sequence[bytes]
    programs: Sequence[Program]


@dataclass(frozen=True, slots=True)
class Recollection:
    """The revision memory of one organization as it was at ``version``, which rises with each change.

    ``born`` is when this memory began; ``language`` is the one that the organization's addresses last spoke.
    """

    version: int
    born: datetime
    language: Lang | None
    events: Mapping[int, Remembered]
