"""What the server or the way to it complains of, as one sentence that names the place and the cure."""

from collections.abc import Mapping
from typing import Final

from redis.exceptions import (
    AskError,
    AuthenticationError,
    AuthorizationError,
    BusyLoadingError,
    ClusterCrossSlotError,
    ClusterError,
    NoPermissionError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
)
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from app.store.redis.scripts import NEWER

_LATE: Final = "{place} did not answer in time; see whether it is overloaded, paused or out of reach."
_REFUSED: Final = (
    "{place} refuses this user or password, or a right that is needed ({words}); "
    "correct the store's address or the server's list of users."
)
_CLUSTER: Final = "{place} belongs to a cluster ({words}), which cannot be used; name a single server."
_SENTENCES: Final[Mapping[type[Exception], str]] = {
    # The first that fits counts, so the special ones come before the general.
    RedisTimeoutError: _LATE,
    TimeoutError: _LATE,
    AuthenticationError: _REFUSED,
    AuthorizationError: _REFUSED,
    NoPermissionError: _REFUSED,
    BusyLoadingError: "{place} is still loading its data; this passes by itself.",
    OutOfMemoryError: "{place} has no memory left ({words}); raise its maxmemory.",
    ReadOnlyError: "{place} is a read-only replica ({words}); name the primary.",
    AskError: _CLUSTER,
    ClusterError: _CLUSTER,
    ClusterCrossSlotError: _CLUSTER,
    RedisConnectionError: "{place} cannot be reached ({words}); start it, or correct the store's address.",
    OSError: "{place} cannot be reached ({words}); start it, or correct the store's address.",
}


def complaint(place: str, error: RedisError | OSError) -> str:
    """One plain sentence for the operator, without anything that was sent."""
    while isinstance(error.__cause__, RedisError):
        error = error.__cause__  # a refusal on a socket comes wrapped in a failure to connect
    words = _words(error)
    if words.startswith(NEWER):
        return (
            f"{place} holds the data of a newer version of this program (format {words.split()[1]}); "
            "install that version, or name another database as the store."
        )
    if words.startswith("MISCONF"):
        return f"{place} cannot save to its own disk and takes nothing more; make room there."
    sentence = next((text for kind, text in _SENTENCES.items() if isinstance(error, kind)), None)
    return (sentence or "{place} cannot do what is asked of it ({words}).").format(place=place, words=words)


def _words(error: Exception) -> str:
    # For an unknown command the server repeats its arguments, which may be a token.
    return str(error).partition(", with args")[0].strip().rstrip(".") or type(error).__name__
