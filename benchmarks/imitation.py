"""The imitated API as a server, in a process of its own: ``python -m benchmarks.imitation``.

As little as HTTP needs, so that the client that is measured waits for the given latency and nothing else.
``GET /calls`` tells how many calls each organization had.
"""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Sequence
from datetime import date
from typing import Final

from benchmarks.amilia import LARGE_PAGE, Amilia, Answer, Window
from benchmarks.data import FUTURE_DAYS, PAST_DAYS

NICE: Final = 10
"""Whoever measures latencies on the same core goes first."""
_END: Final = b"\r\n\r\n"
_REASONS: Final = {200: b"OK", 404: b"Not Found"}


class _Line(asyncio.Protocol):
    """One keep-alive connection; requests have no bodies and come one at a time."""

    def __init__(self, amilia: Amilia, latency: float) -> None:
        self._amilia = amilia
        self._latency = latency
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  # what create_server gives
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while _END in self._received:
            head, _, self._received = self._received.partition(_END)
            target = head.split(b" ", 2)[1].decode("ascii")
            loop = asyncio.get_running_loop()
            if target == "/calls":
                self._send(Answer(200, json.dumps(self._amilia.calls).encode()))
            elif self._latency:
                loop.call_later(self._latency, self._send, self._amilia.answer(target))
            else:
                self._send(self._amilia.answer(target))

    def _send(self, answer: Answer) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        head = (
            b"HTTP/1.1 %d %s\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: %d\r\n\r\n"
            % (answer.status, _REASONS[answer.status], len(answer.body))
        )
        self._transport.write(head + answer.body)


async def _serve(port: int, amilia: Amilia, latency: float) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Line(amilia, latency), "127.0.0.1", port, backlog=1024)
    async with server:
        await server.serve_forever()


def main(words: Sequence[str]) -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.imitation", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--today", type=date.fromisoformat, required=True)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--largest-page", type=int, default=LARGE_PAGE)
    parser.add_argument("--past-days", type=int, default=PAST_DAYS)
    parser.add_argument("--future-days", type=int, default=FUTURE_DAYS)
    parser.add_argument("--prepare", type=int, nargs="*", default=[], help="sizes of organizations")
    options = parser.parse_args(words)
    os.nice(NICE)
    window = Window(options.today, options.past_days, options.future_days)
    amilia = Amilia(window, options.largest_page)
    for events in options.prepare:
        amilia.prepare(events)
    asyncio.run(_serve(options.port, amilia, options.latency))


if __name__ == "__main__":
    main(sys.argv[1:])
