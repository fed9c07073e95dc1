"""What every store promises of kept catalogues: their content, their status and the notices of change."""

import asyncio
import os
import time
from dataclasses import replace
from datetime import timedelta

from app.domain.model import LANGS
from app.domain.records import Status
from app.feeds.ports import Store
from tests.store.places import Opener
from tests.store.samples import KEY, LONG, OTHER, TROUBLE, leased
from tests.support.fakes import NOON

BEGAN = NOON + timedelta(microseconds=123_457)


async def test_nothing_is_known_of_a_new_store(store: Store) -> None:
    assert dict(await store.statuses()) == {}
    assert await store.content(KEY) is None
    assert await store.token("8008") is None


async def test_a_kept_content_comes_back_as_it_was(store: Store) -> None:
    content = bytes(range(256)) * 3

    generation = await store.keep(await leased(store), content, began=BEGAN, covered=2)

    assert await store.content(KEY) == (generation, content)
    assert dict(await store.statuses()) == {KEY: Status(generation=generation or 0, began=BEGAN, covered=2)}


async def test_an_empty_content_is_one_too(store: Store) -> None:
    generation = await store.keep(await leased(store), b"", began=BEGAN, covered=0)

    assert await store.content(KEY) == (generation, b"")


async def test_a_content_of_many_megabytes_comes_back_as_it_was(store: Store) -> None:
    content = os.urandom(10_000_001)

    generation = await store.keep(await leased(store), content, began=BEGAN, covered=0)

    assert await store.content(KEY) == (generation, content)


async def test_a_large_content_leaves_the_event_loop_to_others(store: Store) -> None:
    lease = await leased(store)
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())  # noqa: TID251  # cancelled below
    await store.keep(lease, os.urandom(6_000_000), began=BEGAN, covered=0)
    kept, turns = turns, 0
    await store.content(KEY)
    counting.cancel()

    assert kept > 0
    assert turns > 0


async def test_generations_rise_with_each_content_and_by_nothing_else(store: Store) -> None:
    lease = await leased(store)
    first = await store.keep(lease, b"first", began=BEGAN, covered=0)
    assert first is not None
    await store.confirm(lease, began=BEGAN, covered=1)
    await store.complain(lease, TROUBLE)
    await store.mark(KEY[0])

    assert await store.keep(lease, b"second", began=BEGAN, covered=1) == first + 1
    assert await store.content(KEY) == (first + 1, b"second")


async def test_catalogues_do_not_meet(store: Store) -> None:
    one = await store.keep(await leased(store), b"fr", began=BEGAN, covered=1)
    other = await store.keep(await leased(store, OTHER), b"en", began=NOON, covered=0)
    third = await store.keep(await leased(store, ("fr:8008", "fr")), b"?", began=NOON, covered=0)

    assert await store.content(KEY) == (one, b"fr")
    assert await store.content(OTHER) == (other, b"en")
    assert await store.content(("fr:8008", "fr")) == (third, b"?")
    assert (await store.statuses()).keys() == {KEY, OTHER, ("fr:8008", "fr")}


async def test_a_confirmed_content_is_newer_and_out_of_trouble(store: Store) -> None:
    lease = await leased(store)
    generation = await store.keep(lease, b"content", began=NOON, covered=0)
    await store.complain(lease, TROUBLE)

    assert await store.confirm(lease, began=BEGAN, covered=4) is True

    status = (await store.statuses())[KEY]
    assert status == Status(generation=generation or 0, began=BEGAN, covered=4)
    assert await store.content(KEY) == (generation, b"content")


async def test_a_complaint_is_told_and_leaves_the_rest_as_it_is(store: Store) -> None:
    lease = await leased(store)
    generation = await store.keep(lease, b"content", began=BEGAN, covered=1)

    assert await store.complain(lease, TROUBLE) is True

    status = (await store.statuses())[KEY]
    assert status == Status(generation=generation or 0, began=BEGAN, covered=1, trouble=TROUBLE)
    assert await store.content(KEY) == (generation, b"content")


async def test_a_later_complaint_replaces_an_earlier_one(store: Store) -> None:
    lease = await leased(store)
    await store.complain(lease, TROUBLE)
    later = replace(TROUBLE, failures=4, error="Réseau: «coupé» 12")

    await store.complain(lease, later)

    assert (await store.statuses())[KEY] == Status(trouble=later)


