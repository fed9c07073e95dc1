"""The world: how it grows, that it is always the same, and how staff edit it."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from app.simulator.dialect import Dialect
from app.simulator.model import LANGS, Text
from app.simulator.people import PRIVATE_MARK, STAFF_SURNAMES
from app.simulator.records.events import EventRecords
from app.simulator.world import Change, ImpossibleEdit, NoSuchEvent, World, build_world
from tests.simulator.support import TODAY

SATURDAY = 5


def printed(world: World) -> list[str]:
    records = EventRecords(Dialect())
    return [
        records.record(organization, event, lang, with_participants=True)
        for organization in world.organizations.values()
        for event in organization.timetable
        for lang in LANGS
    ]


def test_same_seed_and_day_give_the_same_bytes() -> None:
    first = build_world(today=TODAY, events=500, seed=7)
    second = build_world(today=TODAY, events=500, seed=7)

    assert printed(first) == printed(second)


def test_another_seed_gives_another_world() -> None:
    assert printed(build_world(today=TODAY, events=500, seed=7)) != printed(
        build_world(today=TODAY, events=500, seed=8)
    )


@pytest.mark.parametrize("events", [10, 299, 300, 600, 5_000])
def test_demonstration_centre_has_exactly_the_wanted_number_of_events(events: int) -> None:
    world = build_world(today=TODAY, events=events)

    assert events == len(world.organizations["forest-explorers"].timetable)


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2026, 3, 9), date(2026, 11, 2), date(2028, 2, 29)])
def test_world_can_be_built_on_any_day_of_the_year(day: date) -> None:
    world = build_world(today=day, events=400)

    first, last = day - timedelta(days=75), day + timedelta(days=420)
    strays = [
        event
        for event in world.organizations["forest-explorers"].timetable
        if not first <= event.first_day <= last
    ]
    assert strays == []


def test_events_are_spread_over_the_past_and_the_coming_year() -> None:
    timetable = build_world(today=TODAY, events=2_000).organizations["forest-explorers"].timetable

    per_quarter = [
        len(timetable.between(TODAY + timedelta(days=start), TODAY + timedelta(days=start + 89)))
        for start in (-75, 15, 105, 195, 285)
    ]

    assert min(per_quarter) > 200


def test_large_world_is_built_within_seconds_and_lists_a_day_without_looking_at_the_others() -> None:
    timetable = build_world(today=TODAY, events=100_000).organizations["forest-explorers"].timetable

    assert len(timetable) == 100_000
    assert 1_000 > len(timetable.between(TODAY, TODAY)) > 100


def test_ids_have_as_many_digits_as_those_of_amilia() -> None:
    world = build_world(today=TODAY, events=2_000)
    forest = world.organizations["forest-explorers"]
    awkward = {*world.awkward["id_zero"], *world.awkward["id_beyond_32_bits"]}

    assert {9} == {len(str(event.id)) for event in forest.timetable if event.id not in awkward}
    assert {7} == {len(str(activity)) for activity in forest.activities}
    assert {5} == {len(str(program)) for program in forest.programs}


def test_organizations_share_no_event_id() -> None:
    forest, lakeside = build_world(today=TODAY, events=2_000).organizations.values()

    assert set() == {event.id for event in forest.timetable} & {event.id for event in lakeside.timetable}


@pytest.mark.parametrize("identifier", ["8008", "forest-explorers", "Forest-Explorers"])
def test_organization_is_found_by_number_and_by_slug(world: World, identifier: str) -> None:
    organization = world.organization(identifier)

    assert organization is world.organizations["forest-explorers"]


def test_unknown_organization_is_not_found(world: World) -> None:
    assert world.organization("bear-explorers") is None


def test_titles_and_programmes_differ_between_the_languages(world: World) -> None:
    forest = world.organizations["forest-explorers"]
    swimmer = next(each for each in forest.activities.values() if each.name.en == "Swimmer 1")

    assert swimmer.name.fr.startswith("Nageur")
    assert Text("Aquatique – été 2026", "Aquatics – Summer 2026") == swimmer.program.name


def test_classes_keep_to_one_weekday_and_hour_through_a_session(world: World) -> None:
    forest = world.organizations["forest-explorers"]
    swimmer = next(each for each in forest.activities.values() if each.name.en == "Swimmer 1")

    slots = {
        (event.start.weekday(), f"{event.start:%H:%M}")
        for event in forest.timetable.of_activity(swimmer.id)
        if event.state != "Moved"
    }

    assert {(SATURDAY, "09:00")} == slots


def test_holidays_are_skipped_occurrences() -> None:
    forest = build_world(today=TODAY, events=20_000).organizations["forest-explorers"]

    thanksgiving = forest.timetable.between(date(2026, 10, 12), date(2026, 10, 12))
    weekly = [event for event in thanksgiving if not event.all_day and event.activity.program.id > 41_300]

    assert {"Skipped"} == {event.state for event in weekly}


def test_names_of_people_bear_marks_that_occur_nowhere_else(world: World) -> None:
    records = [json.loads(record) for record in printed(world)]
    people = json.dumps([(record["Staff"], record["Participants"]) for record in records], ensure_ascii=False)
    rest = json.dumps([record | {"Staff": [], "Participants": []} for record in records], ensure_ascii=False)

    assert [mark in people for mark in (PRIVATE_MARK, *STAFF_SURNAMES)] == [True] * 9
    assert [mark in rest for mark in (PRIVATE_MARK, *STAFF_SURNAMES)] == [False] * 9


def test_malformed_records_come_beyond_the_wanted_number() -> None:
    world = build_world(today=TODAY, events=300, malformed=True)

    assert len(world.organizations["forest-explorers"].timetable) == 305
    assert len(world.awkward["malformed"]) == 5


def ordinary(world: World) -> int:
    """The id of a timed class of the next days."""
    forest = world.organizations["forest-explorers"]
    coming = forest.timetable.between(TODAY, TODAY + timedelta(days=30))
    return next(
        event.id
        for event in coming
        if event.name.en.startswith(("Swimmer", "Family")) and event.state == "Normal" and not event.wire
    )


def test_cancelled_event_can_be_restored(world: World) -> None:
    number = ordinary(world)

    assert world.cancel(number).state == "Cancelled"
    assert world.restore(number).state == "Normal"


def test_moved_event_keeps_its_id_and_length_and_is_found_on_its_new_day(world: World) -> None:
    number = ordinary(world)
    forest, event = world.find(number)
    start, length = event.start, event.end - event.start

    moved = world.move(number, minutes=2 * 24 * 60)

    assert (number, "Moved", length) == (moved.id, moved.state, moved.end - moved.start)
    assert start + timedelta(days=2) == moved.start
    assert event not in forest.timetable.between(start.date(), start.date())
    assert event in forest.timetable.between(moved.first_day, moved.first_day)


def test_move_to_a_wall_clock_time_uses_the_zone_of_the_organization(world: World) -> None:
    number = ordinary(world)

    moved = world.move(number, to=datetime(2026, 12, 1, 20, 15))  # noqa: DTZ001  # a wall clock is meant

    assert datetime(2026, 12, 2, 1, 15, tzinfo=UTC) == moved.start.astimezone(UTC)
    assert moved.start.isoformat() == "2026-12-01T20:15:00-05:00"


def test_move_with_a_new_id_leaves_the_old_one_as_replaced(world: World) -> None:
    number = ordinary(world)
    before = world.find(number)[1].start

    moved = world.move(number, minutes=60, new_id=True)

    old = world.find(number)[1]
    assert moved.id != number
    assert ("Replaced", before) == (old.state, old.start)
    assert world.find(moved.id)[1].state == "Moved"


def test_all_day_event_moves_by_whole_days_only(world: World) -> None:
    number = world.awkward["all_day_over_several_days"][0]
    first = world.find(number)[1].first_day

    moved = world.move(number, minutes=24 * 60)

    assert (first + timedelta(days=1), "23:59:59") == (moved.first_day, f"{moved.end:%H:%M:%S}")
    with pytest.raises(ImpossibleEdit, match="whole days"):
        world.move(number, minutes=60)


def test_move_across_the_change_of_the_clock_keeps_elapsed_time(world: World) -> None:
    number = world.add(
        "8008",
        "Night",
        datetime(2026, 10, 31, 23, 30),  # noqa: DTZ001  # a wall clock is meant
        minutes=60,
    ).id

    moved = world.move(number, minutes=120)

    assert (
        moved.start.isoformat(),
        moved.end.isoformat(),
    ) == ("2026-11-01T01:30:00-04:00", "2026-11-01T01:30:00-05:00")


def test_added_event_lasts_as_long_as_it_says_while_the_clock_changes(world: World) -> None:
    start = datetime(2026, 11, 1, 0, 30)  # noqa: DTZ001  # a wall clock is meant

    event = world.add("8008", "Night", start, minutes=120)

    assert event.end.isoformat() == "2026-11-01T01:30:00-05:00"


def test_edit_of_a_field_ends_its_oddity_on_the_wire(world: World) -> None:
    number = world.awkward["title_null"][0]
    organization, event = world.find(number)

    world.rename(number, "Named")

    assert '"Title":"Named"' in EventRecords(Dialect()).record(organization, event, "fr")


def test_rename_changes_one_occurrence_and_not_its_siblings(world: World) -> None:
    number = ordinary(world)
    organization, event = world.find(number)

    world.rename(number, Text("Nouveau", "New"))

    siblings = organization.timetable.of_activity(event.activity.id)
    assert [event] == [each for each in siblings if each.name.en == "New"]


def test_removed_event_is_gone_and_the_last_one_takes_its_activity_along(world: World) -> None:
    event = world.add("lakeside", "Short-lived", datetime(2026, 11, 3, 10, tzinfo=UTC))
    lakeside = world.organizations["lakeside"]

    world.remove(event.id)

    assert event.activity.id not in lakeside.activities
    with pytest.raises(NoSuchEvent, match=str(event.id)):
        world.find(event.id)


def test_removal_of_one_of_several_occurrences_is_an_update_of_their_activity(world: World) -> None:
    told: list[Change] = []
    world.listeners.append(told.append)

    world.remove(ordinary(world))

    assert [(change.action, change.schedule_changed) for change in told] == [("Update", True)]


def test_added_all_day_event_covers_whole_days(world: World) -> None:
    event = world.add(
        "8008", "Fair", datetime(2026, 11, 14, 10, tzinfo=UTC), minutes=2 * 24 * 60, all_day=True
    )

    assert (
        event.start.isoformat(),
        event.end.isoformat(),
    ) == ("2026-11-14T00:00:00-05:00", "2026-11-15T23:59:59-05:00")


@pytest.mark.parametrize(
    ("organization", "program", "place"), [("nobody", None, None), ("8008", 1, None), ("8008", None, 1)]
)
def test_event_cannot_be_added_to_what_does_not_exist(
    world: World, organization: str, program: int | None, place: int | None
) -> None:
    with pytest.raises(ImpossibleEdit):
        world.add(organization, "?", datetime(2026, 11, 3, tzinfo=UTC), program_id=program, place_id=place)


def test_every_edit_is_told_to_listeners(world: World) -> None:
    told: list[Change] = []
    world.listeners.append(told.append)
    number = ordinary(world)

    world.cancel(number)
    world.move(number, minutes=60)
    world.rename(number, "Other")
    added = world.add("8008", "Added", datetime(2026, 11, 3, tzinfo=UTC))
    world.remove(added.id)

    assert [(change.action, change.schedule_changed) for change in told] == [
        ("Update", False),
        ("Update", True),
        ("Update", False),
        ("Create", False),
        ("Delete", False),
    ]
