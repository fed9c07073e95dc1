"""A server that is asked to stop: what is under way or on its way is answered, and nobody waits long."""

import asyncio
import time

import pytest

from app.server.bounds import Bounds
from tests.server.lines import HELLO, Place, asking, serving
from tests.server.shop import LARGE, Shop

BOUNDS = Bounds(farewell_seconds=0.3, drain_seconds=2)


async def asked_to_stop(place: Place) -> None:
    """Until the server has begun to stop."""
    place.server.should_exit = True
    while not place.server.crowd.closing:  # noqa: ASYNC110  # as a visitor would
        await asyncio.sleep(0.005)


async def test_what_is_under_way_is_answered_and_the_connection_ends() -> None:
    shop = Shop()
    async with serving(shop, BOUNDS) as place:
        line = await place.line()
        await line.say(asking("/wait"))
        await place.until(connections=1)
        await asked_to_stop(place)
        shop.bell.set()
        answer, over = await line.answer(), await line.is_over()

    assert (answer.status, answer.body, answer.is_last, over) == (200, b"shop", True, True)
    assert shop.diary[-1] == "closed"


async def test_a_request_that_comes_on_an_open_connection_is_still_answered() -> None:
    async with serving(Shop(), BOUNDS) as place:
        line = await place.line()
        first = await line.ask(HELLO)
        await asked_to_stop(place)
        second = await line.ask(HELLO)

    assert (first.status, first.is_last) == (200, False)
    assert (second.status, second.is_last) == (200, True)


async def test_whoever_was_already_waiting_to_be_let_in_is_answered() -> None:
    async with serving(Shop(), BOUNDS) as place:
        loop = asyncio.get_running_loop()
        loop.call_soon(setattr, place.server, "should_exit", True)
        lines = [await place.line() for _ in range(50)]
        answers = await asyncio.gather(*(line.ask(HELLO) for line in lines))

    assert [answer.status for answer in answers] == [200] * 50


async def test_newcomers_are_refused_by_the_system_and_idle_connections_end() -> None:
    async with serving(Shop(), BOUNDS) as place:
        idle = await place.line()
        await idle.ask(HELLO)
        await asked_to_stop(place)
        with pytest.raises(ConnectionRefusedError):
            await place.line()
        over = await idle.is_over()

    assert over


async def test_a_reader_who_takes_his_time_gets_everything() -> None:
    async with serving(Shop(), BOUNDS) as place:
        line = await place.line(window=4096)
        await line.say(asking("/large"))
        await line.reader.readuntil(b"\r\n\r\n")
        await asked_to_stop(place)
        await asyncio.sleep(0.5)
        received = len(await line.reader.readexactly(LARGE))
        over = await line.is_over()

    assert (received, over) == (LARGE, True)


async def test_a_reader_who_takes_nothing_is_not_waited_for_much_longer_than_that() -> None:
    async with serving(Shop(), Bounds(farewell_seconds=0.01, drain_seconds=1)) as place:
        line = await place.line(window=4096)
        await line.say(asking("/large"))
        await line.reader.readline()
        began = time.monotonic()
        place.server.should_exit = True
        await place.serving
        seconds = time.monotonic() - began

    assert 0.9 < seconds < 2


async def test_asked_twice_it_ends_at_once() -> None:
    async with serving(Shop(), BOUNDS) as place:
        line = await place.line()
        await line.say(asking("/wait"))
        await place.until(connections=1)
        await asked_to_stop(place)
        began = time.monotonic()
        place.server.force_exit = True
        await place.serving
        seconds = time.monotonic() - began

    assert seconds < 1
