"""The control endpoints: edits, switches and what they tell."""

from typing import Any

import httpx
import pytest

from app.simulator.simulator import Simulator
from app.simulator.world import World
from tests.simulator.support import EVERYTHING, Api


async def test_edits_are_seen_in_the_api(client: httpx.AsyncClient, api: Api, world: World) -> None:
    number = world.awkward["state_moved"][0]

    await client.post(f"/control/events/{number}/cancel")
    await client.post(f"/control/events/{number}/rename", json={"title": {"fr": "Filet", "en": "Net"}})

    event = (await api.events(EVERYTHING))[number]
    assert (event["State"], event["Title"]) == ("Cancelled", "Filet")


async def test_restored_event_is_normal(client: httpx.AsyncClient, world: World) -> None:
    number = world.awkward["state_cancelled"][0]

    answer = await client.post(f"/control/events/{number}/restore")

    assert answer.json()["State"] == "Normal"
    assert answer.json() == (await client.get(f"/control/events/{number}")).json()


async def test_event_moves_by_minutes_and_to_a_moment(client: httpx.AsyncClient, world: World) -> None:
    number = world.awkward["state_moved"][0]

    by_hour = await client.post(f"/control/events/{number}/move")
    to_moment = await client.post(f"/control/events/{number}/move", json={"to": "2026-12-01T20:15"})

    assert by_hour.json()["Start"].endswith("T11:00:00-04:00")
    assert (
        to_moment.json()["Start"],
        to_moment.json()["End"],
    ) == ("2026-12-01T20:15:00-05:00", "2026-12-01T21:15:00-05:00")


@pytest.mark.parametrize("switch", [{"newId": True}, {}])
async def test_moved_event_can_get_a_new_id(
    client: httpx.AsyncClient, world: World, simulator: Simulator, switch: dict[str, bool]
) -> None:
    number = world.awkward["state_moved"][0]
    simulator.dialect.new_id_on_move = not switch

    moved = (await client.post(f"/control/events/{number}/move", json=switch)).json()

    assert moved["Id"] != number
    assert world.find(number)[1].state == "Replaced"


async def test_event_is_added_and_removed(client: httpx.AsyncClient, api: Api) -> None:
    wish = {"org": "lakeside", "title": "Regatta", "start": "2026-11-03T10:00", "minutes": 90}

    added = (await client.post("/control/events", json=wish)).json()
    listed = await api.items("events", {"from": "2026-11-03"}, org="lakeside")
    removed = await client.delete(f"/control/events/{added['Id']}")

    assert (added["Start"], added["End"]) == ("2026-11-03T10:00:00-08:00", "2026-11-03T11:30:00-08:00")
    assert added["Id"] in {event["Id"] for event in listed}
    assert removed.status_code == 204
    assert (await client.get(f"/control/events/{added['Id']}")).status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/control/events/5/cancel", {}, 404),
        ("/control/events", {"title": "?"}, 422),
        ("/control/events", {"title": "?", "start": "soon"}, 422),
        ("/control/events", {"title": "?", "start": "2026-11-03T10:00", "org": "nobody"}, 422),
        ("/control/events", {"title": "?", "start": "2026-11-03T10:00", "minutes": "many"}, 422),
        ("/control/events", [1], 422),
        ("/control/faults", {"fault": "nonsense"}, 422),
        ("/control/faults", {"faults": "500"}, 422),
        ("/control/dialect", {"nonsense": 1}, 422),
        ("/control/dialect", {"events_wrapped": "perhaps"}, 422),
        ("/control/dialect", {"calls_per_second": None}, 422),
        ("/control/dialect", {"past_the_end": "410"}, 422),
    ],
)
async def test_orders_that_make_no_sense_are_refused_with_a_sentence(
    client: httpx.AsyncClient, path: str, body: object, status: int
) -> None:
    answer = await client.post(path, json=body)

    assert status == answer.status_code
    assert answer.json()["Message"]


async def test_body_that_is_no_json_is_refused(client: httpx.AsyncClient) -> None:
    assert (await client.post("/control/events", content=b"{")).status_code == 422


