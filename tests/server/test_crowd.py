"""When there are too many connections, those go that cost nobody anything; nobody is refused."""

import asyncio
import logging
from dataclasses import dataclass, field

import pytest

from app.server.bounds import Bounds
from app.server.crowd import Crowd, Standing, expendable
from app.server.run import SPARE_FILES, with_room
from tests.server.lines import HELLO, Line, asking, serving
from tests.server.shop import Shop

FEW = Bounds(connections=20, asking_seconds=0.05, farewell_seconds=0.01)


@dataclass(slots=True, eq=False)
class Somebody:
    """A connection."""

    standing: Standing
    since: float
    dismissed: list[float] = field(default_factory=list)

    def dismiss(self) -> None:
        self.dismissed.append(self.since)

    def hurry(self, now: float) -> None:
        del now


def test_idle_ones_are_expendable_before_those_asking_and_those_answered_never() -> None:
    guests = [
        Somebody(standing, since)
        for standing in (Standing.ANSWERED, Standing.ASKING, Standing.IDLE)
        for since in (3.0, 1.0, 2.0)
    ]

    found = [(guest.standing, guest.since) for guest in expendable(guests, 5, asking_before=9)]
    all_of_them = expendable(guests, 100, asking_before=9)
    but_newcomers = expendable(guests, 100, asking_before=2.5)

    assert found == [
        (Standing.IDLE, 1.0),
        (Standing.IDLE, 2.0),
        (Standing.IDLE, 3.0),
        (Standing.ASKING, 1.0),
        (Standing.ASKING, 2.0),
    ]
    assert len(all_of_them) == 6
    assert len(but_newcomers) == 5


def test_to_make_room_a_few_go_at_once() -> None:
    crowd = Crowd(Bounds(connections=160))
    guests = {Somebody(Standing.IDLE, float(number)) for number in range(160)}

    made = crowd.make_room(guests, now=500)

    assert made
    assert sorted(guest.since for guest in guests if guest.dismissed) == [float(n) for n in range(11)]
    assert crowd.refused == {"evicted": 11}


def test_where_all_are_being_answered_nobody_goes() -> None:
    crowd = Crowd(Bounds(connections=10))
    guests = {Somebody(Standing.ANSWERED, float(number)) for number in range(10)}

    assert not crowd.make_room(guests, now=500)
    assert not [guest for guest in guests if guest.dismissed]


def test_there_are_no_more_connections_than_files_to_open() -> None:
    assert with_room(Bounds(connections=8192), files=1024).connections == 1024 - SPARE_FILES
    assert with_room(Bounds(connections=8192), files=100_000).connections == 8192
    assert with_room(Bounds(connections=8192), files=64).connections == 1


async def test_whoever_asks_is_answered_though_idlers_fill_the_room() -> None:
    async with serving(Shop(), FEW) as place:
        idlers = [await place.line() for _ in range(20)]
        for idler in idlers[:10]:
            await idler.ask(HELLO)
            await asyncio.sleep(0.005)  # the loop's clock counts milliseconds
        await place.until(connections=20)
        async with asyncio.timeout(2):
            line = await place.line()
            answer = await line.ask(HELLO)
        eldest_over = await idlers[0].is_over()

    assert answer.status == 200
    assert eldest_over


async def test_a_storm_of_connections_that_say_nothing_keeps_nobody_from_being_answered() -> None:
    async with serving(Shop(), FEW) as place:
        for _ in range(100):
            await place.line()
        async with asyncio.timeout(5):
            line = await place.line()
            answer = await line.ask(HELLO)
        most = len(place.server._guests)

    assert answer.status == 200
    assert most <= 20


async def test_while_all_are_being_answered_newcomers_wait_and_are_answered_then(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    shop = Shop()
    async with serving(shop, FEW) as place:

        async def patient() -> tuple[Line, int]:
            line = await place.line()
            return line, (await line.ask(asking("/wait", "Connection: close"))).status

        asked = [asyncio.ensure_future(patient()) for _ in range(60)]
        await place.until(connections=20)
        await asyncio.sleep(0.3)
        most, let_in = len(place.server._guests), shop.diary.count("/wait")
        shop.bell.set()
        answers = await asyncio.gather(*asked)

    assert (most, let_in) == (20, 20)
    assert [status for _, status in answers] == [200] * 60
    assert [record.message for record in caplog.records] == ["New connections have to wait"]
