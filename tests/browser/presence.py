"""Whether this machine has a browser to test with; a missing one is told in one line, and fails in CI."""

import os
from pathlib import Path
from typing import Final

import pytest

CHROMIUM: Final = Path("/usr/bin/chromium")
AXE: Final = Path(__file__).parent / "axe" / "node_modules" / "axe-core" / "axe.min.js"
SWITCHES: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def lacking() -> str:
    """What is missing, in one sentence; empty when nothing is."""
    if not CHROMIUM.exists():
        return "Chromium is missing, the pages are not tested: apt-get install chromium"
    if not AXE.exists():
        return "axe-core is missing, the pages are not tested: npm ci --prefix tests/browser/axe"
    return ""


def ensured() -> None:
    """Skip the test where something is missing; with CI=true, fail."""
    sentence = lacking()
    if not sentence:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)
