"""What happened, in the order of time, and what it amounts to."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from typing import Final

AROUND_SECONDS: Final = 12.0
"""How much of what happened before and after a wrong answer is told with it."""


@dataclass(frozen=True, slots=True)
class WrongAnswer:
    """What some reader got and should not have; ``at`` in seconds since the beginning."""

    at: float
    text: str


@dataclass(slots=True)
class Delays:
    """How long changes took to reach readers, in seconds."""

    seconds: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        if not self.seconds:
            return "none measured"
        told = f"median {median(self.seconds):.1f} s, worst {max(self.seconds):.1f} s"
        return f"{told} ({len(self.seconds)} measured)"


class Chronicle:
    """Everything worth telling, by the given clock (seconds, monotonic)."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._began = clock()
        self.notes: list[tuple[float, str]] = []
        self.wrongs: list[WrongAnswer] = []
        self.done: Counter[str] = Counter()
        self.statuses: Counter[str] = Counter()
        self.slowest = 0.0
        """Of the answers for which there was a copy, in seconds."""

    def __repr__(self) -> str:
        return f"<Chronicle {self.now:.0f} s, {len(self.notes)} notes, {len(self.wrongs)} wrong answers>"

    @property
    def now(self) -> float:
        """Seconds since the beginning."""
        return self._clock() - self._began

    def note(self, kind: str, text: str = "") -> None:
        """Something was done or happened; ``kind`` is counted."""
        self.done[kind] += 1
        self.notes.append((self.now, f"{kind} {text}".rstrip()))

    def wrong(self, text: str) -> None:
        """Somebody got a wrong answer."""
        self.wrongs.append(WrongAnswer(self.now, text))

    def story_of(self, wrong: WrongAnswer) -> str:
        """A wrong answer with what happened around it."""
        around = [f"    {at:7.2f}  {text}" for at, text in self.notes if abs(at - wrong.at) <= AROUND_SECONDS]
        return "\n".join([f"{wrong.at:7.2f} s: {wrong.text}", *around])


def counted(counts: Counter[str]) -> str:
    """Names and numbers on one line, the most frequent first."""
    return ", ".join(f"{name} {number}" for name, number in counts.most_common()) or "none"
