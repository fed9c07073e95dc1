"""Behind each proxy a calendar gets what it would get from the service itself."""

import re
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from pathlib import Path

import brotli  # type: ignore[import-untyped]
import httpx
import pytest

from tests.clients.club import WHOLE, Club
from tests.clients.processes import eventually, free_port
from tests.deploy.fronts import Front, caddy, nginx
from tests.deploy.recipe import ROOT, documents, program

SAME = (
    "access-control-allow-origin",
    "cache-control",
    "cdn-cache-control",
    "content-language",
    "content-type",
    "content-security-policy",
    "etag",
    "last-modified",
    "vary",
    "x-content-type-options",
)
MARKS = {"identity": '"', "gzip": '-gz"', "br": '-br"', "zstd": '-zs"'}
TRUE_TO_THE_END = (2, 8)
"""From this version on Caddy breaks off an answer that the service broke off; 2.6 makes a whole one of it."""
SECRET = "unguessable-0123456789"


def test_plain_http_leads_to_the_same_path_and_query_by_308(front: Front) -> None:
    path = f"{WHOLE}?programId=1,2&lang=en"

    answer = httpx.get(front.plain + path, trust_env=False)
    there = httpx.URL(answer.headers["location"])

    assert (answer.status_code, there.scheme, there.host) == (308, "https", "localhost")
    assert there.raw_path.decode() == path


def test_the_feed_passes_unchanged(front: Front, club: Club) -> None:
    direct = httpx.get(club.url + WHOLE, headers={"Accept-Encoding": "identity"}, trust_env=False)

    answer = front.get(WHOLE)

    assert (answer.status_code, answer.content) == (200, direct.content)
    assert {name: answer.headers.get(name) for name in SAME} == {
        name: direct.headers.get(name) for name in SAME
    }
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


@pytest.mark.parametrize("coding", MARKS)
def test_each_compressed_form_keeps_its_strong_tag_and_is_found_again(front: Front, coding: str) -> None:
    whole = front.get(WHOLE, Accept_Encoding=coding)
    again = front.get(WHOLE, Accept_Encoding=coding, If_None_Match=whole.headers["etag"])

    assert whole.headers.get("content-encoding", "identity") == coding
    assert whole.headers["etag"].startswith('"')
    assert whole.headers["etag"].endswith(MARKS[coding])
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", whole.headers["etag"])


def test_what_was_compressed_is_the_same_calendar(front: Front) -> None:
    with front.client as client, client.stream("GET", WHOLE, headers={"Accept-Encoding": "br"}) as answer:
        compressed = b"".join(answer.iter_raw())

    assert brotli.decompress(compressed) == front.get(WHOLE).content


def test_a_head_tells_the_same_without_a_body(front: Front) -> None:
    whole = front.get(WHOLE)
    with front.client as client:
        head = client.head(WHOLE)

    assert (head.status_code, head.content) == (200, b"")
    assert {name: head.headers.get(name) for name in SAME} == {name: whole.headers.get(name) for name in SAME}


def test_http_2_is_spoken(front: Front) -> None:
    command = [program("curl"), "--silent", "--http2", "--cacert", str(front.certificate), "--noproxy", "*"]
    command += ["--output", "/dev/null", "--write-out", "%{http_version} %{http_code}", front.url + WHOLE]

    told = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)  # noqa: S603

    assert told.stdout == "2 200"


@pytest.mark.parametrize(("path", "status"), [("/metrics", 404), ("/readyz", 404), ("/healthz", 200)])
def test_operation_is_seen_from_inside_only(front: Front, path: str, status: int) -> None:
    assert front.get(path).status_code == status


def logged(front: Front, path: str) -> str:
    """Ask for ``path``; what the proxy has written when it has written all that it will."""
    before = front.said().count("?afterwards")
    front.get(path)
    front.get("/orgs/nobody/calendar.ics?afterwards")
    if (front.logs / "access.log").exists():
        eventually(lambda: front.said().count("?afterwards") > before, "the log is written")
    return front.said()


@pytest.mark.parametrize("path", [f"/private/{SECRET}/me.ics", f"/webhooks/amilia/{SECRET}"])
def test_secret_addresses_are_in_no_log(front: Front, path: str) -> None:
    assert SECRET not in logged(front, path)


