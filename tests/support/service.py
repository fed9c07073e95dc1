"""The whole service over a simulated Amilia, in one process: real code on both sides of the HTTP client."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from icalendar import Calendar

from app.amilia.limits import Limits
from app.feeds.service import COLD_WAIT
from app.main import client_of, create_app
from app.settings import NameTable, OrganizationTable, Settings
from app.simulator.app import create_simulator
from app.simulator.dialect import Dialect
from app.simulator.faults import Faults, parse_fault
from app.simulator.forest import FOREST
from app.simulator.lakeside import LAKESIDE
from app.simulator.world import World, build_world
from tests.support.fakes import NOON, FakeClock

TODAY = date(2026, 11, 22)
PUBLIC_URL = "https://calendars.example.org"
QUICK = Limits(
    connect_seconds=0.25,
    read_seconds=0.25,
    call_seconds=1,
    walk_seconds=3,
    wait_initial=0.01,
    wait_jitter=0.01,
    wait_longest=0.02,
    throttled_seconds=0.05,
    attempts=3,
)
"""The client's bounds, small: a test of a fault need not wait as long as Amilia deserves."""


@dataclass(frozen=True, slots=True)
class Service:
    """A running service and the world it reads."""

    client: httpx.AsyncClient
    world: World
    faults: Faults
    simulator: Any
    clock: FakeClock

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.client.get(path, headers={k.replace("_", "-"): v for k, v in headers.items()})

    async def calendar(self, path: str = "/orgs/forest-explorers/calendar.ics") -> Calendar:
        answer = await self.client.get(path)
        assert answer.status_code == 200, answer.text
        return read(answer.content)

    def fault(self, word: str) -> None:
        self.faults.add(parse_fault(word))

    def calls(self, part: str = "") -> int:
        """How many calls Amilia had whose path contains ``part``."""
        count: int = self.simulator.journal.count(path=part)
        return count


def read(body: bytes) -> Calendar:
    calendar = Calendar.from_ical(body)
    assert isinstance(calendar, Calendar)
    return calendar


def events_of(calendar: Calendar) -> list[Any]:
    """The VEVENTs; untyped, because a property's value has as many types as RFC 5545 has."""
    return list(calendar.walk("VEVENT"))


def titles_of(calendar: Calendar) -> list[str]:
    return [str(event["SUMMARY"]) for event in events_of(calendar)]


def settings_for(directory: Path, **changes: Any) -> Settings:  # any setting
    """Both organizations of the simulated world: one with a user, one with a key pair."""
    forest: Mapping[str, Any] = {
        "number": FOREST.number,
        "name": NameTable(fr=FOREST.name.fr, en=FOREST.name.en),
        "username": FOREST.account.username,
        "password": FOREST.account.password,
        **changes.pop("forest", {}),
    }
    lakeside: Mapping[str, Any] = {
        "number": LAKESIDE.number,
        "name": NameTable(fr=LAKESIDE.name.fr, en=LAKESIDE.name.en),
        "api_key": LAKESIDE.account.api_key,
        "api_secret": LAKESIDE.account.api_secret,
        "language": "en",
        **changes.pop("lakeside", {}),
    }
    table = {
        "organizations": {
            FOREST.slug: OrganizationTable.model_validate(forest),
            LAKESIDE.slug: OrganizationTable.model_validate(lakeside),
        },
        "api_url": "http://amilia.test/api/v3",
        "public_url": PUBLIC_URL,
        "store": f"sqlite:///{directory}/feeds.db",
        "calls_per_second": 100,
        **changes,
    }
    return Settings.model_validate(table)


@asynccontextmanager
async def running(
    directory: Path,
    *,
    world: World | None = None,
    clock: FakeClock | None = None,
    dialect: Dialect | None = None,
    limits: Limits = QUICK,
    patience: timedelta = COLD_WAIT,
    **changes: Any,  # any setting
) -> AsyncIterator[Service]:
    """A service that has not been asked anything yet."""
    clock = clock or FakeClock()
    world = world or build_world(today=TODAY, events=400, seed=7)
    faults = Faults()
    spoken = dialect or Dialect(calls_per_second=0)
    clients: list[httpx.AsyncClient] = []

    async def deliver(url: str, body: bytes, headers: dict[str, str]) -> int:
        (client,) = clients
        return (await client.post(url.removeprefix(PUBLIC_URL), content=body, headers=headers)).status_code

    amilia = create_simulator(world, faults, clock=clock, dialect=spoken, deliver=deliver)
    app = create_app(
        settings_for(directory, **changes),
        transport=httpx.ASGITransport(amilia, raise_app_exceptions=False),
        clock=clock,
        limits=limits,
        patience=patience,
    )
    async with client_of(app) as client:
        clients.append(client)
        yield Service(client, world, faults, amilia.state.simulator, clock)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


__all__ = ["NOON", "TODAY", "Service", "events_of", "instant", "read", "running", "titles_of"]
