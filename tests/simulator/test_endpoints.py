"""The other endpoints: programmes, activities, occurrences, locations, reservations."""

import pytest

from app.simulator.people import PRIVATE_MARK
from app.simulator.world import World
from tests.simulator.support import WHOLE_WORLD, Api

FREE_SWIM_SPOTS = 2_147_483_647


async def test_programmes_come_by_id_with_the_documented_fields(api: Api) -> None:
    programs = await api.items("programs")

    assert sorted(program["Id"] for program in programs) == [program["Id"] for program in programs]
    assert list(programs[0]) == [
        "Id",
        "Name",
        "Start",
        "End",
        "Url",
        "PictureUrl",
        "IsArchived",
        "IsVisible",
        "IsPasswordProtected",
    ]


@pytest.mark.parametrize(
    ("case", "flag"), [("program_hidden", "showHidden"), ("program_archived", "showArchived")]
)
async def test_programme_out_of_sight_is_listed_only_with_its_flag(
    api: Api, world: World, case: str, flag: str
) -> None:
    number = world.find(world.awkward[case][0])[1].activity.program.id

    without = {program["Id"] for program in await api.items("programs")}
    with_flag = {program["Id"] for program in await api.items("programs", {flag: "true"})}

    assert {number} == with_flag - without


async def test_programme_with_a_password_is_listed_and_says_so(api: Api, world: World) -> None:
    number = world.find(world.awkward["program_with_password"][0])[1].activity.program.id

    protected = [program["Id"] for program in await api.items("programs") if program["IsPasswordProtected"]]

    assert [number] == protected


async def test_single_programme_is_a_bare_object_equal_to_that_of_the_list(api: Api) -> None:
    listed = (await api.items("programs"))[0]

    assert listed == (await api.ask(f"programs/{listed['Id']}")).json()


@pytest.mark.parametrize(
    "path", ["programs/1", "activities/1", "locations/1", "programs/x/activities", "activities/1/occurrences"]
)
async def test_what_has_no_such_id_is_404(api: Api, path: str) -> None:
    assert (await api.ask(path)).status_code == 404


async def test_activities_of_a_programme_are_its_own(api: Api, world: World) -> None:
    program = next(iter(world.organizations["forest-explorers"].programs))

    activities = await api.items(f"programs/{program}/activities")

    assert {program} == {activity["ProgramId"] for activity in activities}


async def test_hidden_and_cancelled_activities_come_with_their_flags(api: Api, world: World) -> None:
    program = next(iter(world.organizations["forest-explorers"].programs))
    flags = {"showHidden": "true", "showCancelled": "true"}

    def statuses(activities: list[dict[str, str]]) -> set[str]:
        return {activity["Status"] for activity in activities}

    assert {"Normal"} == statuses(await api.items(f"programs/{program}/activities"))
    assert {"Normal", "Hidden", "Cancelled"} == statuses(
        await api.items(f"programs/{program}/activities", flags)
    )


async def test_schedules_name_the_windows_zone_of_the_organization(api: Api) -> None:
    zones = {
        org: {
            schedule["TimePeriod"]["TimeZone"]
            for activity in await api.items("activities", {"showPastActivities": "true"}, org=org)
            for schedule in activity["Schedules"]
        }
        for org in ("forest-explorers", "lakeside")
    }

    assert {
        "forest-explorers": {"Eastern Standard Time"},
        "lakeside": {"Pacific Standard Time"},
    } == zones


async def test_spots_remaining_are_null_without_a_limit(api: Api) -> None:
    activities = await api.items("activities", {"showPastActivities": "true"})

    unlimited = [each for each in activities if each["MaxAttendance"] == FREE_SWIM_SPOTS]
    limited = [each for each in activities if each["MaxAttendance"] != FREE_SWIM_SPOTS]

    assert {None} == {activity["SpotsRemaining"] for activity in unlimited}
    assert all(0 <= each["SpotsRemaining"] <= each["MaxAttendance"] for each in limited)


async def test_past_activities_are_left_out_unless_asked_for(api: Api) -> None:
    coming = {activity["Id"] for activity in await api.items("activities")}
    past = {activity["Id"] for activity in await api.items("activities", {"showPastActivities": "true"})}

    assert coming < past


