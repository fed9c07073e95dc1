"""A door in front of a server: open, it passes everything on; shut, the server is gone for whoever asks.

Hushed, it lets everybody in and nothing through: the server is there and never answers.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class Door:
    """Stands on a port of its own (``port``) for a server on another. Shut, it still owns the port."""

    def __init__(self, server_port: int) -> None:
        self.port = 0
        self._server_port = server_port
        self._open = True
        self._audible = asyncio.Event()
        self._audible.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._guests: set[asyncio.Task[None]] = set()

    async def listen(self) -> asyncio.Server:
        """Stand there, open."""
        listener = await asyncio.start_server(self._welcome, "127.0.0.1", 0)
        self.port = listener.sockets[0].getsockname()[1]
        return listener

    def open(self) -> None:
        """Let connections through from now on, and what they say."""
        self._open = True
        self._audible.set()

    def hush(self) -> None:
        """Hold back what anybody says, on both sides, from now on."""
        self._audible.clear()

    async def shut(self) -> None:
        """End every connection, and every new one at once."""
        self._open = False
        self._audible.set()
        for writer in self._writers:
            writer.close()
        await asyncio.gather(*self._guests)

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        guest = asyncio.current_task()
        assert guest is not None
        self._guests.add(guest)
        try:
            if self._open:
                await self._lead(reader, writer)
        finally:
            writer.close()
            self._guests.discard(guest)

    async def _lead(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass everything on, both ways, until either side has no more to say."""
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self._server_port)
        both = {writer, inner_writer}
        self._writers |= both
        if not self._open:  # it was shut meanwhile
            inner_writer.close()
        await asyncio.gather(self._pass_on(reader, inner_writer), self._pass_on(inner_reader, writer))
        self._writers -= both

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(1 << 16):
                await self._audible.wait()
                writer.write(data)
                await writer.drain()
        writer.close()


@asynccontextmanager
async def door_to(port: int) -> AsyncIterator[Door]:
    """An open door to the server at ``port``, gone with the block."""
    door = Door(port)
    listener = await door.listen()
    try:
        yield door
    finally:
        await door.shut()
        listener.close()
        await listener.wait_closed()
