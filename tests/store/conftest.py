"""Every place that a store may be in, one after the other."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, ExitStack
from datetime import datetime
from pathlib import Path

import pytest

from app.feeds.ports import Store
from tests.store.places import FilePlace, Opener, Place, ServerPlace
from tests.store.servers import KINDS, RealServer, everything_must_run, is_installed, serving

HERE = Path(__file__).parent


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where no server is installed, one test says so in one line, and those that need one are left out."""
    if is_installed(KINDS[0]) or everything_must_run():
        return
    needing = {item for item in items if item.path.is_relative_to(HERE) and _needs_a_server(item)}
    config.hook.pytest_deselected(items=list(needing))
    items[:] = [item for item in items if item not in needing]


def _needs_a_server(item: pytest.Item) -> bool:
    parameters = getattr(item, "callspec", None)
    return parameters is not None and KINDS[0] in parameters.params.values()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a file may be."""
    return tmp_path / "feeds.db"


@pytest.fixture(scope="session")
def servers() -> Iterator[Callable[[str], RealServer]]:
    """One server of each kind, started when it is first asked for, and empty each time."""
    with ExitStack() as stack:
        running: dict[str, RealServer] = {}

        def empty_server(kind: str) -> RealServer:
            if kind not in running:
                running[kind] = stack.enter_context(serving(kind))
            assert running[kind].ask("FLUSHALL") == b"+OK\r\n"
            return running[kind]

        yield empty_server


@pytest.fixture(params=KINDS)
def server(request: pytest.FixtureRequest, servers: Callable[[str], RealServer]) -> RealServer:
    """An empty server, not to be stopped: others use it too."""
    return servers(request.param)


@pytest.fixture(params=["sqlite", *KINDS])
def place(request: pytest.FixtureRequest, tmp_path: Path, servers: Callable[[str], RealServer]) -> Place:
    """A place in which nothing is kept yet."""
    return FilePlace(tmp_path) if request.param == "sqlite" else ServerPlace(servers(request.param))


@pytest.fixture
async def opened(place: Place) -> AsyncIterator[Opener]:
    """Opens the place as another process would, as often as wanted; all are closed in the end."""
    async with AsyncExitStack() as stack:

        def open_another(clock: Callable[[], datetime] | None = None) -> Store:
            store = place.open(clock)
            stack.push_async_callback(store.aclose)
            return store

        yield open_another


@pytest.fixture
def store(opened: Opener) -> Store:
    """One process's view of the place."""
    return opened()
