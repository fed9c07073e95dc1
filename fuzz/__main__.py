"""``python -m fuzz``: search every target for a while; status 1 if one of them broke."""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from fuzz.search import ROOT, search
from fuzz.targets import TARGETS

FOLDER: Final = ROOT / "test-artefacts" / "fuzz"


def main(words: Sequence[str]) -> int:
    """Run the searches one after the other, then many requests to every route; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("--seconds", type=int, default=300, help="for each target")
    parser.add_argument("--target", choices=tuple(TARGETS), action="append", help="only this one, or these")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="what was found, kept between runs")
    parser.add_argument("--requests", type=int, default=500, help="to each route, from the OpenAPI document")
    asked = parser.parse_args(words)
    right = True
    for target in asked.target or TARGETS:
        sys.stdout.write(f"{target}: {asked.seconds} s …\n")
        sys.stdout.flush()
        outcome = search(target, asked.folder, seconds=asked.seconds)
        right = right and outcome.right
        told = outcome.story if not outcome.right else _summary(outcome.story)
        sys.stdout.write(told + "".join(f"{target}: {path}\n" for path in outcome.culprits))
    if asked.requests and not asked.target:
        right = _requests(asked.requests) and right
    return 0 if right else 1


def _summary(story: str) -> str:
    """LibFuzzer's last figures: runs, runs a second, new inputs, the slowest."""
    return "".join(f"  {line}\n" for line in story.splitlines() if line.startswith("stat::"))


def _requests(count: int) -> bool:
    """Ask every route for what the OpenAPI document allows and forbids, with other dice each time."""
    done = subprocess.run(  # our own tests
        [sys.executable, "-m", "pytest", "-q", "tests/security/test_openapi.py"],
        cwd=ROOT,
        env={**os.environ, "FUZZ_EXAMPLES": str(count)},
        check=False,
    )
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
