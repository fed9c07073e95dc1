"""A server in this process, and clients that say whatever they like."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from app.server.application import Application, Recipe
from app.server.bounds import Bounds
from app.server.listening import Address, listen
from app.server.server import Server

HELLO = b"GET / HTTP/1.1\r\nHost: shop\r\n\r\n"


def asking(path: str, *fields: str) -> bytes:
    """The head of a GET."""
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: shop", *fields, "", ""]).encode()


@dataclass(frozen=True, slots=True)
class Answer:
    """``status`` is 0 where the connection ended without one."""

    status: int
    fields: dict[str, str]
    body: bytes

    @property
    def is_last(self) -> bool:
        return self.fields.get("connection") == "close"


@dataclass(slots=True)
class Line:
    """One connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def say(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self) -> Answer:
        """The next one."""
        head = await self.reader.readuntil(b"\r\n\r\n") if not await self.is_over() else b""
        if not head:
            return Answer(0, {}, b"")
        first, *rest = head.decode().rstrip().split("\r\n")
        fields = dict(line.lower().split(": ", 1) for line in rest)
        return Answer(
            int(first.split()[1]), fields, await self.reader.readexactly(int(fields["content-length"]))
        )

    async def ask(self, data: bytes) -> Answer:
        await self.say(data)
        return await self.answer()

    async def is_over(self) -> bool:
        """True if the other side has ended it; waits until it has, or says something."""
        try:
            async with asyncio.timeout(5):
                first = await self.reader.read(1)
        except ConnectionError:
            return True
        self.reader._buffer[:0] = first  # type: ignore[attr-defined]  # put it back
        return not first

    async def close(self) -> None:
        self.writer.close()
        with suppress(OSError):
            await self.writer.wait_closed()


@dataclass(frozen=True, slots=True)
class Place:
    """A running server."""

    server: Server
    address: Any
    serving: "asyncio.Task[None]"
    lines: list[Line] = field(default_factory=list)

    async def line(self, *, window: int | None = None) -> Line:
        """A connection; with a ``window``, of a client that takes in hardly more than it reads."""
        client = socket.socket()
        if window is not None:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
        client.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(client, self.address)
        except OSError:
            client.close()
            raise
        line = Line(*await asyncio.open_connection(sock=client, limit=window or 2**20))
        self.lines.append(line)
        return line

    def hurry(self, seconds: float) -> None:
        """What the server does once a second, that much later."""
        self.server._crowd.hurry(self.server._guests, asyncio.get_running_loop().time() + seconds)

    async def until(self, connections: int) -> None:
        """Wait until the server has so many."""
        async with asyncio.timeout(5):
            while len(self.server._guests) != connections:  # noqa: ASYNC110  # as a visitor would
                await asyncio.sleep(0.005)


@asynccontextmanager
async def serving(
    application: Application, bounds: Bounds | None = None, **more: Any
) -> AsyncIterator[Place]:
    """A server of this application, in this event loop, with a farewell that is short."""
    bounds = bounds or Bounds(farewell_seconds=0.01)
    listening = listen(Address(port=0))
    address = listening[0].getsockname()
    recipe = Recipe("first", more.pop("build", lambda *_: application), more.pop("read", None))
    server = Server(recipe, listening, bounds=bounds, **more)
    place = Place(server, address, asyncio.create_task(server.serve()))  # noqa: TID251  # ended below
    try:
        async with asyncio.timeout(5):
            while not server.started and not place.serving.done():  # noqa: ASYNC110  # as a visitor would
                await asyncio.sleep(0.005)
        yield place
    finally:
        for line in place.lines:
            await line.close()
        server.should_exit = True
        try:
            await place.serving
        finally:
            for one in listening:
                one.close()
