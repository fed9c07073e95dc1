"""A server on a real socket that can do to a connection what no application can."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias

Behaviour: TypeAlias = Callable[[asyncio.StreamWriter], Awaitable[None]]
OK_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@asynccontextmanager
async def listening(*behaviours: Behaviour) -> AsyncIterator[str]:
    """The address of a server on loopback: each request gets the next behaviour, the last one for ever."""
    remaining = list(behaviours)
    serving: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        serving.add(task)
        try:
            await reader.readuntil(b"\r\n\r\n")
            behaviour = remaining.pop(0) if len(remaining) > 1 else remaining[0]
            await behaviour(writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client went away, or the test is over
        finally:
            writer.close()
            serving.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}/api/v3"
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving)


def answer(body: bytes) -> Behaviour:
    """A whole answer, then the end of the connection."""

    async def behave(writer: asyncio.StreamWriter) -> None:
        writer.write(OK_HEAD + f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)
        await writer.drain()

    return behave


def cut(body: bytes) -> Behaviour:
    """Half an answer, then the end of the connection."""

    async def behave(writer: asyncio.StreamWriter) -> None:
        writer.write(OK_HEAD + f"Content-Length: {len(body)}\r\n\r\n".encode() + body[: len(body) // 2])
        await writer.drain()

    return behave


async def hang_up(_: asyncio.StreamWriter) -> None:
    """The end of the connection, and no answer."""


async def say_nothing(_: asyncio.StreamWriter) -> None:
    """An open connection, and no answer."""
    await asyncio.Event().wait()


async def trickle(writer: asyncio.StreamWriter) -> None:
    """An answer that is never silent for long and never done."""
    writer.write(OK_HEAD + b"Content-Length: 1000000\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.01)


async def flood(writer: asyncio.StreamWriter) -> None:
    """An answer without end, as fast as it is taken."""
    writer.write(OK_HEAD + b"\r\n[")
    while True:
        writer.write(b" " * 65_536)
        await writer.drain()
