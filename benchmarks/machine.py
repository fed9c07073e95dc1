"""On what was measured: the processor, the cores and the versions that matter."""

import os
import platform
import re
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Final

CORES: Final = tuple(sorted(os.sched_getaffinity(0)))
SERVER_CORE: Final = CORES[0]
LOAD_CORE: Final = CORES[-1]
"""Another one than the server's, where there is another one."""
_LIBRARIES: Final = (
    "icalendar",
    "orjson",
    "msgspec",
    "fastapi",
    "starlette",
    "uvicorn",
    "uvloop",
    "httptools",
    "httpx",
)


def description() -> list[str]:
    """A few lines for the head of a table."""
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    tools = ", ".join(filter(None, (_told("wrk", "-v"), _told("nginx", "-v"))))
    load = ", ".join(f"{value:.2f}" for value in os.getloadavg())
    return [
        f"{_processor()}, {len(CORES)} cores, {_memory()}; {platform.system()} {platform.release()}",
        f"{platform.python_implementation()} {platform.python_version()}; {libraries}; {tools or 'no wrk'}",
        f"load of the machine before (1, 5, 15 minutes): {load}",
    ]


def is_busy() -> bool:
    """True when others were using the machine in the last minute."""
    return os.getloadavg()[0] > 0.5 * len(CORES)


def _processor() -> str:
    try:
        found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    except OSError:
        found = None
    return found[1].strip() if found else platform.processor() or platform.machine()


def _memory() -> str:
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"


def _told(command: str, option: str) -> str:
    path = shutil.which(command)
    if path is None:
        return ""
    said = subprocess.run([path, option], capture_output=True, text=True, check=False)  # noqa: S603
    found = re.search(r"\d+\.\d+(?:\.\d+)?", said.stdout + said.stderr)
    return f"{command} {found[0]}" if found else command
