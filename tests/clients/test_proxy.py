"""The proxy between a client and the service: it changes nothing, writes all down, and cuts when told to."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from tests.clients.proxy import RecordingProxy

BODY = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


class Feed(BaseHTTPRequestHandler):
    """A server with one body: by its length, or in chunks."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.headers.get("If-None-Match") == '"1"':
            self.send_response(304)
            self.end_headers()
            return
        self.send_response(200)
        chunked = self.path == "/chunked"
        self.send_header(
            *(("Transfer-Encoding", "chunked") if chunked else ("Content-Length", str(len(BODY))))
        )
        self.end_headers()
        self.wfile.write(b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY) if chunked else BODY)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name that http.server gives
        """Not needed."""


@pytest.fixture
def proxy() -> Iterator[RecordingProxy]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Feed)
    threading.Thread(target=server.serve_forever, args=(0.02,)).start()
    with RecordingProxy(server.server_address[1]) as between:
        yield between
    server.shutdown()
    server.server_close()


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, timeout=10) as client:
        yield client


@pytest.mark.parametrize("path", ["/whole", "/chunked"])
def test_an_answer_is_passed_on_and_written_down(
    proxy: RecordingProxy, http: httpx.Client, path: str
) -> None:
    answers = [
        http.get(proxy.address + path),
        http.get(proxy.address + path, headers={"If-None-Match": '"1"'}),
    ]

    assert [BODY, b""] == [answer.content for answer in answers]
    assert ["GET 200", "GET 304"] == [str(exchange) for exchange in proxy.exchanges()]
    assert ["GET 304"] == [str(exchange) for exchange in proxy.exchanges(since=1)]
    assert '"1"' == proxy.exchanges()[1].asked["if-none-match"]


@pytest.mark.parametrize("path", ["/whole", "/chunked"])
def test_a_held_answer_is_cut(proxy: RecordingProxy, http: httpx.Client, path: str) -> None:
    proxy.hold()

    def cut() -> None:
        proxy.await_holding(10)
        proxy.cut()

    cutting = threading.Thread(target=cut)
    cutting.start()

    with pytest.raises(httpx.RemoteProtocolError):
        http.get(proxy.address + path)

    cutting.join()
    assert BODY == http.get(proxy.address + path).content
    assert ["GET 200 cut", "GET 200"] == [str(exchange) for exchange in proxy.exchanges()]


def test_a_proxy_that_refuses_is_not_there(proxy: RecordingProxy, http: httpx.Client) -> None:
    proxy.refuse()
    with pytest.raises(httpx.ConnectError):
        http.get(proxy.address)

    proxy.accept()
    assert BODY == http.get(proxy.address).content
