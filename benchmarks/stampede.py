"""A thousand who ask at the same moment for a feed that nobody has asked for before, against one who does.

All are connected before the first asks; the clock runs from the first request to the end of the last answer.
"""

import resource
import selectors
import socket
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from benchmarks import raw
from benchmarks.amilia import USUAL_PAGE, slug
from benchmarks.figures import Figure, Goal, Outcome, Series, fraction, milliseconds
from benchmarks.scale import Scale
from benchmarks.service import COMPRESSED, calls, feed, imitation, loaded, service

LATENCY_SECONDS: Final = 0.05
PATIENCE_SECONDS: Final = 60.0
OK: Final = 200
_SPARE_FILES: Final = 200


class Stranded(Exception):
    """Not everybody was answered well."""


def measure(scale: Scale, directory: Path) -> Outcome:
    """One and many in turn, each time an organization that the service has never read."""
    _allow_files(scale.crowd)
    rounds = min(scale.rounds, 3)
    names = [slug(scale.crowd_events, number) for number in range(2 * rounds + 1)]
    alone, last, walks = [], [], []
    with (
        imitation(
            directory, prepare=[scale.crowd_events], latency=LATENCY_SECONDS, largest_page=USUAL_PAGE
        ) as api,
        service(directory, api.url, names, paced=False) as server,
    ):
        loaded(server, names[0], headers=COMPRESSED)
        for one, many in zip(names[1::2], names[2::2], strict=True):
            alone.append(crowd(server.port, feed(one), 1))
            last.append(crowd(server.port, feed(many), scale.crowd))
            asked = calls(api)
            walks.append(asked[many] / asked[one])
    many_at_once = f"{scale.crowd:,} simultaneous cold requests"
    return Outcome(
        [
            Figure(
                f"{many_at_once}: the last answer",
                "one cold request",
                milliseconds(last),
                milliseconds(alone),
                fraction(last, alone),
                Goal(2, 1.5),
            ),
            Figure(
                f"{many_at_once}: calls to Amilia",
                "one cold request",
                Series([walk * asked[one] for walk in walks], "calls"),
                Series([asked[one]], "calls"),
                Series(walks, "×"),
                Goal(1, 1),
            ),
        ]
    )


def crowd(port: int, target: str, visitors: int) -> float:
    """Seconds until the last of so many visitors has the whole answer. Raises ``Stranded``."""
    asking = raw.request(target, COMPRESSED)
    everybody = [socket.create_connection(("127.0.0.1", port)) for _ in range(visitors)]
    try:
        return _until_the_last(everybody, asking)
    finally:
        for line in everybody:
            line.close()


def _until_the_last(everybody: Sequence[socket.socket], asking: bytes) -> float:
    with selectors.DefaultSelector() as selector:
        for line in everybody:
            selector.register(line, selectors.EVENT_READ, (line, raw.Incoming()))
        begin = time.perf_counter()
        for line in everybody:
            line.sendall(asking)
        waiting = len(everybody)
        while waiting:
            ready = selector.select(PATIENCE_SECONDS)
            if not ready:
                raise Stranded(f"{waiting} of {len(everybody)} had no answer")
            for key, _ in ready:
                line, incoming = key.data
                if incoming.take(line):
                    if incoming.status != OK:
                        raise Stranded(f"one of {len(everybody)} was answered {incoming.status}")
                    selector.unregister(line)
                    waiting -= 1
        return time.perf_counter() - begin


def _allow_files(connections: int) -> None:
    """As many open files as the visitors need, as far as the system lets this process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + _SPARE_FILES
    if soft < wanted:
        limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
