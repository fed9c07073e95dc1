"""Long work in portions."""

import pytest

from app.feeds.slices import batches


@pytest.mark.parametrize(
    ("count", "expected"), [(0, []), (2, [(0, 1)]), (5, [(0, 1), (2, 3), (4,)])], ids=str
)
def test_batches_bring_everything_in_order(count: int, expected: list[tuple[int, ...]]) -> None:
    assert list(batches(iter(range(count)), 2)) == expected