@pytest.mark.parametrize("proxy", [partial(caddy, waits=False), nginx])
def test_secret_addresses_are_in_no_log_when_the_service_is_away(
    tmp_path: Path, proxy: Callable[[Path, int], AbstractContextManager[Front]]
) -> None:
    with proxy(tmp_path, free_port()) as front:
        statuses = [
            front.get(path).status_code for path in (f"/private/{SECRET}/me.ics", f"/webhooks/{SECRET}")
        ]
        said = front.said()

    assert (statuses, SECRET in said) == ([502, 502], False)


@contextmanager
def breaking_off() -> Iterator[int]:
    """A service that ends in the middle of every answer; its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with suppress(OSError):  # closed
                while True:
                    client, _ = listening.accept()
                    with client:
                        client.recv(65536)
                        client.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nBEGIN\r\n")

        threading.Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("proxy", [caddy, nginx])
def test_the_address_of_a_broken_answer_is_in_no_log(
    tmp_path: Path, proxy: Callable[[Path, int], AbstractContextManager[Front]]
) -> None:
    with breaking_off() as port, proxy(tmp_path, port) as front:
        for path in (f"/private/{SECRET}/me.ics", f"/webhooks/{SECRET}"):
            with suppress(httpx.RemoteProtocolError):
                front.get(path)
        said = front.said()

    assert SECRET not in said


def test_nginx_breaks_off_what_was_broken_off(tmp_path: Path) -> None:
    with (
        breaking_off() as port,
        nginx(tmp_path, port) as front,
        pytest.raises(httpx.RemoteProtocolError),
    ):
        front.get(WHOLE)


def test_caddy_breaks_off_what_was_broken_off_unless_it_is_older_than_the_recipe_allows(
    tmp_path: Path,
) -> None:
    version = re.search(r"(\d+)\.(\d+)", subprocess.check_output([program("caddy"), "version"], text=True))  # noqa: S603
    assert version
    whole = None
    with breaking_off() as port, caddy(tmp_path, port) as front, suppress(httpx.RemoteProtocolError):
        whole = front.get(WHOLE).content

    assert (whole is None) == ((int(version[1]), int(version[2])) >= TRUE_TO_THE_END)


def test_the_caddy_of_the_recipe_is_not_too_old() -> None:
    image = documents(ROOT / "compose.yaml")[0]["services"]["caddy"]["image"]

    assert tuple(int(part) for part in re.findall(r"\d+", image)[:2]) >= TRUE_TO_THE_END


def test_nginx_logs_the_addresses_that_are_no_secrets(behind_nginx: Front) -> None:
    assert "/orgs/somebody/calendar.ics" in logged(behind_nginx, "/orgs/somebody/calendar.ics")


def test_requests_wait_behind_caddy_while_the_service_restarts(behind_caddy: Front, club: Club) -> None:
    statuses: list[int] = []
    over = threading.Event()

    def read() -> None:
        while not over.is_set():
            statuses.append(behind_caddy.get(WHOLE).status_code)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        club.stop()
        time.sleep(0.5)  # somebody asks while nobody is there
    finally:
        club.start()
        over.set()
        reader.join(timeout=30)

    assert set(statuses) == {200}


def test_a_cache_answers_while_the_service_is_away(behind_a_cache: Front, club: Club) -> None:
    kept = [behind_a_cache.get(WHOLE, Accept_Encoding=coding).headers["etag"] for coding in MARKS]
    club.stop()
    try:
        answers = [behind_a_cache.get(WHOLE, Accept_Encoding=coding) for coding in MARKS]
        unknown = behind_a_cache.get("/orgs/forest-explorers/calendar.ics?q=never-asked").status_code
    finally:
        club.start()

    assert [(it.status_code, it.headers["etag"]) for it in answers] == [(200, tag) for tag in kept]
    assert (len(set(kept)), unknown) == (len(MARKS), 502)


def test_a_cache_gives_microsoft_no_compressed_copy(behind_a_cache: Front) -> None:
    behind_a_cache.get(WHOLE, Accept_Encoding="gzip")

    answer = behind_a_cache.get(WHOLE, Accept_Encoding="gzip", User_Agent="Microsoft-Exchange/15.20")

    assert "content-encoding" not in answer.headers
