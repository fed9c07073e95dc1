"""A simulator on a fixed day, and a client inside the same process."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest
from fastapi import FastAPI

from app.simulator.app import create_simulator
from app.simulator.simulator import Simulator
from app.simulator.world import World, build_world
from tests.simulator.support import TODAY, Api, FakeClock, FakePost, FakeSleep


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(datetime(2026, 10, 20, 12, tzinfo=UTC))


@pytest.fixture
def world() -> World:
    return build_world(today=TODAY, events=400)


@pytest.fixture
def post() -> FakePost:
    return FakePost()


@pytest.fixture
def sleep(clock: FakeClock) -> FakeSleep:
    return FakeSleep(clock)


@pytest.fixture
def app(world: World, clock: FakeClock, post: FakePost, sleep: FakeSleep) -> FastAPI:
    return create_simulator(world, clock=clock, deliver=post, sleep=sleep)


@pytest.fixture
def simulator(app: FastAPI) -> Simulator:
    found = app.state.simulator
    assert isinstance(found, Simulator)
    return found


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="https://app.amilia.com") as inside:
        yield inside


@pytest.fixture
async def api(client: httpx.AsyncClient) -> Api:
    return await Api.of(client)
