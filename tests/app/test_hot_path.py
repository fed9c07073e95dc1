"""The hit path answers as the routes do, byte for byte, and only while they would answer so again."""

import asyncio
import gzip
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import Message, Scope

from app.main import create_app
from app.simulator.app import create_simulator
from app.simulator.dialect import Dialect
from app.simulator.faults import Faults, parse_fault
from app.simulator.truth import truth
from app.simulator.world import World, build_world
from app.web.contents import MOST_ADDRESSES, Answers
from app.web.hot import Application, repeated
from app.web.representation import Representation
from tests.support.fakes import FakeClock
from tests.support.service import QUICK, TODAY, settings_for

FOREST = "/orgs/forest-explorers/calendar.ics"
PATHS = [
    *(FOREST, "/orgs/8008/calendar.ics", "/orgs/lakeside/calendar.ics", "/orgs/forest-explorers/samedi.ics"),
    *("/orgs/forest-explorers/calendar.json", "/orgs/forest-explorers/nothing.ics", "/healthz"),
]
QUERIES = [
    *("", "lang=en", "LANG=EN&lang=fr", "programId=21001,21002", "programid=%2021002,21001&utm_source=mail"),
    *("weekday=sat", "weekday=lundi", "cancelled=show", "alarm=15", "programId=999"),
]
ENCODINGS = [
    *(None, "", "gzip", "br", "zstd", "gzip, deflate", "gzip, deflate, br, zstd", "*", "identity"),
    *("br;q=0.1, gzip;q=0.9", "identity;q=0, gzip;q=0", "gzip;q=0", "deflate", "br;q=oops, zstd"),
]
AGENTS = [None, "Google-Calendar-Importer", "Microsoft Office/16.0", "Mozilla/5.0 Thunderbird/153.0"]
MISS, HIT = "amilia-feeds; fwd=miss; stored", "amilia-feeds; hit"
STALE = "amilia-feeds; hit; detail=stale"
FACTS = ("path", "parameters", "status", "found", "encoding")
DATES = [
    *("Sun, 22 Nov 2026 17:00:00 GMT", "Sun, 22 Nov 2026 16:59:58 GMT", "Sun, 01 Nov 2026 00:00:00 GMT"),
    *("Wed, 01 Jan 2031 00:00:00 GMT", "soon"),
]


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes

    def header(self, name: str) -> str:
        return dict(self.headers).get(name.encode(), b"").decode()


@dataclass(frozen=True, slots=True)
class Stage:
    """A running application that can be asked with and without its hit path."""

    app: Application
    state: dict[str, Any]
    world: World
    faults: Faults
    clock: FakeClock

    @property
    def answers(self) -> Answers:
        answers: Answers = self.state["answers"]
        return answers

    def scope(self, path: str, query: str = "", method: str = "GET", **headers: str) -> Scope:
        lines = [(b"host", b"calendars.example.org")]
        lines += [(k.replace("_", "-").lower().encode(), v.encode()) for k, v in headers.items()]
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "server": ("127.0.0.1", 8000),
            "client": ("127.0.0.1", 1),
            "root_path": "",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": lines,
            "state": dict(self.state),
        }

    async def get(self, path: str = FOREST, query: str = "", **headers: str) -> Answer:
        return await exchanged(self.app, self.scope(path, query, **headers))

    async def routed(self, scope: Scope) -> Answer:
        """The same request, past the hit path."""

        async def application(scope: Scope, receive: Any, send: Any) -> None:
            await FastAPI.__call__(self.app, scope, receive, send)

        return await exchanged(application, scope)

    def hot(self, path: str = FOREST, query: str = "", **headers: str) -> Answer | None:
        """What the hit path alone has to say."""
        messages = repeated(self.scope(path, query, **headers))
        return read(messages) if messages else None


async def exchanged(app: Any, scope: Scope) -> Answer:
    messages: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        messages.append(message)

    await app({**scope, "state": dict(scope["state"])}, receive, send)
    return read(messages)


def representation(answer: Answer) -> Representation:
    return Representation(answer.body, "text/calendar", "any", None, "fr")


def read(messages: Any) -> Answer:
    start, *rest = messages
    return Answer(start["status"], list(start["headers"]), b"".join(part.get("body", b"") for part in rest))


