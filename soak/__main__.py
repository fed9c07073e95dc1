"""``python -m soak``: run a soak, print what was done and every wrong answer; status 1 if there was one."""

import argparse
import asyncio
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from soak.run import Options, soak


def options_from(words: Sequence[str]) -> tuple[Options, Path | None]:
    """What the command line asks for, and where logs are to be kept."""
    usual = Options()
    parser = argparse.ArgumentParser(prog="python -m soak", description=__doc__)
    parser.add_argument("--seconds", type=float, default=usual.seconds, help="how long, about")
    parser.add_argument(
        "--hosts", type=int, default=usual.hosts, choices=range(1, 9), help="hosts of the service"
    )
    parser.add_argument(
        "--workers", type=int, default=usual.workers, choices=range(1, 9), help="of each host"
    )
    parser.add_argument(
        "--store", choices=("sqlite", "redis"), default=usual.store, help="shared by the hosts"
    )
    parser.add_argument("--seed", type=int, default=usual.seed, help="the same seed throws the same dice")
    parser.add_argument("--logs", type=Path, help="keep what everybody logged in this directory")
    given = vars(parser.parse_args(words))
    logs = given.pop("logs")
    return Options(**given), logs


def main(words: Sequence[str]) -> int:
    """Run it, print, and return the exit status."""
    options, logs = options_from(words)
    with tempfile.TemporaryDirectory(prefix="soak-") as directory:
        outcome = asyncio.run(soak(options, Path(directory)))
        if logs is not None:
            logs.mkdir(parents=True, exist_ok=True)
            for log in Path(directory).glob("*.log"):
                shutil.copy(log, logs)
    stories = [outcome.chronicle.story_of(wrong) for wrong in outcome.chronicle.wrongs]
    sys.stdout.write("\n".join([*stories, outcome.summary, ""]))
    return 0 if outcome.right else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
