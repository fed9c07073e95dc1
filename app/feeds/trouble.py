"""What a failed refresh means for the next one: a circuit breaker per catalogue, as pure functions.

    closed      no trouble: refreshes run when they are due
    open        trouble, and ``retry_at`` is to come: nobody asks the upstream anything
    half open   trouble, and ``retry_at`` has passed: one refresh is the probe, for only one runs at a time,
                and an organization that got no answer has but a few lines to the upstream (``amilia.pace``)

A probe that succeeds closes the circuit (the trouble is forgotten), one that fails opens it for longer. The
trouble is kept in the store, so that neither another process nor a restart asks too early.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from app.domain.errors import (
    UpstreamRefused,
    UpstreamThrottled,
    UpstreamUnavailable,
    UpstreamUnreadable,
)
from app.domain.records import Trouble

FIRST = timedelta(seconds=2)
LONGEST = timedelta(minutes=5)
FIRST_REFUSED = timedelta(seconds=30)
LONGEST_REFUSED = timedelta(minutes=15)
"""Refused credentials are for the operator to mend: asking often only looks like an attack. But a refusal may
also be a mistake of Amilia's, or mended at Amilia, where nobody tells us.
"""

DOUBTED = "Doubted"
"""The ``error`` of a refresh that told the incredible and waits for confirmation."""
DOUBTS_BEFORE_BELIEF = 2
"""How many refreshes in a row must tell the same incredible thing before it is believed."""

Jitter = Callable[[], float]
"""Draws numbers between 0 and 1, so that a hundred organizations do not ask again together."""

_CURES: Final = {
    "UpstreamRefused": "Amilia refuses: check the credentials, their permissions and the organization.",
    "UpstreamUnavailable": "Amilia cannot be reached: check api_url and the network, or wait for Amilia.",
    "UpstreamThrottled": "Amilia asks for fewer calls: lower calls_per_second if this stays.",
    "UpstreamUnreadable": "Amilia answers what is not its API: check api_url, and the log for what came.",
    DOUBTED: "More than half of the coming events vanished; this is asked again before it is shown.",
}


class Circuit(Enum):
    """Whether the upstream may be asked, for people and for metrics."""

    CLOSED = "closed"
    HALF_OPEN = "half open"
    OPEN = "open"


def circuit(trouble: Trouble | None, now: datetime) -> Circuit:
    """The breaker of a catalogue at ``now``. A doubt is no break: the upstream answers."""
    if trouble is None or trouble.error == DOUBTED:
        return Circuit.CLOSED
    return Circuit.OPEN if now < trouble.retry_at else Circuit.HALF_OPEN


def after_failure(previous: Trouble | None, error: Exception, *, now: datetime, jitter: Jitter) -> Trouble:
    """The trouble after one more failed refresh.

    Refusals are counted apart from other failures: an outage that ends with one refusal must not count as
    many refusals, whose waits are long.
    """
    refused = isinstance(error, UpstreamRefused)
    alike = previous is not None and previous.error != DOUBTED and refused == is_refusal(previous)
    failures = previous.failures + 1 if previous and alike else 1
    since = previous.since if previous else now
    wait = _backoff(failures, refused=refused) * (0.75 + 0.5 * jitter())
    if isinstance(error, UpstreamThrottled) and error.retry_after is not None:
        wait = max(wait, timedelta(seconds=error.retry_after))
    return Trouble(failures, since, now + wait, family(error))


def family(error: Exception) -> str:
    """The name of the class in ``domain.errors`` that the error belongs to: what can be done about it."""
    for kind in (UpstreamRefused, UpstreamThrottled, UpstreamUnreadable, UpstreamUnavailable):
        if isinstance(error, kind):
            return kind.__name__
    return type(error).__name__


def cure_for(trouble: Trouble) -> str:
    """What the operator can do about it, in one sentence."""
    return _CURES.get(trouble.error, "The refresh failed in a way nobody foresaw; see the log.")


def after_doubt(previous: Trouble | None, *, now: datetime, life: timedelta) -> Trouble:
    """The trouble after one more refresh that told the incredible; asked again when it would be due."""
    doubted = previous is not None and previous.error == DOUBTED
    failures = previous.failures + 1 if previous and doubted else 1
    since = previous.since if previous else now
    return Trouble(failures, since, now + life, DOUBTED)


def convinced(previous: Trouble | None) -> bool:
    """True once the incredible has been told often enough to be believed."""
    return previous is not None and previous.error == DOUBTED and previous.failures >= DOUBTS_BEFORE_BELIEF


def is_refusal(trouble: Trouble) -> bool:
    """The upstream does not accept the credentials or the settings."""
    return trouble.error == UpstreamRefused.__name__


def _backoff(failures: int, *, refused: bool) -> timedelta:
    first, longest = (FIRST_REFUSED, LONGEST_REFUSED) if refused else (FIRST, LONGEST)
    doublings = min(failures - 1, 16)
    return min(first * (1 << doublings), longest)
