"""Side by side, in turn: a machine that slows down slows every side."""

import gc
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

Work: TypeAlias = Callable[[], object]


def _nothing() -> None:
    """Most sides need no preparation."""


@dataclass(frozen=True, slots=True)
class Side:
    """What is measured, and what has to be done before it each time and is not."""

    work: Work
    before: Work = _nothing


def interleaved(sides: Mapping[str, Side], rounds: int, *, warm: bool = True) -> dict[str, list[float]]:
    """Seconds of each side in each round; every side goes once in a round, after one uncounted round.

    Garbage is collected before a side begins; while it runs the collector works as ever.
    """
    measured: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(-warm, rounds):
        for name, side in sides.items():
            side.before()
            gc.collect()
            begin = time.perf_counter()
            side.work()
            seconds = time.perf_counter() - begin
            if number >= 0:
                measured[name].append(seconds)
    return measured
