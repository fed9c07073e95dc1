"""How long an answer takes for people who come when they come: requests at a fixed rate, whatever happens.

Each request has its moment, and its latency counts from then: a server that stalls keeps everybody waiting
who comes meanwhile, and a probe that waited for one answer before it asks again would see only one of them
(coordinated omission). A request takes a connection that is free; where none is, it waits for one, and that
counts. ``python -m benchmarks.probe PORT TARGET --seconds N`` prints the latencies in ms as JSON.
"""

import argparse
import json
import select
import socket
import sys
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from benchmarks import raw
from benchmarks.service import COMPRESSED

RATE: Final = 500
"""Requests a second: a busy service, and a small part of what one core can answer."""
CONNECTIONS: Final = 64
PATIENCE_SECONDS: Final = 30.0
OK: Final = 200


class Unanswered(Exception):
    """A request had no answer, or not the right one."""


@dataclass(slots=True)
class _Line:
    socket: socket.socket
    due: float = 0.0
    incoming: raw.Incoming = field(default_factory=raw.Incoming)

    def ask(self, asking: bytes, due: float) -> None:
        self.due, self.incoming = due, raw.Incoming()
        self.socket.sendall(asking)

    def is_answered(self) -> bool:
        if not self.incoming.take(self.socket):
            return False
        if self.incoming.status != OK:
            raise Unanswered(str(self.incoming.status))
        return True


def probe(port: int, target: str, seconds: float, rate: float = RATE) -> list[float]:
    """The latency in seconds of each of ``rate`` requests a second. Raises ``Unanswered``."""
    asking = raw.request(target, COMPRESSED)
    lines = [_Line(socket.create_connection(("127.0.0.1", port))) for _ in range(CONNECTIONS)]
    try:
        for line in lines:  # what a connection costs at first is not the question
            line.ask(asking, 0.0)
            while not line.is_answered():
                pass
        return _run(deque(lines), asking, [n / rate for n in range(round(seconds * rate))])
    finally:
        for line in lines:
            line.socket.close()


def _run(free: "deque[_Line]", asking: bytes, moments: Sequence[float]) -> list[float]:
    """Every request at its moment, or as soon after it as a connection is free."""
    asked: dict[int, _Line] = {}
    latencies: list[float] = []
    begin = time.perf_counter()
    sent = 0
    while len(latencies) < len(moments):
        now = time.perf_counter() - begin
        while sent < len(moments) and moments[sent] <= now and free:
            line = free.popleft()
            line.ask(asking, moments[sent])
            asked[line.socket.fileno()] = line
            sent += 1
        waits = sent < len(moments) and free
        patience = max(0.0, moments[sent] - (time.perf_counter() - begin)) if waits else PATIENCE_SECONDS
        # select() counts in microseconds; epoll and the timers of event loops in milliseconds.
        ready, _, _ = select.select(list(asked), [], [], patience)
        if not ready and not waits:
            raise Unanswered(f"{len(asked)} requests were not answered")
        for number in ready:
            if asked[number].is_answered():
                line = asked.pop(number)
                latencies.append(time.perf_counter() - begin - line.due)
                free.append(line)
    return latencies


def main(words: Sequence[str]) -> None:
    """Print the latencies."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.probe", description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("target")
    parser.add_argument("--seconds", type=float, required=True)
    options = parser.parse_args(words)
    print(json.dumps([value * 1e3 for value in probe(options.port, options.target, options.seconds)]))


if __name__ == "__main__":
    main(sys.argv[1:])
