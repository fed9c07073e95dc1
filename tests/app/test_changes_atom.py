"""What changed, from an edit at the simulated Amilia to the entry that a feed reader shows."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.simulator.forest import FOREST
from app.simulator.model import Event, Place, Text
from app.simulator.organization import Organization
from app.simulator.people import PRIVATE_MARK, STAFF_SURNAMES
from app.simulator.world import World, build_world
from tests.support.atom import Feed, Item, read
from tests.support.fakes import NOON, FakeClock
from tests.support.service import PUBLIC_URL, TODAY, Service, running
from tests.support.subscriber import FRESH, fetched

CALENDAR = "/orgs/forest-explorers/calendar.ics"
CHANGES = "/orgs/forest-explorers/changes.atom"


@asynccontextmanager
async def serving(
    directory: Path, world: World | None = None, clock: FakeClock | None = None, **forest: Any
) -> AsyncIterator[Service]:
    """A small world in a small window, read once by both languages."""
    world = world or build_world(today=TODAY, events=120, seed=11)
    table = {"past_days": 20, "future_days": 40, **forest}
    async with running(directory, world=world, clock=clock, forest=table) as service:
        await refreshed(service)
        yield service


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    async with serving(tmp_path) as started:
        yield started


async def refreshed(service: Service, *langs: str) -> None:
    """Both languages, or those named, as they are after the time to live."""
    service.clock.advance(minutes=11)
    for lang in langs or ("fr", "en"):
        await fetched(service, f"{CALENDAR}?lang={lang}")


async def changes(service: Service, query: str = "") -> Feed:
    """The feed of what changed, as it is at once."""
    answer = await service.get(CHANGES + query)
    assert (answer.status_code, answer.headers["cache-status"]) == (200, FRESH), answer.text
    return read(answer.content)


def forest(world: World) -> Organization:
    return world.organizations[FOREST.slug]


def lesson(service: Service, title: str = "Tir à l'arc", day: int = 5, **further: Any) -> Event:
    """A class to come, of 18:00 to 19:00."""
    start = datetime.combine(TODAY + timedelta(days=day), datetime.min.time()).replace(hour=18)
    return service.world.add(FOREST.slug, title, start, place_id=rooms(service.world)[0].id, **further)


def rooms(world: World) -> tuple[Place, Place]:
    """Two places, each with a name in either language."""
    first, second, *_ = (it for it in forest(world).places.values() if it.name and it.name.fr != it.name.en)
    return first, second


def name_of(place: Place) -> Text:
    assert place.name is not None
    return place.name


async def one_change(service: Service, query: str = "") -> Item:
    (item,) = (await changes(service, query)).items
    return item


async def test_a_first_fetch_is_no_news_and_the_feed_is_valid_all_the_same(service: Service) -> None:
    feed = await changes(service)

    assert feed.items == ()
    assert feed.title == "Explorateurs de la forêt – changements"
    assert feed.author == "Explorateurs de la forêt"
    assert feed.updated == NOON + timedelta(minutes=11)
    assert feed.links == {
        "self": PUBLIC_URL + CHANGES,
        "alternate": f"{PUBLIC_URL}/orgs/forest-explorers",
    }


async def test_what_was_added_is_told_with_time_and_place(service: Service) -> None:
    lesson(service)
    await refreshed(service)

    item = await one_change(service)

    assert item.kinds == ("added",)
    assert " ".join(item.title.split()) == (
        "Ajouté : Tir à l'arc (vendredi 27 novembre 2026, 18 h 00 – 19 h 00)"
    )
    assert item.lines[0] == "Titre : Tir à l'arc"
    assert item.lines[2] == f"Lieu : {name_of(rooms(service.world)[0]).fr}"
    assert item.updated == service.clock.now.replace(microsecond=0)


async def test_a_move_is_told_with_the_old_time_and_the_new(service: Service) -> None:
    event = lesson(service)
    await refreshed(service)
    service.world.move(event.id, minutes=90)
    await refreshed(service)

    newest = (await changes(service, "?lang=en")).items[0]

    assert newest.kinds == ("moved",)
    assert newest.title.startswith("Rescheduled: Tir à l'arc (Friday, November 27, 2026, ")
    assert newest.lines[1].count("Friday, November 27, 2026") == 2
    assert "7:30" in newest.lines[1].split("(before:")[0]
    assert "6:00" in newest.lines[1].split("(before:")[1]


async def test_an_occurrence_that_amilia_replaced_when_it_was_moved_is_one_move(service: Service) -> None:
    event = lesson(service)
    await refreshed(service)
    service.world.move(event.id, minutes=24 * 60, new_id=True)
    await refreshed(service)

    newest, added = (await changes(service)).items

    assert (newest.kinds, added.kinds) == (("moved",), ("added",))
    assert "28 novembre" in newest.lines[1].split("(avant")[0]
    assert "27 novembre" in newest.lines[1].split("(avant")[1]


async def test_a_cancellation_and_its_end_are_told(service: Service) -> None:
    event = lesson(service)
    await refreshed(service)
    service.world.cancel(event.id)
    await refreshed(service)
    service.world.restore(event.id)
    await refreshed(service)

    assert [item.kinds for item in (await changes(service)).items] == [
        ("restored",),
        ("cancelled",),
        ("added",),
    ]


async def test_a_new_place_and_a_new_title_are_told_with_the_old_ones(service: Service) -> None:
    event = lesson(service)
    await refreshed(service)
    before, after = rooms(service.world)
    event.activity = replace(event.activity, place=after)
    service.world.rename(event.id, "Archery")
    await refreshed(service)

    newest = (await changes(service, "?lang=en")).items[0]

    assert newest.kinds == ("place", "title")
    assert newest.lines[0] == "Title: Archery (before: Tir à l'arc)"
    assert newest.lines[2] == f"Place: {name_of(after).en} (before: {name_of(before).en})"


async def test_what_was_removed_is_told_once_and_what_comes_back_is_restored(service: Service) -> None:
    event = lesson(service)
    await refreshed(service)
    forest(service.world).timetable.discard(event)
    await refreshed(service)
    await refreshed(service)
    removed = await changes(service)
    forest(service.world).timetable.add(event)
    await refreshed(service)

    assert [item.kinds for item in removed.items] == [("removed",), ("added",)]
    assert removed.titles[0].startswith("Retiré : Tir à l'arc (vendredi 27 novembre 2026")
    assert (await changes(service)).items[0].kinds == ("restored",)


async def test_both_languages_tell_the_same_changes_each_in_its_own_words(service: Service) -> None:
    event = lesson(service)
    await refreshed(service)
    service.world.rename(event.id, replace(event.name, fr="Tir", en="Archery"))
    service.world.move(event.id, minutes=30)
    await refreshed(service, "fr")
    early = await changes(service)
    await refreshed(service)

    french, english = await changes(service), await changes(service, "?lang=en")

    same = [(item.id, item.updated, item.kinds) for item in french.items]
    assert same == [(item.id, item.updated, item.kinds) for item in english.items]
    assert french.items == early.items
    assert french.titles[0].startswith("Reporté : Tir (")
    assert english.titles[0].startswith("Rescheduled: Archery (")
    assert (french.id, french.lang) != (english.id, english.lang)


async def test_a_selection_has_the_changes_of_what_it_had_or_has(service: Service) -> None:
    event = lesson(service)
    lesson(service, "Yoga", day=6)
    await refreshed(service)
    service.world.move(event.id, minutes=24 * 60)
    await refreshed(service)

    friday = await changes(service, "?weekday=fri")
    saturday = await changes(service, "?weekday=sat&q=arc")
    hidden = await changes(service, "?programId=999")

    assert [item.kinds for item in friday.items] == [("moved",), ("added",)]
    assert [item.kinds for item in saturday.items] == [("moved",)]
    assert hidden.items == ()
    assert saturday.links["self"] == f"{PUBLIC_URL}{CHANGES}?q=arc&weekday=sat"


async def test_the_window_moving_on_is_no_news(tmp_path: Path) -> None:
    async with serving(tmp_path) as service:
        lesson(service, day=42)
        lesson(service, day=-19)
        await refreshed(service)
        before = await fetched(service, CALENDAR)
        told = await changes(service)
        for _ in range(4):
            service.clock.advance(days=1)
            after = await fetched(service, CALENDAR)

        assert [item.kinds for item in told.items] == [("added",)]
        assert before.events.keys() - after.events.keys()
        assert after.events.keys() - before.events.keys()
        assert (await changes(service)).items == ()  # what happened to the one has left the window with it


async def test_a_restart_and_another_process_tell_the_same_bytes(tmp_path: Path) -> None:
    clock = FakeClock()
    async with serving(tmp_path, clock=clock) as service:
        service.world.move(lesson(service).id, minutes=30)
        await refreshed(service)
        service.world.cancel(lesson(service, "Yoga").id)
        await refreshed(service)
        before = await service.get(CHANGES)
        async with running(
            tmp_path, world=service.world, clock=clock, forest={"past_days": 20, "future_days": 40}
        ) as other:
            beside = await other.get(CHANGES)
    async with serving(tmp_path, service.world, clock) as restarted:
        after = await restarted.get(CHANGES)

    assert len(read(before.content).items) == 2
    assert before.content == beside.content == after.content
    assert before.headers["etag"] == after.headers["etag"]


async def test_an_edit_during_a_restart_is_told(tmp_path: Path) -> None:
    clock = FakeClock()
    async with serving(tmp_path, clock=clock) as service:
        event = lesson(service)
        await refreshed(service)
    service.world.move(event.id, minutes=30)
    async with serving(tmp_path, service.world, clock) as restarted:
        feed = await changes(restarted)

    assert [item.kinds for item in feed.items] == [("moved",), ("added",)]


@pytest.mark.parametrize("setting", [{"future_days": 60}, {"past_days": 5}, {"show_skipped": True}])
async def test_other_settings_are_no_news_and_lose_none(tmp_path: Path, setting: dict[str, Any]) -> None:
    clock = FakeClock()
    async with serving(tmp_path, clock=clock) as service:
        lesson(service)
        await refreshed(service)
        told = await changes(service)
    async with serving(tmp_path, service.world, clock, **setting) as changed:
        kept = await changes(changed)
        lesson(changed, "Yoga", day=7)
        await refreshed(changed)
        later = await changes(changed)

    assert kept.items == told.items
    assert [item.kinds for item in later.items] == [("added",), ("added",)]


async def test_a_hidden_programme_takes_all_that_was_told_of_it_along(service: Service) -> None:
    organization = forest(service.world)
    event = lesson(service)
    await refreshed(service)
    service.world.move(event.id, minutes=30)
    await refreshed(service)
    program = event.activity.program
    organization.programs[program.id] = replace(program, visible=False)
    # As a fetch of only some of the events is, many vanishing ones are doubted at first.
    for _ in range(4):
        await refreshed(service)

    answer = await service.get(CHANGES)

    assert read(answer.content).items == ()
    assert "Tir à l'arc" not in answer.text
    assert program.name.fr not in answer.text


async def test_a_whole_class_that_is_cancelled_is_told_as_removed(service: Service) -> None:
    event = lesson(service)
    await refreshed(service)
    event.activity = replace(event.activity, status="Cancelled")
    await refreshed(service)

    assert [item.kinds for item in (await changes(service)).items] == [("removed",), ("added",)]


async def test_a_programme_that_is_shown_again_brings_back_nothing_of_what_was_told_before(
    service: Service,
) -> None:
    organization = forest(service.world)
    event = lesson(service)
    await refreshed(service)
    program = event.activity.program
    organization.programs[program.id] = replace(program, visible=False)
    for _ in range(4):
        await refreshed(service)
    organization.programs[program.id] = program
    await refreshed(service)

    feed = await changes(service)

    assert feed.items
    assert {item.kinds for item in feed.items} == {("restored",)}


async def test_a_doubted_refresh_is_no_news_until_it_is_believed(service: Service) -> None:
    organization = forest(service.world)
    gone = organization.timetable.between(TODAY + timedelta(days=1), TODAY + timedelta(days=40))
    for event in gone[: len(gone) * 3 // 4]:
        organization.timetable.discard(event)
    service.clock.advance(minutes=11)
    await service.get(CALENDAR)
    await service.get(CALENDAR)
    doubted = await service.get(CHANGES)
    for _ in range(4):
        await refreshed(service)
    believed = await changes(service)

    assert read(doubted.content).items == ()
    assert believed.items
    assert {item.kinds for item in believed.items} == {("removed",)}


async def test_nobodys_name_is_in_it(service: Service) -> None:
    for event in forest(service.world).timetable.between(TODAY, TODAY + timedelta(days=30))[:40]:
        event.start += timedelta(minutes=15)
        event.end += timedelta(minutes=15)
    await refreshed(service)

    answer = await service.get(CHANGES)

    assert read(answer.content).items
    assert [name for name in (*STAFF_SURNAMES, PRIVATE_MARK) if name in answer.text] == []


async def test_its_validators_and_headers_are_those_of_a_feed(service: Service) -> None:
    before = await service.get(CHANGES)
    same = await service.get(f"{CHANGES}?utm_source=mail&alarm=30&LANG=FR")
    by_tag = await service.get(CHANGES, If_None_Match=before.headers["etag"])
    by_date = await service.get(CHANGES, If_Modified_Since=before.headers["last-modified"])
    head = await service.client.head(CHANGES)
    lesson(service)
    await refreshed(service)
    after = await service.get(CHANGES, If_None_Match=before.headers["etag"])

    assert (by_tag.status_code, by_date.status_code, head.status_code, after.status_code) == (
        304,
        304,
        200,
        200,
    )
    assert (same.content, same.headers["etag"]) == (before.content, before.headers["etag"])
    assert (head.content, head.headers["etag"]) == (b"", before.headers["etag"])
    assert before.headers["content-type"] == "application/atom+xml; charset=utf-8"
    assert before.headers["content-language"] == "fr"
    assert before.headers["access-control-allow-origin"] == "*"
    assert before.headers["last-modified"] != after.headers["last-modified"]


async def test_marks_of_xml_in_a_title_stay_text(service: Service) -> None:
    lesson(service, 'Q&A "débat" \ufffe 5 > 3')
    await refreshed(service)

    item = await one_change(service)

    assert 'Q&A "débat"' in item.title
    assert "5 > 3" in item.lines[0]


async def test_moments_are_those_of_the_refresh_in_utc(service: Service) -> None:
    lesson(service)
    await refreshed(service)

    assert (await one_change(service)).updated == datetime(2026, 11, 22, 17, 22, tzinfo=UTC)
