"""What clients are known to make of bad answers, seen again in the clients themselves."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.clients.client import Client
from tests.clients.limits import KEEPERS, LIMITS, Limit, react, reactions_of
from tests.clients.presence import installed, lacking


@pytest.fixture(scope="module")
def reactions(tmp_path_factory: pytest.TempPathFactory, logs: Path) -> Mapping[str, Mapping[str, str]]:
    """Client → answer → reaction, for the clients that are installed."""
    clients = [client for client in KEEPERS if not lacking(client)]
    homes = [tmp_path_factory.mktemp(client.name) for client in clients]
    with ThreadPoolExecutor(len(clients)) as pool:
        seen = pool.map(react, clients, homes, [logs] * len(clients))
        return {client.name: reaction for client, reaction in zip(clients, seen, strict=True)}


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.name)
@pytest.mark.parametrize("client", KEEPERS, ids=lambda client: client.name)
def test_a_client_takes_a_bad_answer_as_it_is_known_to(
    client: type[Client], limit: Limit, request: pytest.FixtureRequest
) -> None:
    installed(client)
    reactions: Mapping[str, Mapping[str, str]] = request.getfixturevalue("reactions")

    assert reactions_of(client)[limit.name] == reactions[client.name][limit.name]
