"""One service for all tests of this folder, and each proxy before it."""

from collections.abc import Iterator

import pytest

from tests.clients.club import WHOLE, Club
from tests.deploy.fronts import Front, caddy, nginx


@pytest.fixture(scope="session")
def club(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Club]:
    """The service with something to serve."""
    here = tmp_path_factory.mktemp("club")
    with Club(here, here, events=200, refresh_seconds=3600) as started:
        assert started.get(WHOLE).is_success
        yield started


@pytest.fixture(scope="session")
def behind_caddy(club: Club, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    with caddy(tmp_path_factory.mktemp("caddy"), club.port) as front:
        yield front


@pytest.fixture(scope="session")
def behind_nginx(club: Club, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    with nginx(tmp_path_factory.mktemp("nginx"), club.port) as front:
        yield front


@pytest.fixture(scope="session")
def behind_a_cache(club: Club, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    with nginx(tmp_path_factory.mktemp("cache"), club.port, cached=True) as front:
        yield front


@pytest.fixture(params=["caddy", "nginx", "cache"])
def front(request: pytest.FixtureRequest) -> Front:
    """Each of them."""
    names = {"caddy": "behind_caddy", "nginx": "behind_nginx", "cache": "behind_a_cache"}
    found: Front = request.getfixturevalue(names[request.param])
    return found
