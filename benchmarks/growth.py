"""How refresh, selection and memory grow with the number of events: the slope on log-log paper, 1 if linear.

Each size is measured in a process of its own (``python -m benchmarks.growth EVENTS`` prints it as JSON),
where nothing else lies in memory.
"""

import ctypes
import gc
import json
import os
import statistics
import subprocess
import sys
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl

from app.domain.selection import parse
from benchmarks.amilia import Amilia, Window, slug
from benchmarks.data import CLUB, TODAY
from benchmarks.figures import Figure, Goal, Outcome, Series, Table, number, slope
from benchmarks.pipeline import Pipeline, joined
from benchmarks.processes import resident_bytes
from benchmarks.rounds import Side, interleaved
from benchmarks.scale import Scale

ROUNDS: Final = 3
SELECTIONS: Final = ("programId=20003", "q=natation ete&weekday=sat")
NUMBER: Final = 1


@dataclass(frozen=True, slots=True)
class Size:
    """What one size costs: seconds, and bytes of resident memory."""

    first: float
    refresh: float
    unchanged: float
    selection: float
    memory: int


KINDS: Final = {
    "first": "first render",
    "refresh": "refresh, 1 % changed",
    "unchanged": "refresh, nothing changed",
    "selection": "selection",
    "memory": "memory",
}
LINEAR: Final = Goal(1.1)


def measure(scale: Scale, _directory: Path) -> Outcome:
    """All sizes, one after the other."""
    sizes = {events: _in_a_process(events) for events in scale.growth}
    span = f"from {min(sizes):,} to {max(sizes):,} events"
    figures = []
    for kind in ("refresh", "selection", "memory"):
        steep = slope(list(sizes), [getattr(size, kind) for size in sizes.values()])
        series = Series([steep], "")
        figures.append(Figure(f"growth of {KINDS[kind]} {span}", "linear", series, None, series, LINEAR))
    rows = [
        [label, *(_shown(kind, getattr(size, kind)) for size in sizes.values())]
        for kind, label in KINDS.items()
    ]
    return Outcome(figures, [Table("Growth", ["", *(f"{events:,} events" for events in sizes)], rows)])


def of_this_process(events: int) -> Size:
    """The figures of one size; the memory is the growth of this process, so it must be a fresh one."""
    told, changed = Amilia(Window(TODAY)), Amilia(Window(TODAY), changed=True)
    name = slug(events, NUMBER)
    for amilia in (told, changed):
        amilia.prepare(events)
    with closing(Pipeline(told, name)) as small:  # libraries that load on first use
        small.refresh()
    with closing(Pipeline(told, name)) as pipeline:
        pipeline.prepare()
        _trim()
        before = resident_bytes(os.getpid())
        first = interleaved({"": Side(pipeline.refresh)}, 1, warm=False)[""][0]
        _trim()
        memory = resident_bytes(os.getpid()) - before

        def back() -> None:
            pipeline.tell(told)
            pipeline.refresh()

        def back_and_changed() -> None:
            back()
            pipeline.tell(changed)

        refreshes = interleaved(
            {
                "changed": Side(pipeline.refresh, before=back_and_changed),
                "unchanged": Side(pipeline.refresh, before=back),
            },
            ROUNDS,
        )
        catalogue = pipeline.refresh()
        wishes = [parse(parse_qsl(text), CLUB) for text in SELECTIONS]
        selected = interleaved({"": Side(lambda: [joined(catalogue, wish) for wish in wishes])}, 2 * ROUNDS)
    return Size(
        first=first,
        refresh=statistics.median(refreshes["changed"]),
        unchanged=statistics.median(refreshes["unchanged"]),
        selection=statistics.median(selected[""]),
        memory=max(memory, 1),
    )


def _in_a_process(events: int) -> Size:
    said = subprocess.run(  # noqa: S603  # ourselves
        [sys.executable, "-m", "benchmarks.growth", str(events)], capture_output=True, check=True, timeout=300
    )
    return Size(**json.loads(said.stdout))


def _shown(kind: str, value: float) -> str:
    return f"{number(value / 2**20)} MiB" if kind == "memory" else f"{number(value * 1e3)} ms"


def _trim() -> None:
    """Give back to the system what is not in use, so that what is resident is what is held."""
    gc.collect()
    with suppress(OSError, AttributeError):  # only glibc has it
        ctypes.CDLL(None).malloc_trim(0)


if __name__ == "__main__":
    print(json.dumps(asdict(of_this_process(int(sys.argv[1])))))
