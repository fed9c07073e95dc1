"""What every store promises of the revision memory."""

import asyncio
from datetime import timedelta
from itertools import pairwise

from app.domain.revisions import Facts, Fingerprint, Remembered, Told
from app.feeds.ports import Store
from tests.store.places import Opener, Place
from tests.store.samples import memory, recalled
from tests.support.fakes import NOON, FakeClock


async def test_a_memory_begins_empty_with_the_first_question(store: Store) -> None:
    recollection = await recalled(store)

    assert (recollection.born, recollection.language, dict(recollection.events)) == (NOON, None, {})


async def test_a_memory_was_born_once(place: Place, store: Store, opened: Opener) -> None:
    first = await recalled(store)
    place.clock.advance(hours=1)

    assert (await recalled(store)).born == first.born
    assert (await recalled(opened(FakeClock(NOON + timedelta(days=9))))).born == first.born


async def test_what_is_remembered_comes_back_whole(store: Store) -> None:
    known = (await recalled(store)).version

    version = await store.remember("8008", {7: memory(), 8: memory(5)}, language="fr", known=known)

    recollection = await recalled(store)
    assert dict(recollection.events) == {7: memory(), 8: memory(5)}
    assert (recollection.version, recollection.language) == (version, "fr")


async def test_ids_of_any_sign_and_size_and_organizations_of_any_script_are_kept(store: Store) -> None:
    numbers = (1, -1, 0, 2**63 - 1, -(2**63))
    name = "Club de l’été: «日本» \t/%\n…"
    known = (await recalled(store, name)).version

    await store.remember(name, {number: memory(number & 7) for number in numbers}, language=None, known=known)

    events = (await recalled(store, name)).events
    assert dict(events) == {number: memory(number & 7) for number in numbers}


async def test_an_event_told_in_one_language_only_is_kept_so(store: Store) -> None:
    events = {
        1: Remembered(NOON, {"en": Told(Fingerprint(b"a" * 255, b"b" * 255), 0, NOON)}),
        2: Remembered(NOON, {"fr": Told(Fingerprint(b"", b""), 2**31, NOON)}),
        3: Remembered(NOON),
    }

    await store.remember("8008", events, language="en", known=(await recalled(store)).version)

    assert dict((await recalled(store)).events) == events


async def test_what_is_remembered_again_replaces_what_was(store: Store) -> None:
    known = (await recalled(store)).version
    version = await store.remember("8008", {7: memory(1), 8: memory(1)}, language="fr", known=known)
    assert version is not None

    await store.remember("8008", {7: memory(2)}, language="en", known=version)

    recollection = await recalled(store)
    assert (dict(recollection.events), recollection.language) == ({7: memory(2), 8: memory(1)}, "en")


async def test_a_change_of_language_alone_is_a_new_version(store: Store) -> None:
    known = (await recalled(store)).version

    version = await store.remember("8008", {}, language="en", known=known)

    assert version == known + 1
    assert (await recalled(store)).language == "en"


async def test_nothing_is_read_again_while_nothing_changed(store: Store) -> None:
    version = (await recalled(store)).version

    assert await store.recall("8008", version) is None


async def test_a_process_that_knows_an_older_version_is_told_the_newer(store: Store, opened: Opener) -> None:
    other = opened()
    known = (await recalled(other)).version
    await store.remember("8008", {7: memory()}, language="fr", known=known)

    recollection = await other.recall("8008", known)

    assert recollection is not None
    assert dict(recollection.events) == {7: memory()}


async def test_organizations_do_not_meet(store: Store) -> None:
    await store.remember("8008", {7: memory()}, language="fr", known=(await recalled(store)).version)

    assert dict((await recalled(store, "8009")).events) == {}


async def test_of_two_who_saw_the_same_version_only_one_remembers(store: Store, opened: Opener) -> None:
    known = (await recalled(store)).version

    first = await store.remember("8008", {7: memory()}, language="fr", known=known)
    second = await opened().remember("8008", {8: memory()}, language="en", known=known)

    recollection = await recalled(store)
    assert (first, second) == (known + 1, None)
    assert (list(recollection.events), recollection.language) == ([7], "fr")


async def test_nothing_is_remembered_for_a_memory_that_never_began(store: Store) -> None:
    assert await store.remember("8008", {7: memory()}, language="fr", known=0) is None

    assert dict((await recalled(store)).events) == {}


async def test_of_many_who_remember_at_once_nothing_is_lost_or_counted_twice(opened: Opener) -> None:
    stores = [opened() for _ in range(4)]
    accepted = []

    async def remember(number: int) -> None:
        while True:
            known = (await recalled(stores[number % 4])).version
            version = await stores[number % 4].remember(
                "8008", {number: memory(number), -1: memory(number)}, language="fr", known=known
            )
            if version is not None:
                accepted.append((version, number))
                return

    before = (await recalled(stores[0])).version
    await asyncio.gather(*(remember(number) for number in range(24)))

    recollection = await recalled(stores[0])
    versions = [before, *(version for version, _ in sorted(accepted))]
    assert all(later == earlier + 1 for earlier, later in pairwise(versions))
    assert recollection.version == versions[-1]
    assert set(recollection.events) == {-1, *range(24)}
    assert recollection.events[-1] == memory(max(accepted)[1])


