"""All parts in the order of the table, run one after the other; a failure is told and passed over."""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from benchmarks import fleet, growth, hot, render, selections, stall, stampede, walk, workers
from benchmarks.figures import Outcome
from benchmarks.scale import Scale

Part: TypeAlias = Callable[[Scale, Path], Outcome]

PARTS: Final[Mapping[str, Part]] = {
    "hot": hot.measure,
    "workers": workers.measure,
    "selections": selections.measure,
    "render": render.measure,
    "stall": stall.measure,
    "walk": walk.measure,
    "stampede": stampede.measure,
    "fleet": fleet.measure,
    "growth": growth.measure,
}
NEEDS: Final[Mapping[str, str]] = {"hot": "wrk", "workers": "wrk"}
"""Programs that a part cannot do without."""


@dataclass(frozen=True, slots=True)
class Run:
    """What was measured, what could not be and why, and the seconds that each part took."""

    outcomes: Mapping[str, Outcome]
    failures: Mapping[str, str]
    seconds: Mapping[str, float]


def run(names: Iterable[str], scale: Scale, say: Callable[[str], None]) -> Run:
    """Measure these parts; ``say`` is told what is under way."""
    outcomes, failures, seconds = {}, {}, {}
    for name in names:
        say(f"{name} …")
        begin = time.perf_counter()
        if name in NEEDS and shutil.which(NEEDS[name]) is None:
            failures[name] = f"{NEEDS[name]} is missing (scripts/install-bench)"
            continue
        with tempfile.TemporaryDirectory(prefix=f"bench-{name}-") as directory:
            try:
                outcomes[name] = PARTS[name](scale, Path(directory))
            except Exception as error:  # noqa: BLE001  # the other parts are worth having; the exit status tells
                failures[name] = f"{type(error).__name__}: {error}{_last_words(Path(directory))}"
        seconds[name] = time.perf_counter() - begin
    return Run(outcomes, failures, seconds)


def _last_words(directory: Path) -> str:
    """The last lines of what the servers of a part said."""
    lines = [line for log in sorted(directory.rglob("*.log")) for line in log.read_text().splitlines()[-2:]]
    return f" ({'; '.join(lines)})" if lines else ""
