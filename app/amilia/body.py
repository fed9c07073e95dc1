"""The body of an answer, read with a bound on what it may become.

httpx unpacks as much as a chunk holds before anybody can object, and a chunk of zeros holds a thousand times
its size. So the raw bytes are unpacked here, never further than the bound.
"""

import zlib
from typing import Final

import httpx

from app.domain.errors import UpstreamUnreadable

ACCEPT_ENCODING: Final = "gzip"
GZIP_NAMES: Final = frozenset({"gzip", "x-gzip"})  # RFC 9110 §8.4.1.3
GZIP_WINDOW: Final = 16 + zlib.MAX_WBITS  # expects a gzip header


async def read_body(response: httpx.Response, most: int, call: str) -> bytes:
    """The unpacked body of the streamed response to ``call``.

    Raises ``UpstreamUnreadable`` when it has more than ``most`` bytes or is not packed as it says, and what
    httpx raises when the connection fails.
    """
    coding = response.headers.get("Content-Encoding", "").strip().lower()
    if coding in GZIP_NAMES:
        return await _unzipped(response, most, call)
    if coding not in ("", "identity"):
        raise UpstreamUnreadable(f"{call}: the answer is packed in a way that was not asked for")
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        _refuse_beyond(most, body, call)
    return bytes(body)


def refuse_crowded(body: bytes, most: int, call: str) -> None:
    """Raise ``UpstreamUnreadable`` for a body of more than ``most`` values, before any is read."""
    if len(body) > most and body.count(b",") > most:
        raise UpstreamUnreadable(f"{call}: the answer has more than {most} values")


async def _unzipped(response: httpx.Response, most: int, call: str) -> bytes:
    body = bytearray()
    unpacking = zlib.decompressobj(GZIP_WINDOW)
    try:
        async for chunk in response.aiter_raw():
            body += unpacking.decompress(chunk, most - len(body) + 1)
            _refuse_beyond(most, body, call)
    except zlib.error as error:
        raise UpstreamUnreadable(f"{call}: the answer says that it is gzip and is not") from error
    if not unpacking.eof:
        raise UpstreamUnreadable(f"{call}: the answer ends in the middle of its gzip stream")
    return bytes(body)


def _refuse_beyond(most: int, body: bytearray, call: str) -> None:
    if len(body) > most:
        raise UpstreamUnreadable(f"{call}: the answer is larger than {most} bytes")
