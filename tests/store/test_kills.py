"""A process that writes is killed at any moment: what was acknowledged is there, and nothing by half."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.store.places import FilePlace, Opener, Place, ServerPlace
from tests.store.samples import KEY, recalled
from tests.store.writer import acknowledged, is_one_state, is_whole

Kill = Callable[[str, Path, float], None]

KILLS = 20


@pytest.fixture(scope="module")
def kill() -> Iterator[Kill]:
    """Lets a writer write to a store for so many seconds, and kills it."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.store.writer"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as starter:
        assert starter.stdin is not None
        assert starter.stdout is not None
        orders, answers = starter.stdin, starter.stdout

        def write_and_die(url: str, notes: Path, seconds: float) -> None:
            orders.write(f"{url}\t{notes}\n")
            orders.flush()
            process = int(answers.readline())
            time.sleep(seconds)
            os.kill(process, signal.SIGKILL)
            while _is_there(process):
                time.sleep(0.001)

        yield write_and_die
        orders.close()


def _is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


async def test_a_killed_process_leaves_a_store_that_is_true(
    place: Place, opened: Opener, kill: Kill, tmp_path: Path
) -> None:
    assert isinstance(place, FilePlace | ServerPlace)
    notes = tmp_path / "notes"
    moments = random.Random(7)  # noqa: S311  # the same moments each time
    for _ in range(KILLS if isinstance(place, FilePlace) else KILLS // 2):
        kill(place.url, notes, moments.uniform(0.01, 0.12))

        store = opened()
        known = acknowledged(notes.read_text() if notes.exists() else "")
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
    assert acknowledged(notes.read_text()).mark > KILLS


async def test_a_process_that_is_killed_while_it_makes_the_file_leaves_one_that_can_be_used(
    kill: Kill, tmp_path: Path
) -> None:
    for number in range(KILLS):
        place = FilePlace(tmp_path / str(number))
        kill(place.url, tmp_path / "notes", number * 0.0007)

        store = place.open()

        assert is_one_state(await recalled(store))
        assert await store.mark("another") == 1
        await store.aclose()
