"""HTTP/1.1 over raw sockets, as little of it as a measurement needs; and the yardstick that only fetches."""

import socket
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

READ_AT_ONCE: Final = 1 << 18
_END: Final = b"\r\n\r\n"
_LAST_CHUNK: Final = b"\r\n0\r\n\r\n"
_WITHOUT_BODY: Final = frozenset({204, 304})


class BrokenOff(ConnectionError):
    """The other side ended the connection within an answer."""


@dataclass(slots=True)
class Incoming:
    """An answer on its way in."""

    received: bytearray = field(default_factory=bytearray)
    _head: int = 0
    _whole: int | None = None
    """How long the answer is with its head; None until that is known, and where it comes in chunks."""

    @property
    def status(self) -> int:
        return int(self.received[9:12])

    def take(self, line: socket.socket) -> bool:
        """Read what has come; True once the answer is whole. Raises ``OSError``."""
        chunk = line.recv(READ_AT_ONCE)
        if not chunk:
            raise BrokenOff("the connection ended within an answer")
        self.received += chunk
        if not self._head and (end := self.received.find(_END)) >= 0:
            self._head = end + len(_END)
            headers = _headers(bytes(self.received[:end]))
            if self.status in _WITHOUT_BODY:
                self._whole = self._head
            elif headers.get("transfer-encoding") != "chunked":
                self._whole = self._head + int(headers.get("content-length", 0))
        if not self._head:
            return False
        if self._whole is not None:
            return len(self.received) >= self._whole
        return self.received.endswith(_LAST_CHUNK)


def exchange(line: socket.socket, asking: bytes) -> Incoming:
    """The whole answer to a request. Raises ``OSError``."""
    line.sendall(asking)
    incoming = Incoming()
    while not incoming.take(line):
        pass
    return incoming


def request(target: str, headers: Mapping[str, str] | None = None) -> bytes:
    """GET ``target``, as bytes."""
    lines = [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join([f"GET {target} HTTP/1.1", "Host: 127.0.0.1", *lines, "", ""]).encode("ascii")


def fetched(port: int, targets: Sequence[str], connections: int) -> float:
    """Seconds to fetch all ``targets``, the connections made beforehand; each takes the next that is left."""
    lines = [socket.create_connection(("127.0.0.1", port)) for _ in range(connections)]
    left = iter(targets)
    lock = threading.Lock()
    workers = [threading.Thread(target=_fetch, args=(line, left, lock)) for line in lines]
    begin = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    seconds = time.perf_counter() - begin
    for line in lines:
        line.close()
    return seconds


def _fetch(line: socket.socket, left: Iterator[str], lock: threading.Lock) -> None:
    while True:
        with lock:
            target = next(left, None)
        if target is None:
            return
        exchange(line, request(target))


def _headers(head: bytes) -> dict[str, str]:
    """The headers by their names in small letters."""
    lines = head.decode("latin-1").split("\r\n")[1:]
    return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
