"""What the image and CI are made from."""

import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.skipif(
    shutil.which("hadolint", path=str(ROOT / ".venv/bin")) is None, reason="hadolint is for Linux"
)
def test_the_dockerfile_passes_its_linter() -> None:
    result = subprocess.run(  # noqa: S603  # a tool of the virtual environment
        [ROOT / ".venv/bin/hadolint", ROOT / "Dockerfile"], capture_output=True, text=True, check=False
    )

    assert (result.returncode, result.stdout) == (0, "")


@pytest.mark.parametrize("name", ["run.txt", "dev.txt", "audit.txt"])
def test_requirements_are_pinned_by_hash_and_name_no_address(name: str) -> None:
    lines = (ROOT / "requirements" / name).read_text().splitlines()

    pins = [line for line in lines if line and not line.startswith(" ")]
    assert pins
    assert [line for line in pins if "==" not in line or not line.endswith("\\")] == []
    assert [line for line in lines if "://" in line] == []


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    locked = (ROOT / "requirements" / "run.txt").read_text()

    names = [dependency.split(">=")[0] for dependency in project["dependencies"]]
    assert [name for name in names if f"\n{name}==" not in f"\n{locked}"] == []


def test_ci_runs_the_tests() -> None:
    assert "make test" in (ROOT / ".ci" / "run").read_text()
