"""Secrets and people, planted wherever they can come from, are found nowhere they could be read.

Each canary holds the same word. A service lives through every kind of trouble, with an upstream that repeats
whatever it was sent and tells of people in everything it says. Then all that the service wrote is read: log
lines in both formats, answers of all kinds, metrics, what objects print of themselves, and the store's file.
"""

import gc
import io
import json
import logging
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import FrameType, FunctionType, MethodType, ModuleType, TracebackType
from typing import Any, Final, get_args

import httpx
import pytest
from fastapi import Request
from typer.testing import CliRunner

from app.cli import cli
from app.configured import secrets_of
from app.domain.grants import Kind, Scope
from app.main import client_of, create_app
from app.simulator.app import create_simulator
from app.simulator.dialect import Dialect
from app.simulator.faults import Faults
from app.simulator.forest import FOREST
from app.simulator.lakeside import LAKESIDE
from app.simulator.world import build_world
from app.telemetry.logs import LogFormat, configure
from tests.support.fakes import FakeClock
from tests.support.private import desk
from tests.support.service import QUICK, TODAY, settings_for

CANARY: Final = "Kanarienvogel"
"""In every secret and in every person's name."""
SENT: Final = "Wellensittich"
"""In whatever a caller sends: no secret of ours, but nothing to keep."""
HURRIED: Final = replace(
    QUICK, attempts=2, throttled_seconds=0.01, wait_initial=0.001, wait_jitter=0.001, wait_longest=0.002
)
PASSWORD, KEY, SECRET = f"{CANARY}-password", f"{CANARY}-key", f"{CANARY}-secret"
WEBHOOK, SIGNATURE, STATUS = f"{CANARY}-webhook", f"{CANARY}-signature", f"{CANARY}-status-token"
SERVER: Final = f"redis://reader:{CANARY}-redis@127.0.0.1:1/0"
PEOPLE: Final = f"{CANARY} Tremblay, 12 rue {CANARY}, {CANARY}@people.example"
ENCODED: Final = tuple(b64encode(f"{pad}{CANARY}".encode())[4:16].decode() for pad in ("", "a", "aa"))
"""The middle of the word in base64, for each of the places where it may begin."""
TROUBLES: Final = (
    *("400", "401", "403", "404", "422", "429", "500", "503", "302"),
    *("html", "not json", "lost", "no address", "late"),
)
ROUTES: Final = (
    *("calendar.ics", "calendar.json", "changes.atom", "", "embed", "qr.svg", "nothing.ics", "events/1.ics"),
)


def is_shown(text: str) -> bool:
    """True if a canary can be read out of it."""
    return CANARY.lower() in text.lower() or any(part in text for part in ENCODED)


