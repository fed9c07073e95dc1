"""What the commands share: words to the person at the terminal, and the settings or a refusal."""

import json
import os
from pathlib import Path
from typing import Final, NoReturn

import typer
from rich.console import Console

from app.main import ensure_usable
from app.settings import Settings, SettingsError, load

USAGE: Final = 2
"""Exit status for a wrong setting or option."""

console = Console(stderr=True, highlight=False, soft_wrap=True)
"""For what is not the command's own output."""


def say(line: str) -> None:
    Console(soft_wrap=True, highlight=False).print(line, markup=False)


def say_json(document: object) -> None:
    """``document`` as one JSON text; it must be of plain values, lists and dictionaries."""
    say(json.dumps(document, ensure_ascii=False, indent=2))


def read_settings(**over: str) -> Settings | None:
    """The settings; variables in ``over`` count over those of the environment."""
    try:
        settings = load({**os.environ, **over}, Path.cwd())
        if settings is not None:
            ensure_usable(settings)
    except SettingsError as error:
        refuse(str(error))
    return settings


def configured(settings: Settings | None) -> Settings:
    if settings is None:
        refuse(
            "No organization is configured: set FEEDS_ORG, FEEDS_USERNAME and FEEDS_PASSWORD, or write a "
            "feeds.toml (see feeds.example.toml). To see the product first: amilia-feeds demo."
        )
    return settings


def chosen_organizations(settings: Settings, org: str | None) -> list[str]:
    """All configured organizations, or the one that was asked for."""
    slugs = list(settings.organizations)
    if org is not None and org not in slugs:
        refuse(f"{org} is not configured; there is: {', '.join(slugs)}.")
    return slugs if org is None else [org]


def refuse(sentence: str) -> NoReturn:
    console.print(sentence, style="red", markup=False)
    raise typer.Exit(USAGE)
