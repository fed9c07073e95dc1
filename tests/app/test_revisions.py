"""What subscribers see of an edit: the edited event is newer, nothing else moves, and every 304 is true."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from app.ics.identity import uid_for
from app.settings import OrganizationTable
from app.simulator.forest import FOREST
from app.simulator.model import Activity, Event, same
from app.simulator.organization import Organization
from app.simulator.truth import truth
from app.simulator.world import World, build_world
from tests.support.fakes import NOON, FakeClock
from tests.support.service import TODAY, Service, running
from tests.support.subscriber import Copy, Seen, changed, ensure_truth, fetched, refetched

FEED = "/orgs/forest-explorers/calendar.ics"
ENGLISH = FEED + "?lang=en"
FIRST, LAST = TODAY - timedelta(days=20), TODAY + timedelta(days=40)
WINDOW = {"past_days": 20, "future_days": 40}
"""Few calls to Amilia, so a test of several refreshes takes no time."""

Edit: TypeAlias = Callable[[World], set[int]]
"""Changes the world and tells the ids of the events that a subscriber must see change."""


def small_world() -> World:
    """Ordinary events and none of the awkward ones: what changes is what a test changed."""
    return build_world(today=TODAY, events=250, seed=11)


@asynccontextmanager
async def serving(
    directory: Path,
    world: World,
    clock: FakeClock | None = None,
    *,
    forest: dict[str, Any] | None = None,
    **changes: Any,
) -> AsyncIterator[Service]:
    table = {**WINDOW, **(forest or {})}
    async with running(directory, world=world, clock=clock, forest=table, **changes) as service:
        yield service


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    async with serving(tmp_path, small_world()) as started:
        yield started


def forest(world: World) -> Organization:
    organization = world.organization(FOREST.slug)
    assert organization is not None
    return organization


def published(world: World) -> list[Event]:
    """The events of the feed."""
    organization = forest(world)
    facts = truth(organization, "fr", first=FIRST, last=LAST, skipped=False).events
    found = [organization.timetable.get(int(str(fact["Id"]))) for fact in facts]
    return [event for event in found if event is not None]


def one(world: World) -> Event:
    """A class to come, held by somebody, somewhere, for money; the same one after it was edited."""
    for event in published(world):
        activity = event.activity
        usual = not event.all_day and event.first_day > TODAY
        if usual and activity.place and activity.category and activity.staff and activity.price != "0.0":
            return event
    raise AssertionError("no such event in this world")


def seen(copy: Copy, event: Event) -> Seen:
    return copy.events[uid_for(event.id)]


def amend(world: World, change: Callable[[Activity], Activity]) -> set[int]:
    """Edit activities; tells the ids of their events."""
    organization, touched = forest(world), set()
    for activity in list(organization.activities.values()):
        amended = change(activity)
        if amended is not activity:
            organization.activities[activity.id] = amended
            for event in organization.timetable.of_activity(activity.id):
                event.activity = amended
                touched.add(event.id)
    return touched


# One function for each thing that staff do.


def moved(world: World) -> set[int]:
    return {world.move(one(world).id, minutes=45).id}


def place_renamed(world: World) -> set[int]:
    place = one(world).activity.place
    assert place is not None
    better = replace(place, name=same("Gymnase Jean-Béliveau"))
    return amend(world, lambda it: replace(it, place=better) if it.place and it.place.id == place.id else it)


def title_fixed(world: World) -> set[int]:
    return {world.rename(one(world).id, "Natation – Étoile de mer (3 à 5 ans)").id}


def cancelled(world: World) -> set[int]:
    return {world.cancel(one(world).id).id}


def price_changed(world: World) -> set[int]:
    activity = one(world).activity
    return amend(world, lambda it: replace(it, price="123.45") if it.id == activity.id else it)


def category_renamed(world: World) -> set[int]:
    category = one(world).activity.category
    assert category is not None
    better = replace(category, name=same("Plein air"))
    return amend(
        world,
        lambda it: replace(it, category=better) if it.category and it.category.id == category.id else it,
    )


def tag_added(world: World) -> set[int]:
    activity = one(world).activity
    tag = replace(next(iter(forest(world).tags.values())), id=987_654, name=same("Nouveau"), visible=True)
    return amend(world, lambda it: replace(it, tags=(*it.tags, tag)) if it.id == activity.id else it)


def published_ids(world: World, ids: set[int]) -> set[str]:
    return {uid_for(event.id) for event in published(world) if event.id in ids}


@pytest.mark.parametrize("edit", [moved, place_renamed, title_fixed, cancelled])
@pytest.mark.parametrize("path", [FEED, ENGLISH])
async def test_an_edit_of_time_place_title_or_state_is_one_step_and_newer(
    service: Service, edit: Edit, path: str
) -> None:
    before = await fetched(service, path)

    touched = published_ids(service.world, edit(service.world))
    after = await refetched(service, before)

    assert touched
    assert changed(before, after) == touched
    for uid in touched:
        old, new = before.events[uid], after.events[uid]
        assert new.sequence == old.sequence + 1
        assert new.created == old.created
        assert old.modified < new.modified == new.stamped == written(service.clock)


@pytest.mark.parametrize("edit", [price_changed, category_renamed, tag_added])
@pytest.mark.parametrize("path", [FEED, ENGLISH])
async def test_an_edit_of_anything_else_is_newer_under_the_same_sequence(
    service: Service, edit: Edit, path: str
) -> None:
    before = await fetched(service, path)

    touched = published_ids(service.world, edit(service.world))
    after = await refetched(service, before)

    assert touched
    assert changed(before, after) == touched
    for uid in touched:
        old, new = before.events[uid], after.events[uid]
        assert (new.sequence, new.created) == (old.sequence, old.created)
        assert old.modified < new.modified == new.stamped == written(service.clock)


def written(clock: FakeClock) -> str:
    return f"{clock.now:%Y%m%dT%H%M%SZ}"


async def test_without_an_edit_nothing_moves_however_often_it_is_refreshed(service: Service) -> None:
    first = copy = await fetched(service, FEED)
    for _ in range(5):
        copy = await refetched(service, copy)

    assert copy == first


async def test_a_cancelled_class_is_marked_and_a_restored_one_is_as_it_was_but_newer(
    service: Service,
) -> None:
    event = one(service.world)
    before = await fetched(service, FEED)
    service.world.cancel(event.id)
    called_off = await refetched(service, before)
    service.world.restore(event.id)
    restored = await refetched(service, called_off)

    assert "\r\nSUMMARY:Annulé : " in seen(called_off, event).text
    assert "\r\nSTATUS:CANCELLED\r\n" in seen(called_off, event).text
    assert seen(restored, event).content == seen(before, event).content
    assert seen(restored, event).sequence == seen(before, event).sequence + 2
    assert seen(restored, event).modified > seen(called_off, event).modified
    assert changed(before, restored) == {uid_for(event.id)}


async def test_a_moved_class_moves_and_says_so(service: Service) -> None:
    before = await fetched(service, ENGLISH)

    event = service.world.move(one(service.world).id, minutes=45)
    after = await refetched(service, before)

    assert f":{event.start:%Y%m%dT%H%M%S}\r\nDTEND;" in seen(after, event).text
    assert "DESCRIPTION:Rescheduled\\n" in seen(after, event).text


async def test_one_edit_read_in_both_languages_is_one_step_in_both(service: Service) -> None:
    french, english = await fetched(service, FEED), await fetched(service, ENGLISH)

    event = service.world.cancel(one(service.world).id)
    later = await refetched(service, french), await refetched(service, english, minutes=0)

    assert {seen(copy, event).sequence for copy in later} == {seen(french, event).sequence + 1}
    assert seen(french, event).sequence == seen(english, event).sequence


async def test_an_event_that_vanishes_and_comes_back_is_the_one_it_was(service: Service) -> None:
    event = one(service.world)
    before = await fetched(service, FEED)
    timetable = forest(service.world).timetable
    timetable.discard(event)
    without = await refetched(service, before)
    timetable.add(event)
    back = await refetched(service, without)

    assert changed(before, without) == {uid_for(event.id)}
    assert (back.body, back.etag) == (before.body, before.etag)


async def test_an_event_that_comes_back_at_another_time_is_newer_than_it_was(service: Service) -> None:
    event = one(service.world)
    before = await fetched(service, FEED)
    timetable = forest(service.world).timetable
    timetable.discard(event)
    without = await refetched(service, before)
    event.start += timedelta(hours=1)
    event.end += timedelta(hours=1)
    timetable.add(event)
    back = await refetched(service, without)

    assert seen(back, event).sequence == seen(before, event).sequence + 1
    assert seen(back, event).modified == written(service.clock)
    assert changed(before, back) == {uid_for(event.id)}


async def test_a_refresh_that_fails_half_way_shows_nothing_of_what_it_read(service: Service) -> None:
    before = await fetched(service, FEED)
    event = service.world.move(one(service.world).id, minutes=45)
    service.fault("500@programs")
    service.clock.advance(minutes=11)
    await service.get(FEED)
    await troubled(service)
    during = await service.get(FEED)
    service.faults.clear()
    after = await refetched(service, before)

    assert (during.content, during.headers["etag"]) == (before.body, before.etag)
    assert changed(before, after) == {uid_for(event.id)}
    assert seen(after, event).sequence == seen(before, event).sequence + 1
    assert seen(after, event).modified == written(service.clock)


async def test_what_a_doubted_refresh_read_was_never_told(service: Service) -> None:
    before = await fetched(service, FEED)
    event = one(service.world)
    timetable = forest(service.world).timetable
    vanished = [it for it in published(service.world) if it is not event]
    for each in vanished:
        timetable.discard(each)
    event.title = same("Sans titre")
    service.clock.advance(minutes=11)
    await service.get(FEED)
    await troubled(service)
    during = await service.get(FEED)
    for each in vanished:
        timetable.add(each)
    event.title = None
    after = await refetched(service, before)

    assert during.content == before.body
    assert changed(before, after) == set()


async def troubled(service: Service) -> None:
    """Wait until the refresh that runs has failed, or has been doubted."""
    for _ in range(2000):
        if any(it["failing_since"] for it in (await service.get("/readyz")).json()["catalogues"]):
            return
        await asyncio.sleep(0.005)
    raise AssertionError("the refresh was a success")


# Restarts, upgrades and changes of the configuration.


async def test_a_restart_changes_no_byte(tmp_path: Path) -> None:
    world, clock = small_world(), FakeClock()
    async with serving(tmp_path, world, clock) as first:
        world.cancel(one(world).id)
        before = await fetched(first, FEED)
    clock.advance(hours=3)
    async with serving(tmp_path, world, clock) as second:
        after = await fetched(second, FEED)
        await ensure_truth(second, before, after)

    assert (after.body, after.etag) == (before.body, before.etag)


async def test_an_edit_during_a_restart_is_one_step(tmp_path: Path) -> None:
    world, clock = small_world(), FakeClock()
    async with serving(tmp_path, world, clock) as first:
        before = await fetched(first, FEED)
    event = world.move(one(world).id, minutes=45)
    clock.advance(hours=3)
    async with serving(tmp_path, world, clock) as second:
        after = await fetched(second, FEED)
        await ensure_truth(second, before, after)

    assert changed(before, after) == {uid_for(event.id)}
    assert seen(after, event).sequence == seen(before, event).sequence + 1
    assert seen(after, event).modified == written(clock)


@pytest.mark.parametrize(
    ("setting", "touches"),
    [
        ({"currency": "EUR"}, lambda event: float(event.activity.price.replace("null", "0")) > 0),
        ({"show_staff": True}, lambda event: bool(event.activity.staff)),
    ],
)
async def test_a_change_of_how_events_are_told_makes_them_newer_and_is_no_step(
    tmp_path: Path, setting: dict[str, Any], touches: Callable[[Event], bool]
) -> None:
    world, clock = small_world(), FakeClock()
    async with serving(tmp_path, world, clock) as old:
        before = await fetched(old, FEED)
    clock.advance(hours=3)
    async with serving(tmp_path, world, clock, forest=setting) as new:
        after = await fetched(new, FEED)
        await ensure_truth(new, before, after)

    touched = {uid_for(event.id) for event in published(world) if touches(event)}
    assert touched
    assert changed(before, after) == touched
    for uid in touched:
        assert after.events[uid].sequence == before.events[uid].sequence
        assert after.events[uid].created == before.events[uid].created
        assert before.events[uid].modified < after.events[uid].modified == after.events[uid].stamped


async def test_a_new_name_or_colour_is_another_calendar_of_the_same_events(tmp_path: Path) -> None:
    world, clock = small_world(), FakeClock()
    async with serving(tmp_path, world, clock) as old:
        before = await fetched(old, FEED)
    clock.advance(hours=3)
    async with serving(tmp_path, world, clock, forest={"color": "#aa0000"}) as new:
        after = await fetched(new, FEED)
        await ensure_truth(new, before, after)

    assert before.etag != after.etag
    assert changed(before, after) == set()


def as_number_only() -> dict[str, OrganizationTable]:
    return {str(FOREST.number): forest_table()}


def forest_table(**more: Any) -> OrganizationTable:
    name = {"fr": FOREST.name.fr, "en": FOREST.name.en}
    account = {"username": FOREST.account.username, "password": FOREST.account.password}
    return OrganizationTable.model_validate({"name": name, **account, **WINDOW, **more})


async def test_a_number_that_becomes_a_name_changes_no_event(tmp_path: Path) -> None:
    world, clock = small_world(), FakeClock()
    async with running(tmp_path, world=world, clock=clock, organizations=as_number_only()) as numbered:
        before = await fetched(numbered, "/orgs/8008/calendar.ics")
    clock.advance(hours=3)
    async with serving(tmp_path, world, clock) as named:
        after = await fetched(named, FEED)
        by_number = await fetched(named, "/orgs/8008/calendar.ics")

    assert before.events == after.events
    assert (by_number.body, by_number.etag) == (after.body, after.etag)
    assert before.etag != after.etag  # SOURCE and URL name the new address


async def test_a_switch_of_the_default_language_tells_every_subscriber_of_the_plain_address(
    tmp_path: Path,
) -> None:
    world, clock = small_world(), FakeClock()
    async with serving(tmp_path, world, clock) as french:
        before = await fetched(french, FEED)
        explicit = await fetched(french, FEED + "?lang=en")
    clock.advance(hours=3)
    async with serving(tmp_path, world, clock, forest={"language": "en"}) as english:
        after = await fetched(english, FEED)
        still = await refetched(english, after)
        still_french = await fetched(english, FEED + "?lang=fr")

    assert before.events.keys() == after.events.keys()
    for uid, new in after.events.items():
        assert new.sequence == max(before.events[uid].sequence, explicit.events[uid].sequence) + 1
        assert new.created == before.events[uid].created
        assert new.modified > before.events[uid].modified
    assert still == after
    assert still_french.events == before.events


# The store lost, broken and mended, and shared.


def lose_store(directory: Path) -> None:
    for file in directory.glob("feeds.db*"):
        file.unlink()


async def test_a_lost_store_lets_nothing_fall(tmp_path: Path) -> None:
    world, clock = small_world(), FakeClock()
    async with serving(tmp_path, world, clock) as first:
        copy = await fetched(first, FEED)
        for _ in range(5):
            world.move(one(world).id, minutes=15)
            world.restore(one(world).id)
            copy = await refetched(first, copy, minutes=10.1)
    lose_store(tmp_path)
    clock.advance(seconds=1)
    async with serving(tmp_path, world, clock) as second:
        after = await fetched(second, FEED)
        await ensure_truth(second, copy, after)

    assert after.events.keys() == copy.events.keys()
    for uid, new in after.events.items():
        old = copy.events[uid]
        assert (new.sequence, new.modified, new.stamped, new.created) > (
            old.sequence,
            old.modified,
            old.stamped,
            old.created,
        )
        assert new.modified > old.modified
        assert new.created >= old.created
        assert new.content == old.content


@contextmanager
def unusable(database: Path) -> Iterator[None]:
    """The store's tables are out of reach for a while, with all that is in them."""
    rename(database, "{table}", "{table}_away")
    try:
        yield
    finally:
        rename(database, "{table}_away", "{table}")


