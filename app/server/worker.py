"""One of several processes that answer, as the parent starts it."""

import asyncio
import logging
import signal
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

from app.server.application import Recipe, Unusable
from app.server.bounds import Bounds
from app.server.server import Server, run_until_told
from app.server.signals import HANGUP

STARTED: Final = "started"
ALIVE: Final = ""
FAILED: Final = 1

log = logging.getLogger(__name__)


def work(
    pipe: Connection, recipe: Recipe[Any], listening: Sequence[socket.socket], number: int, bounds: Bounds
) -> None:
    """Serve until SIGTERM, or until the parent is no more. Exits with status 1 where that cannot begin."""
    _name_process(f"feeds-worker-{number}")
    if HANGUP is not None:
        signal.signal(HANGUP, signal.SIG_IGN)  # the parent reads the settings, for all
    worker = _Worker(pipe, recipe, listening, number, bounds)
    try:
        worker.run()
    except Unusable as error:
        _say(pipe, str(error))
        raise SystemExit(FAILED) from error


class _Worker:
    """Between the pipe and the server."""

    def __init__(
        self,
        pipe: Connection,
        recipe: Recipe[Any],
        listening: Sequence[socket.socket],
        number: int,
        bounds: Bounds,
    ) -> None:
        self._pipe = pipe
        self._settings = recipe.settings
        self._server = Server(
            replace(recipe, read=lambda: self._settings),
            listening,
            number=number,
            bounds=bounds,
            on_started=self._on_started,
            on_second=lambda: _say(pipe, ALIVE),
        )

    def run(self) -> None:
        run_until_told(self._server)

    def _on_started(self) -> None:
        asyncio.get_running_loop().add_reader(self._pipe.fileno(), self._on_word)
        _say(self._pipe, STARTED)

    def _on_word(self) -> None:
        """Newer settings, or the end of the parent."""
        try:
            self._settings = self._pipe.recv()
        except (EOFError, OSError):
            asyncio.get_running_loop().remove_reader(self._pipe.fileno())
            log.warning("The process that looks after the workers is gone; this one ends too")
            self._server.should_exit = True
        else:
            self._server.want_reload()


def _say(pipe: Connection, word: str) -> None:
    with suppress(OSError):  # a parent that is gone is noticed by reading
        pipe.send(word)


def _name_process(name: str) -> None:
    """As ps and top show it where they show names rather than command lines; 15 letters at most (proc(5))."""
    with suppress(OSError):
        Path("/proc/self/comm").write_text(name, encoding="ascii")
