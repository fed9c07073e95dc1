"""A whole set-up in one process for the doctor to examine: a simulated Amilia, the service, a proxy."""

from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx

from app.cli.doctor.rounds import SERVICE, Outside, make_rounds
from app.feeds.checkup import Remark
from app.main import client_of, create_app
from app.settings import Settings
from app.simulator.app import create_simulator
from app.simulator.dialect import Dialect
from app.simulator.faults import Faults, parse_fault
from app.simulator.world import World, build_world
from tests.support.fakes import FakeClock
from tests.support.service import QUICK, TODAY, settings_for

FOREST = "forest-explorers"
Handler = Callable[[httpx.Request], Coroutine[None, None, httpx.Response]]


@dataclass(slots=True)
class Notes:
    """What the doctor told, and what it said that it was looking at."""

    found: list[tuple[str, Remark]] = field(default_factory=list)
    begun: list[str] = field(default_factory=list)

    def begin(self, what: str) -> None:
        self.begun.append(what)

    def tell(self, organization: str, remarks: Iterable[Remark]) -> None:
        self.found += [(organization, remark) for remark in remarks]

    def of(self, subject: str, *levels: str) -> list[Remark]:
        return [it for _, it in self.found if it.subject == subject and (not levels or it.level in levels)]

    def failures(self) -> list[str]:
        return [
            f"{remark.subject}: {remark.sentence}" for _, remark in self.found if remark.level == "failure"
        ]

    def text(self) -> str:
        return "\n".join(f"{slug} {it.subject} {it.sentence} {it.cure}" for slug, it in self.found)


@dataclass(slots=True)
class Clinic:
    """What can be broken: ``amilia`` and ``web`` answer whoever asks there, our clock is off by ``skew``."""

    settings: Settings
    world: World
    simulator: Any
    clock: FakeClock
    amilia: Handler
    web: Handler
    skew: timedelta = timedelta(0)

    async def examined(self, *slugs: str) -> Notes:
        notes = Notes()
        outside = Outside(
            amilia=httpx.MockTransport(self._dated(self.amilia)),
            web=httpx.MockTransport(self._dated(self.web)),
            clock=lambda: self.clock() + self.skew,
            limits=QUICK,
        )
        await make_rounds(self.settings, slugs or (FOREST,), outside, notes)
        return notes

    def _dated(self, handler: Handler) -> Handler:
        """Servers tell the time, the right one."""

        async def dated(request: httpx.Request) -> httpx.Response:
            response = await handler(request)
            response.headers.setdefault("Date", format_datetime(self.clock(), usegmt=True))
            return response

        return dated


def reply(status: int, headers: Mapping[str, str], body: bytes = b"") -> httpx.Response:
    """An answer as a network brings it, still to be read."""
    return httpx.Response(status, headers=dict(headers), stream=httpx.ByteStream(body))


def within(transport: httpx.AsyncBaseTransport) -> Handler:
    """Answers of an application in this process."""

    async def handler(request: httpx.Request) -> httpx.Response:
        inner = httpx.Request(request.method, request.url, headers=request.headers, content=request.content)
        return await transport.handle_async_request(inner)

    return handler


def unreachable(why: str) -> Handler:
    async def handler(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(why, request=request)

    return handler


@asynccontextmanager
async def clinic(
    directory: Path, *, faults: Sequence[str] = (), world: World | None = None, **changes: Any
) -> AsyncIterator[Clinic]:
    """A set-up that is well but for ``faults`` of Amilia's and ``changes`` of the settings."""
    clock = FakeClock()
    world = world or build_world(today=TODAY, events=310, seed=7)
    api = create_simulator(
        world, Faults(map(parse_fault, faults)), clock=clock, dialect=Dialect(calls_per_second=0)
    )
    amilia = httpx.ASGITransport(api, raise_app_exceptions=False)
    serving = directory / "serving"
    serving.mkdir(exist_ok=True)
    service = create_app(settings_for(serving), transport=amilia, clock=clock, limits=QUICK)
    settings = settings_for(directory, **changes)
    async with client_of(service) as client:
        yield Clinic(
            settings,
            world,
            api.state.simulator,
            clock,
            within(amilia),
            proxied(within(client._transport), settings.public_url),
        )


def proxied(behind: Handler, public_url: str) -> Handler:
    """A good proxy: https is passed on, http is led to https."""

    async def handler(request: httpx.Request) -> httpx.Response:
        if request.url.scheme == "http" and public_url.startswith("https"):
            target = f"{public_url}{request.url.raw_path.decode()}"
            return reply(308, {"Location": target})
        return await behind(request)

    return handler


def altered(behind: Handler, change: Callable[[httpx.Request, httpx.Response], httpx.Response]) -> Handler:
    """Something in between that changes answers."""

    async def handler(request: httpx.Request) -> httpx.Response:
        return change(request, await behind(request))

    return handler


__all__ = [
    "FOREST",
    "SERVICE",
    "Clinic",
    "Notes",
    "altered",
    "clinic",
    "proxied",
    "reply",
    "unreachable",
    "within",
]
