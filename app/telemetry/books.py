"""What each of several workers counted, in a file of its own that the others read.

    worker     writes what it counted every second or two, and when it ends
    a scrape   reaches any one of them, which adds the files of the others to what it knows itself
    a death    leaves the file; the successor has the same number and counts on from there

So no counter ever falls, no list of living processes is needed, and nothing is left behind: the directory is
the parent's. What was counted after the last writing of a killed worker is lost, two seconds at most.
"""

import json
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, TypedDict, cast

from app.telemetry.samples import Told, Totals, totals_of, without_gauges

WRITE_SECONDS: Final = 2.0
GONE_SECONDS: Final = 15.0
"""A worker that wrote nothing for so long is no more: its gauges tell nothing."""


class _Book(TypedDict):
    at: float
    told: Told
    shown: Any


class Books:
    """The files of all workers in ``directory``; this one has ``number``. ``seconds`` is since 1970."""

    def __init__(self, directory: Path, number: int, *, seconds: Callable[[], float] = time.time) -> None:
        self.number = number
        self._directory = directory
        self._seconds = seconds
        self.shown: Callable[[], Any] = list
        """What the others may tell of this worker besides, as JSON writes it; asked at each writing."""

    def __repr__(self) -> str:
        return f"<Books of worker {self.number}>"

    def write(self, told: Told) -> None:
        """Replace this worker's file. Raises ``OSError``."""
        book = _Book(at=self._seconds(), told=told, shown=self.shown())
        path = self._path(self.number)
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(book, separators=(",", ":")), encoding="utf-8")
        fresh.replace(path)

    def own_totals(self) -> Totals:
        """What the worker of this number had counted when it wrote last."""
        book = self._read(self._path(self.number))
        return totals_of(book["told"]) if book else {}

    def others(self) -> Sequence[Told]:
        """What the other workers counted; of those that are no more, only what stays true."""
        return [
            book["told"] if self._is_alive(book) else without_gauges(book["told"])
            for book in self._others().values()
        ]

    def shown_by_others(self) -> dict[int, Any]:
        """What the other workers that are alive showed, by their numbers."""
        return {number: book["shown"] for number, book in self._others().items() if self._is_alive(book)}

    def _others(self) -> dict[int, _Book]:
        found = {}
        for path in sorted(self._directory.glob("worker-*.json")):
            number = int(path.stem.removeprefix("worker-"))
            book = self._read(path) if number != self.number else None
            if book is not None:
                found[number] = book
        return found

    def _path(self, number: int) -> Path:
        return self._directory / f"worker-{number}.json"

    def _is_alive(self, book: _Book) -> bool:
        return self._seconds() - book["at"] < GONE_SECONDS

    @staticmethod
    def _read(path: Path) -> _Book | None:
        """None where there is none. A file is replaced as a whole, so there is no half of one."""
        try:
            return cast(_Book, json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None


def scratch() -> str | None:
    """Where a directory for books is best made: in memory, where the system has such a place."""
    memory = "/dev/shm"  # noqa: S108  # a directory of random name is made there, readable by its owner only
    return memory if os.access(memory, os.W_OK) else None
