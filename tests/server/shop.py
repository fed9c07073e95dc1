"""A little application to be served.

As a program behind the real server: ``python -m tests.server.shop PORT WORKERS BEAT``.

/            the settings it was made of, its worker's number and its process
/large       as many bytes as ``LARGE``, the same object for everybody, as a cache gives it
/wait        answers when ``Shop.bell`` has rung; /nap after a second
/body        reads the request's body and tells its length
/die /hang   as they say
"""

import asyncio
import logging
import os
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from app.server.application import Message, Receive, Recipe, Send, Unusable
from app.server.bounds import Bounds
from app.server.listening import Address
from app.server.run import run

LARGE: Final = 4_000_000
LARGE_BODY: Final = b"x" * LARGE


@dataclass(slots=True)
class Shop:
    """An ASGI application; ``told`` is what it says of itself, ``diary`` what happened to it."""

    told: str = "shop"
    diary: list[str] = field(default_factory=list)
    bell: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
            return
        self.diary.append(scope["path"])
        match scope["path"]:
            case "/large":
                body = LARGE_BODY
            case "/wait":
                await self.bell.wait()
                body = self.told.encode()
            case "/nap":
                await asyncio.sleep(1)
                body = b"awake"
            case "/body":
                body = str(await _size(receive)).encode()
            case "/die":
                os._exit(7)
            case "/hang":
                time.sleep(60)  # noqa: ASYNC251  # on purpose
                body = b""
            case _:
                body = f"{self.told} {os.getpid()} {scope['state']['shop']}".encode()
        length = (b"content-length", str(len(body)).encode())
        await send({"type": "http.response.start", "status": 200, "headers": [length]})
        await send({"type": "http.response.body", "body": body})

    async def _live(self, scope: Message, receive: Receive, send: Send) -> None:
        await receive()
        if "broken" in self.told:
            await send({"type": "lifespan.startup.failed"})
            return
        scope["state"]["shop"] = self.told
        self.diary.append("opened")
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self.diary.append("closed")
        await send({"type": "lifespan.shutdown.complete"})


async def _size(receive: Receive) -> int:
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return -1
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    return size


def build(told: str, worker: int) -> Shop:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    if "unusable" in told:
        raise Unusable("The shop cannot be built.")
    return Shop(f"{told}/{worker}")


def read() -> str:
    """What the file ``told`` in the working directory says."""
    told = Path("told").read_text(encoding="utf-8")
    if "wrong" in told:
        raise Unusable("told is wrong.")
    return told


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    port, workers, beat = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    try:
        status = run(
            Recipe(read(), build, read), Address(port=port), workers=workers, bounds=Bounds(beat_seconds=beat)
        )
    except Unusable as error:
        sys.stderr.write(f"{error}\n")
        status = 1
    sys.exit(status)


if __name__ == "__main__":
    main()
