"""Tokens, scopes, and how a process knows which private feeds there are."""

import asyncio
import json
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, cast

import pytest

from app.domain.errors import StoreUnavailable
from app.domain.grants import TOKEN_BYTES, Grant, Kind, PrivateFeed, Scope, digest_of, is_token, token_of
from app.feeds.grants import Keys, create, feed_of, listed, record_of, rotate
from app.feeds.ports import Store
from tests.support.fakes import NOON, FakeClock

COACH = Scope(Kind.STAFF, frozenset({61001}), headcount=True)
MONDAY = date(2026, 11, 23)


class Shelf:
    """The part of a store that has private feeds; it can fail, and counts its readings."""

    def __init__(self) -> None:
        self.kept: dict[str, Grant] = {}
        self.readings = 0
        self.used: list[tuple[str, date]] = []
        self.failing = False

    async def grants(self) -> Sequence[Grant]:
        self.readings += 1
        await asyncio.sleep(0)
        self._fail()
        return list(self.kept.values())

    async def add_grant(self, grant: Grant) -> bool:
        return self.kept.setdefault(grant.id, grant) is grant

    async def rotate_grant(self, number: str, digest: bytes) -> bool:
        if number in self.kept:
            self.kept[number] = replace(self.kept[number], digest=digest)
        return number in self.kept

    async def use_grant(self, number: str, day: date) -> None:
        self._fail()
        self.used.append((number, day))

    def _fail(self) -> None:
        if self.failing:
            raise StoreUnavailable("gone")


class Draw:
    """Random bytes that are not: all zero, then all one, and so on."""

    def __init__(self, first: int = 0) -> None:
        self.next = first

    def __call__(self, size: int) -> bytes:
        self.next += 1
        return bytes([self.next - 1]) * size


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def keys(shelf: Shelf, clock: FakeClock) -> Keys:
    return Keys(cast(Store, shelf), clock=clock)


async def made(shelf: Shelf, scope: Scope = COACH, *, first: int = 0) -> tuple[PrivateFeed, str]:
    return await create(
        cast(Store, shelf), organization="8008", scope=scope, name="", now=NOON, draw=Draw(first)
    )


def test_a_token_has_all_its_bits_in_letters_that_need_no_escape() -> None:
    tokens = {token_of(bytes(31) + bytes([last])) for last in range(256)}

    assert len(tokens) == 256
    assert all(is_token(token) and len(token) == 43 for token in tokens)


@pytest.mark.parametrize("text", ["", "A" * 42, "A" * 44, "A" * 42 + "é", "A" * 42 + "/", "A" * 43 + "\n"])
def test_what_cannot_be_a_token_is_not_looked_for(text: str) -> None:
    assert not is_token(text)


def test_what_is_kept_of_a_token_does_not_hold_it() -> None:
    token = token_of(bytes(range(TOKEN_BYTES)))

    assert len(digest_of(token)) == 32
    assert bytes(range(8)) not in digest_of(token)
    assert repr(Grant("c0ac4", digest_of(token), b"secret")) == "Grant(id='c0ac4', used=None)"


@pytest.mark.parametrize(("kind", "numbers"), [(Kind.STAFF, ()), (Kind.PROGRAMS, ()), (Kind.HIDDEN, (1,))])
def test_a_scope_that_says_nothing_is_no_scope(kind: Kind, numbers: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="a scope of kind"):
        Scope(kind, frozenset(numbers))


@pytest.mark.parametrize(
    ("scope", "covered"),
    [
        (Scope(Kind.STAFF, frozenset({1, 2})), True),
        (Scope(Kind.STAFF, frozenset({7})), False),
        (Scope(Kind.PROGRAMS, frozenset({7, 8})), True),
        (Scope(Kind.PROGRAMS, frozenset({1})), False),
        (Scope(Kind.HIDDEN), True),
    ],
)
def test_a_scope_covers_the_sessions_of_its_staff_or_programmes_alone(scope: Scope, *, covered: bool) -> None:
    assert scope.covers(7, frozenset({2, 3})) is covered


@pytest.mark.parametrize("scope", [COACH, Scope(Kind.HIDDEN), Scope(Kind.PROGRAMS, frozenset({2**62}))])
def test_a_feed_is_the_same_after_it_was_kept(scope: Scope) -> None:
    feed = PrivateFeed("c0ac4", "8008", scope, "Équipe <b>", datetime(2026, 11, 22, tzinfo=UTC), MONDAY)

    assert feed_of(Grant("c0ac4", bytes(32), record_of(feed), MONDAY)) == feed


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "everything"},
        {"numbers": []},
        {"numbers": ["x"]},
        {"numbers": 61001},
        {"created": "yesterday"},
        {"created": None},
    ],
)
def test_a_record_in_doubt_opens_nothing(change: dict[str, Any]) -> None:
    whole = json.loads(record_of(PrivateFeed("c0ac4", "8008", COACH, "", NOON)))

    with pytest.raises(ValueError, match=r"."):
        feed_of(Grant("c0ac4", bytes(32), json.dumps(whole | change).encode()))


