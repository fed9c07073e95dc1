"""`amilia-feeds export` as a person runs it: lines, exit status, options."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.test_cli import environment, simulated_amilia
from tests.support.service import read


@pytest.fixture(scope="module")
def amilia() -> Iterator[dict[str, str]]:
    """A small one, of a few days."""
    with simulated_amilia(10) as settings:
        yield {**settings, "FEEDS_PAST_DAYS": "2", "FEEDS_FUTURE_DAYS": "10"}


def run(*arguments: str, cwd: Path, **environ: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: S603  # our own program
        [sys.executable, "-m", "app", "export", *arguments],
        cwd=cwd,
        env=environment(**environ),
        capture_output=True,
        check=False,
        text=True,
        timeout=120,
    )


def test_export_writes_the_site_and_says_how_much(tmp_path: Path, amilia: dict[str, str]) -> None:
    done = run("site", "--base-url", "https://club.example.org/cal/", cwd=tmp_path, **amilia)

    assert done.returncode == 0, done.stderr
    assert "files written, 0 the same as before, 0 removed." in done.stdout
    assert " files made" in done.stderr
    calendar = read((tmp_path / "site/orgs/forest-explorers/calendar.ics").read_bytes())
    assert str(calendar["SOURCE"]) == "https://club.example.org/cal/orgs/forest-explorers/calendar.ics"


def test_export_that_never_had_a_copy_ends_with_two_and_no_files(
    tmp_path: Path, amilia: dict[str, str]
) -> None:
    done = run("site", cwd=tmp_path, **{**amilia, "FEEDS_PASSWORD": "wrong"})

    assert done.returncode == 2
    assert "its files stay as they are" in done.stderr
    assert list((tmp_path / "site").iterdir()) == []


def test_export_into_files_of_others_says_which(tmp_path: Path, amilia: dict[str, str]) -> None:
    theirs = tmp_path / "site" / "orgs" / "forest-explorers" / "calendar.ics"
    theirs.parent.mkdir(parents=True)
    theirs.write_text("theirs")

    done = run("site", cwd=tmp_path, **amilia)

    assert done.returncode == 2
    assert "orgs/forest-explorers/calendar.ics" in done.stderr
    assert [it.name for it in theirs.parent.iterdir()] == ["calendar.ics"]


@pytest.mark.parametrize(
    ("option", "word"), [(["--org", "nobody"], "nobody"), (["--base-url", "club"], "public_url")]
)
def test_wrong_option_is_refused_in_one_sentence(
    option: list[str], word: str, tmp_path: Path, amilia: dict[str, str]
) -> None:
    done = run("site", *option, cwd=tmp_path, **amilia)

    assert done.returncode == 2
    assert word in done.stderr
    assert not (tmp_path / "site").exists()
