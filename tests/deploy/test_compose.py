"""compose.yaml, as far as it can be tried without an engine: against service, image and recipes."""

import re
from pathlib import Path
from typing import Any, Final

import pytest
from typer.testing import CliRunner

from app.cli import cli
from app.settings import SECRETS, VARIABLES, load
from tests.deploy.recipe import DEPLOY, ROOT, adapted, documents

COMPOSE: Final = documents(ROOT / "compose.yaml")[0]
SERVICE: Final[dict[str, Any]] = COMPOSE["services"]["feeds"]
DOCKERFILE: Final = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def variables(name: str) -> dict[str, str]:
    """What an example for .env sets."""
    lines = (DEPLOY / "compose" / name).read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def asked_for() -> set[str]:
    """The variables that compose.yaml puts in by itself."""
    return set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "compose.yaml").read_text(encoding="utf-8")))


def test_every_setting_but_the_plain_secrets_reaches_the_service() -> None:
    plain = {f"FEEDS_{name.upper()}" for name in SECRETS}

    assert SERVICE["environment"] == sorted(set(VARIABLES) - plain)


def test_its_command_is_one_of_ours() -> None:
    arguments = [re.sub(r"\$\{[A-Z]+:-(.*)\}", r"\1", word) for word in SERVICE["command"]]

    told = CliRunner().invoke(cli, [*arguments, "--help"])

    assert (arguments[0], told.exit_code) == ("serve", 0)


def test_what_is_written_to_is_the_volume_of_the_image() -> None:
    writable = [volume.split(":")[1] for volume in SERVICE["volumes"] if not volume.endswith(":ro")]

    assert [writable, re.findall(r"^VOLUME (.+)$", DOCKERFILE, re.MULTILINE)] == [["/app/data"]] * 2
    assert SERVICE["read_only"] is True


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_volumes_are_declared_and_images_pinned(name: str) -> None:
    service = COMPOSE["services"][name]
    sources = [volume.split(":")[0] for volume in service["volumes"]]

    assert [it for it in sources if not it.startswith("./") and it not in COMPOSE["volumes"]] == []
    assert name == "feeds" or re.fullmatch(r"[a-z]+:\d+\.\d+\.\d+-[a-z]+", service["image"])


def test_the_service_may_finish_its_answers() -> None:
    seconds = int(SERVICE["stop_grace_period"].removesuffix("s"))

    assert seconds > 10


@pytest.mark.parametrize("name", ["club.env", "many.env"])
def test_an_example_sets_what_is_asked_for_and_profiles_that_exist(name: str) -> None:
    profiles = {
        profile for service in COMPOSE["services"].values() for profile in service.get("profiles", [])
    }
    given = variables(name)

    assert set(given) - set(VARIABLES) - asked_for() == {"COMPOSE_PROFILES"}
    assert set(given["COMPOSE_PROFILES"].split(",")) <= profiles
    assert given["FEEDS_PUBLIC_URL"] == f"https://{given['DOMAIN']}"


def test_the_club_is_a_good_configuration(tmp_path: Path) -> None:
    (tmp_path / "amilia").write_text("secret", encoding="utf-8")
    given = {name: value.replace("/run/secrets/", "") for name, value in variables("club.env").items()}

    settings = load(given, tmp_path)

    assert settings is not None
    assert list(settings.organizations) == ["forest-explorers"]


def test_the_many_clubs_are_a_good_configuration(tmp_path: Path) -> None:
    example = (DEPLOY / "compose" / "feeds.toml").read_text(encoding="utf-8")
    (tmp_path / "settings").mkdir()
    (tmp_path / "settings" / "feeds.toml").write_text(
        adapted(example, {"/run/secrets/": ""}), encoding="utf-8"
    )
    for name in ("forest-explorers", "lakeside"):
        (tmp_path / name).write_text("secret", encoding="utf-8")

    settings = load(variables("many.env"), tmp_path)

    assert settings is not None
    assert (set(settings.organizations), settings.store) == (
        {"forest-explorers", "lakeside"},
        "redis://redis:6379/0",
    )


def test_redis_forgets_nothing() -> None:
    command = COMPOSE["services"]["redis"]["command"]

    assert command[command.index("--appendonly") + 1] == "yes"
    assert command[command.index("--maxmemory-policy") + 1] == "noeviction"
