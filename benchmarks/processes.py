"""Servers in processes of their own: pinned to a core, awaited, asked how much they use, stopped."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PATIENCE_SECONDS: Final = 60.0
_LOOK_AGAIN_SECONDS: Final = 0.002
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")


class NotStarted(Exception):
    """A server ended, or did not answer, before anything could be measured."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server on this machine."""

    port: int
    process: "subprocess.Popen[bytes]"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, headers: Mapping[str, str] | None = None, *, method: str = "GET") -> "Reply":
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            connection.request(method, path, headers=dict(headers or {}))
            answer = connection.getresponse()
            return Reply(answer.status, tuple(answer.getheaders()), answer.read())
        finally:
            connection.close()

    def resident_bytes(self) -> int:
        """The memory that the process and its children occupy."""
        return sum(resident_bytes(pid) for pid in _family(self.process.pid))

    def busy_seconds(self) -> float:
        """The processor time that the process and its children have used."""
        return sum(_busy_seconds(pid) for pid in _family(self.process.pid))


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered; the names of ``headers`` are as it spelled them."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        """The value of a header, empty where there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def pinned(command: Sequence[str], cores: Sequence[int]) -> list[str]:
    """The same command on some cores only, where the system can do that."""
    taskset = shutil.which("taskset")
    return [taskset, "-c", ",".join(map(str, cores)), *command] if taskset and cores else list(command)


@contextmanager
def running(
    command: Sequence[str],
    *,
    port: int,
    cores: Sequence[int],
    log: Path,
    directory: Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """The server that ``command`` starts on ``port``, once it accepts connections. Raises ``NotStarted``."""
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603  # our own programs
            pinned(command, cores),
            stdout=output,
            stderr=output,
            cwd=directory,
            env={**os.environ, **(environ or {})},
        )
        try:
            _await(process, port, log)
            yield Server(port, process)
        finally:
            stop(process)


def stop(process: "subprocess.Popen[bytes]") -> None:
    """End a server as an operator would, or by force where that takes too long."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=15)


def is_listening(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def resident_bytes(pid: int) -> int:
    """The memory that one process occupies."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE


def _await(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_listening(port):
        if process.poll() is not None or time.monotonic() > deadline:
            raise NotStarted(f"{process.args!r}: {log.read_text(errors='replace')[-2_000:]}")
        time.sleep(_LOOK_AGAIN_SECONDS)


def _busy_seconds(pid: int) -> float:
    # The name of the program stands in parentheses and may hold anything; what follows is fixed.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _family(pid: int) -> Iterator[int]:
    """A process and its children."""
    yield pid
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        yield from _family(int(child))
