"""The commands, run as a person runs them: processes, real HTTP, exit status."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.support.service import events_of, read

FEED = "/orgs/forest-explorers/calendar.ics"


def run(*arguments: str, cwd: Path, **environ: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(  # noqa: S603  # our own program
        [sys.executable, "-m", "app", *arguments],
        cwd=cwd,
        env=environment(**environ),
        capture_output=True,
        check=False,
        timeout=60,
    )


def environment(**environ: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FEEDS_")}
    return {**kept, "PYTHONPATH": str(Path(__file__).parents[2]), "COLUMNS": "200", **environ}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def started(*arguments: str, cwd: Path, answers_at: str, **environ: str) -> Iterator[None]:
    process = subprocess.Popen(  # noqa: S603  # our own program
        [sys.executable, "-m", "app", *arguments], cwd=cwd, env=environment(**environ), stderr=subprocess.PIPE
    )
    try:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                httpx.get(answers_at, timeout=1, trust_env=False)
                break
            except httpx.TransportError:
                assert process.poll() is None, process.communicate()[1].decode()
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.communicate(timeout=20)


@contextmanager
def simulated_amilia(events: int) -> Iterator[dict[str, str]]:
    """A simulated Amilia over real HTTP, as the environment of a service that reads it."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    words = ("simulator", "--port", str(port), "--events", str(events))
    with started(*words, cwd=Path(__file__).parent, answers_at=f"{address}/"):
        yield {
            "FEEDS_ORG": "forest-explorers",
            "FEEDS_USERNAME": "demo@example.org",
            "FEEDS_PASSWORD": "forest-demo",
            "FEEDS_API_URL": f"{address}/api/v3",
        }


@pytest.fixture(scope="module")
def amilia() -> Iterator[dict[str, str]]:
    with simulated_amilia(310) as settings:
        yield settings


def test_get_prints_one_answer(tmp_path: Path, amilia: dict[str, str]) -> None:
    result = run("get", FEED + "?lang=en", cwd=tmp_path, **amilia)

    assert result.returncode == 0, result.stderr.decode()
    assert len(events_of(read(result.stdout))) > 200
    assert (tmp_path / "data" / "feeds.db").exists()


def test_get_shows_the_headers_of_an_error(tmp_path: Path, amilia: dict[str, str]) -> None:
    result = run("get", "-i", "/orgs/nobody/calendar.ics", cwd=tmp_path, **amilia)

    assert result.returncode == 1
    assert result.stdout.startswith(b"HTTP/1.1 404 Not Found\n")


def test_two_runs_publish_the_same_bytes(tmp_path: Path, amilia: dict[str, str]) -> None:
    one = run("get", FEED, cwd=tmp_path, **amilia)
    two = run("get", FEED, cwd=tmp_path, **amilia)

    assert one.stdout == two.stdout
    assert one.returncode == two.returncode == 0


@pytest.mark.parametrize("workers", ["1", "2"])
def test_serve_answers_over_http_and_stops_on_sigterm(
    tmp_path: Path, amilia: dict[str, str], workers: str
) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"

    with started(
        *("serve", "--port", str(port), "--workers", workers),
        cwd=tmp_path,
        answers_at=f"{address}/healthz",
        **amilia,
    ):
        answer = httpx.get(address + FEED, timeout=30, trust_env=False)
        head = httpx.head(address + FEED, timeout=30, trust_env=False)

    assert (answer.status_code, head.status_code) == (200, 200)
    assert head.headers["etag"] == answer.headers["etag"]
    assert events_of(read(answer.content))


