"""What the guide and the recipes name exists, and each recipe is in the guide."""

import json
import re
from pathlib import Path
from typing import Final

import pytest
from typer.testing import CliRunner

from app.cli import cli
from app.settings import VARIABLES, OrganizationTable, Settings
from app.web.compression import is_shy
from tests.deploy.recipe import DEPLOY, GUIDE, ROOT

PAGES: Final = sorted(GUIDE.glob("*.md"))
OURS: Final = ("caddy", "cdn", "compose", "kubernetes", "nginx", "systemd")
RECIPES: Final = sorted(path for name in OURS for path in (DEPLOY / name).iterdir())
TEXT: Final = "\n".join(path.read_text(encoding="utf-8") for path in PAGES)
OTHERS: Final = {"aof_rewrite_in_progress", "utm_source"}
"""Names of the same form that are not ours: of Redis, of mailings."""
COMPOSE: Final = (ROOT / "compose.yaml").read_text(encoding="utf-8")


def commands(text: str) -> set[tuple[str, ...]]:
    """Our commands that a text tells to run: one word or two."""
    # Not where it is somebody's or something's name: a user, a namespace, a unit.
    found = re.findall(r"(?<!-[nug] )(?<!/)amilia-feeds ((?:webhooks|private) [a-z]+|[a-z]+)", text)
    found += re.findall(r"(?:docker compose run --rm feeds) ([a-z]+)", text)
    return {tuple(words.split()) for words in found}


@pytest.mark.parametrize("file", [*PAGES, *RECIPES, ROOT / "compose.yaml"], ids=lambda path: path.name)
def test_every_variable_is_a_setting(file: Path) -> None:
    named = set(re.findall(r"FEEDS_[A-Z_]+", file.read_text(encoding="utf-8"))) - {"FEEDS_"}

    assert named - set(VARIABLES) == set()


@pytest.mark.parametrize("command", sorted(commands(TEXT)), ids=" ".join)
def test_every_command_exists(command: tuple[str, ...]) -> None:
    assert CliRunner().invoke(cli, [*command, "--help"]).exit_code == 0


def test_every_option_of_ours_exists() -> None:
    told = {}
    for command, option in re.findall(r"amilia-feeds ((?:private )?[a-z]+) (--[a-z]+)", TEXT):
        told[command, option] = (
            CliRunner().invoke(cli, [*command.split(), "--help"], env={"COLUMNS": "200"}).output
        )

    assert told
    assert [key for key, output in told.items() if key[1] not in output] == []


def test_every_key_of_the_settings_file_exists() -> None:
    known = {*Settings.model_fields, *OrganizationTable.model_fields}
    known |= {f"{name}_file" for name in known}
    named = set(re.findall(r"`([a-z]+(?:_[a-z]+)+)(?: = [^`]*)?`", TEXT))

    assert named - known == OTHERS


def test_every_recipe_is_in_the_guide() -> None:
    names = [path.name for path in RECIPES if path.parent.name != "kubernetes"]

    assert [name for name in names if name not in TEXT] == []


def test_every_file_that_is_copied_exists() -> None:
    named = re.findall(r"(?<![\w/.])(deploy/[\w./-]*[\w])", TEXT + COMPOSE)

    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_page_is_in_the_index() -> None:
    index = (GUIDE / "README.md").read_text(encoding="utf-8")

    assert [page.name for page in PAGES if page.name != "README.md" and f"({page.name})" not in index] == []


@pytest.mark.parametrize("name", ["nginx/cache.conf", "cdn/fastly.vcl", "cdn/cloudflare-compression.json"])
def test_the_same_fetchers_are_spared_compression_as_by_the_service(name: str) -> None:
    text = (DEPLOY / name).read_text(encoding="utf-8").lower()
    names = ["microsoft", "outlook", "exchange", "msoffice"]

    assert [word for word in names if word not in text or not is_shy(word.encode())] == []


@pytest.mark.parametrize("name", ["cloudflare-cache.json", "cloudflare-compression.json"])
def test_the_rules_for_cloudflare_are_well_formed(name: str) -> None:
    (rule,) = json.loads((DEPLOY / "cdn" / name).read_text(encoding="utf-8"))["rules"]

    assert rule["expression"].count("(") == rule["expression"].count(")")
    assert '(http.host eq "calendars.example.org"' in rule["expression"]


def test_private_addresses_are_kept_out_of_every_shared_cache() -> None:
    texts = [
        (DEPLOY / "cdn" / name).read_text(encoding="utf-8")
        for name in ("cloudflare-cache.json", "fastly.vcl")
    ]

    assert [re.search(r"private", text) is not None for text in texts] == [True, True]
