"""The doctor's command as an operator runs it: a process, real HTTP, lines or JSON, exit status."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import cli
from tests.cli.test_cli import environment, free_port, run, simulated_amilia, started

SECRET = "n0t-this-one"  # in no line of any run
FULL = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
sys.argv[1:] = ["check"]
from app.cli import run
run()
"""
"""Runs the check where no file can grow beyond what an empty store takes, as on a full disk."""


@pytest.fixture(scope="module")
def amilia() -> Iterator[dict[str, str]]:
    """One that is to be served at an address where nobody answers."""
    with simulated_amilia(120) as settings:
        yield {**settings, "FEEDS_PUBLIC_URL": f"http://localhost:{free_port()}"}


def test_json_holds_every_remark_and_its_cure(tmp_path: Path, amilia: Mapping[str, str]) -> None:
    result = run("check", "--json", cwd=tmp_path, **amilia)

    remarks = json.loads(result.stdout)
    said = {remark["subject"]: remark for remark in remarks}
    assert result.returncode == 1, result.stderr.decode()
    assert {tuple(remark) for remark in remarks} == {("organization", "level", "subject", "sentence", "cure")}
    assert said["store"]["level"] == said["amilia"]["level"] == said["clock"]["level"] == "ok"
    assert {"settings", "zone", "programme", "events", "size", "languages", "webhooks"} <= said.keys()
    assert said["public address"]["cure"].startswith("Start amilia-feeds serve")
    assert not [remark for remark in remarks if remark["level"] == "failure"]


def test_the_running_service_is_found_at_its_address(tmp_path: Path, amilia: Mapping[str, str]) -> None:
    address = amilia["FEEDS_PUBLIC_URL"]
    command = ("serve", "--port", address.rpartition(":")[2])
    with started(*command, cwd=tmp_path, answers_at=f"{address}/healthz", **amilia):
        result = run("check", "--org", "forest-explorers", cwd=tmp_path, **amilia)

    lines = result.stdout.decode().splitlines()
    assert f"ok       -  public address: {address} is this service." in lines
    assert [line for line in lines if "comes through with its headers; HEAD and 304 work" in line]
    assert not [line for line in lines if line.startswith("failure")]
    assert "\x1b" not in result.stdout.decode()


def test_a_wrong_password_is_named_and_in_no_line(tmp_path: Path, amilia: Mapping[str, str]) -> None:
    result = run("check", cwd=tmp_path, **{**amilia, "FEEDS_PASSWORD": SECRET})

    (failure,) = [line for line in result.stdout.decode().splitlines() if line.startswith("failure")]
    assert result.returncode == 2
    assert "  amilia: Amilia refuses" in failure
    assert "→ Correct username and password" in failure
    assert SECRET not in result.stdout.decode() + result.stderr.decode()


def test_a_wrong_setting_is_a_failure_like_any_other(amilia: Mapping[str, str]) -> None:
    result = CliRunner().invoke(cli, ["check"], env={**amilia, "FEEDS_TIMEZONE": "America/Torronto"})

    (line, summary) = result.stdout.splitlines()
    assert result.exit_code == 2
    assert line.startswith("failure  -  settings: ")
    assert "'America/Torronto' is not an IANA time zone" in line
    assert summary == "1 failure, 0 warnings, 0 ok."


def test_a_full_disk_is_named(tmp_path: Path, amilia: Mapping[str, str]) -> None:
    result = subprocess.run(  # noqa: S603  # our own program
        [sys.executable, "-c", FULL],
        cwd=tmp_path,
        env=environment(**amilia),
        capture_output=True,
        check=False,
        timeout=60,
    )

    lines = result.stdout.decode().splitlines()
    (failure,) = [line for line in lines if line.startswith("failure  -  store")]
    assert result.returncode == 2
    assert "feeds.db" in failure
    assert "disk" in failure.partition("→")[2]
    assert [line for line in lines if line.startswith("ok") and " events: " in line]


def test_nothing_configured_is_a_failure_that_says_what_to_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(cli, ["check", "--json"])

    (remark,) = json.loads(result.stdout)
    assert result.exit_code == 2
    assert (remark["level"], remark["subject"]) == ("failure", "settings")
    assert "FEEDS_ORG" in remark["sentence"]


def test_what_google_hides_is_counted(tmp_path: Path, amilia: Mapping[str, str]) -> None:
    result = run("check", "--as", "google", "--query", "lang=en", "--json", cwd=tmp_path, **amilia)

    (view,) = json.loads(result.stdout)
    (hidden,) = [it for it in view["effects"] if it["sentence"].startswith("are hidden, because")]
    assert result.returncode == 0
    assert view["feed"] == "forest-explorers/calendar.ics?lang=en"
    assert view["shown"] + hidden["count"] == view["events"] > 50


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("--as lotus", "--as knows google, outlook, apple, thunderbird."),
        ("--as google --feed nothing", "There is no feed named nothing."),
        ("--as google --query programId=x", "--query: programId"),
        ("--as google --query lang=fr --feed calendar", "exclude each other"),
        ("--feed calendar", "--feed and --query go with --as."),
        ("--org nobody", "nobody is not configured"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(
    amilia: Mapping[str, str], arguments: str, said: str
) -> None:
    result = CliRunner().invoke(cli, ["check", *arguments.split()], env=amilia)

    assert result.exit_code == 2
    assert said in result.stderr
