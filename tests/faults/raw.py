"""HTTP by hand, for clients that no library is: too slow, too large, or silent."""

import asyncio
import socket
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from soak.cast import Host

TINY_WINDOW: Final = 4096
"""Bytes that the system takes in for a client that does not read."""
SMALL_WINDOW: Final = 16 * TINY_WINDOW
"""For a client that reads, but slowly."""


@dataclass(slots=True)
class Line:
    """One connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def say(self, text: str | bytes) -> None:
        self.writer.write(text.encode() if isinstance(text, str) else text)
        await self.writer.drain()

    async def status(self) -> int:
        """Of the answer, 0 where the connection ends without one."""
        line = await self.reader.readline()
        return int(line.split()[1]) if line else 0

    async def head(self) -> dict[str, str]:
        """The rest of the answer's head, by names in lower case."""
        headers = {}
        while (line := await self.reader.readline()).strip():
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.strip().lower()] = value.strip()
        return headers

    @property
    def port(self) -> int:
        """At this end."""
        port: int = self.writer.get_extra_info("sockname")[1]
        return port

    async def tag(self, path: str) -> str:
        """The entity tag of what is served there now."""
        await self.say(request(path).replace("GET", "HEAD", 1))
        assert await self.status() == HTTPStatus.OK
        return (await self.head())["etag"]

    async def close(self) -> None:
        self.writer.close()
        with suppress(OSError):  # the other side may have hung up first
            await self.writer.wait_closed()


async def line_to(host: Host, *, window: int = TINY_WINDOW) -> Line:
    """A connection whose client reads only when it is asked to."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
    connection.setblocking(False)
    await asyncio.get_running_loop().sock_connect(connection, ("127.0.0.1", host.port))
    return Line(*await asyncio.open_connection(sock=connection, limit=window))


def request(path: str, **headers: str) -> str:
    """The head of a GET."""
    lines = [f"GET {path} HTTP/1.1", "Host: feeds", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""])