@pytest.mark.parametrize("record", [b"", b"[]", b"null", b"\xff", b"{}"])
def test_a_record_that_is_no_record_opens_nothing_and_hides_no_other(
    record: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    good = Grant("600d", bytes(32), record_of(PrivateFeed("600d", "8008", COACH, "", NOON)))

    feeds = listed([Grant("bad", bytes(32), record), good])

    assert [feed.id for feed in feeds] == ["600d"]
    assert [line.__dict__["id"] for line in caplog.records] == ["bad"]


async def test_a_token_opens_its_feed_and_no_other_does(shelf: Shelf, keys: Keys) -> None:
    feed, token = await made(shelf)

    assert await keys.feed(token) == feed
    assert await keys.feed(token_of(b"\x07" * 32)) is None
    assert await keys.feed("guess") is None


async def test_an_id_that_is_taken_is_drawn_again(shelf: Shelf) -> None:
    first, _ = await made(shelf)

    second, _ = await create(
        cast(Store, shelf), organization="8008", scope=COACH, name="", now=NOON, draw=Draw(first=0)
    )
    third, _ = await made(shelf, first=0)

    assert [first.id, second.id, third.id] == ["01010101", "02020202", "03030303"]


async def test_a_rotated_address_opens_the_same_and_the_old_one_nothing(
    shelf: Shelf, keys: Keys, clock: FakeClock
) -> None:
    feed, old = await made(shelf)
    assert await keys.feed(old) == feed

    new = await rotate(cast(Store, shelf), feed.id, draw=Draw(9))
    clock.advance(seconds=1)

    assert new is not None
    assert await keys.feed(new) == feed
    assert await keys.feed(old) is None
    assert await rotate(cast(Store, shelf), "nobody", draw=Draw(11)) is None


async def test_a_revoked_address_opens_nothing_a_second_later(
    shelf: Shelf, keys: Keys, clock: FakeClock
) -> None:
    feed, token = await made(shelf)
    await keys.feed(token)

    shelf.kept.clear()
    clock.advance(seconds=1)

    assert await keys.feed(token) is None
    assert feed.id not in shelf.kept


async def test_a_flood_of_addresses_costs_the_store_one_reading_a_second(
    shelf: Shelf, keys: Keys, clock: FakeClock
) -> None:
    tokens = [token_of(number.to_bytes(32)) for number in range(200)]

    for _ in range(3):
        await asyncio.gather(*map(keys.feed, tokens))
        clock.advance(seconds=1)

    assert shelf.readings == 3


async def test_what_cannot_be_a_token_costs_the_store_nothing(shelf: Shelf, keys: Keys) -> None:
    await keys.feed("../../etc/passwd")

    assert shelf.readings == 0


async def test_known_addresses_go_on_for_an_hour_without_the_store(
    shelf: Shelf, keys: Keys, clock: FakeClock
) -> None:
    feed, token = await made(shelf)
    await keys.feed(token)
    shelf.failing = True

    clock.advance(minutes=59)
    assert await keys.feed(token) == feed

    clock.advance(minutes=2)
    with pytest.raises(StoreUnavailable):
        await keys.feed(token)

    shelf.failing = False
    clock.advance(seconds=1)
    assert await keys.feed(token) == feed


async def test_without_a_store_from_the_start_nobody_knows(shelf: Shelf, keys: Keys) -> None:
    shelf.failing = True

    with pytest.raises(StoreUnavailable):
        await keys.feed(token_of(bytes(32)))


async def test_a_store_that_fails_slowly_holds_up_one_caller(
    shelf: Shelf, keys: Keys, clock: FakeClock
) -> None:
    feed, token = await made(shelf)
    await keys.feed(token)
    shelf.failing = True
    clock.advance(seconds=5)
    slow = shelf.grants

    async def slowly() -> Sequence[Grant]:
        clock.advance(seconds=1.5)
        return await slow()

    shelf.grants = slowly  # type: ignore[method-assign]  # the store of this test
    found = await asyncio.gather(*(keys.feed(token) for _ in range(20)))

    assert found == [feed] * 20
    assert shelf.readings == 2


async def test_use_is_noted_once_a_day(shelf: Shelf, keys: Keys) -> None:
    _, token = await made(shelf)

    for day in (MONDAY, MONDAY, date(2026, 11, 24)):
        feed = await keys.feed(token)
        assert feed is not None
        await keys.note_use(feed, day)

    assert [day for _, day in shelf.used] == [MONDAY, date(2026, 11, 24)]


async def test_a_use_that_cannot_be_noted_harms_nobody(shelf: Shelf, keys: Keys) -> None:
    feed, token = await made(shelf)
    await keys.feed(token)
    shelf.failing = True

    await keys.note_use(feed, MONDAY)

    assert shelf.used == []
    assert await keys.feed(token) is not None


async def test_whose_private_feeds_there_are_is_known(shelf: Shelf, keys: Keys) -> None:
    await made(shelf)

    assert await keys.concern("8008") is True
    assert await keys.concern("9117") is False


async def test_an_unreadable_feed_is_said_once(
    shelf: Shelf, keys: Keys, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    shelf.kept["bad"] = Grant("bad", bytes(32), b"?")

    for _ in range(3):
        await keys.concern("8008")
        clock.advance(seconds=1)

    assert [line.getMessage() for line in caplog.records] == [
        "A private feed cannot be read and opens nothing"
    ]
