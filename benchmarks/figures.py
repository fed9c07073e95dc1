"""What is to be reached, and what was measured beside its yardstick. Pure."""

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Verdict(StrEnum):
    """How a figure compares with its goal."""

    STRETCH = "stretch"
    REACH = "reach"
    SHORT = "**short**"
    SHOWN = "shown"


@dataclass(frozen=True, slots=True)
class Goal:
    """A bound that the figure must keep, and a better one; ``least`` is True where more is better."""

    reach: float
    stretch: float | None = None
    least: bool = False

    def verdict(self, value: float) -> Verdict:
        """Whether ``value`` keeps the bounds."""
        if self.stretch is not None and self._keeps(value, self.stretch):
            return Verdict.STRETCH
        return Verdict.REACH if self._keeps(value, self.reach) else Verdict.SHORT

    def _keeps(self, value: float, bound: float) -> bool:
        return value >= bound if self.least else value <= bound


@dataclass(frozen=True, slots=True)
class Series:
    """The same thing measured in several rounds; ``unit`` is of every value."""

    values: Sequence[float]
    unit: str

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    def __str__(self) -> str:
        """Median, and between which values."""
        if len(self.values) == 1:
            return f"{number(self.median)} {self.unit}"
        low, high = number(min(self.values)), number(max(self.values))
        return f"{number(self.median)} ({low}–{high}) {self.unit}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: ours, its yardstick, and how they compare, round by round."""

    name: str
    yardstick: str
    ours: Series
    theirs: Series | None
    compared: Series
    goal: Goal | None = None

    @property
    def verdict(self) -> Verdict:
        return self.goal.verdict(self.compared.median) if self.goal else Verdict.SHOWN


@dataclass(frozen=True, slots=True)
class Table:
    """Further measurements that belong to no goal, under a heading of their own."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one part of the suite measured, and what has to be said about it."""

    figures: Sequence[Figure] = ()
    tables: Sequence[Table] = ()
    notes: Sequence[str] = field(default=())


def times(ours: Sequence[float], theirs: Sequence[float]) -> Series:
    """How many times as much as ours the yardstick is, round by round."""
    return Series([b / a for a, b in zip(ours, theirs, strict=True)], "×")


def fraction(ours: Sequence[float], theirs: Sequence[float]) -> Series:
    """Which part of the yardstick ours is, round by round."""
    return times(theirs, ours)


def milliseconds(seconds: Iterable[float]) -> Series:
    return Series([value * 1e3 for value in seconds], "ms")


def slope(sizes: Sequence[float], values: Sequence[float]) -> float:
    """The exponent of growth: the slope of the line through the points on log-log paper."""
    fitted = statistics.linear_regression([math.log(size) for size in sizes], [math.log(it) for it in values])
    return fitted.slope


def number(value: float) -> str:
    """Three significant digits, no exponent, thousands apart."""
    size = abs(value)
    if size >= 100:  # noqa: PLR2004
        return f"{value:,.0f}"
    if size >= 10:  # noqa: PLR2004
        return f"{value:.1f}"
    return f"{value:.2f}" if size >= 1 or size == 0 else f"{value:.3g}"
