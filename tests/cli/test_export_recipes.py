"""The recipes for an exported site: do web servers say of it what the service says?"""

import asyncio
import json
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx
import pytest
import yaml  # type: ignore[import-untyped]  # its types are a package of their own

from app.simulator.forest import FOREST
from app.web.assets import IMMUTABLE
from app.web.changes_atom import ATOM
from app.web.embed import SCRIPT_CACHED
from app.web.feeds import CALENDAR
from app.web.http import CACHE_CONTROL
from tests.cli.export_stage import Stage
from tests.clients.processes import Program, eventually, free_port, machine
from tests.deploy.fronts import SERVER
from tests.deploy.recipe import DEPLOY, adapted, program

RECIPES: Final = DEPLOY / "export"
GUIDE: Final = (DEPLOY.parent / "docs" / "static-export.md").read_text(encoding="utf-8")
TOP: Final = f"/orgs/{FOREST.slug}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An exported site at the root of its host."""
    stage = Stage(tmp_path_factory.mktemp("recipes"), base="http://localhost")
    asyncio.run(stage.export())
    return stage.site


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def host(
    request: pytest.FixtureRequest, site: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Where the site is served, by each recipe."""
    here, port = tmp_path_factory.mktemp(request.param), free_port()
    command = _nginx(here, site, port) if request.param == "nginx" else _caddy(here, site, port)
    with _running(command, here, f"http://127.0.0.1:{port}"):
        yield f"http://127.0.0.1:{port}"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (
            f"{TOP}/calendar.ics",
            {"content-type": CALENDAR, "cache-control": CACHE_CONTROL, "access-control-allow-origin": "*"},
        ),
        (f"{TOP}/calendar.json", {"cache-control": CACHE_CONTROL, "access-control-allow-origin": "*"}),
        (f"{TOP}/changes.atom", {"content-type": ATOM, "x-robots-tag": "noindex"}),
        ("/embed.js", {"cache-control": SCRIPT_CACHED}),
        (f"{TOP}/", {"content-type": "text/html; charset=utf-8", "x-content-type-options": "nosniff"}),
    ],
)
def test_host_says_what_the_service_says(path: str, expected: dict[str, str], host: str) -> None:
    answer = httpx.get(host + path, trust_env=False)

    assert answer.status_code == 200
    assert {name: answer.headers.get(name, "").replace(" ", "").lower() for name in expected} == {
        name: value.replace(" ", "").lower() for name, value in expected.items()
    }


def test_static_files_are_kept_for_ever(host: str, site: Path) -> None:
    style = next(site.glob("static/*/base.css")).relative_to(site)

    assert httpx.get(f"{host}/{style}", trust_env=False).headers["cache-control"] == IMMUTABLE


def test_unchanged_feed_is_not_sent_again(host: str) -> None:
    first = httpx.get(f"{host}{TOP}/calendar.ics", trust_env=False)

    again = httpx.get(
        f"{host}{TOP}/calendar.ics", headers={"If-None-Match": first.headers["etag"]}, trust_env=False
    )

    assert again.status_code == 304


@pytest.mark.parametrize("path", ["/nowhere", "/.amilia-feeds.json", "/_headers", "/.htaccess"])
def test_what_is_not_there_is_told_on_the_page_of_the_site(path: str, host: str) -> None:
    answer = httpx.get(host + path, trust_env=False)

    assert answer.status_code == 404
    assert "/static/" in answer.text


@pytest.mark.parametrize("recipe", sorted(RECIPES.iterdir()), ids=lambda it: it.name)
def test_every_recipe_is_in_the_guide_and_runs_a_command_of_ours(recipe: Path) -> None:
    told = re.findall(r"amilia-feeds (\w+)(?: [\w/]+)?( --[a-z-]+)?", _without_comments(recipe))

    assert f"deploy/export/{recipe.name}" in GUIDE
    assert {command for command, _ in told} <= {"export"}
    assert {option.strip() for _, option in told if option} <= {"--base-url"}


def test_workflow_keeps_the_memory_from_run_to_run() -> None:
    (job,) = yaml.safe_load((RECIPES / "pages.yml").read_text(encoding="utf-8"))["jobs"].values()

    kept = [step["with"]["path"].split() for step in job["steps"] if "cache" in step.get("uses", "")]
    assert kept == [["data", "site"], ["data", "site"]]


def _nginx(here: Path, site: Path, port: int) -> list[str]:
    recipe = adapted(
        (RECIPES / "nginx.conf").read_text(encoding="utf-8"),
        {"listen 80;": f"listen 127.0.0.1:{port};", "/srv/calendars": str(site)},
    )
    user = "user root;" if os.geteuid() == 0 else ""
    file = here / "nginx.conf"
    file.write_text(SERVER.format(here=here, user=user, recipe=recipe), encoding="utf-8")
    return [program("nginx"), "-p", str(here), "-c", str(file)]


def _caddy(here: Path, site: Path, port: int) -> list[str]:
    command = program("caddy")
    told = subprocess.run(  # noqa: S603  # the program that this is about
        [command, "adapt", "--config", RECIPES / "Caddyfile"],
        env={**machine(here, "UTC"), "DOMAIN": f"http://127.0.0.1:{port}", "SITE": str(site)},
        capture_output=True,
        text=True,
        check=True,
    )
    settings = json.loads(told.stdout) | {"admin": {"disabled": True}}
    file = here / "caddy.json"
    file.write_text(json.dumps(settings), encoding="utf-8")
    return [command, "run", "--config", str(file)]


@contextmanager
def _running(command: list[str], here: Path, url: str) -> Iterator[None]:
    log = here / "front.log"
    running = Program(command, env=machine(here, "UTC"), log=log, directory=here)

    def answers() -> bool:
        assert running.running(), log.read_text(encoding="utf-8")
        try:
            return httpx.get(f"{url}/robots.txt", trust_env=False).is_success
        except httpx.TransportError:
            return False

    try:
        eventually(answers, "the host answers")
        yield
    finally:
        running.stop()


def _without_comments(recipe: Path) -> str:
    lines = recipe.read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith(("#", "Description")))
