"""Credentials are changed as the guide says: a file is replaced, the service is told, and nobody notices."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from app.simulator.forest import FOREST
from tests.clients.club import WHOLE, Club
from tests.clients.processes import Program, eventually, free_port, machine


@contextmanager
def reading(url: str) -> Iterator[list[int]]:
    """Somebody who asks all the time; the statuses of what he got, 0 for no answer."""
    statuses: list[int] = []
    over = threading.Event()

    def read() -> None:
        with httpx.Client(trust_env=False, timeout=30) as client:
            while not over.wait(0.01):
                try:
                    statuses.append(client.get(url).status_code)
                except httpx.TransportError:
                    statuses.append(0)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        yield statuses
    finally:
        over.set()
        reader.join(timeout=30)


@contextmanager
def serving(here: Path, club: Club, password: str) -> Iterator[tuple[Program, str]]:
    """A service of its own that reads the club's Amilia, its password in a file; and where it answers."""
    (here / "secrets").mkdir()
    (here / "secrets" / "amilia").write_text(password, encoding="utf-8")
    port = free_port()
    settings = f"""\
api_url = "{club._amilia_url}/api/v3"
refresh_seconds = 3600
calls_per_second = 100
[orgs.{FOREST.slug}]
username = "{FOREST.account.username}"
password_file = "secrets/amilia"
timezone = "{FOREST.zone}"
"""
    (here / "feeds.toml").write_text(settings, encoding="utf-8")
    command = [str(Path(sys.executable).with_name("amilia-feeds")), "serve", "--port", str(port)]
    program = Program(command, env=machine(here, "UTC"), log=here / "log", directory=here)
    url = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        try:
            return httpx.get(f"{url}/healthz", trust_env=False).is_success
        except httpx.TransportError:
            return False

    try:
        eventually(answers, "the service answers")
        yield program, url
    finally:
        program.stop()


def told(here: Path, program: Program, password: str, *, times: int = 1) -> None:
    """Replace the file and say so; return when the settings were read anew."""
    new = here / "secrets" / ".new"
    new.write_text(password, encoding="utf-8")
    new.replace(here / "secrets" / "amilia")
    program.process.send_signal(signal.SIGHUP)
    eventually(
        lambda: (here / "log").read_text(encoding="utf-8").count("The settings were read anew") == times,
        "the settings are read anew",
    )


def test_a_change_of_the_password_loses_no_request(tmp_path: Path, club: Club) -> None:
    with serving(tmp_path, club, FOREST.account.password) as (program, url):
        assert httpx.get(url + WHOLE, trust_env=False, timeout=30).is_success
        with reading(url + WHOLE) as statuses:
            told(tmp_path, program, "wrong by mistake")
            told(tmp_path, program, FOREST.account.password, times=2)

    assert set(statuses) == {200}


def test_the_right_password_is_tried_at_once_after_a_wrong_one(tmp_path: Path, club: Club) -> None:
    with serving(tmp_path, club, "wrong") as (program, url):
        before = httpx.get(url + WHOLE, trust_env=False, timeout=30).status_code
        told(tmp_path, program, FOREST.account.password)
        after = httpx.get(url + WHOLE, trust_env=False, timeout=30).status_code

    assert (before, after) == (503, 200)
