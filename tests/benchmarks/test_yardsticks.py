"""The yardsticks do the same work: the same events, properties, bytes and headers."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
from icalendar import Calendar
from starlette.types import ASGIApp

from benchmarks import naive, raw
from benchmarks.amilia import Amilia, Window, slug
from benchmarks.bare import bare
from benchmarks.captured import Captured, captured, opened
from benchmarks.data import CLUB, TODAY
from benchmarks.pipeline import Pipeline, joined, zone_of
from benchmarks.plain import plain, without_parameters
from benchmarks.probe import probe
from benchmarks.processes import Reply
from benchmarks.rounds import Side, interleaved
from benchmarks.walk import targets

EVENTS = 120
REVISION = {"DTSTAMP", "CREATED", "LAST-MODIFIED", "SEQUENCE"}
FEED = Captured(
    200,
    (
        ("etag", '"abc-gzip"'),
        ("content-encoding", "gzip"),
        ("vary", "Accept-Encoding"),
        ("content-type", "text/calendar; charset=utf-8"),
        ("content-length", "5"),
        ("access-control-allow-origin", "*"),
    ),
    b"bytes",
)
UNCHANGED = Captured(304, (("etag", '"abc-gzip"'), ("vary", "Accept-Encoding")), b"")


def _events(feed: bytes) -> dict[str, Any]:
    calendar = Calendar.from_ical(feed)
    return {str(event["UID"]): event for event in calendar.walk("VEVENT")}


@pytest.fixture(scope="module")
def feeds() -> tuple[bytes, bytes]:
    """Ours and the naive one of the same events."""
    amilia = Amilia(Window(TODAY))
    with closing(Pipeline(amilia, slug(EVENTS, 1))) as pipeline:
        ours, _ = joined(pipeline.refresh())
    told = naive.parsed(amilia.pages(EVENTS, 1))
    return ours, naive.rendered(naive.opening_of(ours), told, zone_of(CLUB, TODAY))


def test_naive_rendering_publishes_the_same_properties_with_the_same_values(
    feeds: tuple[bytes, bytes],
) -> None:
    ours, theirs = (_events(feed) for feed in feeds)

    assert ours.keys() == theirs.keys()
    for uid, event in ours.items():
        other = theirs[uid]
        assert set(event) == set(other)
        assert {name: _value(event, name) for name in set(event) - REVISION} == {
            name: _value(other, name) for name in set(event) - REVISION
        }


def test_naive_rendering_writes_as_many_bytes_but_for_the_folding(feeds: tuple[bytes, bytes]) -> None:
    ours, theirs = (feed.replace(b"\r\n ", b"") for feed in feeds)

    assert len(ours) == len(theirs)


def test_naive_rendering_has_the_same_calendar_around_the_events(feeds: tuple[bytes, bytes]) -> None:
    ours, theirs = (naive.opening_of(feed).to_ical() for feed in feeds)

    assert ours == theirs


def _value(event: Any, name: str) -> tuple[Any, Any]:
    value = event[name]
    parts = value if isinstance(value, list) else [value]
    return [part.to_ical() for part in parts], [sorted(part.params.items()) for part in parts]


async def _asked(app: ASGIApp, **headers: str) -> Captured:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://yardstick") as client:
        request = client.build_request(
            "GET",
            "/orgs/club/calendar.ics",
            headers={name.replace("_", "-"): it for name, it in headers.items()},
        )
        answer = await client.send(request, stream=True)
        body = b"".join([chunk async for chunk in answer.aiter_raw()])
        return captured(Reply(answer.status_code, tuple(answer.headers.multi_items()), body))


def _sorted(answer: Captured) -> Captured:
    return Captured(answer.status, tuple(sorted(answer.headers)), answer.body)


async def test_a_bare_application_gives_the_captured_answer() -> None:
    assert await _asked(bare(FEED)) == FEED
    assert await _asked(bare(UNCHANGED)) == UNCHANGED


@pytest.mark.parametrize("build", [plain, without_parameters])
async def test_a_plain_route_gives_the_captured_answers(build: Callable[..., ASGIApp]) -> None:
    app = build("club", {"identity": FEED, "gzip": FEED}, UNCHANGED)

    assert _sorted(await _asked(app, Accept_Encoding="br, gzip")) == _sorted(FEED)
    unchanged = await _asked(app, Accept_Encoding="gzip", If_None_Match='"other", "abc-gzip"')
    assert _sorted(unchanged) == _sorted(UNCHANGED)
    assert (await _asked(app, If_None_Match='"other"')).status == 200


def test_an_answer_can_be_kept_for_another_process(tmp_path: Any) -> None:
    assert opened(FEED.save(tmp_path, "feed")) == FEED


def test_headers_that_every_server_adds_are_not_the_answers_own() -> None:
    reply = Reply(
        200, (("Date", "now"), ("ETag", '"a"'), ("Server", "it"), ("Connection", "keep-alive")), b""
    )

    assert captured(reply).headers == (("ETag", '"a"'),)


def test_the_raw_walk_fetches_fifty_pages_that_hold_every_event_once() -> None:
    pages = targets(10_000)

    assert len(pages) == len(set(pages)) == 50


@contextmanager
def _server(answers: Callable[[int], float]) -> Iterator[int]:
    """A server that waits ``answers(n)`` seconds before its nth answer, one after the other."""
    with socket.create_server(("127.0.0.1", 0), backlog=200) as listening:

        async def serve() -> None:
            count = 0

            async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                nonlocal count
                while await reader.readuntil(b"\r\n\r\n"):
                    count += 1
                    time.sleep(answers(count))  # noqa: ASYNC251  # a stalled loop is what is to be seen
                    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

            loop = asyncio.get_running_loop()
            loop.set_exception_handler(lambda *_: None)  # connections end while they are read
            server = await asyncio.start_server(answer, sock=listening)
            async with server:
                await asyncio.to_thread(stop.wait)

        stop = threading.Event()
        thread = threading.Thread(target=lambda: asyncio.run(serve()))
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            stop.set()
            thread.join()


def test_everybody_who_comes_during_a_stall_is_seen_waiting() -> None:
    warm = 64

    with _server(lambda count: 0.2 if count == warm + 50 else 0.0) as port:
        latencies = probe(port, "/", seconds=0.6, rate=500)

    waited = [value for value in latencies if value > 0.02]
    assert len(latencies) == 300
    assert max(latencies) > 0.19
    assert len(waited) > 70  # 200 ms at 500 a second, and not the one request that met the stall


def test_a_raw_fetch_takes_the_whole_answer() -> None:
    with _server(lambda _: 0.0) as port, socket.create_connection(("127.0.0.1", port)) as line:
        assert raw.exchange(line, raw.request("/")).received.endswith(b"ok")
        assert raw.fetched(port, ["/a", "/b", "/c"], connections=2) > 0


def test_sides_take_turns_and_preparations_are_not_measured() -> None:
    told: list[str] = []

    measured = interleaved(
        {
            "one": Side(
                lambda: told.append("one"),
                before=lambda: time.sleep(timedelta(milliseconds=20).total_seconds()),
            ),
            "other": Side(lambda: told.append("other")),
        },
        2,
    )

    assert told == ["one", "other"] * 3
    assert [len(some) for some in measured.values()] == [2, 2]
    assert max(measured["one"]) < 0.02
