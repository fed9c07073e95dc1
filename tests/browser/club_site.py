"""The website of a club, which is not ours: pages of its own on a port of its own, under a strict policy."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(slots=True)
class ClubSite:
    """``pages`` by path; ``policy`` is the Content-Security-Policy of all of them."""

    origin: str
    policy: str
    pages: dict[str, str] = field(default_factory=dict)

    def put(self, path: str, body: str) -> str:
        """Publish a page with this body; its address."""
        self.pages[path] = f'<!doctype html><html lang="en"><title>The club</title><body>{body}</body></html>'
        return self.origin + path


@contextmanager
def club_site(service: str) -> Iterator[ClubSite]:
    """A site that allows scripts and frames of ``service`` and nothing else, not even styles of its own."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    policy = f"default-src 'none'; script-src 'self' {service}; frame-src 'self' {service}"
    # Another host as well as another port, so that it is another site to the browser.
    site = ClubSite(f"http://localhost:{server.server_address[1]}", policy)
    server.RequestHandlerClass = _handler(site.pages, policy)
    with running(server):
        yield site


@contextmanager
def running(server: ThreadingHTTPServer) -> Iterator[None]:
    """The server answers in a thread of its own during the block."""
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)


def _handler(pages: Mapping[str, str], policy: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:  # the base class names it
            page = pages.get(self.path)
            body = (page or "").encode()
            self.send_response(200 if page is not None else 404 if self.path != "/favicon.ico" else 204)
            self.send_header("Content-Type", "text/javascript" if self.path.endswith(".js") else "text/html")
            self.send_header("Content-Security-Policy", policy)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:  # silent
            pass

    return Handler
