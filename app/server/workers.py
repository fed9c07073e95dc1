"""Several processes that answer, and one that looks after them.

    parent    opens the sockets, reads the settings, starts workers and replaces those that die or hang
    worker    accepts from the same sockets; told by a pipe what settings to use; ends when the pipe does

The parent runs nothing of what is served and holds no connection, so there is little in it to go wrong. A
worker that is replaced costs only the connections it held: whoever comes meanwhile waits in the sockets'
queue.
"""

import logging
import multiprocessing
import os
import signal
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from types import FrameType
from typing import Any, Final

from app.server.application import Recipe, Unusable
from app.server.bounds import Bounds
from app.server.signals import heard
from app.server.worker import STARTED, work

START_SECONDS: Final = 180.0
"""A worker that is starting says nothing for longer: it loads its code, which takes a busy machine time."""
PAUSES: Final = (0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
"""Seconds before a worker is started again, by how many in a row have died young."""
YOUNG_SECONDS: Final = 10.0
MARGIN_SECONDS: Final = 1.0
"""What workers get beyond the time for draining before they are killed."""

OK: Final = 0
FAILED: Final = 1
INTERRUPTED: Final = 130
"""Asked twice to stop: answers may have been cut short. The status that shells give for SIGINT."""

_spawn = multiprocessing.get_context("spawn")
log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Worker:
    number: int
    process: SpawnProcess
    pipe: Connection
    born: float
    heard_at: float
    started: bool = False
    cause: str = ""


@dataclass(slots=True)
class _Place:
    """Where a worker belongs; without one until ``due``."""

    number: int
    worker: _Worker | None = None
    due: float = 0.0
    died_young: int = 0


@dataclass(slots=True)
class Supervisor:
    """Keeps ``count`` workers serving what ``recipe`` makes on the listening sockets."""

    recipe: Recipe[Any]
    listening: Sequence[socket.socket]
    count: int
    bounds: Bounds
    where: str
    """In words."""
    _places: list[_Place] = field(init=False)
    _ends: int = 0
    _interrupts: int = 0
    _reload: bool = False
    _announced: bool = False

    def __post_init__(self) -> None:
        self._places = [_Place(number) for number in range(1, self.count + 1)]

    def run(self) -> int:
        """Serve until a signal says stop; returns the exit status. Raises ``Unusable`` if none can start."""
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        before = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        try:
            with heard(self._end, self._want_reload):
                while not self._ends:
                    self._start_what_is_due()
                    self._listen_to_workers(reader)
                    self._replace_the_dead()
                    if self._reload:
                        self._reload = False
                        self._read_anew()
                return self._stop()
        finally:
            for worker in self._workers():
                worker.process.kill()
            signal.set_wakeup_fd(before)
            os.close(reader)
            os.close(writer)

    def _end(self, number: int, _frame: FrameType | None) -> None:
        self._ends += 1
        self._interrupts += number == signal.SIGINT

    def _want_reload(self) -> None:
        self._reload = True

    def _workers(self) -> list[_Worker]:
        return [place.worker for place in self._places if place.worker is not None]

    def _start_what_is_due(self) -> None:
        now = time.monotonic()
        for place in self._places:
            if place.worker is None and place.due <= now:
                place.worker = self._born(place.number, now)

    def _born(self, number: int, now: float) -> _Worker:
        ours, theirs = _spawn.Pipe()
        process = _spawn.Process(
            target=work,
            args=(theirs, self.recipe, list(self.listening), number, self.bounds),
            name=f"worker-{number}",
        )
        process.start()
        theirs.close()  # or its end would not be noticed when the worker dies
        return _Worker(number, process, ours, born=now, heard_at=now)

    def _listen_to_workers(self, reader: int) -> None:
        """Wait for a second at most, until a worker or a signal says something."""
        workers = self._workers()
        by_pipe = {worker.pipe: worker for worker in workers}
        for ready in wait([reader, *by_pipe, *(worker.process.sentinel for worker in workers)], timeout=1.0):
            if ready == reader:
                os.read(reader, 1024)
            elif isinstance(ready, Connection):
                _hear(by_pipe[ready])
        if not self._announced and all(place.worker and place.worker.started for place in self._places):
            self._announced = True
            log.info("Serving at %s with %d workers", self.where, self.count)

    def _replace_the_dead(self) -> None:
        now = time.monotonic()
        for place in self._places:
            worker = place.worker
            if worker is None:
                continue
            hangs = now - worker.heard_at > (self.bounds.beat_seconds if worker.started else START_SECONDS)
            if hangs:
                worker.process.kill()
                worker.process.join()
            elif worker.process.is_alive():
                continue
            self._buried(place, worker, now, hangs=hangs)

    def _buried(self, place: _Place, worker: _Worker, now: float, *, hangs: bool) -> None:
        place.worker = None
        _hear(worker)
        worker.pipe.close()
        if not self._announced and not worker.started:
            raise Unusable(worker.cause or f"Worker {worker.number} ended before it served anything.")
        young = now - worker.born < YOUNG_SECONDS
        place.died_young = place.died_young + 1 if young else 0
        pause = PAUSES[min(place.died_young, len(PAUSES) - 1)]
        place.due = now + pause
        facts = {"worker": place.number, "pid": worker.process.pid, "status": worker.process.exitcode}
        what = "hangs" if hangs else "died"
        why = {"reason": worker.cause} if worker.cause else {}
        log.error("A worker %s and is replaced", what, extra={**facts, **why, "seconds": pause})

    def _read_anew(self) -> None:
        if self.recipe.read is None:
            log.info("There are no settings to read anew")
            return
        try:
            self.recipe = replace(self.recipe, settings=self.recipe.read())
        except Unusable as error:
            log.error("The settings were not changed: %s", error)  # noqa: TRY400  # the sentence is for people
            return
        for worker in self._workers():
            _tell(worker, self.recipe.settings)
        log.info("The settings were read anew")

    def _stop(self) -> int:
        log.info("Stopping; requests that are under way are answered first")
        for listener in self.listening:
            listener.close()
        for worker in self._workers():
            worker.process.terminate()
        patience = self.bounds.farewell_seconds + self.bounds.drain_seconds + MARGIN_SECONDS
        deadline = time.monotonic() + patience
        while workers := [worker for worker in self._workers() if worker.process.is_alive()]:
            if self._interrupts > 1 or time.monotonic() > deadline:
                return INTERRUPTED if self._interrupts > 1 else FAILED
            wait([worker.process.sentinel for worker in workers], timeout=0.1)
        log.info("Stopped")
        return OK


def _hear(worker: _Worker) -> None:
    """Take in what a worker said: that it has started, that it is alive, or why it cannot go on."""
    try:
        while worker.pipe.poll():
            said = worker.pipe.recv()
            worker.heard_at = time.monotonic()
            if said == STARTED:
                worker.started = True
            elif said:
                worker.cause = said
    except (EOFError, OSError):
        return  # it is dead, as its process will tell


def _tell(worker: _Worker, settings: object) -> None:
    try:
        worker.pipe.send(settings)
    except OSError:
        return  # it is dead; its successor is born with the newest settings
