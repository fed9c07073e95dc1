"""A change of settings: another application takes over, and no request is lost."""

import asyncio
import logging
from collections.abc import Callable

import pytest

from app.server.application import Unusable
from tests.server.lines import HELLO, Place, asking, serving
from tests.server.shop import Shop

Build = Callable[[str, int], Shop]


def builder(made: dict[str, Shop]) -> Build:
    """Remembers what it makes, by the settings it is made of."""

    def build(settings: str, _worker: int) -> Shop:
        if settings == "unusable":
            raise Unusable("It cannot be built.")
        if settings == "a bug":
            raise ZeroDivisionError
        made[settings] = Shop(settings)
        return made[settings]

    return build


async def reloaded(place: Place) -> None:
    """Until a reload that begins now has been decided upon."""
    place.server.want_reload()
    while place.server._reload_wanted:  # noqa: ASYNC110  # as a visitor would
        await asyncio.sleep(0.005)
    await asyncio.sleep(0.1)


async def test_new_requests_go_to_the_new_application_while_the_old_one_finishes() -> None:
    made: dict[str, Shop] = {}
    async with serving(Shop(), build=builder(made), read=lambda: "second") as place:
        slow, quick = await place.line(), await place.line()
        await slow.say(asking("/wait"))
        first = await quick.ask(HELLO)
        await reloaded(place)
        second = await quick.ask(HELLO)
        old, new = made["first"].diary, made["second"].diary
        before = list(old)
        made["first"].bell.set()
        finished = await slow.answer()
        await asyncio.sleep(0.05)
        after = list(old)

    assert (first.body[:5], second.body[:6], finished.body) == (b"first", b"second", b"first")
    assert first.body.endswith(b" first")
    assert second.body.endswith(b" second")
    assert (before[-1], after[-1]) == ("/", "closed")
    assert new == ["opened", "/", "closed"]


async def test_no_request_is_lost_in_ten_changes_under_load() -> None:
    made: dict[str, Shop] = {}
    over = asyncio.Event()
    settings = iter(f"number {number}" for number in range(10))
    async with serving(Shop(), build=builder(made), read=lambda: next(settings)) as place:

        async def ask_on() -> set[int]:
            line = await place.line()
            statuses = {(await line.ask(HELLO)).status}
            while not over.is_set():
                statuses.add((await line.ask(HELLO)).status)
            return statuses

        asking_on = [asyncio.ensure_future(ask_on()) for _ in range(10)]
        for number in range(10):
            await reloaded(place)
            async with asyncio.timeout(5):
                while f"number {number}" not in made:  # noqa: ASYNC110  # as a visitor would
                    await asyncio.sleep(0.005)
        over.set()
        statuses = set.union(*await asyncio.gather(*asking_on))

    assert statuses == {200}
    assert len(made) == 11
    assert {shop.diary[-1] for shop in made.values()} == {"closed"}


@pytest.mark.parametrize("found", ["wrong", "unusable", "broken", "a bug"])
async def test_settings_that_cannot_be_used_change_nothing(
    found: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)

    def read() -> str:
        if found == "wrong":
            raise Unusable("orgs.club.timezone: 'Mars' is not a zone.")
        return found

    async with serving(Shop(), build=builder({}), read=read) as place:
        line = await place.line()
        await reloaded(place)
        answer = await line.ask(HELLO)

    told = [record for record in caplog.records if record.message.startswith("The settings were not changed")]
    assert answer.body.endswith(b" first")
    assert [record.levelname for record in told] == ["ERROR"]
    assert ("timezone" in told[0].message) == (found == "wrong")


async def test_a_change_that_waits_for_a_slow_request_does_not_hold_up_the_end() -> None:
    made: dict[str, Shop] = {}
    async with serving(Shop(), build=builder(made), read=lambda: "second") as place:
        line = await place.line()
        await line.say(asking("/wait"))
        await reloaded(place)
        place.server.should_exit = True
        await asyncio.sleep(0.2)
        made["first"].bell.set()
        answer = await line.answer()
        await place.serving

    assert (answer.status, answer.is_last) == (200, True)
    assert made["first"].diary[-1] == made["second"].diary[-1] == "closed"


async def test_an_application_that_does_not_start_stops_the_server() -> None:
    with pytest.raises(Unusable, match="could not start"):
        async with serving(Shop(), build=lambda *_: Shop("broken")) as place:
            await place.serving
