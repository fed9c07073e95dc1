"""Whoever is slow in asking or in reading is let go; whoever gets on with it is not."""

import asyncio
import os

import pytest

from app.server.application import Message, Receive, Send
from app.server.bounds import Bounds
from soak.programs import resident_bytes
from tests.server.lines import HELLO, asking, serving
from tests.server.shop import LARGE, Shop

BOUNDS = Bounds(farewell_seconds=0.01)
LATE = BOUNDS.request_seconds + 1
TINY_WINDOW = 4096


async def test_a_request_whose_head_does_not_end_is_given_up() -> None:
    async with serving(Shop()) as place:
        line, punctual = await place.line(), await place.line()
        await line.say(b"GET / HTTP/1.1\r\nX-Slow")
        await place.until(connections=2)
        await asyncio.sleep(0.01)
        place.hurry(LATE - 2)
        on_time = await punctual.ask(HELLO)
        place.hurry(LATE)
        answer, over = await line.answer(), await line.is_over()
        still_there = await punctual.ask(HELLO)

    assert (answer.status, answer.is_last, over) == (408, True, True)
    assert (on_time.status, still_there.status) == (200, 200)


async def test_a_client_that_says_nothing_is_let_go_without_a_word() -> None:
    async with serving(Shop()) as place:
        line = await place.line()
        await place.until(connections=1)
        place.hurry(LATE)
        answer = await line.answer()

    assert answer.status == 0


async def test_each_request_has_its_own_time() -> None:
    async with serving(Shop()) as place:
        line = await place.line()
        await line.ask(HELLO)
        place.hurry(LATE)  # idle, which is another matter
        await line.say(HELLO[:20])
        await asyncio.sleep(0.01)
        place.hurry(LATE - 2)
        answer = await line.ask(HELLO[20:])

    assert answer.status == 200


async def test_a_body_that_does_not_come_ends_the_request_and_the_connection() -> None:
    async with serving(Shop()) as place:
        line = await place.line()
        await line.say(b"POST /body HTTP/1.1\r\nHost: shop\r\nContent-Length: 10\r\n\r\n12345")
        await place.until(connections=1)
        await asyncio.sleep(0.01)
        place.hurry(LATE)
        over = await line.is_over()
        await place.until(connections=0)
        waiting = len(place.server.server_state.tasks)

    assert (over, waiting) == (True, 0)


async def test_a_body_that_trickles_on_after_the_answer_ends_too() -> None:
    async with serving(Shop()) as place:
        line = await place.line()
        answer = await line.ask(b"POST / HTTP/1.1\r\nHost: shop\r\nContent-Length: 1000000\r\n\r\n1")
        await line.say(b"2")
        await asyncio.sleep(0.01)
        place.hurry(LATE)
        end = await line.answer()

    assert (answer.status, end.status) == (200, 408)


async def test_an_idle_connection_is_kept_for_as_long_as_proxies_expect() -> None:
    async with serving(Shop()) as place:
        line = await place.line()
        await line.ask(HELLO)
        place.hurry(BOUNDS.idle_seconds - 1)
        answer = await line.ask(HELLO)
        place.hurry(BOUNDS.idle_seconds + 1)
        over = await line.is_over()

    assert (answer.status, over) == (200, True)
    assert BOUNDS.idle_seconds > 60


async def test_whoever_waits_for_an_answer_or_is_reading_it_is_not_idle() -> None:
    shop = Shop()
    async with serving(shop) as place:
        waiting, reading = await place.line(), await place.line(window=TINY_WINDOW)
        await waiting.say(asking("/wait"))
        await reading.say(asking("/large"))
        await reading.reader.readline()
        await place.until(connections=2)
        place.hurry(BOUNDS.idle_seconds + 1)
        shop.bell.set()
        answer = await waiting.answer()
        rest = await reading.reader.readuntil(b"\r\n\r\n")
        body = await reading.reader.readexactly(LARGE)

    assert (answer.status, answer.body) == (200, b"shop")
    assert rest.startswith(b"date: ")
    assert len(body) == LARGE


async def test_whoever_goes_while_several_requests_wait_leaves_nothing_behind(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with serving(Shop()) as place:
        line = await place.line(window=TINY_WINDOW)
        await line.say(asking("/large") * 5)
        await line.reader.readline()
        line.writer.transport.abort()
        await place.until(connections=0)
        await asyncio.sleep(0.01)
        waiting = len(place.server.server_state.tasks)

    assert waiting == 0
    assert not caplog.records


async def test_a_request_that_waits_for_its_end_hears_of_it_though_others_came_behind() -> None:
    class Listener(Shop):
        async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
            if scope["type"] == "lifespan":
                await super().__call__(scope, receive, send)
                return
            while (await receive())["type"] != "http.disconnect":
                pass
            self.diary.append("gone")

    listener = Listener()
    async with serving(listener) as place:
        line = await place.line()
        await line.say(HELLO * 3)
        await place.until(connections=1)
        await asyncio.sleep(0.01)
        await line.close()
        await place.until(connections=0)
        await asyncio.sleep(0.01)
        heard = listener.diary[1:]

    assert heard == ["gone"]


async def test_whoever_takes_nothing_of_an_answer_is_cut_off() -> None:
    async with serving(Shop()) as place:
        line = await place.line(window=TINY_WINDOW)
        await line.say(asking("/large"))
        await line.reader.readline()
        place.hurry(0)
        place.hurry(BOUNDS.stalled_seconds - 1)
        patient = len(place.server._guests)
        place.hurry(BOUNDS.stalled_seconds + 1)
        await place.until(connections=0)
        refused = place.server.crowd.refused

    assert (patient, refused) == (1, {"stalled": 1})


async def test_whoever_reads_slowly_gets_the_whole_answer() -> None:
    async with serving(Shop()) as place:
        line = await place.line(window=TINY_WINDOW)
        await line.say(asking("/large"))
        head = await line.reader.readuntil(b"\r\n\r\n")
        received = 0
        for period in range(1, 6):
            place.hurry(period * (BOUNDS.stalled_seconds + 1))
            received += len(await line.reader.readexactly(200_000))
            await asyncio.sleep(0.01)  # what was read is made known
        received += len(await line.reader.readexactly(LARGE - received))

    assert head.startswith(b"HTTP/1.1 200 ")
    assert received == LARGE


async def test_slow_readers_share_the_bytes_that_wait_for_them() -> None:
    async with serving(Shop()) as place:
        before = resident_bytes(os.getpid())
        lines = [await place.line(window=TINY_WINDOW) for _ in range(100)]
        for line in lines:
            await line.say(asking("/large"))
            await line.reader.readline()
        after = resident_bytes(os.getpid())

    assert after - before < 10 * LARGE
