"""How much is measured: all of it, enough to see a change, or next to nothing, to see that it works."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Scale:
    """Sizes and repetitions. ``seconds`` is how long one run of the load generator takes."""

    events: int = 10_000
    rounds: int = 5
    fresh: int = 2
    """How often the servers are started anew: a process may be slow for its whole life, by chance."""
    seconds: float = 1.0
    settling_seconds: float = 1.5
    """How long a server is left alone before its memory is read."""
    hot_events: int = 100
    stall_seconds: float = 5.0
    loads: int = 60
    """How many organizations there are to load one after the other."""
    crowd: int = 1_000
    crowd_events: int = 2_000
    organizations: int = 100
    organization_events: int = 2_000
    growth: tuple[int, ...] = (1_000, 10_000, 100_000)


FULL: Final = Scale()
QUICK: Final = Scale(
    events=2_000,
    rounds=3,
    fresh=1,
    seconds=0.5,
    stall_seconds=2,
    loads=30,
    crowd=300,
    crowd_events=1_000,
    organizations=20,
    organization_events=1_000,
    growth=(500, 2_000, 8_000),
)
TINY: Final = Scale(
    events=200,
    rounds=1,
    fresh=1,
    seconds=0.1,
    settling_seconds=0.0,
    hot_events=20,
    stall_seconds=0.2,
    loads=40,
    crowd=20,
    crowd_events=100,
    organizations=3,
    organization_events=100,
    growth=(50, 100, 200),
)
