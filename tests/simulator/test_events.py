"""The events endpoint, as documented and as observed."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.simulator.app import create_simulator
from app.simulator.awkward.malformed import MALFORMED_RECORDS
from app.simulator.people import PRIVATE_MARK
from app.simulator.simulator import Simulator
from app.simulator.world import World, build_world
from tests.simulator.support import EVERYTHING, TODAY, WHOLE_WORLD, Api, FakeClock

SAMPLE = Path(__file__).parent.parent / "golden" / "api" / "get-events.json"
NOVEMBER = {"from": "2026-11-01", "to": "2026-11-30"}


def shape(value: object) -> object:
    """The names of an object's fields, in order, down to its objects and the first items of its lists."""
    if isinstance(value, dict):
        return {name: shape(item) for name, item in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value[:1]]
    return None


async def test_an_event_has_the_fields_of_the_documented_sample_in_their_order(api: Api) -> None:
    sample = json.loads(SAMPLE.read_text(encoding="utf-8"))[0]
    events = await api.events(WHOLE_WORLD)

    plain = next(
        event for event in events.values() if event["Tags"] and not event["Staff"] and event["Location"]
    )

    assert json.dumps(shape(sample)) == json.dumps(shape(plain))


async def test_list_is_wrapped_in_items_and_paging(api: Api) -> None:
    body = (await api.ask("events", NOVEMBER)).json()

    assert list(body) == ["Items", "Paging"]
    assert {"TotalCount": len(body["Items"]), "Next": ""} == body["Paging"]


async def test_list_can_be_a_bare_array(api: Api, simulator: Simulator) -> None:
    simulator.dialect.events_wrapped = False

    body = (await api.ask("events", NOVEMBER)).json()

    assert isinstance(body, list)
    assert body


async def test_without_a_range_only_today_is_listed(api: Api) -> None:
    today = await api.items("events", {"from": "2026-10-20", "to": "2026-10-20"})

    assert today
    assert today == await api.items("events")


async def test_today_is_that_of_the_organization(api: Api, clock: FakeClock, world: World) -> None:
    evening = world.add("lakeside", "Late", clock().replace(tzinfo=None, hour=22))

    clock.advance(hours=16)  # 04:00 UTC of the next day

    assert evening.id in {event["Id"] for event in await api.items("events", org="lakeside")}


async def test_from_alone_means_one_day_and_to_is_inclusive(api: Api, world: World) -> None:
    event = world.find(world.awkward["state_moved"][0])[1]
    day = event.first_day.isoformat()

    alone = await api.items("events", {"from": day})
    both = await api.items("events", {"from": "2026-09-01", "to": day})

    assert event.id in {item["Id"] for item in alone}
    assert event.id in {item["Id"] for item in both}


async def test_range_that_ends_before_it_starts_is_empty(api: Api) -> None:
    assert await api.items("events", {"from": "2026-11-30", "to": "2026-11-01"}) == []


async def test_event_over_several_days_is_in_each_range_that_it_touches(api: Api, world: World) -> None:
    event = world.find(world.awkward["all_day_over_several_days"][0])[1]

    for day in (event.first_day, event.last_day):
        assert event.id in {item["Id"] for item in await api.items("events", {"from": day.isoformat()})}


async def test_language_of_the_path_chooses_names_and_addresses(api: Api, world: World) -> None:
    number = world.awkward["state_moved"][0]

    french = (await api.events(WHOLE_WORLD, lang="fr"))[number]
    english = (await api.events(WHOLE_WORLD, lang="en"))[number]

    assert (french["Title"], english["Title"]) == ("Volleyball mixte", "Co-ed volleyball")
    assert (
        french["Activity"]["ProgramName"],
        english["Activity"]["ProgramName"],
    ) == ("Vie du centre", "Centre life")
    assert (
        f"https://app.amilia.com/store/en/forest-explorers/shop/activities/{english['Activity']['Id']}"
        == (english["Url"])
    )
    assert french["Start"] == english["Start"]


async def test_slug_and_number_give_the_same_bytes_but_for_addresses_of_pages(api: Api) -> None:
    by_slug = await api.ask("events", NOVEMBER)
    by_number = await api.ask("events", NOVEMBER, org="8008")

    assert by_slug.content == by_number.content


async def test_program_filter_leaves_its_events_only(api: Api, world: World) -> None:
    program = world.find(world.awkward["program_without_limits"][0])[1].activity.program

    events = await api.events(WHOLE_WORLD | {"programId": str(program.id)})

    assert {program.id} == {event["Activity"]["ProgramId"] for event in events.values()}


FLAGS = {
    "state_skipped": "showSkipped",
    "state_cancelled": "showCanceled",
    "activity_hidden": "showHidden",
    "program_hidden": "showHidden",
}


