"""The promises that hold in every cell of the matrix, and the page that tells of it."""

import asyncio
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from io import StringIO
from multiprocessing import get_context
from pathlib import Path

import pytest

from app.simulator.faults import KINDS, parse_fault
from app.simulator.forest import FOREST
from app.telemetry import logs
from soak.cast import Redis, redis_program
from tests.faults.matrix import AGE, UPSETS, Cell, Play, State, Store, Upset, Word, cells, play_all
from tests.faults.stage import SECRET
from tests.faults.table import page, sections_of, written

PAGE = Path(__file__).parents[2] / "docs" / "faults.md"
REWRITE = os.environ.get("UPDATE_GOLDEN") == "1"
PROCESSES = 2
SECRETS = (FOREST.account.password, SECRET, "Basic ", "Bearer ", "eyJ")
LIES = {"empty-page", "nulls", "churn", "churn@/events"}
"""Faults whose lists are whole and well-formed, and wrong."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """All plays, and all that the services logged meanwhile."""

    plays: Sequence[Play]
    log: str

    def of(self, upset: Upset) -> list[Play]:
        return [play for play in self.plays if play.cell.upset == upset]


@pytest.fixture(scope="module")
def matrix(tmp_path_factory: pytest.TempPathFactory) -> Matrix:
    """The whole matrix, played in two processes at the same time."""
    directory = tmp_path_factory.mktemp("matrix")
    stores = list(Store) if redis_program() else [Store.SQLITE, Store.SQLITE_BROKEN]
    numbered = list(enumerate(cells(stores)))
    with ExitStack() as running:
        port = running.enter_context(redis_in(directory)) if redis_program() else None
        pool = running.enter_context(ProcessPoolExecutor(PROCESSES, get_context("spawn")))
        shares = [numbered[first::PROCESSES] for first in range(PROCESSES)]
        jobs = [pool.submit(played, share, directory, port) for share in shares]
        done = [job.result() for job in jobs]
    return Matrix([play for plays, _ in done for play in plays], "".join(log for _, log in done))


def played(share: Sequence[tuple[int, Cell]], directory: Path, port: int | None) -> tuple[list[Play], str]:
    """A share of the matrix, and the log."""
    log = StringIO()
    logs.configure("json", log)
    return asyncio.run(play_all(share, directory, port)), log.getvalue()


@contextmanager
def redis_in(directory: Path) -> Iterator[int]:
    """A Redis for the block; gives its port."""
    redis = Redis(directory)
    redis.start()
    try:
        asyncio.run(redis.ready())
        yield redis.port
    finally:
        redis.kill()


def test_every_kind_of_fault_takes_part() -> None:
    assert {parse_fault(upset.word).kind.name for upset in UPSETS} == set(KINDS)


def test_redis_takes_part() -> None:
    if redis_program() is None and os.environ.get("CI") != "true":
        pytest.skip("no redis-server or valkey-server is installed: half of the matrix was not played")
    assert redis_program() is not None


@pytest.mark.parametrize("upset", UPSETS, ids=str)
def test_no_answer_is_one_that_nobody_may_get(matrix: Matrix, upset: Upset) -> None:
    assert [] == [problem for play in matrix.of(upset) for problem in play.problems]


@pytest.mark.parametrize("upset", UPSETS, ids=str)
def test_who_has_a_copy_serves_it(matrix: Matrix, upset: Upset) -> None:
    served = [play for play in matrix.of(upset) if has_copy(play.cell)]

    assert len(served) >= 9
    assert [] == [str(play.cell) for play in served if Word.ABSENT in play.words]


@pytest.mark.parametrize("upset", UPSETS, ids=str)
def test_nothing_older_follows_what_was_served(matrix: Matrix, upset: Upset) -> None:
    for play in matrix.of(upset):
        ages = [AGE[word] for word in play.words if word in AGE]
        assert ages == sorted(ages), play.cell


@pytest.mark.parametrize("upset", [it for it in UPSETS if it.word not in LIES], ids=str)
def test_nothing_but_the_truth_is_told(matrix: Matrix, upset: Upset) -> None:
    true = {Word.NEW, Word.LAST, Word.OTHER, Word.ABSENT}

    assert [] == [str(play.cell) for play in matrix.of(upset) if not set(play.words) <= true]


@pytest.mark.parametrize("upset", UPSETS, ids=str)
def test_amilia_is_read_no_more_often_than_promised(matrix: Matrix, upset: Upset) -> None:
    for play in matrix.of(upset):
        at_once, later = play.walks
        assert at_once <= (0 if play.cell.state is State.FRESH else 1), play.cell
        assert later <= (2 if play.cell.state is State.OTHER else 1), play.cell
        if (
            play.cell.store in (Store.REDIS_BROKEN, Store.REDIS_SILENT)
            and has_copy(play.cell)
            and play.cell.state is not State.OTHER
        ):
            assert (at_once, later) == (0, 0), play.cell


@pytest.mark.parametrize("upset", UPSETS, ids=str)
def test_the_truth_is_back_when_all_is_well_again(matrix: Matrix, upset: Upset) -> None:
    assert {Word.NEW} == {play.healed for play in matrix.of(upset)}


def test_the_log_tells_of_every_trouble_and_of_no_secret(matrix: Matrix) -> None:
    assert "Amilia cannot be read" in matrix.log
    assert "The store cannot be used" in matrix.log
    assert [] == [secret for secret in SECRETS if secret in matrix.log]
    assert [] == [line for line in matrix.log.splitlines() if "nobody foresaw" in line]


def test_the_page_tells_what_was_played(matrix: Matrix) -> None:
    sections = page(matrix.plays)
    if REWRITE:
        assert redis_program() is not None, "the page is written where every store can take part"
        PAGE.write_text(written(sections), encoding="utf-8")

    kept = sections_of(PAGE.read_text(encoding="utf-8"))

    assert sections == {heading: kept.get(heading) for heading in sections}


def has_copy(cell: Cell) -> bool:
    """Whether there is anything to serve when the fault strikes."""
    return cell.state is not State.NONE and not (cell.state is State.KEPT and cell.store.breaks)