async def test_faults_are_switched_over_http(client: httpx.AsyncClient, api: Api) -> None:
    switched = (await client.post("/control/faults", json={"faults": ["500@events*1", "latency=0"]})).json()
    failed = (await api.ask("events")).status_code
    left = (await client.get("/control/faults")).json()
    await client.delete("/control/faults")

    assert list(switched.values()) == ["500@events*1", "latency=0"]
    assert (failed, list(left.values())) == (500, ["latency=0"])
    assert (await client.get("/control/faults")).json() == {}


async def test_list_of_faults_is_switched_on_wholly_or_not_at_all(client: httpx.AsyncClient) -> None:
    await client.post("/control/faults", json={"faults": ["500", "nonsense"]})

    assert (await client.get("/control/faults")).json() == {}


async def test_single_fault_is_switched_off_by_its_number(client: httpx.AsyncClient) -> None:
    number = next(iter((await client.post("/control/faults", json={"fault": "500"})).json()))

    answer = await client.delete(f"/control/faults/{number}")

    assert answer.status_code == 204
    assert (await client.get("/control/faults")).json() == {}


async def test_dialect_is_changed_over_http(client: httpx.AsyncClient, api: Api) -> None:
    switches = {"events_wrapped": False, "events_range_days": None, "past_the_end": "404"}

    changed = (await client.post("/control/dialect", json=switches)).json()

    assert switches == {name: changed[name] for name in switches}
    assert isinstance((await api.ask("events")).json(), list)


async def test_dialect_is_changed_wholly_or_not_at_all(client: httpx.AsyncClient) -> None:
    before = (await client.get("/control/dialect")).json()

    await client.post("/control/dialect", json={"events_wrapped": False, "nonsense": 1})

    assert before == (await client.get("/control/dialect")).json()


async def test_calls_are_recorded_without_secrets(client: httpx.AsyncClient, api: Api) -> None:
    await api.ask("events", {"from": "2026-11-01"})
    await api.ask("events", org="lakeside")

    answer = await client.get("/control/calls")

    login, forest, lakeside = answer.json()["calls"]
    assert (login["headers"]["authorization"], forest["headers"]["authorization"]) == ("Basic", "Bearer")
    assert (
        forest["query"],
        forest["organization"],
        forest["status"],
    ) == ("from=2026-11-01", "forest-explorers", 200)
    assert lakeside["headers"]["x-amilia-apisecret"] == "(given)"
    assert not [secret for secret in ("lakeside-secret", "lakeside-key", api.token) if secret in answer.text]


async def test_calls_are_counted_by_organization_and_path(client: httpx.AsyncClient, api: Api) -> None:
    await api.ask("events")
    await api.ask("programs", org="8008")
    await api.ask("events", org="9117")

    async def count(**params: str) -> object:
        return (await client.get("/control/calls", params=params)).json()["count"]

    assert (
        await count(),
        await count(org="forest-explorers"),
        await count(org="lakeside"),
        await count(org="forest-explorers", path="events"),
    ) == (4, 2, 1, 1)


async def test_calls_can_be_forgotten(client: httpx.AsyncClient, api: Api) -> None:
    await client.delete("/control/calls")

    assert (await client.get("/control/calls")).json() == {"count": 0, "peak": 0, "calls": []}


async def truth(client: httpx.AsyncClient, **params: str) -> dict[str, Any]:
    found = (await client.get("/control/truth", params=params)).json()
    assert isinstance(found, dict)
    return found


async def test_truth_tells_instants_in_utc_and_the_rest_of_an_event(
    client: httpx.AsyncClient, world: World
) -> None:
    first, second = world.awkward["both_readings_of_the_repeated_hour"]

    facts = {event["Id"]: event for event in (await truth(client, lang="en"))["events"]}

    assert (facts[first]["Start"], facts[second]["Start"]) == ("2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z")
    assert (
        facts[first]["Title"],
        facts[first]["State"],
        facts[first]["AllDay"],
        facts[first]["Place"],
    ) == ("Night watch at the hut", "Normal", False, "Forest Community Centre")
    assert facts[first]["ProgramId"] == world.find(first)[1].activity.program.id


