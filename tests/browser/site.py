"""The whole service on a port of loopback, in a thread of the tests, at noon of a fixed day."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from app.main import create_app
from app.simulator.app import create_simulator
from app.simulator.dialect import Dialect
from app.simulator.faults import Faults
from app.simulator.forest import FOREST
from app.simulator.world import World, build_world
from tests.clients.processes import eventually, free_port
from tests.support.fakes import FakeClock
from tests.support.service import TODAY, settings_for

PAGE = f"/orgs/{FOREST.slug}"


@dataclass(frozen=True, slots=True)
class Site:
    """A running service: where it answers, and the world it reads."""

    origin: str
    world: World
    faults: Faults
    clock: FakeClock

    @property
    def page(self) -> str:
        """The address of Forest Explorers' page."""
        return f"{self.origin}{PAGE}"

    def get(self, path: str, **headers: str) -> httpx.Response:
        """One request past the browser; ``Accept_Encoding="gzip"`` sets a header."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx.get(self.origin + path, headers=named, trust_env=False, timeout=30)


@contextmanager
def serving(
    directory: Path, *, world: World | None = None, demonstration: bool = False, **changes: Any
) -> Iterator[Site]:
    """A service with ``changes`` of its settings; ``world`` is the usual one where none is given."""
    clock = FakeClock()
    world = world or build_world(today=TODAY, events=600, seed=7)
    faults = Faults()
    amilia = create_simulator(
        world, faults, clock=clock, dialect=Dialect(calls_per_second=0), deliver=_nobody
    )
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    app = create_app(
        settings_for(directory, **{"public_url": origin, **changes}),
        transport=httpx.ASGITransport(amilia, raise_app_exceptions=False),
        clock=clock,
        demonstration=demonstration,
        simulator_url=f"{origin}/simulator/" if demonstration else "",
    )
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, access_log=False)
    )
    thread = threading.Thread(target=asyncio.run, args=(server.serve(),), daemon=True)
    thread.start()
    try:
        eventually(lambda: server.started, "the service answers")
        yield Site(origin, world, faults, clock)
    finally:
        server.should_exit = True
        thread.join(timeout=20)


async def _nobody(url: str, body: bytes, headers: dict[str, str]) -> int:  # no webhook is set up here
    raise AssertionError(url)
