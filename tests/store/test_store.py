"""What a store promises, whichever it is."""

import sqlite3
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.errors import StoreUnavailable
from app.domain.revisions import Fingerprint, Remembered, revise
from app.feeds.ports import Store
from app.store.sqlite import SqliteStore
from tests.support.fakes import NOON, FakeClock

FACTS = Fingerprint(b"significant", b"whole")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "deep" / "feeds.db", clock=FakeClock())
    yield opened
    await opened.aclose()


def memory() -> Remembered:
    told = revise(None, FACTS, "fr", now=NOON, born=NOON)
    return revise(told, Fingerprint(b"s", b"w"), "en", now=NOON + timedelta(minutes=1), born=NOON)


async def version_of(store: Store, organization: str = "club") -> int:
    recollection = await store.recall(organization, None)
    assert recollection is not None
    return recollection.version


async def test_a_memory_begins_empty_with_the_first_question(store: SqliteStore) -> None:
    recollection = await store.recall("club", None)

    assert recollection is not None
    assert (recollection.born, recollection.language, dict(recollection.events)) == (NOON, None, {})


async def test_what_is_remembered_comes_back_whole(store: SqliteStore) -> None:
    kept = await store.remember(
        "club", {7: memory(), -7: memory()}, language="fr", known=await version_of(store)
    )

    recollection = await store.recall("club", None)
    assert recollection is not None
    assert dict(recollection.events) == {7: memory(), -7: memory()}
    assert (recollection.version, recollection.language) == (kept, "fr")


async def test_nothing_is_read_again_while_nothing_changed(store: SqliteStore) -> None:
    version = await version_of(store)

    assert await store.recall("club", version) is None


async def test_organizations_do_not_meet(store: SqliteStore) -> None:
    await store.remember("club", {7: memory()}, language="fr", known=await version_of(store))

    other = await store.recall("other", None)

    assert other is not None
    assert dict(other.events) == {}


async def test_of_two_who_saw_the_same_version_only_one_remembers(store: SqliteStore) -> None:
    version = await version_of(store)

    first = await store.remember("club", {7: memory()}, language="fr", known=version)
    second = await store.remember("club", {8: memory()}, language="fr", known=version)

    recollection = await store.recall("club", None)
    assert recollection is not None
    assert (first, second) == (version + 1, None)
    assert list(recollection.events) == [7]


async def test_two_stores_on_one_file_share_one_truth(tmp_path: Path) -> None:
    one = SqliteStore(tmp_path / "feeds.db", clock=FakeClock())
    two = SqliteStore(tmp_path / "feeds.db", clock=FakeClock(NOON + timedelta(days=1)))
    await one.remember("club", {7: memory()}, language="fr", known=await version_of(one))

    recollection = await two.recall("club", None)

    assert recollection is not None
    assert (recollection.born, list(recollection.events)) == (NOON, [7])
    await one.aclose()
    await two.aclose()


async def test_a_restart_forgets_nothing(tmp_path: Path) -> None:
    before = SqliteStore(tmp_path / "feeds.db", clock=FakeClock())
    await before.remember("club", {7: memory()}, language="en", known=await version_of(before))
    await before.aclose()

    after = SqliteStore(tmp_path / "feeds.db", clock=FakeClock())

    recollection = await after.recall("club", None)
    assert recollection is not None
    assert dict(recollection.events) == {7: memory()}
    await after.aclose()


async def test_a_file_that_is_no_store_is_said_so_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "feeds.db"
    path.write_text("this is a shopping list " * 100)
    store = SqliteStore(path, clock=FakeClock())

    with pytest.raises(StoreUnavailable, match="file is not a database"):
        await store.recall("club", None)

    assert path.read_text().startswith("this is a shopping list")
    await store.aclose()


async def test_a_store_of_a_newer_version_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "feeds.db"
    connection = sqlite3.connect(path)
    connection.execute("pragma user_version = 99")
    connection.close()
    store = SqliteStore(path, clock=FakeClock())

    with pytest.raises(StoreUnavailable, match="newer version"):
        await store.recall("club", None)

    await store.aclose()


async def test_a_store_heals_when_its_place_can_be_written_again(tmp_path: Path) -> None:
    blocked = tmp_path / "data"
    blocked.write_text("a file where a folder should be")
    store = SqliteStore(blocked / "feeds.db", clock=FakeClock())
    with pytest.raises(StoreUnavailable):
        await store.recall("club", None)

    blocked.unlink()

    assert await version_of(store) == 1
    await store.aclose()
