"""Commands that serve, as an operator starts, changes and stops them."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cli.test_cli import environment, free_port

NOBODY = "http://127.0.0.1:9/api/v3"
"""An Amilia that is not there."""
CLUB = {"FEEDS_ORG": "club", "FEEDS_USERNAME": "u", "FEEDS_PASSWORD": "p", "FEEDS_API_URL": NOBODY}


@dataclass(slots=True)
class Program:
    """One of ours, running; ``said`` is what was read so far of its standard error."""

    process: "subprocess.Popen[str]"
    said: str = ""

    def until(self, words: str) -> None:
        """Wait until it says this."""
        assert self.process.stderr is not None
        line = ""
        while words not in line:
            line = self.process.stderr.readline()
            self.said += line
            assert line, self.said

    def ended(self, by: signal.Signals) -> tuple[int, float]:
        """Exit status, and the seconds it took."""
        began = time.monotonic()
        self.process.send_signal(by)
        _, rest = self.process.communicate(timeout=20)
        self.said += rest
        return self.process.returncode, time.monotonic() - began


@contextmanager
def started(
    *arguments: str, cwd: Path, where: str, environ: Mapping[str, str], descriptors: Sequence[int] = ()
) -> Iterator[Program]:
    """A program that serves; ``where`` are the words in which it says so."""
    process = subprocess.Popen(  # noqa: S603  # our own program
        [sys.executable, "-m", "app", *arguments],
        cwd=cwd,
        env=environment(**environ),
        stderr=subprocess.PIPE,
        pass_fds=descriptors,
        text=True,
    )
    program = Program(process)
    try:
        program.until(f"Serving at {where}")
        yield program
    finally:
        process.kill()
        process.communicate()


def address(port: int) -> str:
    return f"http://127.0.0.1:{port}"


@pytest.mark.parametrize(
    ("workers", "by"), [("1", signal.SIGTERM), ("1", signal.SIGINT), ("2", signal.SIGTERM)]
)
def test_serve_ends_well_and_soon(tmp_path: Path, workers: str, by: signal.Signals) -> None:
    port = free_port()
    arguments = ("serve", "--port", str(port), "--workers", workers)
    with started(*arguments, cwd=tmp_path, where=address(port), environ=CLUB) as program:
        status, seconds = program.ended(by)

    assert (status, seconds < 10) == (0, True)
    assert [program.said.count(word) for word in ("Serving at", "Stopping", "Stopped")] == [1, 1, 1]
    assert len(program.said.splitlines()) == 4


def test_the_demonstration_ends_well_with_its_simulator(tmp_path: Path) -> None:
    port, behind = free_port(), free_port()
    arguments = ("demo", "--port", str(port), "--simulator-port", str(behind))
    with started(*arguments, cwd=tmp_path, where=address(port), environ={}) as program:
        status, seconds = program.ended(signal.SIGTERM)

    assert (status, seconds < 10) == (0, True)
    assert "Traceback" not in program.said
    with pytest.raises(httpx.TransportError):
        httpx.get(address(behind), timeout=1, trust_env=False)


def test_settings_are_read_anew_on_sighup_and_wrong_ones_are_told_of(tmp_path: Path) -> None:
    file, port = tmp_path / "feeds.toml", free_port()
    right = f'org = "club"\nusername = "u"\npassword = "p"\napi_url = "{NOBODY}"\n'
    file.write_text(right, encoding="utf-8")
    with started("serve", "--port", str(port), cwd=tmp_path, where=address(port), environ={}) as program:
        file.write_text(right + 'timezone = "Mars/Base"\n', encoding="utf-8")
        program.process.send_signal(signal.SIGHUP)
        program.until("The settings were not changed: orgs.club.timezone: 'Mars/Base'")
        unchanged = httpx.get(f"{address(port)}/healthz", trust_env=False).status_code
        file.write_text(right + '[orgs.second]\nusername = "u"\npassword = "p"\n', encoding="utf-8")
        program.process.send_signal(signal.SIGHUP)
        program.until("The settings were read anew")
        page = httpx.get(address(port), trust_env=False, timeout=30).text
        status, _ = program.ended(signal.SIGTERM)

    assert (unchanged, status) == (200, 0)
    assert "Second" in page


def test_a_port_that_is_taken_is_one_sentence(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        second = subprocess.run(  # noqa: S603  # our own program
            [sys.executable, "-m", "app", "serve", "--port", str(port)],
            cwd=tmp_path,
            env=environment(**CLUB),
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )

    sentences = [line for line in second.stderr.splitlines() if not line.startswith("Calendar feed: ")]
    assert second.returncode == 1
    assert sentences == [
        f"Cannot listen on port {port} of 127.0.0.1 (Address already in use); choose another with --port."
    ]


def test_a_data_directory_that_cannot_be_written_is_told_of_and_the_service_runs(tmp_path: Path) -> None:
    port = free_port()
    settings = {**CLUB, "FEEDS_STORE": "sqlite:////proc/nowhere/feeds.db"}
    with started(
        "serve", "--port", str(port), cwd=tmp_path, where=address(port), environ=settings
    ) as program:
        feed = httpx.get(f"{address(port)}/orgs/club/calendar.ics", trust_env=False, timeout=30)
        status, _ = program.ended(signal.SIGTERM)

    assert (feed.status_code, status) == (503, 0)
    assert program.said.count("The store cannot be used") == 1
    assert "Traceback" not in program.said


def test_serve_listens_on_a_unix_socket(tmp_path: Path) -> None:
    path = tmp_path / "feeds.sock"
    with started(
        "serve", "--uds", str(path), cwd=tmp_path, where=f"the socket {path}", environ=CLUB
    ) as program:
        with httpx.Client(transport=httpx.HTTPTransport(uds=str(path)), base_url="http://feeds") as client:
            answer = client.get("/healthz")
        status, _ = program.ended(signal.SIGTERM)

    assert (answer.status_code, status) == (200, 0)
    assert not path.exists()


def test_what_comes_while_it_restarts_waits_at_a_socket_that_somebody_else_holds(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as theirs:
        number = theirs.fileno()
        where: dict[str, Any] = {
            "where": f"the socket of descriptor {number}",
            "descriptors": [number],
            "environ": CLUB,
        }
        with started("serve", "--fd", str(number), cwd=tmp_path, **where) as program:
            status, _ = program.ended(signal.SIGTERM)
        early = socket.create_connection(theirs.getsockname())
        early.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
        with started("serve", "--fd", str(number), cwd=tmp_path, **where):
            answer = early.recv(1024)
        early.close()

    assert status == 0
    assert answer.startswith(b"HTTP/1.1 200 OK")
