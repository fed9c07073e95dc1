"""What reads strangers' words withstands a short search; ``python -m fuzz`` searches longer."""

import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from app.ics.lint import Finding
from fuzz.search import search
from fuzz.seeds import seeds
from fuzz.targets import TARGETS, renderer

RUNS = {"parser": 3_000, "selection": 6_000, "renderer": 1_500}
HAS_ATHERIS = sys.platform == "linux" and sys.version_info < (3, 14)
WITH_ATHERIS = pytest.mark.skipif(not HAS_ATHERIS, reason="Atheris is for Linux and Python up to 3.13")


@pytest.mark.parametrize("target", TARGETS)
def test_every_seed_is_withstood(target: str) -> None:
    for octets in seeds(target):
        TARGETS[target](octets)
        TARGETS[target](octets[: len(octets) // 2])


@WITH_ATHERIS
@pytest.mark.parametrize("target", TARGETS)
def test_a_short_search_breaks_nothing(target: str, tmp_path: Path) -> None:
    outcome = search(target, tmp_path, seconds=20, runs=RUNS[target], seed=20261122)

    assert outcome.right, outcome.story
    assert outcome.culprits == ()
    assert f"Done {RUNS[target]} runs" in outcome.story


@WITH_ATHERIS
def test_the_engine_is_installed() -> None:
    assert find_spec("atheris") is not None


def test_what_is_wrong_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fuzz.targets.check", lambda _: [Finding("broken", "error", 1, "a finding", (), "")])

    with pytest.raises(AssertionError, match="a finding"):
        renderer(b"")
