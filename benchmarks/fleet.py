"""A hundred organizations: the memory that they take, and how soon a restart serves them.

The memory is that of the whole service, catalogues, revision memory, answers and all: what it grows by once
one feed of each organization has been asked for. The start is that of the command, until the first of them
has a feed whole, for which the API is not asked; its yardstick is a process that imports the application.
"""

import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from benchmarks.amilia import slug
from benchmarks.figures import Figure, Goal, Outcome, Series, Table, milliseconds, number
from benchmarks.machine import SERVER_CORE
from benchmarks.processes import Server, pinned
from benchmarks.scale import Scale
from benchmarks.service import COMPRESSED, calls, imitation, loaded, service

DAYS: Final = (15, 15)
"""A month: one range of days, so that reading a hundred organizations takes few calls."""
SELECTION: Final = "?programId=20003"
STARTS: Final = 3
_MIB: Final = 2**20


class AskedAgain(Exception):
    """The first answer after a restart was not made from what was kept."""


def measure(scale: Scale, directory: Path) -> Outcome:
    """Memory first, and then the starts, from the store that it left."""
    names = [slug(scale.organization_events, n) for n in range(scale.organizations + 1)]
    with imitation(directory, prepare=[scale.organization_events], days=DAYS) as api:
        with service(directory, api.url, names, days=DAYS) as server:
            loaded(server, names[0], SELECTION, COMPRESSED)
            grown, seconds = _grown(server, names[1:], scale.settling_seconds)
        theirs = _dicts(scale)
        asked = sum(calls(api).values())
        starts, imports = [], []
        for n in range(min(STARTS, scale.rounds)):
            imports.append(_imported())
            starts.append(_first_answer(directory, api, names, names[1 + n * 7 % scale.organizations]))
        if sum(calls(api).values()) != asked:
            raise AskedAgain("a restart asked the API although everything was kept")
    events = scale.organizations * scale.organization_events
    fleet = f"{scale.organizations} organizations × {scale.organization_events:,} events"
    size = (directory / "feeds.db").stat().st_size
    return Outcome(
        [
            Figure(
                f"memory for {fleet}",
                "the same events as parsed dicts",
                Series([grown / _MIB], "MiB"),
                Series([theirs / _MIB], "MiB"),
                Series([grown / theirs], "×"),
                Goal(0.35, 0.25),
            ),
            Figure(
                f"start with {scale.organizations} stored catalogues to the first answer",
                "import time of the application",
                milliseconds(starts),
                milliseconds(imports),
                Series([start - imported for start, imported in zip(starts, imports, strict=True)], "s more"),
                Goal(1.5, 0.5),
            ),
        ],
        [
            Table(
                f"A service with {fleet}",
                ["", ""],
                [
                    [
                        "memory of an event",
                        f"{number(grown / events)} B, as a dict {number(theirs / events)} B",
                    ],
                    ["reading all of them, at 100 calls a second", f"{number(seconds)} s"],
                    ["store", f"{number(size / _MIB)} MiB"],
                ],
            )
        ],
    )


def _grown(server: Server, names: list[str], settling: float) -> tuple[int, float]:
    """By how many bytes the service grows with these organizations, and in how many seconds they are read."""
    time.sleep(settling)
    before = server.resident_bytes()
    begin = time.perf_counter()
    for name in names:
        loaded(server, name, SELECTION, COMPRESSED)
    seconds = time.perf_counter() - begin
    time.sleep(settling)
    return server.resident_bytes() - before, seconds


def _dicts(scale: Scale) -> int:
    command = [
        sys.executable,
        "-m",
        "benchmarks.dicts",
        str(scale.organizations),
        str(scale.organization_events),
    ]
    said = subprocess.run(command, capture_output=True, check=True, timeout=300)  # noqa: S603  # ourselves
    return int(said.stdout)


def _first_answer(directory: Path, api: Server, names: list[str], name: str) -> float:
    """Seconds from the command to the end of the first answer."""
    begin = time.perf_counter()
    with service(directory, api.url, names, days=DAYS) as server:
        loaded(server, name, headers=COMPRESSED)
        return time.perf_counter() - begin


def _imported() -> float:
    begin = time.perf_counter()
    subprocess.run(pinned([sys.executable, "-c", "import app.main"], [SERVER_CORE]), check=True)  # noqa: S603  # ourselves
    return time.perf_counter() - begin
