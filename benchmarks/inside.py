"""The service in this process, asked without a socket: what an answer costs before any server touches it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, MutableMapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, quote

import httpx
from starlette.types import ASGIApp, Message

from app.domain.selection import parse
from app.feeds.catalogue import Catalogue
from app.feeds.feed import Feed
from app.feeds.service import Feeds
from app.main import create_app, local_today
from app.settings import OrganizationTable, Settings
from benchmarks.amilia import Amilia, Window
from benchmarks.data import CLUB, FUTURE_DAYS, PAST_DAYS

State: TypeAlias = MutableMapping[str, Any]


class NothingNew(Exception):
    """A refresh brought no other catalogue: what is asked next may have been answered before."""


class Told(httpx.AsyncBaseTransport):
    """The imitated API in the place of the network: it tells of the same events in one of two states."""

    def __init__(self, window: Window) -> None:
        self.changed = False
        self._states = {changed: Amilia(window, changed=changed) for changed in (False, True)}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        status, body = self._states[self.changed].answer(request.url.raw_path.decode("ascii"))
        return httpx.Response(
            status, headers={"Content-Type": "application/json"}, stream=httpx.ByteStream(body)
        )


@dataclass(frozen=True, slots=True)
class Inside:
    """A started application."""

    app: ASGIApp
    state: State
    told: Told

    async def feed(self, slug: str, query: str) -> Feed:
        """The feed of a selection, made below the routes, in its pieces."""
        feeds: Feeds = self.state["feeds"]
        organization = feeds.organization(slug)
        feed, _ = await feeds.calendar(organization, parse(parse_qsl(query), organization))
        return feed

    async def refreshed(self, slug: str) -> Catalogue:
        """The catalogue after one event of a hundred has changed, or changed back. Raises ``NothingNew``.

        Its index is not made yet.
        """
        feeds: Feeds = self.state["feeds"]
        organization = feeds.organization(slug)
        old = (await feeds.catalogue(organization, organization.language)).catalogue
        self.told.changed = not self.told.changed
        new = (await feeds.refreshed(organization)).catalogue
        if new is None or new is old or new.has_what(old):
            raise NothingNew(slug)
        return new

    async def get(self, path: str, query: str = "") -> tuple[int, bytes]:
        """The status and the body of one answer, not compressed."""
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": quote(path).encode("ascii"),
            "query_string": query.encode("ascii"),
            "root_path": "",
            "headers": [(b"host", b"127.0.0.1")],
            "client": ("127.0.0.1", 50_000),
            "server": ("127.0.0.1", 8_000),
            "state": dict(self.state),
        }
        status, pieces = 0, []

        async def send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                pieces.append(message.get("body", b""))

        await self.app(scope, _nothing_more, send)
        return status, b"".join(pieces)


@asynccontextmanager
async def inside(directory: Path, slugs: list[str]) -> AsyncIterator[Inside]:
    """The service with these organizations, reading the imitated API."""
    table = OrganizationTable.model_validate(
        {
            "api_key": "benchmark",
            "api_secret": "benchmark",
            "timezone": CLUB.timezone,
            "past_days": PAST_DAYS,
            "future_days": FUTURE_DAYS,
        }
    )
    settings = Settings.model_validate(
        {
            "organizations": dict.fromkeys(slugs, table),
            "api_url": "http://127.0.0.1/api/v3",
            "store": f"sqlite:///{directory}/feeds.db",
            "calls_per_second": 100,
        }
    )
    told = Told(Window(local_today(CLUB.timezone or "UTC")))
    app: Any = create_app(settings, transport=told)
    with _quiet():
        async with started(app, told) as running:
            yield running


@contextmanager
def _quiet() -> Iterator[None]:
    """Large calendars are what is measured here: no warning of each."""
    log = logging.getLogger("app")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(level)


@asynccontextmanager
async def started(app: ASGIApp, told: Told) -> AsyncIterator[Inside]:
    """The application between its start and its end, by the lifespan protocol of ASGI."""
    state: State = {}
    ready, over = asyncio.Event(), asyncio.Event()
    failures: list[Message] = []
    asked = False

    async def receive() -> Message:
        nonlocal asked
        if not asked:
            asked = True
            return {"type": "lifespan.startup"}
        await over.wait()
        return {"type": "lifespan.shutdown"}

    async def send(message: Message) -> None:
        if message["type"].endswith("failed"):
            failures.append(message)
        ready.set()

    async def live() -> None:
        scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": state}
        await app(scope, receive, send)

    async with asyncio.TaskGroup() as group:
        group.create_task(live())
        await ready.wait()
        if failures:
            raise RuntimeError(failures[0].get("message", "the application did not start"))
        try:
            yield Inside(app, state, told)
        finally:
            over.set()


async def _nothing_more() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}
