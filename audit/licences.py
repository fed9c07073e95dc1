"""The licences of what we depend on, as the distributions themselves tell them.

``python -m audit.licences`` writes docs/licences.md.
"""

import re
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata
from types import MappingProxyType
from typing import Final

from audit.pins import ROOT, Pin, pins

DOCUMENT: Final = ROOT / "docs" / "licences.md"
PERMISSIVE: Final = frozenset(
    {"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MIT-0", "PSF-2.0", "Unlicense"}
)
"""Of what the image holds; they ask for no more than to be named. SPDX identifiers."""
OF_FILES: Final = frozenset({"MPL-2.0"})
"""Copyleft for their own files only, which we never change; may be in the image too."""
OF_TOOLS: Final = frozenset({"GPL-3.0-only", "LGPL-2.0-only", "LGPL-2.1-only"})
"""Of programs that test and check and are never shipped."""
NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Apache Software License": "Apache-2.0",
        "BSD License": "BSD-3-Clause",
        "GNU Lesser General Public License v2 (LGPLv2)": "LGPL-2.0-only",
        "GPL-3.0": "GPL-3.0-only",
        "ISC License (ISCL)": "ISC",
        "MIT License": "MIT",
        "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
        "Python Software Foundation License": "PSF-2.0",
    }
)
"""What older distributions say instead."""
UNTOLD: Final[Mapping[str, str]] = MappingProxyType(
    {"async-timeout": "Apache-2.0", "atheris": "Apache-2.0", "colorama": "BSD-3-Clause"}
)
"""Those that say nothing, and those for other platforms or versions of Python; read in their sources."""


def licence(name: str) -> str:
    """The SPDX expression of a distribution; empty where neither it nor we know."""
    try:
        told = metadata(name)
    except PackageNotFoundError:
        return UNTOLD.get(name, "")
    return _told(told) or UNTOLD.get(name, "")


def identifiers(expression: str) -> list[list[str]]:
    """The alternatives of an expression, each as the licences that hold together in it."""
    plain = expression.replace("(", " ").replace(")", " ")
    if " AND " in expression and " OR " in expression:  # all of them, to be safe
        return [re.split(r"\s+(?:AND|OR)\s+", plain.strip())]
    return [re.split(r"\s+AND\s+", part.strip()) for part in re.split(r"\s+OR\s+", plain)]


def is_allowed(expression: str, *, shipped: bool) -> bool:
    """True if one alternative holds only what may be shipped, or used to test."""
    allowed = PERMISSIVE | OF_FILES | (frozenset() if shipped else OF_TOOLS)
    return any(allowed.issuperset(alternative) for alternative in identifiers(expression))


def document(shipped: Iterable[Pin], tools: Iterable[Pin]) -> str:
    """docs/licences.md."""
    there = list(shipped)
    return "\n".join(
        [
            "# Licences",
            "",
            "Written by `make audit` from what the distributions tell of themselves.",
            "The project's own licence is [MIT](../LICENSE).",
            "",
            *_table("In the image", there),
            "",
            *_table("For development and tests only", [pin for pin in tools if pin not in there]),
            "",
        ]
    )


def _table(title: str, of: Iterable[Pin]) -> list[str]:
    rows = [f"| {pin.name} | {pin.version} | {licence(pin.name)} |" for pin in of]
    return [f"## {title}", "", "| distribution | version | licence |", "|---|---|---|", *rows]


def _told(told: PackageMetadata) -> str:
    """``License-Expression`` (PEP 639), else the classifiers, else a short ``License``."""
    if "License-Expression" in told:
        return str(told["License-Expression"])
    classified = [
        it.rpartition(" :: ")[2] for it in told.get_all("Classifier") or () if it.startswith("License ::")
    ]
    names = classified or [str(told["License"]) if "License" in told else ""]
    return " OR ".join(NAMES.get(name, name) for name in names)


if __name__ == "__main__":
    DOCUMENT.write_text(document(pins("run"), pins("dev")), encoding="utf-8")
