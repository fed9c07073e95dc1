"""A process that writes is killed at any moment: what was acknowledged is there, and nothing by half."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import IO

import pytest

from tests.store.places import FilePlace, Opener, Place, ServerPlace
from tests.store.samples import KEY, recalled
from tests.store.writer import acknowledged, is_one_state, is_whole

KILLS = 20
MOMENTS = random.Random(7)  # noqa: S311  # the same moments each time
_SECONDS = 10.0


class Writers:
    """Starts processes that write, by way of a program that forks them, and kills them."""

    def __init__(self, orders: IO[str], answers: IO[str]) -> None:
        self._orders = orders
        self._answers = answers

    def start(self, url: str, notes: Path) -> int:
        self._orders.write(f"{url}\t{notes}\n")
        self._orders.flush()
        return int(self._answers.readline())

    def kill(self, process: int) -> None:
        """Gone when this returns."""
        os.kill(process, signal.SIGKILL)
        while self._is_there(process):
            time.sleep(0.001)

    def _is_there(self, process: int) -> bool:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return False
        return True


@pytest.fixture(scope="module")
def writers() -> Iterator[Writers]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.store.writer"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as starter:
        assert starter.stdin is not None
        assert starter.stdout is not None
        yield Writers(starter.stdin, starter.stdout)
        starter.stdin.close()


def wait_for_more(notes: Path, known: str) -> None:
    deadline = time.monotonic() + _SECONDS
    while not notes.exists() or notes.read_text() == known:
        assert time.monotonic() < deadline
        time.sleep(0.002)


async def test_a_killed_process_leaves_a_store_that_is_true(
    place: Place, opened: Opener, writers: Writers, tmp_path: Path
) -> None:
    assert isinstance(place, FilePlace | ServerPlace)
    notes = tmp_path / "notes"
    told = ""
    for _ in range(KILLS if isinstance(place, FilePlace) else KILLS // 2):
        process = writers.start(place.url, notes)
        wait_for_more(notes, told)
        time.sleep(MOMENTS.uniform(0.0, 0.1))  # noqa: ASYNC251  # nobody else waits for this loop
        writers.kill(process)

        told = notes.read_text()
        known = acknowledged(told)
        store = opened()
        kept = await store.content(KEY)
        recollection = await recalled(store)
        status = (await store.statuses())[KEY]
        await store.aclose()

        assert kept is not None
        assert kept[0] == status.generation >= known.generation
        assert is_whole(kept[1])
        assert recollection.version >= known.version
        assert is_one_state(recollection)
        assert known.mark <= status.mark
        if isinstance(place, FilePlace):
            with closing(sqlite3.connect(place.path)) as connection:
                assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]


async def test_a_process_that_is_killed_while_it_makes_the_file_leaves_one_that_can_be_used(
    writers: Writers, tmp_path: Path
) -> None:
    for number in range(KILLS):
        place = FilePlace(tmp_path / str(number))
        process = writers.start(place.url, tmp_path / "notes")
        time.sleep(number * 0.0007)  # noqa: ASYNC251  # nobody else waits for this loop
        writers.kill(process)

        store = place.open()

        assert is_one_state(await recalled(store))
        assert await store.mark("another") == 1
        await store.aclose()
