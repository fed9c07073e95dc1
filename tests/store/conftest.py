"""Every place that a store may be in, one after the other."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, ExitStack
from datetime import datetime
from pathlib import Path

import pytest

from app.feeds.ports import Store
from tests.store.places import FilePlace, Opener, Place, ServerPlace
from tests.store.servers import KINDS, RealServer, serving


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