@asynccontextmanager
async def on_stage(directory: Path, **changes: Any) -> AsyncIterator[Stage]:
    clock, faults = FakeClock(), Faults()
    world = build_world(today=TODAY, events=120, seed=7)
    samedi = {"name": "Samedi", "weekday": "sat"}
    changes["forest"] = {"feeds": {"samedi": samedi}}

    async def deliver(_url: str, _body: bytes, _headers: dict[str, str]) -> int:
        return 200

    amilia = create_simulator(
        world, faults, clock=clock, dialect=Dialect(calls_per_second=0), deliver=deliver
    )
    transport = httpx.ASGITransport(amilia, raise_app_exceptions=False)
    app = create_app(settings_for(directory, **changes), transport=transport, clock=clock, limits=QUICK)
    assert isinstance(app, Application)
    async with app.router.lifespan_context(app) as state:
        yield Stage(app, dict(state or {}), world, faults, clock)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with on_stage(tmp_path) as found:
        yield found


def requests(stage: Stage, dice: random.Random, tags: list[str]) -> Scope:
    """Any request that somebody might send."""
    headers = {
        "Accept-Encoding": dice.choice(ENCODINGS),
        "User-Agent": dice.choice(AGENTS),
        "If-None-Match": dice.choice([None, None, *conditions(dice, tags)]),
        "If-Modified-Since": dice.choice([None, None, None, *DATES]),
        "Range": dice.choice([None] * 9 + ["bytes=0-9"]),
        "Cache-Control": dice.choice([None, "no-cache"]),
        "Accept-Language": dice.choice([None, "en", "fr-CA"]),
    }
    method = dice.choice(["GET"] * 6 + ["HEAD"] * 3 + ["POST", "OPTIONS"])
    given = {name: value for name, value in headers.items() if value is not None}
    scope = stage.scope(dice.choice(PATHS), dice.choice(QUERIES), method, **given)
    if dice.random() < 0.05:
        scope["headers"].append((b"if-none-match", dice.choice(tags).encode()))
    if dice.random() < 0.05:
        scope["http_version"] = "1.0"
    return scope


def conditions(dice: random.Random, tags: list[str]) -> list[str]:
    tag = dice.choice(tags)
    return [tag, tag, tag, f"W/{tag}", f'"x", {tag}', f"{tag},W/{dice.choice(tags)}", "*", '"old"', "torn"]


async def all_answered(stage: Stage) -> list[str]:
    """The tags of all answers in all encodings, each asked for once."""
    tags = [
        (await stage.get(path, query, Accept_Encoding=coding)).header("etag")
        for path, query, coding in product(PATHS, QUERIES, ("identity", "gzip", "br", "zstd"))
    ]
    return sorted({tag for tag in tags if tag})


async def compare(stage: Stage, dice: random.Random, count: int) -> int:
    """How many of so many requests the hit path answered; each of them as the route does."""
    tags = await all_answered(stage)
    answered = 0
    for _ in range(count):
        scope = requests(stage, dice, tags)
        messages = repeated(scope)
        routed = await stage.routed(scope)
        if messages is not None:
            answered += 1
            assert read(messages) == routed, scope
    return answered


def rename(stage: Stage, title: str) -> None:
    """Another title for one event that the feed shows."""
    club = stage.world.organization("forest-explorers")
    assert club is not None
    (event, *_) = truth(club, "fr", first=TODAY, last=TODAY + timedelta(days=300), skipped=False).events
    stage.world.rename(int(str(event["Id"])), title)


async def until(stage: Stage, source: str) -> Answer:
    """The answer, once it comes from such a source."""
    for _ in range(1000):
        answer = await stage.get()
        if answer.header("cache-status") == source:
            return answer
        await asyncio.sleep(0.005)
    raise AssertionError(f"no answer was {source}")


async def test_thousands_of_requests_are_answered_as_the_routes_do(stage: Stage) -> None:
    dice = random.Random(20261122)  # noqa: S311  # the same requests each time

    settled = await compare(stage, dice, 1000)
    rename(stage, "Tout autre chose")
    stage.clock.advance(minutes=11)
    await until(stage, HIT)
    stage.clock.advance(minutes=1)
    renewed = await compare(stage, dice, 250)

    assert settled > 300
    assert renewed > 50


async def test_the_first_answer_is_the_routes_and_the_second_is_not(stage: Stage) -> None:
    before = stage.hot()
    first, second = await stage.get(), await stage.get()

    assert before is None
    assert (first.header("cache-status"), second.header("cache-status")) == (MISS, HIT)
    assert stage.hot() == second


