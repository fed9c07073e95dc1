"""Side by side, in turn, medians: a machine that slows down slows both sides."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Comparison:
    """Seconds of both sides, round by round."""

    name: str
    ours: list[float]
    yardstick: list[float]

    @property
    def ratio(self) -> float:
        """How many times as long as ours the yardstick takes: the median of the rounds' ratios."""
        return statistics.median(b / a for a, b in zip(self.ours, self.yardstick, strict=True))

    def row(self) -> str:
        ours, yardstick = statistics.median(self.ours), statistics.median(self.yardstick)
        spread = f"{min(self.ours) * 1e3:.2f}–{max(self.ours) * 1e3:.2f}"
        return (
            f"{self.name:<58} {ours * 1e3:>10.2f} {spread:>18} {yardstick * 1e3:>12.2f} {self.ratio:>9.1f}×"
        )


def compare(
    name: str, ours: Callable[[], object], yardstick: Callable[[], object], rounds: int = ROUNDS
) -> Comparison:
    """Run both in turn, after one uncounted round each."""
    ours()
    yardstick()
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for side, work in zip(times, (ours, yardstick), strict=True):
            begin = time.perf_counter()
            work()
            side.append(time.perf_counter() - begin)
    return Comparison(name, *times)
