"""``python -m benchmarks [NAME…]``: measure, print, and rewrite docs/performance.md after a whole run."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from app.main import utc_now
from benchmarks import machine, report
from benchmarks.figures import Verdict
from benchmarks.scale import FULL, QUICK
from benchmarks.suite import PARTS, run

DOCUMENT: Final = Path("docs/performance.md")
BUSY: Final = "others were using the machine at the same time, so the figures are unsteady"


def main(words: Sequence[str]) -> int:
    """Run what is asked for; the status is 1 where something could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of: {', '.join(PARTS)}")
    parser.add_argument("--quick", action="store_true", help="small sizes, to see a change; writes nothing")
    parser.add_argument("--write", action="store_true", help="rewrite the document after a part of it, too")
    options = parser.parse_args(words)
    if unknown := [name for name in options.names if name not in PARTS]:
        parser.error(f"{', '.join(unknown)}: choose from {', '.join(PARTS)}")
    description = machine.description()
    if machine.is_busy():
        description.append(BUSY)
        print(BUSY, file=sys.stderr)
    # What runs here is on the load's core, away from the servers that are measured.
    os.sched_setaffinity(0, {machine.LOAD_CORE})
    done = run(
        options.names or PARTS, QUICK if options.quick else FULL, lambda line: print(line, file=sys.stderr)
    )
    text = report.report(
        done,
        description,
        title=f"Measured on {utc_now():%Y-%m-%d}{', at small sizes' if options.quick else ''}.",
    )
    print(text)
    if options.write or not (options.names or options.quick):
        report.write(DOCUMENT, text)
    figures = [figure for outcome in done.outcomes.values() for figure in outcome.figures]
    for figure in figures:
        if figure.verdict is Verdict.SHORT:
            print(f"Short: {figure.name}: {figure.compared}", file=sys.stderr)
    return 1 if done.failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
