"""A service over a simulated Amilia in one process, open to the eye: does it refresh, what is true now?"""

import asyncio
import pickle
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final, cast

import httpx
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from app.amilia.limits import Limits
from app.domain.model import Lang
from app.feeds.service import Feeds
from app.main import create_app
from app.simulator.app import create_simulator
from app.simulator.dialect import Dialect
from app.simulator.faults import Faults, parse_fault
from app.simulator.model import Event, same
from app.simulator.truth import truth
from app.simulator.world import World, build_world
from app.telemetry import families
from app.telemetry.metrics import Metrics
from soak.history import Facts, facts_of
from soak.programs import until
from tests.support.fakes import FakeClock
from tests.support.service import TODAY, settings_for

SLUG: Final = "forest-explorers"
PAST_DAYS, FUTURE_DAYS = 5, 20
"""One range of days, so a walk is a handful of calls."""
WHOLE: Final = 100
PAGE: Final = 10
"""Records on a page: so many that all events of the window fill one, or so few that they fill several."""
BRISK: Final = Limits(
    read_seconds=0.3,
    call_seconds=100.0,
    walk_seconds=100.0,
    answer_bytes=4 * 2**20,
    pages=30,
    large_page=WHOLE,
    usual_page=WHOLE,
    wait_initial=0.01,
    wait_jitter=0.01,
    wait_longest=0.02,
    throttled_seconds=0.05,
    attempts=3,
)
"""The client's bounds: small in what it reads, while a busy machine may take its time."""
PATIENCE: Final = timedelta(seconds=200)
"""So long waits who asks first: a busy machine, and a store that is silent, take their time."""
SECRET: Final = "long-and-unguessable"
HANG: Final = "hang"
"""The fault in which no call is ever answered."""
NO_WALKS: Final = frozenset({"taken over", "left to another process", "store unavailable"})
"""Outcomes of refreshes that asked Amilia nothing."""


class Wire(httpx.AsyncBaseTransport):
    """The way to the simulated Amilia, with the read time-out of a real one while ``silent()``.

    At other times nothing is ever given up: an answer may be late because the machine is busy.
    """

    def __init__(self, amilia: FastAPI, silent: Callable[[], bool]) -> None:
        self._inner = httpx.ASGITransport(amilia, raise_app_exceptions=False)
        self._silent = silent

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answering = asyncio.ensure_future(self._inner.handle_async_request(request))
        try:
            patience = request.extensions["timeout"]["read"] if self._silent() else None
            done, _ = await asyncio.wait({answering}, timeout=patience)
        finally:
            answering.cancel()
        if not done:
            raise httpx.ReadTimeout("nothing came", request=request)
        return answering.result()


@dataclass(frozen=True, slots=True)
class Centre:
    """The world that is read, with its clock and its switches; it outlives the services that read it."""

    world: World
    clock: FakeClock
    faults: Faults
    transport: Wire
    limits: Limits

    def facts(self, lang: Lang) -> Facts:
        """What a faithful feed tells now."""
        organization = self.world.organizations[SLUG]
        first, last = TODAY - timedelta(days=PAST_DAYS), TODAY + timedelta(days=FUTURE_DAYS)
        return facts_of(truth(organization, lang, first=first, last=last, skipped=False).events)

    def events(self) -> list[Event]:
        """What is published, in the order of time."""
        timetable = self.world.organizations[SLUG].timetable
        found = [timetable.get(fact.id) for fact in self.facts("fr").values()]
        return sorted((event for event in found if event is not None), key=lambda event: event.start)

    def spans(self) -> frozenset[tuple[str, str]]:
        """When everything takes place that Amilia has, public or not."""
        timetable = self.world.organizations[SLUG].timetable
        return frozenset((_utc(event.start), _utc(event.end)) for event in timetable)

    def work(self) -> None:
        """What staff do on a morning: one event is moved, one gets a new title, one is called off."""
        moved, renamed, cancelled = self.events()[3:6]
        self.world.move(moved.id, minutes=45)
        self.world.rename(renamed.id, same("Cours reporté au grand bassin"))
        self.world.cancel(cancelled.id)

    def fault(self, word: str) -> None:
        self.faults.add(parse_fault(word))


@dataclass(frozen=True, slots=True)
class Stage:
    """A running service that reads the centre."""

    client: httpx.AsyncClient
    feeds: Feeds
    metrics: Metrics
    centre: Centre

    async def ask(self, lang: Lang = "fr") -> httpx.Response:
        return await self.client.get(f"/orgs/{SLUG}/calendar.ics", params={"lang": lang})

    async def settled(self) -> None:
        """Wait until no refresh is running."""
        await until(lambda: not self.feeds._refresher._running, "the end of the refreshes", seconds=60)

    def walks(self) -> int:
        """How often the events were read from Amilia, or were tried to."""
        (refreshes,) = self.metrics._histograms[families.REFRESHES].collect()
        return sum(
            int(sample.value)
            for sample in refreshes.samples
            if sample.name.endswith("_count") and sample.labels["outcome"] not in NO_WALKS
        )

    async def notice(self) -> None:
        """Amilia tells that something changed."""
        body = {"OrganizationId": 8008, "Context": "Activity", "Action": "Update", "Payload": {"Id": 1}}
        answer = await self.client.post(f"/webhooks/amilia/{SECRET}", json=body)
        assert answer.status_code == 200


@cache
def _small_world() -> bytes:
    """A world without anything awkward, put by: to take it out is six times as quick as to build another."""
    return pickle.dumps(build_world(today=TODAY, events=280, seed=7))


def open_centre(*, pages: bool = False) -> Centre:
    """A small centre without anything awkward, on a quiet day; its lists are on one page, or on several."""
    world: World = pickle.loads(_small_world())  # noqa: S301  # our own
    clock, faults = FakeClock(), Faults()
    dialect = Dialect(calls_per_second=0, events_per_page=PAGE if pages else WHOLE)
    amilia = create_simulator(world, faults, clock=clock, dialect=dialect)
    wire = Wire(amilia, lambda: any(it.kind.name == HANG for it in faults.active.values()))
    return Centre(world, clock, faults, wire, replace(BRISK, usual_page=PAGE) if pages else BRISK)


@asynccontextmanager
async def on_stage(centre: Centre, store: str, directory: Path) -> AsyncIterator[Stage]:
    """A service of the centre's events that has not been asked anything yet."""
    window: Mapping[str, int] = {"past_days": PAST_DAYS, "future_days": FUTURE_DAYS}
    settings = settings_for(directory, store=store, webhook_secret=SECRET, forest=window)
    app = create_app(
        settings, transport=centre.transport, clock=centre.clock, limits=centre.limits, patience=PATIENCE
    )
    async with app.router.lifespan_context(app) as state:
        serve = cast("Callable[[Scope, Receive, Send], Awaitable[None]]", app)

        async def with_state(scope: Scope, receive: Receive, send: Send) -> None:
            await serve({**scope, "state": dict(state or {})}, receive, send)

        transport = httpx.ASGITransport(with_state, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://in-process") as client:
            assert state is not None
            yield Stage(client, state["feeds"], state["metrics"], centre)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
