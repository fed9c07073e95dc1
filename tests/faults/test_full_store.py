"""A store that can be read and not written, as on a full disk: nobody notices, Amilia least of all."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from app.domain.errors import StoreUnavailable
from app.feeds.refresh import TICK_SECONDS
from app.store.sqlite import SqliteStore
from soak.feed import read_feed
from tests.faults.shops import FileShop
from tests.faults.stage import Centre, Stage, on_stage, open_centre

LOOKS_SECONDS = 2 * TICK_SECONDS
"""So long that the service looks into the store twice meanwhile."""


def fill(database: Path) -> None:
    """From now on every write fails."""
    with closing(sqlite3.connect(database)) as store:
        tables = store.execute("select name from sqlite_master where type = 'table'").fetchall()
        for (table,) in tables:
            for what in ("insert", "update"):
                store.execute(
                    f"create trigger {table}_{what} before {what} on {table} "
                    "begin select raise(abort, 'database or disk is full'); end"
                )


@asynccontextmanager
async def with_full_store(centre: Centre, directory: Path) -> AsyncIterator[Stage]:
    """A service with a stale copy, whose store has just become full."""
    async with on_stage(centre, FileShop(directory).url, directory) as stage:
        assert (await stage.ask()).status_code == 200
        fill(directory / "feeds.db")
        centre.clock.advance(minutes=11)
        yield stage


async def ask_often(stage: Stage) -> int:
    """Ask for some seconds while the service's clock stands still; how often Amilia was read for that."""
    before = stage.walks()
    for _ in range(20):
        assert (await stage.ask()).status_code == 200
        await stage.settled()
        await asyncio.sleep(LOOKS_SECONDS / 20)
    return stage.walks() - before


async def test_the_store_is_as_full_as_these_tests_say(tmp_path: Path) -> None:
    centre = open_centre()
    async with with_full_store(centre, tmp_path):
        store = SqliteStore(tmp_path / "feeds.db", clock=centre.clock)
        statuses = await store.statuses()
        with pytest.raises(StoreUnavailable):
            await store.lease(("8008", "fr"), "somebody", 10)
        await store.aclose()

    assert statuses["8008", "fr"].generation > 0


async def test_a_refresh_is_made_once_and_believed(tmp_path: Path) -> None:
    centre = open_centre()
    async with with_full_store(centre, tmp_path) as stage:
        centre.work()
        walks = await ask_often(stage)
        told = read_feed((await stage.ask()).content).told

    assert walks == 1
    assert told == {uid: fact.told for uid, fact in centre.facts("fr").items()}


async def test_a_refresh_that_failed_is_not_tried_again_at_once(tmp_path: Path) -> None:
    centre = open_centre()
    async with with_full_store(centre, tmp_path) as stage:
        centre.fault("500")

        assert await ask_often(stage) == 1


async def test_a_first_copy_is_fetched_and_served(tmp_path: Path) -> None:
    centre = open_centre()
    async with with_full_store(centre, tmp_path) as stage:
        answer = await stage.ask("en")

    assert answer.status_code == 200
    assert read_feed(answer.content).told == {uid: fact.told for uid, fact in centre.facts("en").items()}


async def test_a_restart_goes_on_from_what_was_kept(tmp_path: Path) -> None:
    centre = open_centre()
    async with with_full_store(centre, tmp_path) as stage:
        before = (await stage.ask()).content
    centre.fault("500")

    async with on_stage(centre, FileShop(tmp_path).url, tmp_path) as stage:
        answers = [(await stage.ask()).content for _ in range(3)]

    assert answers == [before] * 3
