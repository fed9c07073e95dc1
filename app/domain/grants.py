"""Who may read what is not public: private feeds as values.

A feed is reached by an address that holds a token, 256 bits drawn at random. Only the token's digest is kept.
A fast hash is right here: nobody guesses 256 bits, however fast a guess is, and what is kept can be looked up
by the digest, which takes as long for a wrong token as for a right one. Slow hashes are for passwords, which
people choose.
"""

import hashlib
import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

TOKEN_BYTES: Final = 32
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Grant:
    """What the store keeps of a private feed; ``record`` is opaque there.

    ``used`` is the day on which it was last read, None before.
    """

    id: str
    digest: bytes = field(repr=False)
    record: bytes = field(repr=False)
    used: date | None = None


class Kind(StrEnum):
    """What decides which events a private feed shows."""

    STAFF = "staff"
    """Those that a member of the staff holds."""
    PROGRAMS = "programs"
    """Those of some programmes, hidden or not."""
    HIDDEN = "hidden"
    """All there are, hidden or not."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a private feed may show, fixed when it is made; ``headcount``: how many are registered, too.

    ``numbers`` are Amilia's, of members of the staff or of programmes, and empty with ``HIDDEN``.
    """

    kind: Kind
    numbers: frozenset[int] = frozenset()
    headcount: bool = False

    def __post_init__(self) -> None:
        if (self.kind is Kind.HIDDEN) == bool(self.numbers):
            raise ValueError(f"a scope of kind {self.kind} with {len(self.numbers)} numbers")

    def covers(self, program: int, team: frozenset[int]) -> bool:
        """True of an event of that programme, held by that team."""
        match self.kind:
            case Kind.STAFF:
                return not self.numbers.isdisjoint(team)
            case Kind.PROGRAMS:
                return program in self.numbers
            case Kind.HIDDEN:
                return True


@dataclass(frozen=True, slots=True)
class PrivateFeed:
    """One private feed, for those who manage them; its token is nowhere.

    ``organization`` is the name under which that is remembered; ``name`` is empty where nobody gave one.
    """

    id: str
    organization: str
    scope: Scope
    name: str
    created: datetime
    used: date | None = None


def token_of(drawn: bytes) -> str:
    """The token of ``TOKEN_BYTES`` random bytes, as it stands in an address (RFC 4648 §5, no padding)."""
    return urlsafe_b64encode(drawn).rstrip(b"=").decode("ascii")


def is_token(text: str) -> bool:
    """True of what ``token_of`` may have made."""
    return _TOKEN.fullmatch(text) is not None


def digest_of(token: str) -> bytes:
    """What is kept of a token: its SHA-256."""
    return hashlib.sha256(token.encode("ascii")).digest()
