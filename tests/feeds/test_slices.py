"""Long work in slices, and things in batches."""

import asyncio
import time
from collections.abc import Generator

import pytest

from app.domain.batches import batches
from app.feeds.slices import SLICE_SECONDS, TURNS, in_slices


@pytest.mark.parametrize(
    ("count", "expected"), [(0, []), (2, [(0, 1)]), (5, [(0, 1), (2, 3), (4,)])], ids=str
)
def test_batches_bring_everything_in_order(count: int, expected: list[tuple[int, ...]]) -> None:
    assert list(batches(iter(range(count)), 2)) == expected


async def test_between_two_slices_others_take_several_turns() -> None:
    told: list[str] = []

    def steps() -> Generator[None, None, str]:
        for _ in range(2):
            told.append("slice")
            time.sleep(SLICE_SECONDS)  # work
            yield
        return "done"

    async def somebody() -> None:
        for _ in range(TURNS):
            told.append("turn")
            await asyncio.sleep(0)

    other = asyncio.ensure_future(somebody())
    assert await in_slices(steps()) == "done"
    await other

    assert told == ["slice", *["turn"] * TURNS, "slice"]