class Gossip(httpx.AsyncBaseTransport):
    """Between the service and a simulated Amilia: it tells of people, and repeats what it was sent."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self.trouble = ""
        self.tokens: set[str] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._overhear(request)
        if self.trouble:
            return self._answer(request)
        response = await self._inner.handle_async_request(_as_the_simulator_knows_us(request))
        content = await response.aread()
        if response.status_code == 200 and "/events" in request.url.path:
            content = _with_people(content)
        return _response(response.status_code, content)

    def _overhear(self, request: httpx.Request) -> None:
        kind, _, credentials = request.headers.get("Authorization", "").partition(" ")
        if kind == "Bearer":
            self.tokens.add(credentials)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        said = {
            "Message": f"{PEOPLE} may not do this",
            "TransactionId": f"{CANARY} <{PEOPLE}>",
            "Echo": dict(request.headers),
            "Address": f"https://x:{PASSWORD}@app.amilia.com/",
        }
        match self.trouble:
            case "lost":
                raise httpx.ConnectError(f"cannot reach https://x:{PASSWORD}@{request.url}", request=request)
            case "late":
                raise httpx.ReadTimeout(f"late: {request.headers!r} {PEOPLE}", request=request)
            case "no address":
                raise httpx.UnsupportedProtocol(f"{SECRET} of {request.headers!r}", request=request)
            case "bug":
                raise RuntimeError(
                    f"unforeseen: {PASSWORD} {KEY} {SECRET} {request.headers.get('Authorization')}"
                )
            case "html":
                return _response(200, f"<html>{PEOPLE} {said}</html>".encode(), "text/html")
            case "not json":
                return _response(200, f"{{{PEOPLE}".encode())
            case "302":
                return httpx.Response(302, headers={"Location": f"https://login.example/?token={SECRET}"})
            case status:
                return _response(int(status), json.dumps(said).encode())


def _response(status: int, content: bytes, kind: str = "application/json") -> httpx.Response:
    """An answer whose content is still to come, as from a network."""
    return httpx.Response(status, stream=httpx.ByteStream(content), headers={"Content-Type": kind})


def _as_the_simulator_knows_us(request: httpx.Request) -> httpx.Request:
    """The same request with the credentials that the simulator checks."""
    headers = request.headers.copy()
    if headers.get("Authorization", "").startswith("Basic "):
        plain = f"{FOREST.account.username}:{FOREST.account.password}"
        headers["Authorization"] = f"Basic {b64encode(plain.encode()).decode()}"
    if "X-AMILIA-APIKEY" in headers:
        headers["X-AMILIA-APIKEY"] = LAKESIDE.account.api_key
        headers["X-AMILIA-APISECRET"] = LAKESIDE.account.api_secret
    return httpx.Request(
        request.method, request.url, headers=headers, stream=request.stream, extensions=request.extensions
    )


def _with_people(content: bytes) -> bytes:
    """A page of events with people in every one of them, and one that cannot be read because of them."""
    page = json.loads(content)
    events = page if isinstance(page, list) else page.get("Items", [])
    for event in events:
        event["Participants"] = [
            {"FirstName": CANARY, "LastName": PEOPLE, "Email": f"{CANARY}@people.example"}
        ]
        event["Staff"] = [{"Id": 61001, "FirstName": CANARY, "LastName": CANARY, "FullName": PEOPLE}]
        event["Contact"] = PEOPLE
    if events:
        events[0]["Staff"] = {"odd": PEOPLE}
        events[-1]["Participants"] = PEOPLE
    return json.dumps(page).encode()


@dataclass
class Life:
    """A running service, and everything it said."""

    client: httpx.AsyncClient
    gossip: Gossip
    clock: FakeClock
    things: list[Any]
    """The application, its settings and, once ``/seen`` was asked, all that its requests share."""
    written: io.StringIO
    unredacted: "Unredacted"
    said: list[str] = field(default_factory=list)

    async def ask(
        self, path: str, method: str = "GET", content: bytes = b"", **headers: str
    ) -> httpx.Response:
        """One request that tells much of its caller; the answer is kept to be read."""
        sent = {
            "User-Agent": f"Firefox {CANARY}",
            "Authorization": f"Bearer {CANARY}-of-the-caller",
            "Cookie": f"session={CANARY}",
            "X-Forwarded-For": f"{CANARY}",
            "X-Request-Id": f"two words {CANARY}",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        answer = await self.client.request(method, path, content=content, headers=sent)
        self.said.append(f"{method} {path}\n{answer.headers!r}\n{answer.text}")
        return answer

    async def ask_for_everything(self) -> None:
        for org in (FOREST.slug, LAKESIDE.slug):
            for route in ROUTES:
                await self.ask(f"/orgs/{org}/{route}".removesuffix("/"))
        for path in ("/", "/readyz", "/metrics", "/status", "/docs", "/openapi.json", "/nothing"):
            await self.ask(path)
        await self.ask("/status", Authorization=f"Bearer {STATUS}")


class Unredacted(logging.Handler):
    """Keeps records as they were made: what our own code says needs no blotting out."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._plain = logging.Formatter()

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(f"{self._plain.format(record)} {vars(record)!r}")


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    """The root logger, left as it was found."""
    logger = logging.getLogger()
    before = logger.handlers[:], logger.level
    yield logger
    logger.handlers[:], level = before
    logger.setLevel(level)


@asynccontextmanager
async def living(folder: Path, root: logging.Logger, **changes: Any) -> AsyncIterator[Life]:
    clock = FakeClock()
    world = build_world(today=TODAY, events=60, seed=7)
    amilia = create_simulator(
        world, Faults(), clock=clock, dialect=Dialect(calls_per_second=0), deliver=_nobody
    )
    gossip = Gossip(httpx.ASGITransport(amilia, raise_app_exceptions=False))
    settings = settings_for(
        folder,
        forest={"username": f"{CANARY}@club.example", "password": PASSWORD},
        lakeside={"api_key": KEY, "api_secret": SECRET},
        webhook_secret=WEBHOOK,
        webhook_signature_secret=SIGNATURE,
        status_token=STATUS,
        log_every=1,
        **changes,
    )
    written, handlers = io.StringIO(), []
    for log_format in get_args(LogFormat):
        configure(log_format, written, secrets=secrets_of(settings))
        handlers += root.handlers
    unredacted = Unredacted()
    root.handlers[:] = [*handlers, unredacted]
    app = create_app(settings, transport=gossip, clock=clock, limits=HURRIED)

    async def bug() -> None:
        raise RuntimeError(f"unforeseen: {PASSWORD} {SERVER} {WEBHOOK} {PEOPLE.rpartition(' ')[2]}")

    async def seen(request: Request) -> None:
        reached.update(request.scope["state"])

    reached: dict[str, Any] = {}
    app.add_api_route("/bug", bug)
    app.add_api_route("/seen", seen)
    async with client_of(app) as client:
        yield Life(client, gossip, clock, [app, settings, reached], written, unredacted)


async def _nobody(_url: str, _body: bytes, _headers: Mapping[str, str]) -> int:
    return 0