async def test_a_reader_sees_all_of_one_version_and_nothing_of_the_next(opened: Opener) -> None:
    writer, reader = opened(), opened()
    known = (await recalled(writer)).version
    written: dict[int, set[int]] = {known: set()}
    seen: dict[int, set[int]] = {}

    async def read() -> None:
        while {5} not in seen.values():
            recollection = await recalled(reader)
            seen[recollection.version] = {told.told["fr"].sequence for told in recollection.events.values()}

    reading = asyncio.create_task(read())  # noqa: TID251  # awaited below
    for sequence in range(1, 6):
        events = {number: memory(sequence) for number in range(3000)}
        version = await writer.remember("8008", events, language="fr", known=known)
        assert version is not None
        written[version] = {sequence}
        known = version
        await asyncio.sleep(0.05)
    await reading

    assert seen.items() <= written.items()
    assert len(seen) > 2


async def test_what_is_remembered_is_what_it_was_when_it_was_asked(store: Store) -> None:
    events = {number: memory(number) for number in range(5000)}
    expected = dict(events)
    known = (await recalled(store)).version

    remembering = asyncio.create_task(store.remember("8008", events, language="fr", known=known))  # noqa: TID251
    await asyncio.sleep(0)
    events.clear()
    await remembering

    assert dict((await recalled(store)).events) == expected


async def test_a_large_memory_leaves_the_event_loop_to_others(store: Store) -> None:
    events = {number: memory(number) for number in range(10_000)}
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())  # noqa: TID251  # cancelled below
    await store.remember("8008", events, language="fr", known=(await recalled(store)).version)
    remembered, turns = turns, 0
    recollection = await recalled(store)
    counting.cancel()

    assert dict(recollection.events) == events
    assert remembered > 3
    assert turns > 3


async def test_the_log_of_changes_is_kept_with_what_is_remembered(store: Store, opened: Opener) -> None:
    known = (await recalled(store)).version
    log = bytes(range(256)) * 2000

    version = await store.remember("8008", {7: memory()}, language="fr", known=known, changes=log)
    recollection = await recalled(opened())

    assert (recollection.version, recollection.changes) == (version, log)
    assert dict(recollection.events) == {7: memory()}


async def test_a_memory_begins_with_no_log_and_keeps_the_one_it_has(store: Store) -> None:
    first = await recalled(store)
    version = await store.remember("8008", {}, language="fr", known=first.version, changes=b"log")
    assert version is not None

    await store.remember("8008", {7: memory()}, language="fr", known=version)

    assert (first.changes, (await recalled(store)).changes) == (b"", b"log")


async def test_a_log_can_become_empty(store: Store) -> None:
    known = (await recalled(store)).version
    version = await store.remember("8008", {}, language=None, known=known, changes=b"log")
    assert version is not None

    await store.remember("8008", {}, language=None, known=version, changes=b"")

    assert (await recalled(store)).changes == b""


async def test_of_two_logs_for_the_same_version_only_one_is_kept(store: Store, opened: Opener) -> None:
    known = (await recalled(store)).version

    await store.remember("8008", {7: memory()}, language="fr", known=known, changes=b"first")
    late = await opened().remember("8008", {8: memory()}, language="fr", known=known, changes=b"second")

    assert late is None
    assert (await recalled(store)).changes == b"first"


async def test_a_log_of_more_events_than_one_page_is_told_once(store: Store) -> None:
    events = {number: memory(number) for number in range(2500)}
    known = (await recalled(store)).version

    await store.remember("8008", events, language="fr", known=known, changes=b"log")

    recollection = await recalled(store)
    assert (recollection.changes, len(recollection.events)) == (b"log", 2500)


async def test_facts_are_kept(store: Store) -> None:
    facts = Facts(-1, 2**40, all_day=True, called_off=False, place=-(2**63), published=False)
    events = {1: Remembered(NOON, facts=facts), 2: memory()._replace(facts=facts._replace(published=True))}

    await store.remember("8008", events, language="en", known=(await recalled(store)).version)

    assert dict((await recalled(store)).events) == events


async def test_a_restart_forgets_nothing(place: Place, opened: Opener) -> None:
    before = opened()
    known = (await recalled(before)).version
    await before.remember("8008", {7: memory()}, language="en", known=known, changes=b"log")
    kept = await recalled(before)
    await before.aclose()

    assert await recalled(opened()) == kept
