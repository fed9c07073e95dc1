"""The locked requirements as values."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
_PIN: Final = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(?P<version>[^\s;\\]+)", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Pin:
    """One distribution at one version."""

    name: str
    version: str


def pins(name: str) -> list[Pin]:
    """All that ``requirements/{name}.txt`` locks, for whatever platform, by name."""
    lines = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return sorted(
        Pin(found["name"].lower(), found["version"]) for line in lines if (found := _PIN.match(line))
    )