async def troubled(life: Life) -> None:
    """Everything that is foreseen goes wrong, one after the other."""
    await life.ask_for_everything()
    for trouble in TROUBLES:
        life.gossip.trouble = trouble
        life.clock.advance(hours=2)
        for org in (FOREST.slug, LAKESIDE.slug):
            await life.ask(f"/orgs/{org}/calendar.ics?lang=en")
            await life.ask(f"/orgs/{org}?lang=fr")
        for path in ("/readyz", "/metrics"):
            await life.ask(path)
        await life.ask("/status", Authorization=f"Bearer {STATUS}")
    life.gossip.trouble = ""
    life.clock.advance(hours=2)
    for path, body in (
        (f"/webhooks/amilia/{WEBHOOK}", f'{{"people": "{PEOPLE}"'.encode()),
        (f"/webhooks/amilia/{WEBHOOK}", json.dumps({"OrganizationId": 8008, "Contact": PEOPLE}).encode()),
        (f"/webhooks/amilia/{SENT}", b"{}"),
    ):
        await life.client.post(path, content=body)
    await life.ask_for_everything()


def printed_by_objects_of(*roots: object) -> Iterator[str]:
    """What every object of ours that can be reached prints of itself."""
    seen: set[int] = set()
    waiting: list[object] = list(roots)
    beyond = (ModuleType, type, FunctionType, MethodType, FrameType, TracebackType, logging.Handler)
    while waiting:
        thing = waiting.pop()
        if id(thing) in seen or isinstance(thing, (*beyond, str, bytes, int, float)):
            continue
        seen.add(id(thing))
        if type(thing).__module__.startswith("app."):
            yield repr(thing)
        waiting.extend(gc.get_referents(thing))


async def test_a_life_of_troubles_shows_no_canary(tmp_path: Path, root: logging.Logger) -> None:
    async with living(tmp_path, root) as life:
        async with desk(tmp_path, life.clock) as operators:
            _, address = await operators.make(Scope(Kind.HIDDEN))
        private = [
            (await life.client.get(address)).status_code,
            (await life.client.get(f"{address}x")).status_code,
        ]
        await troubled(life)
        await life.ask("/seen")
        reprs = list(printed_by_objects_of(life.things))
        metrics = (await life.client.get("/metrics")).text
    kept = (tmp_path / "feeds.db").read_bytes()

    log = life.written.getvalue()
    everything = [*life.unredacted.texts, *life.said, *reprs, metrics, log]
    opened = [*life.gossip.tokens, address.split("/")[2]]
    assert private == [200, 404]
    assert len(life.unredacted.texts) > 20
    assert len(reprs) > 200
    assert [text for text in everything if is_shown(text)] == []
    assert [text for text in everything if any(secret in text for secret in opened)] == []
    assert SENT not in log + metrics
    assert CANARY.encode() not in kept


async def test_not_even_a_bug_shows_one(tmp_path: Path, root: logging.Logger) -> None:
    async with living(tmp_path, root) as life:
        await life.ask_for_everything()
        life.gossip.trouble = "bug"
        life.clock.advance(hours=2)
        await life.ask_for_everything()
        await life.ask("/bug")

    log = life.written.getvalue()
    assert log.count("unforeseen: …") > 1
    assert [text for text in [log, *life.said] if is_shown(text)] == []
    assert [token for token in life.gossip.tokens if token in log] == []


async def test_a_store_out_of_reach_does_not_tell_its_password(tmp_path: Path, root: logging.Logger) -> None:
    async with living(tmp_path, root, store=SERVER) as life:
        for path in ("/orgs/lakeside/calendar.ics", "/readyz", "/metrics"):
            await life.ask(path)
        await life.ask("/status", Authorization=f"Bearer {STATUS}")
        await life.ask("/seen")
        reprs = list(printed_by_objects_of(life.things))

    log = life.written.getvalue()
    assert "The store cannot be used" in log
    assert [text for text in [log, *life.unredacted.texts, *life.said, *reprs] if is_shown(text)] == []


def test_the_doctor_tells_none(root: logging.Logger) -> None:
    environ = {
        "FEEDS_ORG": "club",
        "FEEDS_USERNAME": f"{CANARY}@club.example",
        "FEEDS_PASSWORD": PASSWORD,
        "FEEDS_WEBHOOK_SECRET": WEBHOOK,
        "FEEDS_STATUS_TOKEN": STATUS,
        "FEEDS_STORE": SERVER,
        "FEEDS_API_URL": "http://127.0.0.1:1/api/v3",
        "FEEDS_PUBLIC_URL": "http://127.0.0.1:1",
    }

    result = CliRunner().invoke(cli, ["check"], env=environ)

    assert result.exit_code != 0
    assert len(result.output) > 100
    assert not is_shown(result.output)


def test_the_canaries_would_be_seen() -> None:
    assert is_shown(f"x {PASSWORD}")
    for before in ("", "a", "ab", "abc"):
        assert is_shown(b64encode(f"{before}{CANARY}:x".encode()).decode())
    assert not is_shown("an ordinary line")
