"""What every store promises of leases: one holder at a time, and whoever was replaced writes nothing."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from app.domain.records import Lease
from app.feeds.ports import Store
from tests.store.places import Opener, Place
from tests.store.samples import KEY, LONG, OTHER, SHORT, TROUBLE, leased
from tests.support.fakes import NOON

WRITES: dict[str, Callable[[Store, Lease], Awaitable[int | bool | None]]] = {
    "keep": lambda store, lease: store.keep(lease, b"mine", began=NOON, covered=9),
    "confirm": lambda store, lease: store.confirm(lease, began=NOON, covered=9),
    "complain": lambda store, lease: store.complain(lease, TROUBLE),
    "renew": lambda store, lease: store.renew(lease, LONG),
}


@pytest.fixture(params=WRITES)
def write(request: pytest.FixtureRequest) -> Callable[[Store, Lease], Awaitable[int | bool | None]]:
    return WRITES[request.param]


async def test_a_lease_is_for_one_holder_and_one_catalogue(store: Store) -> None:
    lease = await store.lease(KEY, "one", LONG)

    assert lease is not None
    assert (lease.key, lease.holder) == (KEY, "one")
    assert await store.lease(KEY, "two", LONG) is None
    assert await store.lease(OTHER, "two", LONG) is not None


async def test_a_lease_that_ran_out_goes_to_the_next_with_a_higher_fence(
    place: Place, store: Store, opened: Opener
) -> None:
    first = await leased(store, seconds=SHORT)
    await place.pass_time(SHORT)

    second = await opened().lease(KEY, "two", LONG)

    assert second is not None
    assert second.fence > first.fence


async def test_a_renewed_lease_runs_on(place: Place, store: Store) -> None:
    lease = await leased(store, seconds=SHORT)

    assert await store.renew(lease, LONG) is True
    await place.pass_time(SHORT)

    assert await store.lease(KEY, "two", LONG) is None


async def test_a_renewal_counts_from_its_own_moment(place: Place, store: Store) -> None:
    lease = await leased(store)

    assert await store.renew(lease, SHORT) is True
    await place.pass_time(SHORT)

    assert await store.lease(KEY, "two", LONG) is not None


async def test_a_released_lease_goes_to_the_next_at_once(store: Store) -> None:
    lease = await leased(store)

    await store.release(lease)

    assert (await leased(store, holder="two")).fence > lease.fence


async def test_a_holder_that_asks_again_gets_a_new_lease_and_has_lost_the_old(store: Store) -> None:
    old = await leased(store)

    new = await leased(store)

    assert new.fence > old.fence
    assert await store.renew(old, LONG) is False
    assert await store.renew(new, LONG) is True


async def test_a_holder_writes_while_its_lease_runs(
    store: Store, write: Callable[[Store, Lease], Awaitable[int | bool | None]]
) -> None:
    assert await write(store, await leased(store))


async def test_a_holder_still_writes_after_its_time_while_nobody_replaced_it(
    place: Place, store: Store, write: Callable[[Store, Lease], Awaitable[int | bool | None]]
) -> None:
    lease = await leased(store, seconds=SHORT)
    await place.pass_time(SHORT)

    assert await write(store, lease)


async def test_a_holder_that_was_replaced_writes_nothing(
    place: Place,
    store: Store,
    opened: Opener,
    write: Callable[[Store, Lease], Awaitable[int | bool | None]],
) -> None:
    lost = await leased(store, seconds=SHORT)
    await place.pass_time(SHORT)
    successor = await leased(opened(), holder="two")
    await store.keep(successor, b"theirs", began=NOON - timedelta(hours=1), covered=1)
    before = (await store.statuses(), await store.content(KEY))

    assert not await write(store, lost)

    assert (await store.statuses(), await store.content(KEY)) == before
    assert await store.lease(KEY, "three", LONG) is None


async def test_a_holder_that_let_go_writes_nothing(
    store: Store, write: Callable[[Store, Lease], Awaitable[int | bool | None]]
) -> None:
    lease = await leased(store)
    await store.release(lease)
    before = await store.statuses()

    assert not await write(store, lease)

    assert await store.statuses() == before
    assert await store.content(KEY) is None
    assert await store.lease(KEY, "two", LONG) is not None


async def test_a_lease_that_was_never_given_writes_nothing(
    store: Store, write: Callable[[Store, Lease], Awaitable[int | bool | None]]
) -> None:
    assert not await write(store, Lease(KEY, "one", 1))

    assert dict(await store.statuses()) == {}


async def test_a_lease_of_one_catalogue_writes_no_other(store: Store) -> None:
    lease = await leased(store)
    await leased(store, OTHER, "two")

    assert await store.keep(Lease(OTHER, lease.holder, lease.fence), b"", began=NOON, covered=0) is None


async def test_releasing_a_lease_that_was_lost_leaves_the_successor_alone(place: Place, store: Store) -> None:
    lost = await leased(store, seconds=SHORT)
    await place.pass_time(SHORT)
    successor = await leased(store, holder="two")

    await store.release(lost)
    await store.release(lost)

    assert await store.lease(KEY, "three", LONG) is None
    assert await store.renew(successor, LONG) is True


async def test_of_many_who_ask_at_once_exactly_one_gets_the_lease(place: Place, opened: Opener) -> None:
    stores = [opened() for _ in range(4)]
    fences = []

    for _ in range(3):
        answers = await asyncio.gather(
            *(stores[number % 4].lease(KEY, f"holder {number}", 1.0) for number in range(40))
        )
        [lease] = [answer for answer in answers if answer is not None]
        fences.append(lease.fence)
        await stores[0].renew(lease, SHORT)
        await place.pass_time(SHORT)

    assert fences == sorted(set(fences))


async def test_of_two_holders_that_both_believe_in_their_lease_only_the_newer_writes(
    place: Place, opened: Opener
) -> None:
    one, two = opened(), opened()
    lost = await leased(one, holder="one", seconds=SHORT)
    await place.pass_time(SHORT)
    valid = await leased(two, holder="two")

    kept = await asyncio.gather(
        *(
            store.keep(lease, lease.holder.encode(), began=NOON, covered=0)
            for _ in range(10)
            for store, lease in ((one, lost), (two, valid))
        )
    )

    generations = [generation for generation in kept if generation is not None]
    assert len(generations) == 10
    assert kept[::2] == [None] * 10
    assert await one.content(KEY) == (max(generations), b"two")


async def test_a_clock_that_was_set_back_does_not_hold_a_lease_for_ever(place: Place, store: Store) -> None:
    await leased(store, seconds=SHORT)
    place.clock.advance(days=-1)
    await place.pass_time(SHORT)

    assert await store.lease(KEY, "two", LONG) is not None


async def test_a_clock_that_was_corrected_a_little_does_not_end_a_lease(place: Place, store: Store) -> None:
    await leased(store)
    place.clock.advance(seconds=-1)

    assert await store.lease(KEY, "two", LONG) is None


async def test_a_failed_hope_for_a_lease_changes_nothing(store: Store) -> None:
    lease = await leased(store)

    for _ in range(3):
        assert await store.lease(KEY, "two", LONG) is None

    assert await store.keep(lease, b"mine", began=NOON, covered=0) is not None
