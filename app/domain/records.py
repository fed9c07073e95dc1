"""What travels between the upstream, the catalogue and the store without being looked into."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.model import Program


@dataclass(frozen=True, slots=True)
class Harvest:
    """The answer to one walk of the upstream: every record of the window as it was sent, and the programmes.

    A record is opaque; equal bytes mean an equal event, so an unchanged one need not be read again.
    The order is the upstream's: where two records tell of one event, the later one counts.
    """

    records: Sequence[bytes]
    programs: Sequence[Program]
