"""A server of one feed that answers as it is told, also as this service never does."""

import gzip
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from tests.clients.processes import eventually


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to GET. ``half``: the connection ends in the middle of the body, and of its chunk."""

    body: bytes
    status: int = 200
    content_type: str = "text/calendar; charset=utf-8"
    chunked: bool = False
    compressed: bool = False
    half: bool = False


class ScriptedFeed:
    """Stands at ``url`` and gives each answer a tag of its own."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._number = 0
        self._asked = 0
        self._server = _Server(("127.0.0.1", 0), self)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/feed.ics"

    def say(self, answer: Answer) -> None:
        """From now on answer so."""
        self._answer = answer
        self._number += 1
        self._asked = 0

    def await_asked(self) -> None:
        """Wait until somebody got the present answer. Raises TooLate."""
        eventually(lambda: self._asked, "the client asks")

    def serve(self, handler: "_Handler") -> None:
        """The present answer to one request."""
        answer = self._answer
        body = gzip.compress(answer.body) if answer.compressed else answer.body
        handler.send_response(answer.status)
        handler.send_header("Content-Type", answer.content_type)
        handler.send_header("ETag", f'"{self._number}"')
        if answer.compressed:
            handler.send_header("Content-Encoding", "gzip")
        if answer.chunked:
            handler.send_header("Transfer-Encoding", "chunked")
            sent = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
        else:
            handler.send_header("Content-Length", str(len(body)))
            sent = body
        handler.end_headers()
        if handler.command == "HEAD":
            return
        handler.wfile.write(sent[: len(sent) // 2] if answer.half else sent)
        handler.close_connection = handler.close_connection or answer.half
        self._asked += 1


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], feed: ScriptedFeed) -> None:
        self.feed = feed
        super().__init__(address, _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self.server.feed.serve(self)

    def do_HEAD(self) -> None:
        self.server.feed.serve(self)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name that http.server gives
        """Not needed."""
