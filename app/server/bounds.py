"""What a client may cost: sizes, times and numbers, each with its reason."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits on connections and requests, for one process. Sizes are in bytes."""

    target: int = 8 * 1024
    """Of a request's target; RFC 9112 §3 asks for 8000 at least, the longest selection has some 2000."""
    head: int = 32 * 1024
    """Of all fields together; cookies of other services under the same domain come along."""
    fields: int = 100
    """Header fields; browsers send some twenty."""
    message: int = 4 * 1024 * 1024
    """Of a whole request. Only notices of change have a body, and of those one megabyte is read at most."""
    pipelined: int = 32
    """Requests that wait for the answer to one before them on the same connection."""
    request_seconds: float = 20.0
    """From a request's first byte to its last, and from the connection to the first request's last."""
    idle_seconds: float = 75.0
    """Between requests: longer than proxies keep a connection (60 s), or they would meet a closed one."""
    stalled_seconds: float = 30.0
    stalled: int = 16 * 1024
    """A client that takes less than this in ``stalled_seconds`` (half a kilobyte a second) is not reading."""
    connections: int = 8192
    """At most; beyond, the idle ones are closed first, and whoever comes waits in the system's queue."""
    asking_seconds: float = 1.0
    """How long a newcomer who has asked nothing yet is spared then: his request is on its way."""
    farewell_seconds: float = 0.5
    """Once asked to stop: how long requests that are under way on open connections still come in."""
    beat_seconds: float = 30.0
    """A worker whose event loop says nothing for so long hangs: nothing it does takes a tenth of that."""
    drain_seconds: int = 8
    """How long answers may take to be finished then; container managers kill after ten seconds."""
