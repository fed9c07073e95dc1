"""An organization that gets another name takes what is kept along, in every store, and once."""

from app.domain.model import LANGS
from app.domain.records import Key
from app.feeds.ports import Store
from app.store import open_store
from tests.store.places import Opener, Place
from tests.store.samples import LONG, TROUBLE, leased, memory, recalled
from tests.support.fakes import NOON

OLD, NEW = "forest-explorers", "8008"


def opened_with_number(place: Place) -> Store:
    """The place as a process opens it that was told the number."""
    return open_store(place.url, clock=place.clock, renamed={OLD: NEW})


async def kept_under_the_old_name(store: Store) -> None:
    """Everything that can be kept of an organization."""
    known = await recalled(store, OLD)
    assert await store.remember(OLD, {7: memory()}, language="fr", known=known.version)
    await store.keep(await leased(store, (OLD, "fr")), b"French", began=NOON, covered=0)
    await store.complain(await leased(store, (OLD, "en")), TROUBLE)
    await store.mark(OLD)
    await store.keep_token(OLD, "secret")


async def test_everything_that_was_kept_is_there_under_the_new_name(place: Place, store: Store) -> None:
    await kept_under_the_old_name(store)
    before = await recalled(store, OLD)
    statuses = await store.statuses()
    french: Key = (NEW, "fr")

    renamed = opened_with_number(place)
    after = await recalled(renamed, NEW)
    found = await renamed.statuses()

    assert (after.version, after.born, after.language) == (before.version, before.born, "fr")
    assert dict(after.events.items()) == {7: memory()}
    assert {lang: found[NEW, lang] for lang in LANGS} == {lang: statuses[OLD, lang] for lang in LANGS}
    assert await renamed.content(french) == (statuses[OLD, "fr"].generation, b"French")
    assert await renamed.token(NEW) == "secret"
    await renamed.aclose()


async def test_a_lease_is_not_taken_along(place: Place, store: Store) -> None:
    await kept_under_the_old_name(store)
    old = await leased(store, (OLD, "fr"))

    renamed = opened_with_number(place)
    new = await leased(renamed, (NEW, "fr"), holder="another")

    assert await renamed.keep(new, b"newer", began=NOON, covered=0)
    assert await store.renew(old, LONG)
    await renamed.aclose()


async def test_who_goes_on_under_the_old_name_finds_all_in_place(place: Place, store: Store) -> None:
    await kept_under_the_old_name(store)
    before = await recalled(store, OLD)

    renamed = opened_with_number(place)
    await recalled(renamed, NEW)

    assert await store.recall(OLD, before.version) is None
    assert await store.remember(OLD, {8: memory()}, language="fr", known=before.version)
    await renamed.aclose()


async def test_a_memory_of_its_own_is_never_replaced(place: Place, store: Store, opened: Opener) -> None:
    await kept_under_the_old_name(store)
    for times in range(2):
        renamed = opened_with_number(place)
        known = await recalled(renamed, NEW)
        await renamed.remember(NEW, {100 + times: memory()}, language="en", known=known.version)
        await renamed.aclose()

    last = await recalled(opened(), NEW)

    assert sorted(last.events) == [7, 100, 101]
    assert last.language == "en"


async def test_where_nothing_was_kept_nothing_is_made(place: Place) -> None:
    renamed = opened_with_number(place)

    assert dict(await renamed.statuses()) == {}
    assert await renamed.token(NEW) is None
    await renamed.aclose()
