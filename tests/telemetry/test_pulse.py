"""The beat of a process, and objects whose calls are counted."""

import asyncio
import time
from pathlib import Path

import pytest

from app.telemetry.books import Books
from app.telemetry.metrics import Metrics
from app.telemetry.observed import observed
from app.telemetry.pulse import BEATS_PER_WRITING, beating


def lags(metrics: Metrics) -> dict[str, float]:
    """The sum and the count of what was measured."""
    return {
        sample.name.rpartition("_")[2]: sample.value
        for metric in metrics.told()
        if metric.name == "amilia_feeds_loop_lag_seconds"
        for sample in metric.samples
    }


async def test_a_loop_that_is_held_up_is_noticed() -> None:
    metrics = Metrics()
    async with beating(metrics, seconds=0.01):
        await asyncio.sleep(0.03)
        calm = lags(metrics)
        time.sleep(0.15)  # noqa: ASYNC251  # that is what holds it up
        await asyncio.sleep(0.03)

    assert calm["count"] >= 1
    assert lags(metrics)["sum"] - calm["sum"] > 0.1


async def test_what_was_counted_last_is_written_at_the_end(tmp_path: Path) -> None:
    metrics = Metrics(books=Books(tmp_path, 2))
    async with beating(metrics):
        metrics.answer(200, "hit")

    other = Metrics(books=Books(tmp_path, 1)).exposition().decode()
    assert 'amilia_feeds_answers_total{source="hit",status="200"} 1.0' in other


async def test_a_directory_that_is_gone_is_told_once_and_so_is_its_return(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    directory = tmp_path / "books"
    metrics = Metrics(books=Books(directory, 1))
    async with beating(metrics, seconds=0.005):
        await asyncio.sleep(0.005 * BEATS_PER_WRITING * 4)
        directory.mkdir()
        await asyncio.sleep(0.005 * BEATS_PER_WRITING * 4)

    assert [record.message for record in caplog.records] == [
        "What was counted cannot be written for the others",
        "What was counted can be written for the other workers again",
    ]


class Shelf:
    """Something with methods of both kinds."""

    room = 3

    def __repr__(self) -> str:
        return "<Shelf>"

    async def take(self, number: int) -> int:
        if number > self.room:
            raise ValueError("empty")
        return number

    def plain(self) -> str:
        return "as it is"


async def test_calls_are_told_by_name_and_outcome_and_change_nothing() -> None:
    told: list[tuple[str, str]] = []
    shelf = observed(Shelf(), lambda name, outcome, _seconds: told.append((name, outcome)))

    assert (await shelf.take(2), shelf.plain(), shelf.room, repr(shelf)) == (2, "as it is", 3, "<Shelf>")
    with pytest.raises(ValueError, match="empty"):
        await shelf.take(4)
    assert told == [("take", "ok"), ("take", "ValueError")]