async def test_activity_carries_what_must_not_be_published(api: Api, world: World) -> None:
    number = world.find(world.awkward["description_of_html"][0])[1].activity.id

    activity = (await api.ask(f"activities/{number}", {"showTaxes": "true"})).json()

    assert "activityId=" in activity["SecretUrl"]
    assert activity["Description"].startswith("<p")
    assert [tax["Name"] for tax in activity["Taxes"]] == ["TPS", "TVQ"]


async def test_occurrences_without_a_range_are_the_whole_list(api: Api, world: World) -> None:
    forest = world.organizations["forest-explorers"]
    swimmer = next(each for each in forest.activities.values() if each.name.en == "Swimmer 1")

    whole = await api.items(f"activities/{swimmer.id}/occurrences", {"showEdited": "true"})
    first = whole[0]["Start"][:10]
    one_day = await api.items(f"activities/{swimmer.id}/occurrences", {"from": first, "to": first})

    assert len(forest.timetable.of_activity(swimmer.id)) == len(whole)
    assert [whole[0]["Id"]] == [occurrence["Id"] for occurrence in one_day]


async def test_modified_occurrences_need_show_edited(api: Api, world: World) -> None:
    replaced, moved = world.awkward["state_replaced_by_another_occurrence"]
    activity = world.find(moved)[1].activity.id

    plain = await api.items(f"activities/{activity}/occurrences")
    edited = await api.items(f"activities/{activity}/occurrences", {"showEdited": "true"})

    assert ([moved], [replaced, moved]) == ([each["Id"] for each in plain], [each["Id"] for each in edited])


async def test_occurrences_can_be_shown_with_the_activities_of_a_programme(api: Api, world: World) -> None:
    program = next(iter(world.organizations["forest-explorers"].programs))

    activities = await api.items(f"programs/{program}/activities", {"showOccurrences": "true"})

    assert all(activity["NumberOfOccurrences"] == len(activity["Occurrences"]) for activity in activities)


async def test_location_knows_the_places_that_hold_it(api: Api) -> None:
    locations = {location["Name"]: location for location in await api.items("locations", lang="en")}

    centre, pool = locations["Forest Community Centre"], locations["Pool – 25 m tank"]
    assert (centre["Id"], [centre["Id"]]) == (pool["TopParentId"], pool["AncestorIds"])
    assert pool["FullName"] == "Forest Community Centre - Pool – 25 m tank"
    assert pool == (await api.ask(f"locations/{pool['Id']}", lang="en")).json()


async def test_locations_can_be_sought_around_a_point(api: Api) -> None:
    near = await api.items("locations", {"coordinates": "45.4655,-73.5632", "radius": "2"}, lang="en")

    assert [location["Name"] for location in near] == ["Verdun Studio"]


async def test_coordinates_that_are_none_are_400(api: Api) -> None:
    assert (await api.ask("locations", {"coordinates": "Chambly"})).status_code == 400


async def test_reservations_default_to_today_and_repeat_the_events(api: Api) -> None:
    flags = {"showCanceled": "true", "showSkipped": "true", "showHidden": "true"}

    reservations = await api.items("reservations", {"showCancelled": "true"})

    repeated = {row["ReservationId"] for row in reservations if row["Type"] == "Activity"}
    assert {f"AC-{event['Id']}" for event in await api.items("events", flags)} == repeated
    assert any(row["Type"] != "Activity" for row in reservations)


async def test_reservations_name_their_clients(api: Api) -> None:
    answer = await api.ask("reservations", {"from": "2026-10-01", "to": "2026-10-31"})

    assert PRIVATE_MARK in answer.text
    assert {"AC", "AB", "FB"} == {row["ReservationId"][:2] for row in answer.json()["Items"]}


async def test_cancelled_reservations_need_their_flag(api: Api) -> None:
    plain = await api.items("reservations", WHOLE_WORLD)
    flagged = await api.items("reservations", WHOLE_WORLD | {"showCancelled": "true"})

    assert {False} == {row["IsCancelled"] for row in plain}
    assert {False, True} == {row["IsCancelled"] for row in flagged}


async def test_reservations_of_all_time_are_answered(api: Api) -> None:
    answer = await api.ask("reservations", {"from": "0001-01-01", "to": "9999-12-31"})

    assert answer.status_code == 200