async def test_a_crowd_is_answered_by_two_that_went_the_whole_way(stage: Stage) -> None:
    stage.faults.add(parse_fault("latency=0.05"))

    everybody = await asyncio.gather(*(stage.get(Accept_Encoding="gzip") for _ in range(60)))
    counted = (await stage.get("/metrics")).body.decode()

    (miss, hit, *_) = everybody
    assert (miss.header("cache-status"), hit.header("cache-status")) == (MISS, HIT)
    assert all(answer == hit for answer in everybody[1:])
    assert (miss.body, miss.header("etag")) == (hit.body, hit.header("etag"))
    assert 'amilia_feeds_request_seconds_count{route="/orgs/{org}/calendar.ics"} 2.0' in counted
    assert 'amilia_feeds_answers_total{source="hit",status="200"} 59.0' in counted


async def test_in_a_crowd_everybody_gets_the_form_that_they_can_read(stage: Stage) -> None:
    stage.faults.add(parse_fault("latency=0.05"))
    forms = [*ENCODINGS, *ENCODINGS]

    crowd = [stage.get(**({} if form is None else {"Accept_Encoding": form})) for form in forms]
    everybody = await asyncio.gather(*crowd)

    for form, answer in zip(forms, everybody, strict=True):
        scope = stage.scope(FOREST, **({} if form is None else {"Accept_Encoding": form}))
        alone = await stage.routed(scope)
        assert (answer.body, answer.header("etag")) == (alone.body, alone.header("etag")), form


async def test_a_crowd_is_refused_together_where_there_is_nothing_to_serve(stage: Stage) -> None:
    stage.faults.add(parse_fault("500"))

    everybody = await asyncio.gather(*(stage.get() for _ in range(20)))

    assert {answer.status for answer in everybody} == {503}


async def test_a_changed_feed_is_never_answered_from_memory(stage: Stage) -> None:
    old = await until(stage, HIT)

    rename(stage, "Tout autre chose")
    stage.clock.advance(minutes=11)
    at_the_end_of_its_life = stage.hot()
    new = await until(stage, HIT)

    assert at_the_end_of_its_life is None
    assert b"Tout autre chose" in new.body
    assert stage.hot() == new != old


async def test_an_unchanged_feed_is_answered_again_after_a_refresh(stage: Stage) -> None:
    old = await until(stage, HIT)
    stage.clock.advance(minutes=11)

    new = await until(stage, HIT)

    assert (new.body, new.header("etag")) == (old.body, old.header("etag"))
    assert stage.hot() == new


async def test_while_a_refresh_runs_the_old_copy_comes_from_memory_and_says_so(stage: Stage) -> None:
    await until(stage, HIT)
    stage.faults.add(parse_fault("latency=0.1"))
    stage.clock.advance(minutes=11)

    first = await stage.get()
    second = stage.hot()
    await until(stage, HIT)

    assert first.header("cache-status") == STALE
    assert second == first


async def test_a_notice_of_change_ends_what_was_remembered(stage: Stage) -> None:
    await until(stage, HIT)
    feeds = stage.state["feeds"]
    stage.clock.advance(seconds=30)

    await feeds.mark(feeds.organization("forest-explorers"))

    assert stage.hot() is None


async def test_while_the_upstream_fails_the_last_good_copy_comes_from_memory(stage: Stage) -> None:
    good = await until(stage, HIT)
    stage.faults.add(parse_fault("500"))
    stage.clock.advance(minutes=11)
    await until(stage, STALE)

    during = await until(stage, HIT)

    assert during.body == good.body
    assert stage.hot() == during


async def test_who_is_answered_from_memory_keeps_the_feed_fresh(stage: Stage) -> None:
    await until(stage, HIT)
    stage.clock.advance(minutes=5)

    assert stage.hot() is not None

    (shelf,) = (shelf for shelf in stage.state["feeds"].shelves if shelf.asked_at is not None)
    assert shelf.asked_at == stage.clock.now


