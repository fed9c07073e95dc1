"""A proxy between one client and the service: writes down what is asked and answered, can cut an answer."""

import http.client
import socket
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, BinaryIO, Self

from tests.clients.processes import eventually, free_port

_SERVICE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer. ``cut`` tells that the answer ended in the middle; names are lower case."""

    method: str
    target: str
    asked: Mapping[str, str]
    status: int
    cut: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.status}{' cut' if self.cut else ''}"


class RecordingProxy:
    """Stands at ``address`` for the service at ``port``."""

    def __init__(self, port: int) -> None:
        self._service = port
        self._port = free_port()
        self._exchanges: list[Exchange] = []
        self._server: _Server | None = None
        self._hold = threading.Event()
        self._cut = threading.Event()
        self._holding = threading.Event()
        self.accept()

    def __repr__(self) -> str:
        return f"<RecordingProxy {self._port} to {self._service}, {len(self._exchanges)} exchanges>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.refuse()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def exchanges(self, since: int = 0) -> list[Exchange]:
        """What was exchanged, from number ``since`` on, oldest first."""
        return self._exchanges[since:]

    def accept(self) -> None:
        """Take connections, from now on if it did not."""
        if self._server is not None:
            return
        self._server = _Server(("127.0.0.1", self._port), self)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def refuse(self) -> None:
        """Take none, as when nobody listens there."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def hold(self) -> None:
        """From now on let half of the next body through, and wait for ``cut``."""
        self._cut.clear()
        self._holding.clear()
        self._hold.set()

    def await_holding(self, seconds: float) -> None:
        """Wait until a client has half of an answer. Raises TooLate."""
        eventually(self._holding.is_set, "the client has half of an answer", seconds)

    def cut(self) -> None:
        """Close the connections of those that were held, and let answers through again."""
        self._hold.clear()
        self._cut.set()

    def answer(self, handler: "_Handler") -> None:
        """Fetch what one request asks for, and pass it on octet by octet, however it is framed."""
        try:
            answer = self._fetch(handler)
        except (OSError, http.client.HTTPException):
            handler.close_connection = True  # the service is away: no answer at all
            return
        cut = self._hold.is_set() and len(answer.body) > 1
        self._exchanges.append(
            Exchange(
                method=handler.command,
                target=handler.path,
                asked={name.lower(): value for name, value in handler.headers.items()},
                status=answer.status,
                cut=cut,
            )
        )
        handler.wfile.write(answer.head + (answer.body[: len(answer.body) // 2] if cut else answer.body))
        handler.wfile.flush()
        if cut:
            self._holding.set()
            self._cut.wait(_SERVICE_SECONDS)
            handler.close_connection = True

    def _fetch(self, handler: "_Handler") -> "_Answer":
        sent = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        lines = [handler.requestline, *(f"{name}: {value}" for name, value in handler.headers.items())]
        with socket.create_connection(("127.0.0.1", self._service), timeout=_SERVICE_SECONDS) as service:
            service.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + sent)
            with service.makefile("rb") as stream:
                return _read(stream, bodiless=handler.command == "HEAD")


@dataclass(frozen=True, slots=True)
class _Answer:
    """An answer as it came: ``head`` with its empty line, ``body`` with whatever frames it."""

    status: int
    head: bytes
    body: bytes


def _read(stream: BinaryIO, *, bodiless: bool) -> _Answer:
    """One answer, to its end. Raises HTTPException for what is none."""
    first = stream.readline()
    if not first.startswith(b"HTTP/1.1 "):
        raise http.client.BadStatusLine(repr(first))
    head = first
    while (line := stream.readline()).strip():
        head += line
    head += line
    status = int(first.split()[1])
    fields = (line.decode("latin-1").partition(":") for line in head.splitlines()[1:-1])
    headers = {name.lower(): value.strip() for name, _, value in fields}
    if bodiless or status in {204, 304}:
        return _Answer(status, head, b"")
    if headers.get("transfer-encoding") == "chunked":
        return _Answer(status, head, b"".join(_chunks(stream)))
    return _Answer(status, head, stream.read(int(headers.get("content-length", 0))))


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    """The chunks of a body, each with its size before and its line break after it (RFC 9112 §7.1)."""
    size = -1
    while size:
        line = stream.readline()
        size = int(line.partition(b";")[0], 16)
        yield line + stream.read(size + len(b"\r\n"))


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], proxy: RecordingProxy) -> None:
        self.proxy = proxy
        super().__init__(address, _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def pass_on(self) -> None:
        """What ``http.server`` calls by the name of the request's method."""
        self.server.proxy.answer(self)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name that http.server gives
        """The exchanges are the log."""


for _method in ("GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS", "PROPFIND"):
    setattr(_Handler, f"do_{_method}", _Handler.pass_on)
