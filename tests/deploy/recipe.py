"""What the recipes say, and what this machine has to try them with."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest
import yaml  # type: ignore[import-untyped]  # its types are a package of their own

ROOT: Final = Path(__file__).parents[2]
DEPLOY: Final = ROOT / "deploy"
GUIDE: Final = ROOT / "docs" / "deployment"


def program(name: str) -> str:
    """Where a program is. Without it the test is skipped, and fails with CI=true."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if found is None:
        sentence = f"{name} is missing, a recipe is not tried: scripts/install-proxies"
        if os.environ.get("CI") == "true":
            pytest.fail(sentence, pytrace=False)
        pytest.skip(sentence)
    return found


def adapted(text: str, changes: Mapping[str, str]) -> str:
    """A recipe with the names and ports of a test; every one of ``changes`` must have something to change."""
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


def documents(path: Path) -> list[dict[str, Any]]:
    """The YAML documents of a file."""
    return list(yaml.safe_load_all(path.read_text(encoding="utf-8")))
