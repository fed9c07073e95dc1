"""Puts a simulator together: the API behind its gate, the desk and the control endpoints."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from app.simulator import api, control, desk
from app.simulator.dialect import Dialect
from app.simulator.errors import ApiError, error_answer
from app.simulator.faults import Faults
from app.simulator.gate import Gate
from app.simulator.journal import Call, Journal
from app.simulator.pace import Pace
from app.simulator.records.events import EventRecords
from app.simulator.simulator import Clock, Simulator, Sleep
from app.simulator.tokens import Tokens
from app.simulator.webhooks import Courier, Deliver
from app.simulator.world import ImpossibleEdit, NoSuchEvent, World


def create_simulator(
    world: World,
    faults: Faults | None = None,
    *,
    clock: Clock,
    dialect: Dialect | None = None,
    deliver: Deliver | None = None,
    sleep: Sleep = asyncio.sleep,
) -> FastAPI:
    """The simulated API of ``world`` as an ASGI application; its parts are at ``app.state.simulator``.

    ``clock`` gives aware instants, ``sleep`` waits for seconds (latency, webhooks), ``deliver`` posts
    webhooks: in the background while the application's lifespan runs, else when ``courier.drain`` is called.
    """
    spoken = dialect or Dialect()
    simulator = Simulator(
        world=world,
        faults=Faults() if faults is None else faults,
        dialect=spoken,
        clock=clock,
        sleep=sleep,
        journal=Journal(clock),
        courier=Courier(world, spoken, clock, sleep, deliver),
        tokens=Tokens(world),
        records=EventRecords(spoken),
        pace=Pace(),
    )
    world.listeners.append(simulator.courier.notice)
    app = FastAPI(title="Amilia V3 simulator", openapi_url=None, lifespan=_lifespan)
    app.state.simulator = simulator
    for router in (api.entrance, api.router, control.router, desk.router):
        app.include_router(router)
    app.add_middleware(Gate, simulator=simulator)
    for error in (ApiError, HTTPException, NoSuchEvent, ImpossibleEdit):
        app.add_exception_handler(error, _refused)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    simulator: Simulator = app.state.simulator
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(simulator.courier.run)
        yield
        tasks.cancel_scope.cancel()


async def _refused(request: Request, error: Exception) -> Response:
    """The answer to what a route could not do."""
    call: Call | None = request.scope.get("simulator.call")
    return error_answer(_as_api_error(error), transaction=call.number if call else 0)


def _as_api_error(error: Exception) -> ApiError:
    match error:
        case ApiError():
            return error
        case HTTPException():
            return ApiError(error.status_code)
        case NoSuchEvent():
            return ApiError(404, str(error))
        case _:
            return ApiError(422, str(error))