async def test_truth_tells_the_days_of_all_day_events_and_titles_that_are_null(
    client: httpx.AsyncClient, world: World
) -> None:
    facts = {event["Id"]: event for event in (await truth(client))["events"]}

    several = facts[world.awkward["all_day_over_several_days"][0]]
    untitled = facts[world.awkward["title_null"][0]]
    event = world.find(several["Id"])[1]
    assert (event.first_day.isoformat(), event.last_day.isoformat()) == (
        several["FirstDay"],
        several["LastDay"],
    )
    assert untitled["Title"] is None


PRIVATE = (
    "activity_hidden",
    "activity_cancelled",
    "program_hidden",
    "program_archived",
    "program_with_password",
    "state_archived",
    "event_type_of_another_kind",
)


@pytest.mark.parametrize("case", PRIVATE)
async def test_truth_has_nothing_that_is_not_for_the_public(
    client: httpx.AsyncClient, world: World, case: str
) -> None:
    found = await truth(client, skipped="true")

    assert not {*world.awkward[case]} & {*(event["Id"] for event in found["events"]), *found["doubtful"]}


async def test_truth_has_skipped_events_where_they_are_shown(client: httpx.AsyncClient, world: World) -> None:
    number = world.awkward["state_skipped"][0]

    without, with_skipped = await truth(client), await truth(client, skipped="true")

    assert tuple(
        number in {event["Id"] for event in found["events"]} for found in (without, with_skipped)
    ) == (False, True)


async def test_truth_sets_the_doubtful_apart(client: httpx.AsyncClient, world: World) -> None:
    cases = ("ends_before_it_starts", "nulls_everywhere", "activity_null", "id_zero")

    found = await truth(client)

    assert {number for case in cases for number in world.awkward[case]} == set(found["doubtful"])


async def test_truth_keeps_to_the_days_asked_for(client: httpx.AsyncClient) -> None:
    found = await truth(client, **{"from": "2026-11-01", "to": "2026-11-01", "org": "8008"})

    days = {event["FirstDay"] for event in found["events"] if not event["AllDay"]}
    assert days == {"2026-11-01"}


@pytest.mark.parametrize(
    ("params", "status"), [({"lang": "de"}, 422), ({"org": "nobody"}, 404), ({"from": "x"}, 422)]
)
async def test_truth_of_what_does_not_exist_is_refused(
    client: httpx.AsyncClient, params: dict[str, str], status: int
) -> None:
    assert status == (await client.get("/control/truth", params=params)).status_code


async def test_every_public_event_of_the_truth_is_in_the_api(client: httpx.AsyncClient, api: Api) -> None:
    public = {event["Id"] for event in (await truth(client, skipped="true"))["events"]}

    assert set() == public - set(await api.events(EVERYTHING))


async def test_world_tells_its_credentials_and_where_the_awkward_cases_are(
    client: httpx.AsyncClient, world: World
) -> None:
    found = (await client.get("/control/world")).json()

    forest, lakeside = found["organizations"]
    assert (forest["username"], forest["password"]) == ("demo@example.org", "forest-demo")
    assert (lakeside["apiKey"], lakeside["zone"]) == ("lakeside-key-0001", "America/Vancouver")
    assert list(world.awkward["id_zero"]) == found["awkward"]["id_zero"]


async def test_webhooks_are_delivered_and_listed_on_demand(
    client: httpx.AsyncClient, api: Api, world: World
) -> None:
    wish = {
        "Name": "n",
        "Url": "https://example.org",
        "Context": "Activity",
        "Action": "Update",
        "Version": "V1",
    }
    await api.ask("webhooks", method="POST", json=wish)
    await client.post(f"/control/events/{world.awkward['state_moved'][0]}/cancel")

    delivered = (await client.post("/control/webhooks/drain")).json()

    assert [(attempt["context"], attempt["action"], attempt["status"]) for attempt in delivered] == [
        ("Activity", "Update", 200)
    ]
    assert delivered == (await client.get("/control/webhooks")).json()
