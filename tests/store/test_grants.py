"""What every store promises of private feeds: each once, by its own token alone, gone when it is revoked."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from app.domain.errors import StoreUnavailable
from app.domain.grants import Grant
from app.feeds.ports import Store
from app.store.sqlite.schema import MIGRATIONS, migrate
from app.store.sqlite.store import SqliteStore
from tests.store.places import Opener
from tests.support.fakes import FakeClock

COACH = Grant("c0ac4", bytes(range(32)), b'{"\xc3\xa9": "\x00"}')
BOARD = Grant("b0a4d", b"\xff" * 32, b"", date(2026, 11, 21))
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


async def kept(store: Store) -> dict[str, Grant]:
    return {grant.id: grant for grant in await store.grants()}


async def test_a_new_store_has_no_private_feeds(store: Store) -> None:
    assert list(await store.grants()) == []


async def test_what_was_made_is_seen_by_every_process(store: Store, opened: Opener) -> None:
    assert await store.add_grant(COACH) is True
    assert await store.add_grant(BOARD) is True

    assert await kept(opened()) == {"c0ac4": COACH, "b0a4d": BOARD}


async def test_an_id_that_is_taken_keeps_its_feed(store: Store) -> None:
    await store.add_grant(COACH)

    assert await store.add_grant(replace(BOARD, id=COACH.id)) is False

    assert await kept(store) == {"c0ac4": COACH}


async def test_a_rotated_feed_has_another_token_and_is_otherwise_the_same(
    store: Store, opened: Opener
) -> None:
    await store.add_grant(COACH)
    await store.use_grant(COACH.id, MONDAY)

    assert await store.rotate_grant(COACH.id, b"\x01" * 32) is True

    assert await kept(opened()) == {"c0ac4": replace(COACH, digest=b"\x01" * 32, used=MONDAY)}


async def test_a_revoked_feed_is_gone_everywhere_and_no_other(store: Store, opened: Opener) -> None:
    other = opened()
    await store.add_grant(COACH)
    await store.add_grant(BOARD)

    assert await store.revoke_grant(COACH.id) is True

    assert await kept(other) == {"b0a4d": BOARD}


async def test_what_was_revoked_is_not_brought_back_by_a_use_or_a_rotation(store: Store) -> None:
    await store.add_grant(COACH)
    await store.revoke_grant(COACH.id)

    await store.use_grant(COACH.id, MONDAY)
    rotated = await store.rotate_grant(COACH.id, b"\x01" * 32)

    assert rotated is False
    assert await store.revoke_grant(COACH.id) is False
    assert await kept(store) == {}


async def test_a_feed_that_is_made_again_was_never_used(store: Store) -> None:
    await store.add_grant(COACH)
    await store.use_grant(COACH.id, MONDAY)
    await store.revoke_grant(COACH.id)

    await store.add_grant(COACH)

    assert await kept(store) == {"c0ac4": COACH}


async def test_the_last_day_of_use_is_the_latest_whoever_tells_it_last(store: Store) -> None:
    await store.add_grant(COACH)

    for day in (MONDAY, TUESDAY, MONDAY):
        await store.use_grant(COACH.id, day)

    assert (await kept(store))["c0ac4"].used == TUESDAY


async def test_a_closed_store_says_so(store: Store) -> None:
    await store.aclose()

    with pytest.raises(StoreUnavailable, match="closed"):
        await store.grants()


async def test_a_file_from_before_private_feeds_gets_room_for_them(tmp_path: Path) -> None:
    path = tmp_path / "feeds.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        migrate(connection, path, {step: MIGRATIONS[step] for step in (1, 2)})
    store = SqliteStore(path, clock=FakeClock())

    await store.add_grant(COACH)

    assert await kept(store) == {"c0ac4": COACH}
    await store.aclose()
