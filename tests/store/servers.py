"""Real servers, Redis or Valkey: each in a folder of its own, started, paused, killed and started again."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

_NAMES: Sequence[str] = ("redis-server", "valkey-server")


def is_installed(program: str) -> bool:
    return shutil.which(program) is not None


def everything_must_run() -> bool:
    """True where a missing part is a failure."""
    return os.environ.get("CI") == "true"


KINDS: Sequence[str] = [name for name in _NAMES if is_installed(name)] or _NAMES[:1]
"""What is installed here; where nothing is, a test says so."""

_SECONDS = 10.0


class CannotStart(Exception):
    """The server ended at once; its last words."""


class RealServer:
    """One server on a unix socket. What it acknowledged is in its folder (appendonly) before the answer."""

    def __init__(self, kind: str, folder: Path, *options: str) -> None:
        self.socket = folder / "socket"
        self._log = folder / "log"
        self._command = [
            kind,
            *("--port", "0", "--bind", "127.0.0.1", "--unixsocket", str(self.socket), "--dir", str(folder)),
            *("--appendonly", "yes", "--save", "", "--loglevel", "warning", "--logfile", str(self._log)),
            *options,
        ]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def start(self) -> None:
        """Start it and wait until it answers, whatever the answer."""
        self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)  # noqa: S603
        deadline = time.monotonic() + _SECONDS
        while True:
            try:
                if b"LOADING" not in self.ask("PING"):
                    return
            except OSError:
                if self._process.poll() is not None:
                    raise CannotStart(self._log.read_text()) from None
                if time.monotonic() > deadline:
                    raise
            time.sleep(0.01)

    def kill(self) -> None:
        """Gone from one moment to the next, as with a power cut of this process alone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def pause(self) -> None:
        """It stays, and its connections too, but it does nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def ask(self, command: str) -> bytes:
        """The beginning of the answer to one command without spaces in its words."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(_SECONDS)
            connection.connect(str(self.socket))
            connection.sendall(f"{command}\r\n".encode())
            return connection.recv(1 << 16)


def ensure_installed(program: str, *, package: str) -> None:
    """Skip the test where the program is missing, and fail it where everything must run."""
    if not is_installed(program):
        missing = f"{program} is missing, and what needs it did not run; on Debian: apt-get install {package}"
        if everything_must_run():
            pytest.fail(missing)
        pytest.skip(missing)


def free_port() -> int:
    """A port of loopback that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def serving(kind: str, *options: str) -> Iterator[RealServer]:
    """A server of its own for the block, if there is one here."""
    ensure_installed(kind, package=kind)
    with TemporaryDirectory(prefix="store") as folder:  # a socket's path must be short
        server = RealServer(kind, Path(folder), *options)
        try:
            server.start()
            yield server
        finally:
            server.kill()
