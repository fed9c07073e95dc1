"""A slow line to a site: its pages arrive piece by piece, everything else at once."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

import httpx

from tests.browser.club_site import running

_OF_THE_CONNECTION: Final = {"connection", "content-length", "date", "server", "transfer-encoding"}


@contextmanager
def trickling(origin: str, *, pieces: int, pause_seconds: float) -> Iterator[str]:
    """Where the pages of ``origin`` can be had in so many pieces, with a pause after each."""

    class Line(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            uncompressed = {"Accept-Encoding": "identity"}
            whole = httpx.get(f"{origin}{self.path}", headers=uncompressed, trust_env=False)
            body, paged = whole.content, whole.headers["Content-Type"].startswith("text/html")
            self.send_response(whole.status_code)
            for name, value in whole.headers.items():
                if name not in _OF_THE_CONNECTION:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            size = -(-len(body) // pieces) if paged else len(body)
            for start in range(0, len(body), size):
                self.wfile.write(body[start : start + size])
                time.sleep(pause_seconds if paged else 0)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Line)
    with running(server):
        yield f"http://127.0.0.1:{server.server_port}"
