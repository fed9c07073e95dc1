"""Answers that are there already, as they go over the wire.

What an application can say without waiting (``application.AtOnce``) needs no task of the event loop and no
second look at each of its header fields. The start of such an answer is the same object each time; what it is
in octets is made once and remembered beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from uvicorn.protocols.http.httptools_impl import HEADER_RE, HEADER_VALUE_RE, STATUS_LINE

from app.server.application import Message

MOST_FRAMES: Final = 1024
"""Starts that are remembered, of some kilobytes each; then all are forgotten."""
BODILESS: Final = (204, 304)
"""Statuses whose answers end with the head (RFC 9112 §6.3)."""
OURS: Final = (b"connection", b"transfer-encoding")
"""Fields that are the server's to say; whoever says them himself is answered in the usual way."""

Fields = Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Frame:
    """What goes over the wire around a body of ``length`` octets: in between come the server's own fields."""

    start: Message
    """Kept here because its identity is its key."""
    length: int
    status_line: bytes
    before: bytes
    after: bytes


def frame(start: Message, length: int) -> Frame | None:
    """What surrounds the body in the answer to a GET. Pure. None where it takes more thought than this."""
    status, fields = start["status"], [(name.lower(), value) for name, value in start["headers"]]
    lengths = [value for name, value in fields if name == b"content-length"]
    if (
        any(name in OURS or HEADER_RE.search(name) or HEADER_VALUE_RE.search(value) for name, value in fields)
        or (status in BODILESS and length)
        or (lengths and lengths != [b"%d" % length])
    ):
        return None
    head = b"".join(b"%s: %s\r\n" % field for field in fields)
    if lengths or status in BODILESS:
        return Frame(start, length, STATUS_LINE[status], head + b"\r\n", b"")
    chunk = b"%x\r\n" % length if length else b""  # RFC 9112 §7.1
    before = head + b"transfer-encoding: chunked\r\n\r\n" + chunk
    return Frame(start, length, STATUS_LINE[status], before, b"\r\n0\r\n\r\n" if length else b"0\r\n\r\n")


class Frames:
    """The frames that were used last, by their starts."""

    def __init__(self) -> None:
        self._frames: dict[int, Frame] = {}
        self._fields: Fields = ()
        self._in_octets = b""

    def __repr__(self) -> str:
        return f"<Frames {len(self._frames)}>"

    def octets(self, start: Message, body: bytes, fields: Fields) -> tuple[bytes, bytes, bytes] | None:
        """The whole answer to a GET, with the server's ``fields``: head, body, what ends it.

        None where ``frame`` has none.
        """
        found = self._frames.get(id(start))
        if found is None or found.length != len(body):
            found = self._framed(start, len(body))
            if found is None:
                return None
        if fields is not self._fields:  # a new list each second, with the Date
            self._fields, self._in_octets = fields, b"".join(b"%s: %s\r\n" % field for field in fields)
        return b"".join((found.status_line, self._in_octets, found.before)), body, found.after

    def _framed(self, start: Message, length: int) -> Frame | None:
        made = frame(start, length)
        if made is not None:
            if len(self._frames) >= MOST_FRAMES:
                self._frames.clear()
            self._frames[id(start)] = made
        return made
