"""What the documents say exists does, and what exists is documented."""

import re
import tomllib
from pathlib import Path

import pytest

from app.cli import cli
from app.domain.selection import PARAMETERS
from app.main import create_app
from app.settings import VARIABLES, OrganizationTable, Settings, load
from tests.support.service import settings_for

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def test_every_setting_is_in_the_readme_and_no_other() -> None:
    named = set(re.findall(r"FEEDS_[A-Z_]+", README)) - {"FEEDS_"}

    assert named - set(VARIABLES) == set()
    assert {name for name in VARIABLES if not name.endswith("_FILE")} - named == set()


def test_every_setting_is_in_the_example_file() -> None:
    example = (ROOT / "feeds.example.toml").read_text()

    keys = {*Settings.model_fields, *OrganizationTable.model_fields} - {"organizations", "feeds"}

    assert {key for key in keys if not re.search(rf"^(# )?{key}(_file)? = ", example, re.MULTILINE)} == set()


def test_the_example_file_is_a_good_configuration(tmp_path: Path) -> None:
    example = (ROOT / "feeds.example.toml").read_text().replace("/run/secrets/forest", "forest")
    (tmp_path / "feeds.toml").write_text(example)
    (tmp_path / "forest").write_text("secret")

    settings = load({}, tmp_path)

    assert settings is not None
    assert settings.organizations["forest-explorers"].feeds["natation"].name.en == "Swimming"
    assert tomllib.loads(example)["refresh_seconds"] == 600


def test_every_command_is_in_the_readme_and_no_other() -> None:
    named = set(re.findall(r"`amilia-feeds ([a-z]+)", README))

    commands = {command.callback.__name__ for command in cli.registered_commands if command.callback}
    assert commands | {"webhooks", "private"} == named
    assert "`amilia-feeds webhooks create`" in README


def test_every_parameter_is_in_the_readme() -> None:
    assert [name for name in PARAMETERS if f"`{name}`" not in README] == []


def test_every_route_is_in_the_readme(tmp_path: Path) -> None:
    app = create_app(settings_for(tmp_path))

    paths = {path.replace("{event_id}", "{id}") for path in app.openapi()["paths"]}

    assert {path for path in paths if path not in README} == set()


@pytest.mark.parametrize(
    "document",
    sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md")),
    ids=lambda p: str(p.relative_to(ROOT)),
)
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", document.read_text())

    assert [link for link in links if not (document.parent / link).exists()] == []
