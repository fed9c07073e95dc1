"""The clients live through the story once; every test looks at what was seen then."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.clients.club import Club
from tests.clients.facts import Facts
from tests.clients.matrix import FACTS, word
from tests.clients.presence import lacking
from tests.clients.roster import CLIENTS
from tests.clients.story import STEPS
from tests.clients.walk import Views, walk


@pytest.fixture(scope="session")
def logs() -> Path:
    """Where the programs' own words go."""
    folder = FACTS.parent
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


@pytest.fixture(scope="session")
def facts(logs: Path) -> Iterator[Facts]:
    """Filled by the tests, and kept as an artefact of the run."""
    seen = Facts()
    yield seen
    FACTS.write_text(json.dumps(asdict(seen), ensure_ascii=False, indent=1), encoding="utf-8")


@pytest.fixture(scope="session")
def views(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, logs: Path, facts: Facts
) -> Views:
    """What the installed clients among those that were asked for saw of the story."""
    asked = {
        item.callspec.params.get("client")
        for item in request.session.items
        if isinstance(item, pytest.Function) and hasattr(item, "callspec")
    }
    clients = [client for client in CLIENTS if client in asked and not lacking(client)]
    seen = walk(clients, tmp_path_factory.mktemp("story"), logs)
    for client in clients:
        for step in STEPS:
            view = seen[client.name, step.name]
            exchanges = [f"{exchange} {exchange.target}" for exchange in view.exchanges]
            facts.see(client, step.name, word(view, step), {**asdict(view), "exchanges": exchanges})
    return seen


@pytest.fixture(scope="session")
def centre(tmp_path_factory: pytest.TempPathFactory, logs: Path) -> Iterator[Club]:
    """A club with 600 events, every awkward case among them."""
    with Club(tmp_path_factory.mktemp("centre"), logs, events=600, refresh_seconds=600) as club:
        yield club