def rename(database: Path, old: str, new: str) -> None:
    connection = sqlite3.connect(database)
    names = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
    for (name,) in names:
        table = name.removesuffix("_away")
        connection.execute(f"alter table {old.format(table=table)} rename to {new.format(table=table)}")
    connection.commit()
    connection.close()


async def test_what_was_told_while_the_store_was_broken_is_kept_when_it_heals(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    world, clock = small_world(), FakeClock()
    async with serving(tmp_path, world, clock) as service:
        before = await fetched(service, FEED)
        event = world.cancel(one(world).id)
        with unusable(tmp_path / "feeds.db"):
            during = await refetched(service, before)
            unmoved = await refetched(service, during)
        healed = await refetched(service, unmoved)
    clock.advance(hours=1)
    async with serving(tmp_path, world, clock) as restarted:
        after = await fetched(restarted, FEED)

    assert changed(before, during) == {uid_for(event.id)}
    assert seen(during, event).sequence == seen(before, event).sequence + 1
    assert during == unmoved == healed
    assert (after.body, after.etag) == (healed.body, healed.etag)
    said = [record.getMessage() for record in caplog.records if record.name == "app.feeds.memory"]
    assert said == [
        "The store cannot be used; changes are remembered in this process only",
        "The store can be used again",
    ]


async def test_a_start_without_the_store_lets_nothing_fall_and_heals(tmp_path: Path) -> None:
    world, clock = small_world(), FakeClock()
    async with serving(tmp_path, world, clock) as first:
        before = await fetched(first, FEED)
    clock.advance(hours=1)
    async with serving(tmp_path, world, clock) as second:
        with unusable(tmp_path / "feeds.db"):
            blind = await fetched(second, FEED)
            event = world.move(one(world).id, minutes=45)
            edited = await refetched(second, blind)
        healed = await refetched(second, edited)
    clock.advance(hours=1)
    async with serving(tmp_path, world, clock) as third:
        after = await fetched(third, FEED)

    assert changed(blind, edited) == {uid_for(event.id)}
    assert healed.events == after.events
    for uid, new in healed.events.items():
        old = edited.events[uid]
        assert (new.content, new.sequence, new.modified) == (old.content, old.sequence, old.modified)
        assert new.created == before.events[uid].created  # known again with the store
    for uid, new in blind.events.items():
        old = before.events[uid]
        assert new.sequence > old.sequence
        assert new.modified == new.stamped > old.modified


@asynccontextmanager
async def two_services(directory: Path, world: World) -> AsyncIterator[tuple[Service, Service]]:
    """Two hosts whose clocks agree, on one store."""
    clock = FakeClock()
    async with serving(directory, world, clock) as one_host, serving(directory, world, clock) as other_host:
        yield one_host, other_host


@pytest.mark.parametrize("first_to_see", [0, 1])
async def test_two_services_on_one_store_agree_whoever_sees_an_edit_first(
    tmp_path: Path, first_to_see: int
) -> None:
    world = small_world()
    edits: list[Edit] = [moved, price_changed, cancelled, place_renamed]
    async with two_services(tmp_path, world) as services:
        leader, follower = services[first_to_see], services[1 - first_to_see]
        led, followed = [await fetched(leader, FEED)], [await fetched(follower, FEED)]
        for edit in edits:
            edit(world)
            led.append(await refetched(leader, led[-1]))
            followed.append(await refetched(follower, followed[-1], minutes=0))

    assert led == followed
    assert len({copy.body for copy in led}) == 1 + len(edits)
    ensure_nothing_falls(led)


async def test_two_services_that_see_edits_in_turn_never_fork(tmp_path: Path) -> None:
    world = small_world()
    event = one(world)
    told: list[Seen] = []
    async with two_services(tmp_path, world) as services:
        copies = [await fetched(service, FEED) for service in services]
        for number in range(6):
            world.rename(event.id, f"Édition {number}")
            teller = number % 2
            copies[teller] = await refetched(services[teller], copies[teller])
            told.append(seen(copies[teller], event))
        ends = [await refetched(services[0], copies[0]), await refetched(services[1], copies[1], minutes=0)]

    assert [it.sequence for it in told] == list(range(told[0].sequence, told[0].sequence + 6))
    assert len({it.modified for it in told}) == len(told)
    assert (ends[0].body, ends[0].etag) == (ends[1].body, ends[1].etag)


def ensure_nothing_falls(history: list[Copy]) -> None:
    for earlier, later in pairwise(history):
        for uid in earlier.events.keys() & later.events.keys():
            old, new = earlier.events[uid], later.events[uid]
            assert new.sequence >= old.sequence
            assert new.modified >= old.modified
            assert new.created == old.created


async def test_two_hosts_whose_clocks_disagree_let_nothing_fall(tmp_path: Path) -> None:
    world = small_world()
    event = one(world)
    ahead, behind = FakeClock(NOON + timedelta(minutes=1)), FakeClock(NOON)
    async with serving(tmp_path, world, ahead) as early, serving(tmp_path, world, behind) as late:
        copies = [await fetched(early, FEED), await fetched(late, FEED)]
        world.cancel(event.id)
        copies.append(await refetched(early, copies[0]))
        world.restore(event.id)
        copies.append(await refetched(late, copies[1], minutes=23))

    assert seen(copies[3], event).sequence == seen(copies[2], event).sequence + 1
    assert seen(copies[3], event).modified > seen(copies[2], event).modified
    ensure_nothing_falls(copies)
