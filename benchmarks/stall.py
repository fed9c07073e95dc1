"""What those who read feel while others are loaded: hot answers while one organization after the other loads.

Idle first, then with an organization of 10,000 events being fetched, rendered, remembered and stored all the
time. The probe is beside the load on the other core, and so is the imitated API, which lets it go first.
"""

import json
import math
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from benchmarks.amilia import slug
from benchmarks.figures import Figure, Goal, Outcome, Series, Table, number
from benchmarks.machine import LOAD_CORE
from benchmarks.processes import Server, pinned
from benchmarks.scale import Scale
from benchmarks.service import COMPRESSED, feed, imitation, loaded, service

ROUNDS: Final = 2


class TooFew(Exception):
    """The probe saw idle moments and took them for busy ones."""


def measure(scale: Scale, directory: Path) -> Outcome:
    """The probe's latencies, idle and under load, in turn."""
    hot = slug(scale.hot_events, 0)
    names = [slug(scale.events, n) for n in range(scale.loads)]
    idle: list[list[float]] = []
    busy: list[list[float]] = []
    seconds_of_loads: list[float] = []
    with (
        imitation(directory, prepare=[scale.hot_events, scale.events]) as api,
        service(directory, api.url, [hot, *names], paced=False) as server,
    ):
        for headers in (COMPRESSED, COMPRESSED):
            loaded(server, hot, headers=headers)
        left = iter(names)
        loaded(server, next(left), headers=COMPRESSED)
        for _ in range(min(ROUNDS, scale.rounds)):
            idle.append(_finish(_start(server, hot, scale.stall_seconds)))
            running = _start(server, hot, scale.stall_seconds)
            while running.poll() is None and (name := next(left, None)) is not None:
                begin = time.perf_counter()
                server.get(feed(name), method="HEAD")
                seconds_of_loads.append(time.perf_counter() - begin)
            if running.poll() is None:
                raise TooFew("there were too few organizations to load for as long as the probe ran")
            busy.append(_finish(running))
    return _outcome(scale, idle, busy, seconds_of_loads)


def _outcome(scale: Scale, idle: list[list[float]], busy: list[list[float]], loads: list[float]) -> Outcome:
    during = f"while {scale.events:,} events load cold, back to back"
    p99 = [[percentile(some, 0.99) for some in side] for side in (busy, idle)]
    most = [[max(some) for some in side] for side in (busy, idle)]
    figures = [
        Figure(
            f"hot p99 {during}",
            "idle",
            Series(p99[0], "ms"),
            Series(p99[1], "ms"),
            Series(p99[0], "ms"),
            Goal(10, 4),
        ),
        Figure(
            f"hot maximum {during}",
            "idle",
            Series(most[0], "ms"),
            Series(most[1], "ms"),
            Series(most[0], "ms"),
            Goal(40),
        ),
    ]
    rows = [
        [
            name,
            *(
                number(statistics.median(percentile(some, part) for some in side))
                for part in (0.5, 0.9, 0.99, 0.999, 1)
            ),
        ]
        for name, side in (("idle", idle), ("loading", busy))
    ]
    table = Table(
        f"Latency of hot answers at 500 a second, open loop, in ms; {len(loads)} loads of "
        f"{scale.events:,} events, each {number(statistics.median(loads))} s",
        ["", "p50", "p90", "p99", "p99.9", "maximum"],
        rows,
    )
    return Outcome(figures, [table])


def percentile(values: list[float], part: float) -> float:
    """The value that ``part`` of all values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(part * len(ordered)) - 1)]


def _start(server: Server, hot: str, seconds: float) -> "subprocess.Popen[bytes]":
    command = [
        sys.executable,
        "-m",
        "benchmarks.probe",
        str(server.port),
        feed(hot),
        "--seconds",
        str(seconds),
    ]
    return subprocess.Popen(pinned(command, [LOAD_CORE]), stdout=subprocess.PIPE)  # noqa: S603  # our own program


def _finish(running: "subprocess.Popen[bytes]") -> list[float]:
    output, _ = running.communicate(timeout=120)
    if running.returncode:
        raise RuntimeError("the probe failed; its reason is above")
    latencies: list[float] = json.loads(output)
    return latencies