@pytest.mark.parametrize("case", FLAGS)
async def test_what_is_out_of_the_ordinary_is_listed_only_with_its_flag(
    api: Api, world: World, case: str
) -> None:
    number = world.awkward[case][0]

    without = await api.events(WHOLE_WORLD)
    with_flag = await api.events(WHOLE_WORLD | {FLAGS[case]: "true"})

    assert (number in without, number in with_flag) == (False, True)


@pytest.mark.parametrize("misspelt", ["showCancelled", "showSkiped", "utm_source"])
async def test_misspelt_parameters_are_ignored(api: Api, misspelt: str) -> None:
    assert await api.events(NOVEMBER) == await api.events(NOVEMBER | {misspelt: "true"})


@pytest.mark.parametrize(
    "case", ["state_replaced_by_another_occurrence", "state_archived", "program_with_password"]
)
async def test_what_no_flag_covers_is_listed_for_the_reader_to_leave_out(
    api: Api, world: World, case: str
) -> None:
    assert world.awkward[case][0] in await api.events(WHOLE_WORLD)


async def test_archived_programmes_are_not_active(api: Api, world: World, simulator: Simulator) -> None:
    number = world.awkward["program_archived"][0]

    before = number in await api.events(EVERYTHING)
    simulator.dialect.archived_events = True
    after = number in await api.events(EVERYTHING)

    assert (before, after) == (False, True)


async def test_names_of_participants_come_only_when_asked_for(api: Api) -> None:
    silent = await api.ask("events", NOVEMBER)
    telling = await api.ask("events", NOVEMBER | {"showParticipants": "true"})

    assert {None} == {event["Participants"] for event in silent.json()["Items"]}
    assert (PRIVATE_MARK in silent.text, PRIVATE_MARK in telling.text) == (False, True)


async def test_flags_of_sessions_and_drop_in_can_be_words(api: Api, simulator: Simulator) -> None:
    def kinds(events: dict[int, dict[str, Any]]) -> set[type]:
        return {type(event["Activity"]["HasDropInEnabled"]) for event in events.values() if event["Activity"]}

    assert {bool, str} == kinds(await api.events(WHOLE_WORLD))
    simulator.dialect.text_booleans = True
    assert {str} == kinds(await api.events(WHOLE_WORLD))


async def test_offsets_follow_the_clock_of_the_organization(api: Api) -> None:
    events = await api.events(WHOLE_WORLD, org="lakeside")

    assert {"-07:00", "-08:00"} == {event["Start"][-6:] for event in events.values()}


async def test_long_ranges_can_be_refused(api: Api, simulator: Simulator) -> None:
    simulator.dialect.events_range_days = 50

    fifty = await api.ask("events", {"from": "2026-11-01", "to": "2026-12-20"})
    more = await api.ask("events", {"from": "2026-11-01", "to": "2026-12-21"})

    assert (fifty.status_code, more.status_code) == (200, 400)
    assert "50 days" in more.json()["Message"]


@pytest.mark.parametrize(
    "params",
    [
        {"from": "tomorrow"},
        {"from": "2026-13-01"},
        {"to": "20261101"},
        {"programId": "swim"},
        {"showHidden": "perhaps"},
        {"page": "0"},
        {"page": "-1"},
        {"page": "one"},
    ],
)
async def test_parameters_of_a_wrong_format_are_400(api: Api, params: dict[str, str]) -> None:
    answer = await api.ask("events", params)

    assert answer.status_code == 400
    assert next(iter(params)) in answer.json()["Message"]


@pytest.mark.parametrize("params", [{"from": "0001-01-01", "to": "9999-12-31"}, {"FROM": "9999-12-31"}])
async def test_extreme_dates_are_answered(api: Api, params: dict[str, str]) -> None:
    assert (await api.ask("events", params)).status_code == 200


async def test_query_names_may_be_written_in_any_case(api: Api) -> None:
    shouted = {"FROM": "2026-11-01", "To": "2026-11-30"}

    assert await api.events(NOVEMBER) == await api.events(shouted)


async def test_empty_parameter_counts_as_missing(api: Api) -> None:
    assert await api.items("events") == await api.items("events", {"from": "", "programId": ""})


async def test_answer_is_json_in_utf_8(api: Api) -> None:
    answer = await api.ask("events", NOVEMBER)

    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert "Forêt".encode() in answer.content


async def test_malformed_records_of_a_world_are_sent_as_they_are(clock: FakeClock) -> None:
    broken = create_simulator(build_world(today=TODAY, events=300, malformed=True), clock=clock)

    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=broken), base_url="https://app.amilia.com"
    ) as client:
        answer = await (await Api.of(client)).ask("events", EVERYTHING | {"perPage": "1000"})

    assert [record for record in MALFORMED_RECORDS if record in answer.text] == list(MALFORMED_RECORDS)
    assert "next Tuesday" in answer.text
