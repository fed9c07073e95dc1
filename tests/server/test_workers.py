"""Several processes that answer: each is replaced when it dies, all end together, none is cut short."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from soak.programs import free_port, workers_of

PROJECT = Path(__file__).parents[2]
PATIENCE_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Running:
    """The shop as a program."""

    process: "subprocess.Popen[str]"
    port: int
    directory: Path

    def get(self, path: str = "/", *, seconds: float = 10.0) -> list[str]:
        """The words of an answer of 200 over a connection of its own."""
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=seconds)) as line:
            line.request("GET", path)
            answer = line.getresponse()
            assert answer.status == 200
            return answer.read().decode().split()

    def tell(self, told: str, signal_: signal.Signals | None = None) -> None:
        """Change the settings."""
        (self.directory / "told").write_text(told, encoding="utf-8")
        if signal_ is not None:
            self.process.send_signal(signal_)

    def end(self, *signals: signal.Signals) -> tuple[int, float, list[str]]:
        """Exit status, seconds that it took, and what was said on standard error."""
        began = time.monotonic()
        for number in signals:
            self.process.send_signal(number)
            time.sleep(0.3)
        _, said = self.process.communicate(timeout=PATIENCE_SECONDS)
        return self.process.returncode, time.monotonic() - began, said.splitlines()


def wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@contextmanager
def shop(directory: Path, *, workers: int, told: str = "first", beat: float = 30) -> Iterator[Running]:
    (directory / "told").write_text(told, encoding="utf-8")
    port = free_port()
    command = [sys.executable, "-m", "tests.server.shop", str(port), str(workers), str(beat)]
    process = subprocess.Popen(  # noqa: S603  # our own program
        command,
        cwd=directory,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield Running(process, port, directory)
    finally:
        process.kill()
        process.communicate()


def serving_all(running: Running, workers: int) -> None:
    """Wait until so many different processes answer."""
    seen: set[str] = set()

    def ask() -> bool:
        try:
            seen.add(running.get()[1])
        except OSError:
            assert running.process.poll() is None
        return len(seen) == workers

    wait_until(ask)


@pytest.fixture(params=[1, 2])
def running(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Running, int]]:
    with shop(tmp_path, workers=request.param) as started:
        serving_all(started, request.param)
        yield started, request.param


class Customers:
    """Threads that ask on and on over connections that are kept; ``counts`` tells what they got."""

    def __init__(self, running: Running, number: int = 8) -> None:
        self.running = running
        self.counts: Counter[str] = Counter()
        self.over = threading.Event()
        self._threads = [threading.Thread(target=self._ask_on, args=(n,)) for n in range(number)]

    def __enter__(self) -> "Customers":
        for thread in self._threads:
            thread.start()
        wait_until(lambda: self.counts["answered"] > 100)
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self._threads:
            thread.join()

    def _ask_on(self, number: int) -> None:
        while not self.over.is_set():
            with closing(HTTPConnection("127.0.0.1", self.running.port, timeout=10)) as line:
                try:
                    line.connect()
                except OSError:
                    self.counts["refused"] += 1
                    time.sleep(0.01)
                    continue
                self._ask_on_one(line, "/large" if number % 4 == 0 else "/")

    def _ask_on_one(self, line: HTTPConnection, path: str) -> None:
        while not self.over.is_set():
            try:
                line.request("GET", path)
                answer = line.getresponse()
                answer.read()
            except (OSError, HTTPException):
                self.counts["cut"] += 1
                return
            self.counts["answered" if answer.status == 200 else "failed"] += 1
            if answer.getheader("Connection") == "close":
                return


def test_under_load_nobody_is_cut_when_it_is_asked_to_end(running: tuple[Running, int]) -> None:
    started, workers = running
    with Customers(started) as customers:
        slow = threading.Thread(target=started.get, args=("/nap",))
        slow.start()
        time.sleep(0.2)
        status, seconds, said = started.end(signal.SIGTERM)
        slow.join()

    assert (customers.counts["cut"], customers.counts["failed"], status) == (0, 0, 0)
    assert customers.counts["refused"] > 0
    assert seconds < 5
    of_workers = f" with {workers} workers" if workers > 1 else ""
    assert [line for line in said if line] == [
        f"Serving at http://127.0.0.1:{started.port}{of_workers}",
        "Stopping; requests that are under way are answered first",
        "Stopped",
    ]


def test_under_load_settings_are_read_anew_and_nobody_notices(running: tuple[Running, int]) -> None:
    started, _ = running
    with Customers(started) as customers:
        started.tell("wrong", signal.SIGHUP)
        time.sleep(0.3)
        unchanged = started.get()[0]
        started.tell("second", signal.SIGHUP)
        wait_until(lambda: all(started.get()[0].startswith("second") for _ in range(20)))
    status, _, said = started.end(signal.SIGINT)

    assert (customers.counts["cut"], customers.counts["failed"], customers.counts["refused"]) == (0, 0, 0)
    assert unchanged.startswith("first")
    assert status == 0
    assert said.count("The settings were not changed: told is wrong.") == 1
    assert said.count("The settings were read anew") == 1
    assert len(said) == 5


def test_told_twice_it_ends_at_once(running: tuple[Running, int]) -> None:
    started, _ = running
    asked = socket.create_connection(("127.0.0.1", started.port))
    asked.sendall(b"GET /wait HTTP/1.1\r\nHost: shop\r\n\r\n")
    time.sleep(0.2)

    status, seconds, _ = started.end(signal.SIGINT, signal.SIGINT)
    asked.close()

    assert status == 130
    assert seconds < 2


def test_a_worker_that_dies_is_replaced_with_the_newest_settings_and_newcomers_wait(tmp_path: Path) -> None:
    with shop(tmp_path, workers=2) as started:
        serving_all(started, 2)
        started.tell("second", signal.SIGHUP)
        wait_until(lambda: all(started.get()[0].startswith("second") for _ in range(10)))
        before = set(workers_of(started.process.pid))
        for pid in before:
            os.kill(pid, signal.SIGKILL)
        told = started.get()[0]
        serving_all(started, 2)
        after = set(workers_of(started.process.pid))
        status, _, said = started.end(signal.SIGTERM)

    assert told.startswith("second")
    assert len(after) == 2
    assert not before & after
    assert status == 0
    assert said.count("A worker died and is replaced") == 2


def test_a_worker_that_hangs_is_replaced(tmp_path: Path) -> None:
    with shop(tmp_path, workers=2, beat=4) as started:
        serving_all(started, 2)
        before = set(workers_of(started.process.pid))
        with pytest.raises((OSError, HTTPException)):
            started.get("/hang", seconds=PATIENCE_SECONDS)
        serving_all(started, 2)
        after = set(workers_of(started.process.pid))
        _, _, said = started.end(signal.SIGTERM)

    assert len(before & after) == 1
    assert said.count("A worker hangs and is replaced") == 1


def test_workers_end_when_the_process_that_looks_after_them_is_killed(tmp_path: Path) -> None:
    with shop(tmp_path, workers=2) as started:
        serving_all(started, 2)
        workers = workers_of(started.process.pid)
        started.process.kill()
        wait_until(lambda: not any(Path(f"/proc/{pid}/cmdline").exists() for pid in workers))
        with pytest.raises(OSError, match="refused"):
            started.get()

    assert len(workers) == 2


@pytest.mark.parametrize(
    ("told", "workers", "said"),
    [
        ("wrong", 2, "told is wrong."),
        ("unusable", 1, "The shop cannot be built."),
        ("unusable", 2, "The shop cannot be built."),
        ("broken", 2, "The application could not start."),
    ],
)
def test_what_cannot_begin_says_why_once_and_exits(
    tmp_path: Path, workers: int, told: str, said: str
) -> None:
    with shop(tmp_path, workers=workers, told=told) as started:
        status, _, lines = started.end()

    assert status == 1
    assert [line for line in lines if not line.startswith("Application startup failed")] == [said]


def test_a_port_that_is_taken_is_told_once(tmp_path: Path) -> None:
    with shop(tmp_path, workers=1) as first:
        serving_all(first, 1)
        second = subprocess.run(  # noqa: S603  # our own program
            [sys.executable, "-m", "tests.server.shop", str(first.port), "2", "30"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(PROJECT)},
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_SECONDS,
        )

    assert second.returncode == 1
    assert len(second.stderr.splitlines()) == 1
    assert f"port {first.port}" in second.stderr