async def test_a_new_content_ends_the_trouble(store: Store) -> None:
    lease = await leased(store)
    await store.complain(lease, TROUBLE)

    await store.keep(lease, b"content", began=BEGAN, covered=0)

    assert (await store.statuses())[KEY].trouble is None


async def test_notices_are_counted_by_organization_and_told_of_both_its_catalogues(store: Store) -> None:
    await store.keep(await leased(store), b"content", began=BEGAN, covered=0)

    counts = [await store.mark("8008"), await store.mark("8009"), await store.mark("8008")]

    statuses = await store.statuses()
    assert counts == [1, 1, 2]
    assert {key: status.mark for key, status in statuses.items()} == {
        **{("8008", lang): 2 for lang in LANGS},
        **{("8009", lang): 1 for lang in LANGS},
    }
    assert statuses[OTHER] == Status(mark=2)


async def test_of_many_notices_at_once_none_is_lost(opened: Opener) -> None:
    stores = [opened() for _ in range(4)]

    counts = await asyncio.gather(*(stores[number % 4].mark("8008") for number in range(60)))

    assert sorted(counts) == list(range(1, 61))
    assert (await stores[0].statuses())[KEY].mark == 60


async def test_a_catalogue_that_was_only_leased_is_known_without_any_content(store: Store) -> None:
    await leased(store)

    assert dict(await store.statuses()) == {KEY: Status()}


async def test_what_one_process_kept_another_reads(store: Store, opened: Opener) -> None:
    lease = await leased(store)
    generation = await store.keep(lease, b"content", began=BEGAN, covered=0)
    await store.complain(lease, TROUBLE)

    other = opened()

    assert await other.content(KEY) == (generation, b"content")
    assert await other.statuses() == await store.statuses()


async def test_readers_get_one_whole_content_while_another_is_kept(opened: Opener) -> None:
    writer, *readers = [opened() for _ in range(3)]
    lease = await leased(writer)
    size = 2_500_000
    written = {await writer.keep(lease, bytes([0]) * size, began=BEGAN, covered=0): 0}
    done = False
    seen: list[tuple[int, int, bool]] = []

    async def read(reader: Store) -> None:
        while not done:
            found = await reader.content(KEY)
            assert found is not None
            generation, content = found
            seen.append((generation, content[0], content == bytes([content[0]]) * size))

    reading = asyncio.gather(*(read(reader) for reader in readers))
    for number in range(1, 9):
        generation = await writer.keep(lease, bytes([number]) * size, began=BEGAN, covered=0)
        written[generation] = number
        await asyncio.sleep(0.03)
    done = True
    await reading

    assert all(whole for _, _, whole in seen)
    assert {generation: number for generation, number, _ in seen}.items() <= written.items()
    assert len({generation for generation, _, _ in seen}) > 2


async def test_two_hundred_catalogues_are_looked_over_in_a_moment(store: Store) -> None:
    for number in range(100):
        for lang in LANGS:
            lease = await leased(store, (str(number), lang))
            await store.keep(lease, bytes(50_000), began=BEGAN, covered=0)
            await store.complain(lease, TROUBLE)

    times = []
    for _ in range(5):
        begin = time.perf_counter()
        statuses = await store.statuses()
        times.append(time.perf_counter() - begin)

    assert len(statuses) == 200
    assert min(times) < 0.05  # 1 ms where nothing else runs


async def test_a_token_is_kept_until_another_replaces_it(store: Store, opened: Opener) -> None:
    await store.keep_token("8008", "ey.première")
    await store.keep_token("8009", "other")

    await store.keep_token("8008", "ey.seconde")

    assert await opened().token("8008") == "ey.seconde"
    assert await store.token("8009") == "other"


async def test_a_restart_forgets_nothing(opened: Opener) -> None:
    before = opened()
    lease = await leased(before, seconds=LONG)
    await before.keep(lease, b"content", began=BEGAN, covered=0)
    await before.complain(lease, TROUBLE)
    await before.mark("8008")
    await before.keep_token("8008", "token")
    known = (await before.statuses(), await before.content(KEY))
    await before.aclose()

    after = opened()

    assert (await after.statuses(), await after.content(KEY)) == known
    assert await after.token("8008") == "token"
    assert await after.lease(KEY, "two", LONG) is None
    assert await after.renew(lease, LONG) is True
