"""The layers hold, and the linter notices when they do not."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def lint_imports(directory: Path) -> "subprocess.CompletedProcess[str]":
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as c; c()",
        "--no-cache",
    ]
    return subprocess.run(  # noqa: S603  # our own tool
        command,
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(directory)},
    )


def test_imports_point_downwards() -> None:
    result = lint_imports(ROOT)

    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("domain/model.py", "import app.ics.text", "Imports point downwards"),
        ("simulator/app.py", "import app.domain.model", "The simulator is a second opinion"),
        ("feeds/service.py", "import app.amilia.client", "Feeds reach the upstream and the store only"),
        ("web/feeds.py", "import icalendar", "Only ics knows icalendar"),
        ("web/pages.py", "import app.settings", "Only the composition root reads settings"),
        ("helpers.py", "", "Imports point downwards"),
    ],
)
def test_a_broken_layer_is_noticed(tmp_path: Path, module: str, line: str, contract: str) -> None:
    shutil.copytree(ROOT / "app", tmp_path / "app", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    broken = tmp_path / "app" / module
    broken.write_text((broken.read_text() if broken.exists() else "") + f"\n{line}\n")

    result = lint_imports(tmp_path)

    assert result.returncode != 0
    assert contract in result.stdout
