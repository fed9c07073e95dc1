"""One search: a folder of seeds, a process with a bound on its time, and what it says at the end."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fuzz.seeds import seeds

SLOWEST_SECONDS: Final = 5
"""An input that takes longer is a hang."""
MOST_MEGABYTES: Final = 2048
LONGEST_OCTETS: Final = 4096
ROOT: Final = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Outcome:
    """``story`` is what the search printed; ``culprits`` are the files of inputs that broke the target."""

    target: str
    right: bool
    story: str
    culprits: tuple[Path, ...]


def search(target: str, folder: Path, *, seconds: int, runs: int = -1, seed: int = 0) -> Outcome:
    """Search for ``seconds``, or for so many ``runs``; ``seed`` 0 throws other dice each time.

    ``folder`` keeps what was found: begun again there, the search goes on.
    """
    corpus, broken = folder / target, folder / f"{target}-broken"
    for made in (corpus, broken):
        made.mkdir(parents=True, exist_ok=True)
    for number, octets in enumerate(seeds(target)):
        (corpus / f"seed-{number:03}").write_bytes(octets)
    options = {
        "max_total_time": seconds,
        "runs": runs,
        "seed": seed,
        "timeout": SLOWEST_SECONDS,
        "rss_limit_mb": MOST_MEGABYTES,
        "max_len": LONGEST_OCTETS,
        "artifact_prefix": f"{broken}/",
        "print_final_stats": 1,
    }
    words = [f"-{name}={value}" for name, value in options.items()]
    done = subprocess.run(  # noqa: S603  # our own module
        [sys.executable, "-m", "fuzz.engine", target, str(corpus), *words],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    return Outcome(target, done.returncode == 0, done.stdout, tuple(sorted(broken.iterdir())))
