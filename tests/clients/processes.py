"""Programs of their own beside the tests: started with a log, waited for, and never left behind."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

Found = TypeVar("Found")

_PAUSE = 0.05
_GRACE_SECONDS = 10.0


class TooLate(Exception):
    """Something that should have happened by now has not."""


def eventually(look: Callable[[], Found | None], what: str, seconds: float = 20.0) -> Found:
    """The first value of ``look`` that is not false. Raises TooLate, which names ``what`` was waited for."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() >= deadline:
            raise TooLate(f"{what}: not within {seconds:g} s")
        time.sleep(_PAUSE)


def free_port() -> int:
    """A port of loopback that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def machine(home: Path, zone: str) -> dict[str, str]:
    """The environment of somebody's machine: a home of its own, a clock set to ``zone``, nothing else."""
    runtime = home / ".runtime"
    runtime.mkdir(mode=0o700, parents=True, exist_ok=True)
    return {
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(runtime),
        "LC_ALL": "C.UTF-8",
        "TZ": zone,
        "PATH": "/usr/local/bin:/usr/bin:/bin",
    }


class Program:
    """One running program with all the processes it starts; what it prints goes to ``log``.

    ``pipes`` connects its standard input and output instead, for those that are talked to.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str],
        log: Path,
        directory: Path | None = None,
        pipes: bool = False,
    ) -> None:
        self._home = env.get("HOME", "")
        with log.open("ab") as written:
            self.process = subprocess.Popen(  # noqa: S603  # the programs that these tests are about
                list(command),
                env=dict(env),
                cwd=directory,
                stdin=subprocess.PIPE if pipes else subprocess.DEVNULL,
                stdout=subprocess.PIPE if pipes else written,
                stderr=written,
                start_new_session=True,
            )

    def __repr__(self) -> str:
        return f"<Program {self.process.args!r} pid {self.process.pid}>"

    def running(self) -> bool:
        return self.process.poll() is None

    def kill(self) -> None:
        """End it at once, as a machine that loses power does."""
        self._signal(signal.SIGKILL)
        self.process.wait(_GRACE_SECONDS)

    def stop(self) -> None:
        """Ask it to end, then make it, together with whatever it started. May be called again.

        Those that are talked to end when they hear no more, and take their own helpers with them.
        """
        if self.process.stdin is not None:
            with suppress(BrokenPipeError):
                self.process.stdin.close()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(_GRACE_SECONDS)
        if self.running():
            self._signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(_GRACE_SECONDS)
        self._signal(signal.SIGKILL)
        self.process.wait(_GRACE_SECONDS)
        if self.process.stdout is not None:
            self.process.stdout.close()
        if self._home:
            _kill_inhabitants(self._home)

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)


def run(
    command: Sequence[str], *, env: Mapping[str, str], log: Path, seconds: float = 60.0
) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end and keep what it said in ``log``. Raises subprocess.TimeoutExpired."""
    done = subprocess.run(  # noqa: S603  # the programs that these tests are about
        list(command), env=dict(env), capture_output=True, text=True, timeout=seconds, check=False
    )
    with log.open("a", encoding="utf-8") as written:
        written.write(f"$ {' '.join(command)}\n{done.stdout}{done.stderr}(status {done.returncode})\n")
    return done


def _kill_inhabitants(home: str) -> None:
    """End what lives in ``home``: services that a session bus started belong to no group of ours."""
    mark = f"HOME={home}".encode()
    for entry in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if mark in entry.read_bytes().split(b"\0"):
                os.kill(int(entry.parent.name), signal.SIGKILL)
