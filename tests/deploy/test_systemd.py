"""The units, read by systemd itself, and the socket as it hands it over."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import httpx
import pytest
from typer.testing import CliRunner

from app.cli import cli
from tests.clients.processes import Program, eventually, free_port, machine
from tests.deploy.recipe import DEPLOY, adapted, program

UNITS: Final = DEPLOY / "systemd"
SERVICE: Final = (UNITS / "amilia-feeds.service").read_text(encoding="utf-8")
INSTALLED: Final = "/opt/amilia-feeds/current/bin/amilia-feeds"
MOST_EXPOSED: Final = "20"
"""Tenths on systemd's scale from 0 to 10; below 2 it says OK, most services of a distribution have 9."""


def said_by(*command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: S603  # systemd's own tools
        [program(command[0]), *command[1:]], capture_output=True, text=True, check=False, timeout=30
    )


def test_systemd_understands_every_line(tmp_path: Path) -> None:
    for unit in UNITS.iterdir():
        text = unit.read_text(encoding="utf-8")
        (tmp_path / unit.name).write_text(text.replace(INSTALLED, "/bin/true"), encoding="utf-8")
    units = [str(path) for path in sorted(tmp_path.glob("*.*")) if path.suffix != ".sysusers"]

    told = said_by("systemd-analyze", "verify", "--man=no", *units)

    assert (told.returncode, [line for line in told.stderr.splitlines() if "amilia-feeds" in line]) == (0, [])


def test_the_service_is_locked_in() -> None:
    unit = str(UNITS / "amilia-feeds.service")

    told = said_by("systemd-analyze", "security", "--offline=yes", f"--threshold={MOST_EXPOSED}", unit)

    assert told.returncode == 0, told.stdout[-300:]


def test_its_command_is_one_of_ours() -> None:
    found = re.search(rf"^ExecStart={INSTALLED} (.+)$", SERVICE, re.MULTILINE)
    assert found

    told = CliRunner().invoke(cli, [*found[1].split(), "--help"])

    assert (found[1].split()[0], told.exit_code) == ("serve", 0)


def test_it_answers_at_a_socket_that_systemd_opened(tmp_path: Path) -> None:
    found = re.search(r"^ExecStart=(.+)$", SERVICE, re.MULTILINE)
    assert found
    ours = Path(sys.executable).with_name("amilia-feeds")
    command = adapted(found[1], {INSTALLED: str(ours)}).split()
    port = free_port()
    settings = {"FEEDS_ORG": "club", "FEEDS_USERNAME": "u", "FEEDS_PASSWORD": "p"}
    given = [f"--setenv={name}={value}" for name, value in settings.items()]
    opener = [program("systemd-socket-activate"), f"--listen=127.0.0.1:{port}", *given, *command]
    running = Program(opener, env=machine(tmp_path, "UTC"), log=tmp_path / "log", directory=tmp_path)

    def answers() -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False, timeout=20).is_success
        except httpx.ConnectError:
            return False

    try:
        assert eventually(answers, "the service answers at the socket")
    finally:
        running.stop()


@pytest.mark.parametrize("folder", ["ConfigurationDirectory", "StateDirectory"])
def test_folders_are_not_for_everybody(folder: str) -> None:
    assert f"{folder}Mode=0750" in SERVICE
