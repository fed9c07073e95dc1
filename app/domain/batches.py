"""Many things, so many at a time: between two batches others can get on, and few objects live at once."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

Thing = TypeVar("Thing")


def batches(things: Iterable[Thing], size: int) -> Iterator[Sequence[Thing]]:
    """So many at a time, in their order; the last may be fewer."""
    rest = iter(things)
    while some := tuple(islice(rest, size)):
        yield some