def test_the_demonstration_serves_the_simulator(tmp_path: Path) -> None:
    port, behind = free_port(), free_port()
    address = f"http://127.0.0.1:{port}"

    with started(
        *("demo", "--port", str(port), "--simulator-port", str(behind)),
        cwd=tmp_path,
        answers_at=f"{address}/healthz",
    ):
        page = httpx.get(address + "/", follow_redirects=True, timeout=30, trust_env=False)
        feed = httpx.get(address + FEED, timeout=30, trust_env=False)

    assert "Démonstration" in page.text
    assert len(events_of(read(feed.content))) > 500
    with pytest.raises(httpx.TransportError):
        httpx.get(f"http://127.0.0.1:{behind}/", timeout=1, trust_env=False)


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({}, "No organization is configured"),
        ({"FEEDS_ORG": "club"}, "orgs.club has no credentials"),
        ({"FEEDS_PASWORD": "x"}, "did you mean FEEDS_PASSWORD?"),
        (
            {"FEEDS_ORG": "c", "FEEDS_USERNAME": "u", "FEEDS_PASSWORD": "p", "FEEDS_TIMEZONE": "Mars/Base"},
            "orgs.c.timezone: 'Mars/Base' is not an IANA time zone",
        ),
        (
            {"FEEDS_ORG": "c", "FEEDS_USERNAME": "u", "FEEDS_PASSWORD": "p", "FEEDS_STORE": "sqlite:///"},
            "store: the address of a store in a file ends with the file's name",
        ),
    ],
)
def test_a_wrong_setting_stops_the_start_with_one_sentence(
    tmp_path: Path, environ: dict[str, str], said: str
) -> None:
    result = run("serve", cwd=tmp_path, **environ)

    assert result.returncode == 2
    assert said in result.stderr.decode()
    assert len(result.stderr.decode().strip().splitlines()) == 1


def test_lint_judges_a_file(tmp_path: Path, amilia: dict[str, str]) -> None:
    feed = run("get", FEED, cwd=tmp_path, **amilia).stdout
    good, bad = tmp_path / "good.ics", tmp_path / "bad.ics"
    good.write_bytes(feed)
    bad.write_bytes(feed.replace(b"\r\n", b"\n"))

    fine = run("lint", str(good), cwd=tmp_path)
    faulty = run("lint", "--json", str(bad), cwd=tmp_path)

    assert (fine.returncode, faulty.returncode) == (0, 1), fine.stdout.decode()
    assert "line-end" in {finding["rule"] for finding in json.loads(faulty.stdout)}


def test_lint_says_what_cannot_be_read(tmp_path: Path) -> None:
    result = run("lint", "nowhere.ics", cwd=tmp_path)

    assert result.returncode == 2
    assert "nowhere.ics cannot be read" in result.stderr.decode()


def test_the_simulator_refuses_a_fault_it_does_not_know(tmp_path: Path) -> None:
    result = run("simulator", "--fault", "earthquake", cwd=tmp_path)

    assert result.returncode == 2
    assert "earthquake" in result.stderr.decode()


def test_webhooks_are_created_once_listed_and_deleted(tmp_path: Path, amilia: dict[str, str]) -> None:
    environ = {**amilia, "FEEDS_WEBHOOK_SECRET": "un/guessable", "FEEDS_PUBLIC_URL": "https://c.example.org"}

    created = run("webhooks", "create", cwd=tmp_path, **environ)
    again = run("webhooks", "create", cwd=tmp_path, **environ)
    listed = run("webhooks", "list", cwd=tmp_path, **environ)
    deleted = run("webhooks", "delete", cwd=tmp_path, **environ)
    empty = run("webhooks", "list", cwd=tmp_path, **environ)

    assert created.returncode == 0, created.stderr.decode()
    assert len(created.stdout.splitlines()) == 6
    assert again.stdout == b""
    assert [line.split()[-1] for line in listed.stdout.decode().splitlines()] == ["here"] * 6
    assert b"guessable" not in listed.stdout
    assert len(deleted.stdout.splitlines()) == 6
    assert empty.stdout == b""


def test_a_command_that_amilia_refuses_says_so_in_a_sentence(tmp_path: Path, amilia: dict[str, str]) -> None:
    result = run("webhooks", "list", cwd=tmp_path, **{**amilia, "FEEDS_PASSWORD": "n0t-this-one"})

    assert result.returncode == 1
    assert "401" in result.stderr.decode()
    assert "n0t-this-one" not in result.stderr.decode()
    assert "Traceback" not in result.stderr.decode()