async def test_every_answer_is_counted(stage: Stage) -> None:
    answer = await until(stage, HIT)
    for _ in range(5):
        await stage.get()
        await stage.get(If_None_Match=answer.header("etag"))

    counted = (await stage.get("/metrics")).body.decode()

    assert 'amilia_feeds_answers_total{source="miss",status="200"} 1.0' in counted
    assert 'amilia_feeds_answers_total{source="hit",status="200"} 6.0' in counted
    assert 'amilia_feeds_answers_total{source="hit",status="304"} 5.0' in counted


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
async def test_other_methods_are_the_routes_affair(stage: Stage, method: str) -> None:
    await until(stage, HIT)

    assert repeated(stage.scope(FOREST, method=method)) is None


async def test_what_cannot_know_chunks_is_told_the_length(stage: Stage) -> None:
    await until(stage, HIT)
    old = {**stage.scope(FOREST, Accept_Encoding="gzip"), "http_version": "1.0"}

    answer = await exchanged(stage.app, old)

    assert answer.header("content-encoding") == "gzip"
    assert int(answer.header("content-length")) == len(answer.body)


async def test_without_compression_everybody_gets_the_same_bytes(tmp_path: Path) -> None:
    async with on_stage(tmp_path, compression=False) as stage:
        answers = [await stage.get(Accept_Encoding=coding) for coding in ("br", "gzip", "identity")]

    assert {answer.header("etag") for answer in answers} == {answers[0].header("etag")}
    assert {answer.header("vary") for answer in answers} == {""}
    assert {answer.header("content-encoding") for answer in answers} == {""}


async def test_only_who_fails_on_it_gets_a_feed_uncompressed_that_asked_otherwise(stage: Stage) -> None:
    outlook = await stage.get(Accept_Encoding="gzip", User_Agent="Microsoft Office/16.0 (Outlook)")
    others = await stage.get(Accept_Encoding="gzip", User_Agent="dataaccessd/1.0")

    assert (outlook.header("content-encoding"), others.header("content-encoding")) == ("", "gzip")
    assert (outlook.header("vary"), others.header("vary")) == ("Accept-Encoding", "Accept-Encoding")
    assert gzip.decompress(others.body) == outlook.body


async def test_a_server_that_asks_first_gets_what_a_call_gives_and_it_is_counted(stage: Stage) -> None:
    called = await until(stage, HIT)
    scope = stage.scope(FOREST)
    before = dict(scope["state"])

    at_once = [stage.app.at_once(scope) for _ in range(5)]
    unknown = stage.app.at_once(stage.scope("/healthz"))

    assert [read(messages) for messages in at_once if messages] == [called] * 5
    assert (unknown, scope["state"]) == (None, before)
    counted = (await stage.get("/metrics")).body.decode()
    assert 'amilia_feeds_answers_total{source="hit",status="200"} 6.0' in counted


async def test_invented_parameters_fill_no_memory(stage: Stage) -> None:
    answer = await until(stage, HIT)

    for number in range(MOST_ADDRESSES + 50):
        answers = stage.answers
        await answers.answer(stage.scope(FOREST, f"fbclid={number}"), representation(answer), None)

    assert len(stage.answers.addresses) == MOST_ADDRESSES


async def test_one_request_in_so_many_is_logged_and_tells_nothing_of_anybody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "app.web.sampling")
    async with on_stage(tmp_path, log_every=2) as stage:
        for path, query in [
            (FOREST, "q=secret&lang=en&token=secret"),
            (FOREST, "q=secret&lang=en&token=secret"),
            ("/healthz", ""),
            ("/webhooks/amilia/secret", ""),
        ]:
            await stage.get(path, query, User_Agent="secret")

    lines = [record for record in caplog.records if record.name == "app.web.sampling"]
    told = [{name: vars(line)[name] for name in FACTS} for line in lines]
    assert told == [
        {"path": FOREST, "parameters": ["lang", "q"], "status": 200, "found": HIT, "encoding": "identity"},
        {"path": "/webhooks/…", "parameters": [], "status": 405, "found": "", "encoding": "identity"},
    ]
    assert "secret" not in str([vars(line) for line in lines])


async def test_of_those_that_are_answered_at_once_as_many_are_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "app.web.sampling")
    called = 0
    async with on_stage(tmp_path, log_every=5) as stage:
        for _ in range(2):
            await stage.get()  # which nobody knew before
        for _ in range(18):
            scope = stage.scope(FOREST)
            if stage.app.at_once(scope) is None:
                called += 1
                await exchanged(stage.app, scope)

    assert len([record for record in caplog.records if record.name == "app.web.sampling"]) == 4
    assert called == 4
