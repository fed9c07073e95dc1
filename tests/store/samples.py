"""What the tests of stores put into them."""

from datetime import timedelta
from typing import Final

from app.domain.records import Key, Lease, Recollection, Trouble
from app.domain.revisions import Fingerprint, Remembered, Told
from app.feeds.ports import Store
from tests.support.fakes import NOON

KEY: Final[Key] = ("8008", "fr")
OTHER: Final[Key] = ("8008", "en")
LONG: Final = 1000.0
"""Seconds that no test waits for."""
SHORT: Final = 0.05
TROUBLE: Final = Trouble(
    failures=3,
    since=NOON - timedelta(minutes=7, microseconds=1),
    retry_at=NOON + timedelta(minutes=5),
    error="UpstreamUnavailable",
)


def memory(sequence: int = 28_000_000) -> Remembered:
    """An event that both languages told, not at the same time."""
    french = Told(Fingerprint(b"significant", b"whole"), sequence, NOON)
    english = Told(Fingerprint(b"\x00\xff", b""), sequence + 1, NOON + timedelta(minutes=1))
    return Remembered(NOON - timedelta(days=400), {"fr": french, "en": english})


async def recalled(store: Store, organization: str = "8008") -> Recollection:
    """All that is remembered."""
    recollection = await store.recall(organization, None)
    assert recollection is not None
    return recollection


async def leased(store: Store, key: Key = KEY, holder: str = "one", seconds: float = LONG) -> Lease:
    """A lease that is to be had."""
    lease = await store.lease(key, holder, seconds)
    assert lease is not None
    return lease
