"""Load from a C program on another core, bounded in time: wrk."""

import re
import resource
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.processes import pinned

CONNECTIONS: Final = 32
"""Kept alive, for every server alike."""
_UNITS: Final = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}


class LoadFailed(Exception):
    """wrk is missing, or what it measured is not to be trusted."""


@dataclass(frozen=True, slots=True)
class Load:
    """What wrk saw: answers, and answers a second; latencies in seconds; which part of its core it needed."""

    answers: int
    rate: float
    median: float
    p99: float
    share: float


def is_installed() -> bool:
    return shutil.which("wrk") is not None


def load(
    url: str,
    headers: Mapping[str, str],
    *,
    seconds: float,
    cores: Sequence[int],
    connections: int = CONNECTIONS,
) -> Load:
    """Ask for ``url`` as often as can be for ``seconds`` (wrk counts whole ones). Raises ``LoadFailed``."""
    path = shutil.which("wrk")
    if path is None:
        raise LoadFailed("wrk is missing")
    command = [path, "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--latency"]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    before, began = _busy_children(), time.perf_counter()
    said = subprocess.run(  # noqa: S603
        pinned([*command, url], cores), capture_output=True, text=True, check=False, timeout=60 + seconds
    )
    elapsed = time.perf_counter() - began
    if said.returncode:
        raise LoadFailed(said.stdout + said.stderr)
    return parsed(said.stdout, (_busy_children() - before) / elapsed)


def parsed(text: str, share: float = 0.0) -> Load:
    """The report of wrk as figures. Raises ``LoadFailed`` where there were errors: an error is soon said."""
    if "Non-2xx" in text or "Socket errors" in text:
        raise LoadFailed(text)
    answers = re.search(r"^\s+(\d+) requests in", text, re.MULTILINE)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", text)
    latencies = {
        found[1]: float(found[2]) * _UNITS[found[3]]
        for found in re.finditer(r"^\s+(50|99)%\s+([\d.]+)(us|ms|s|m)$", text, re.MULTILINE)
    }
    if answers is None or rate is None or latencies.keys() != {"50", "99"}:
        raise LoadFailed(text)
    return Load(int(answers[1]), float(rate[1]), latencies["50"], latencies["99"], share)


def _busy_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
