"""``python -m fuzz.engine TARGET FOLDER [libFuzzer's options]``: the only place that knows Atheris.

A process of its own for each target: libFuzzer ends the process that it runs in.
"""

import sys
from collections.abc import Sequence

import atheris  # type: ignore[import-untyped]  # it has no types

with atheris.instrument_imports(include=["app"]):
    from fuzz.targets import TARGETS


def main(words: Sequence[str]) -> None:
    """Search until an option says stop, or the target raises: status 77 and the octets in a file."""
    target, folder, *options = words
    atheris.Setup(["fuzz", folder, *options], TARGETS[target])
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
