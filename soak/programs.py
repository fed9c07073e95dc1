"""Processes of our own: started with a log, killed without mercy, and never left behind."""

import asyncio
import os
import secrets
import signal
import socket
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

PAUSE: Final = 0.02
GRACE_SECONDS: Final = 20.0
OURS: Final = "FEEDS_"
PORTS: Final = range(15_000, 32_000)


class NotInTime(Exception):
    """Something that should have happened by now has not; the text says what."""


def free_port() -> int:
    """A port of loopback that nobody listens on now.

    It is none that the system gives to outgoing connections (32768 and up): while a server is dead, whoever
    goes on asking for it could be given the server's own port, and hold it when the server wants it back.
    """
    while True:
        port = PORTS.start + secrets.randbelow(len(PORTS))
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


class Program:
    """A command that can be run again and again, each time with the processes it starts as one group.

    What it prints is added to ``log``. The settings of whoever runs this are kept from it.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        directory: Path,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self.log = directory / f"{name}.log"
        self._command = list(command)
        self._directory = directory
        outer = {key: value for key, value in os.environ.items() if not key.startswith(OURS)}
        self._environment = {**outer, "PYTHONUNBUFFERED": "1", **(environment or {})}
        self._process: subprocess.Popen[bytes] | None = None

    def __repr__(self) -> str:
        return f"<Program {self.name} {f'pid {self.pid}' if self.running else 'not running'}>"

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """Of the process that was started last. Raises ProcessLookupError where there never was one."""
        if self._process is None:
            raise ProcessLookupError(f"{self.name} was never started")
        return self._process.pid

    @property
    def said(self) -> str:
        """All that it ever printed."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    def start(self) -> None:
        """Run it, unless it runs."""
        if not self.running:
            with self.log.open("ab") as log:
                self._process = subprocess.Popen(  # noqa: S603  # our own programs
                    self._command,
                    cwd=self._directory,
                    env=self._environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to all its processes; none where there are none left."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)

    def kill(self) -> None:
        """End all its processes at once, as a loss of power does."""
        if self._process is not None:
            self.signal(signal.SIGKILL)
            self._process.wait(GRACE_SECONDS)

    def ask_to_end(self) -> None:
        """SIGTERM, to the first process only, as a supervisor of services does."""
        if self.running:
            os.kill(self.pid, signal.SIGTERM)

    async def ended(self, seconds: float = GRACE_SECONDS) -> int:
        """Its exit status, waited for. Raises NotInTime."""
        await until(lambda: not self.running, f"the end of {self.name}", seconds=seconds)
        return self._process.returncode if self._process is not None else 0


@asynccontextmanager
async def within(seconds: float, what: str) -> AsyncIterator[None]:
    """A time limit for a block. Raises NotInTime, which names ``what`` was waited for."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as late:
        raise NotInTime(f"{what}: not within {seconds:g} s") from late


async def until(happened: Callable[[], bool], what: str, *, seconds: float) -> None:
    """Wait for something. Raises NotInTime."""
    async with within(seconds, what):
        while True:
            if happened():
                return
            await asyncio.sleep(PAUSE)


def workers_of(pid: int) -> list[int]:
    """The processes that a server has started to answer beside it; none where it answers itself."""
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    children = listed.read_text(encoding="ascii").split() if listed.exists() else []
    return [int(child) for child in children if b"spawn_main" in _command_line(child)]


def owner_of(port: int, pids: Sequence[int]) -> int:
    """Which of these processes holds the other end of the connection that a client has at a local port.

    Raises ProcessLookupError where none of them does.
    """
    for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]:
        fields = line.split()
        if int(fields[2].rpartition(":")[2], 16) == port:
            for pid in pids:
                if any(target == f"socket:[{fields[9]}]" for target in _open_by(pid)):
                    return pid
    raise ProcessLookupError(f"none of {pids} holds the other end of port {port}")


def _open_by(pid: int) -> Iterator[str]:
    """What the open files of a process are."""
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):  # closed a moment ago
            yield str(link.readlink())


def _command_line(pid: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:  # it ended a moment ago
        return b""


def resident_bytes(pid: int) -> int:
    """How much memory a process holds (VmRSS)."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise ProcessLookupError(f"process {pid} holds no memory any more")
