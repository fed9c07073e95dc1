"""A service over a simulated Amilia in one process, open to the eye: does it refresh, what is true now?"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, cast

import httpx
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
    connect_seconds=0.5,
    read_seconds=0.5,
    call_seconds=5.0,
    walk_seconds=8.0,
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
"""The client's bounds, small, but not so small that a busy machine looks like a fault."""
SECRET: Final = "long-and-unguessable"
NO_WALKS: Final = frozenset({"taken over", "left to another process", "store unavailable"})
"""Outcomes of refreshes that asked Amilia nothing."""

_REFRESHES: Final = re.compile(
    r'^amilia_feeds_refresh_seconds_count\{.*outcome="([^"]+)"\} ([0-9.]+)', re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Centre:
    """The world that is read, with its clock and its switches; it outlives the services that read it."""

    world: World
    clock: FakeClock
    faults: Faults
    transport: httpx.ASGITransport
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
    centre: Centre

    async def ask(self, lang: Lang = "fr") -> httpx.Response:
        return await self.client.get(f"/orgs/{SLUG}/calendar.ics", params={"lang": lang})

    async def settled(self) -> None:
        """Wait until no refresh is running."""
        await until(lambda: not self.feeds._refresher._running, "the end of the refreshes", seconds=60)

    async def walks(self) -> int:
        """How often the events were read from Amilia, or were tried to."""
        text = (await self.client.get("/metrics")).text
        return sum(
            int(float(count)) for outcome, count in _REFRESHES.findall(text) if outcome not in NO_WALKS
        )

    async def notice(self) -> None:
        """Amilia tells that something changed."""
        body = {"OrganizationId": 8008, "Context": "Activity", "Action": "Update", "Payload": {"Id": 1}}
        answer = await self.client.post(f"/webhooks/amilia/{SECRET}", json=body)
        assert answer.status_code == 200


def open_centre(*, pages: bool = False) -> Centre:
    """A small centre without anything awkward, on a quiet day; its lists are on one page, or on several."""
    world, clock, faults = build_world(today=TODAY, events=280, seed=7), FakeClock(), Faults()
    dialect = Dialect(calls_per_second=0, events_per_page=PAGE if pages else WHOLE)
    amilia = create_simulator(world, faults, clock=clock, dialect=dialect)
    transport = httpx.ASGITransport(amilia, raise_app_exceptions=False)
    return Centre(world, clock, faults, transport, replace(BRISK, usual_page=PAGE) if pages else BRISK)


@asynccontextmanager
async def on_stage(centre: Centre, store: str, directory: Path) -> AsyncIterator[Stage]:
    """A service of the centre's events that has not been asked anything yet."""
    window: Mapping[str, int] = {"past_days": PAST_DAYS, "future_days": FUTURE_DAYS}
    settings = settings_for(directory, store=store, webhook_secret=SECRET, forest=window)
    app = create_app(settings, transport=centre.transport, clock=centre.clock, limits=centre.limits)
    async with app.router.lifespan_context(app) as state:
        serve = cast("Callable[[Scope, Receive, Send], Awaitable[None]]", app)

        async def with_state(scope: Scope, receive: Receive, send: Send) -> None:
            await serve({**scope, "state": dict(state or {})}, receive, send)

        transport = httpx.ASGITransport(with_state, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://in-process") as client:
            assert state is not None
            yield Stage(client, state["feeds"], centre)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
