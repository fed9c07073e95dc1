"""Webhooks: subscribing, what a delivery looks like, and what happens when nobody takes it."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import anyio.lowlevel
import pytest
from fastapi import FastAPI

from app.simulator.simulator import Simulator
from app.simulator.world import World
from tests.simulator.support import Api, FakeClock, FakePost, FakeSleep

ADDRESS = "https://feeds.example.org/webhooks/amilia/secret"
WISH = {"Name": "feeds", "Url": ADDRESS, "Context": "Activity", "Action": "Update", "Version": "V1"}


async def subscribe(api: Api, *actions: str, org: str = "forest-explorers") -> None:
    for action in actions:
        answer = await api.ask("webhooks", org=org, method="POST", json=WISH | {"Action": action})
        assert answer.status_code == 200


def bodies(post: FakePost) -> list[dict[str, Any]]:
    return [json.loads(body) for _, body, _ in post.posts]


async def test_subscription_is_made_listed_and_ended(api: Api) -> None:
    made = (await api.ask("webhooks", method="POST", json=WISH)).json()
    listed = await api.items("webhooks")
    single = (await api.ask(f"webhooks/{made['Id']}")).json()
    ended = (await api.ask(f"webhooks/{made['Id']}", method="DELETE")).status_code

    assert [made] == listed
    assert (made, 204) == (single, ended)
    assert await api.items("webhooks") == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("Name", " "),
        ("Url", "ftp://example.org"),
        ("Context", "Event"),
        ("Action", "Move"),
        ("Version", "V2"),
        ("Url", 5),
        ("Name", None),
    ],
)
async def test_subscription_with_a_wrong_field_is_422_and_names_it(
    api: Api, field: str, value: object
) -> None:
    answer = await api.ask("webhooks", method="POST", json=WISH | {field: value})

    assert answer.status_code == 422
    assert field in answer.json()["Message"]


async def test_subscription_that_is_no_object_is_refused(api: Api) -> None:
    assert (await api.ask("webhooks", method="POST", json=[])).status_code == 422
    assert (await api.ask("webhooks", method="POST")).status_code == 400


async def test_subscriptions_of_another_organization_are_out_of_reach(api: Api) -> None:
    made = (await api.ask("webhooks", method="POST", json=WISH)).json()

    assert (await api.ask(f"webhooks/{made['Id']}", org="lakeside")).status_code == 404


async def test_cancelling_an_occurrence_tells_of_an_update_of_its_activity(
    api: Api, world: World, simulator: Simulator, post: FakePost
) -> None:
    await subscribe(api, "Update")
    number = world.awkward["state_moved"][0]

    event = world.cancel(number)
    await simulator.courier.drain()

    (body,) = bodies(post)
    assert list(body) == ["OrganizationId", "Context", "Action", "Name", "EventTime", "Payload"]
    assert (
        body["OrganizationId"],
        body["Context"],
        body["Action"],
        body["Name"],
    ) == (8008, "Activity", "Update", "feeds")
    assert (event.activity.id, False) == (body["Payload"]["Id"], body["Payload"]["HasScheduleChanged"])
    assert post.posts[0][0] == ADDRESS


async def test_payload_differs_from_rest_as_observed(
    api: Api, world: World, simulator: Simulator, post: FakePost
) -> None:
    await subscribe(api, "Update")
    number = world.awkward["state_moved"][0]

    world.move(number, minutes=60)
    await simulator.courier.drain()

    payload = bodies(post)[0]["Payload"]
    assert isinstance(payload["ScheduleSummary"], list)
    assert (payload["HasScheduleChanged"], payload["SpotsRemaining"]) == (True, 2_147_483_647)
    assert set() == {"Schedules", "Url", "LocationLabel", "SecretUrl"} & set(payload)


async def test_event_time_is_eastern_with_seven_digits(
    api: Api, world: World, simulator: Simulator, post: FakePost
) -> None:
    await subscribe(api, "Update", org="lakeside")

    world.cancel(next(iter(world.organizations["lakeside"].timetable)).id)
    await simulator.courier.drain()

    assert bodies(post)[0]["EventTime"] == "2026-10-20T08:00:00.0000007-04:00"


async def test_dates_of_an_activity_carry_the_offset_of_the_server(
    api: Api, world: World, simulator: Simulator, post: FakePost
) -> None:
    await subscribe(api, "Create", org="lakeside")

    world.add("lakeside", "Regatta", datetime(2026, 11, 3, 18, tzinfo=UTC), minutes=90)
    await simulator.courier.drain()

    payload = bodies(post)[0]["Payload"]
    assert (
        payload["StartDate"],
        payload["EndDate"],
    ) == ("2026-11-03T10:00:00-05:00", "2026-11-03T11:30:00-05:00")


async def test_create_is_followed_by_an_update_eleven_seconds_later(
    api: Api, world: World, simulator: Simulator, post: FakePost, sleep: FakeSleep
) -> None:
    await subscribe(api, "Create", "Update")

    world.add("8008", "Chess night", datetime(2026, 11, 3, tzinfo=UTC))
    await simulator.courier.drain()

    assert [body["Action"] for body in bodies(post)] == ["Create", "Update"]
    assert [body["Payload"]["HasScheduleChanged"] for body in bodies(post)] == [False, True]
    assert 11.0 in sleep.naps


async def test_delete_has_nothing_but_an_id_as_a_string(
    api: Api, world: World, simulator: Simulator, post: FakePost
) -> None:
    await subscribe(api, "Delete")
    event = world.add("8008", "Short-lived", datetime(2026, 11, 3, tzinfo=UTC))

    world.remove(event.id)
    await simulator.courier.drain()

    assert [{"Id": str(event.activity.id)}] == [body["Payload"] for body in bodies(post)]


async def test_signature_is_thirty_two_opaque_bytes(
    api: Api, world: World, simulator: Simulator, post: FakePost
) -> None:
    await subscribe(api, "Update")
    world.cancel(world.awkward["state_moved"][0])
    world.restore(world.awkward["state_moved"][0])

    await simulator.courier.drain()

    signatures = [headers["X-Amilia-Signature"] for _, _, headers in post.posts]
    assert [len(base64.b64decode(signature)) for signature in signatures] == [32, 32]
    assert {"application/json; charset=utf-8"} == {headers["Content-Type"] for _, _, headers in post.posts}


@pytest.mark.parametrize("status", [0, 202, 301, 500])
async def test_what_does_not_answer_200_is_tried_again(
    api: Api, world: World, simulator: Simulator, post: FakePost, status: int
) -> None:
    await subscribe(api, "Update")
    post.statuses = [status, status]

    world.cancel(world.awkward["state_moved"][0])
    await simulator.courier.drain()

    assert [status, status, 200] == [attempt.status for attempt in simulator.courier.attempts]
    assert len({body for _, body, _ in post.posts}) == 1


async def test_subscription_is_switched_off_after_three_days_of_failure(
    api: Api, world: World, simulator: Simulator, post: FakePost, clock: FakeClock
) -> None:
    await subscribe(api, "Update")
    post.statuses = [500] * 5_000
    began = clock()

    world.cancel(world.awkward["state_moved"][0])
    await simulator.courier.drain()
    tried = len(post.posts)
    world.restore(world.awkward["state_moved"][0])
    await simulator.courier.drain()

    assert [subscription["IsActive"] for subscription in await api.items("webhooks")] == [False]
    assert timedelta(hours=72) <= clock() - began < timedelta(hours=73)
    assert tried == len(post.posts)


async def test_ended_subscription_gets_nothing_more(
    api: Api, world: World, simulator: Simulator, post: FakePost
) -> None:
    made = (await api.ask("webhooks", method="POST", json=WISH)).json()
    world.cancel(world.awkward["state_moved"][0])

    await api.ask(f"webhooks/{made['Id']}", method="DELETE")
    await simulator.courier.drain()

    assert post.posts == []


async def test_other_contexts_actions_and_organizations_hear_nothing(
    api: Api, world: World, simulator: Simulator, post: FakePost
) -> None:
    await api.ask("webhooks", method="POST", json=WISH | {"Context": "Program"})
    await subscribe(api, "Delete")
    await subscribe(api, "Update", org="lakeside")

    world.cancel(world.awkward["state_moved"][0])
    await simulator.courier.drain()

    assert post.posts == []


async def test_edits_of_occurrences_can_stay_silent(
    api: Api, world: World, simulator: Simulator, post: FakePost
) -> None:
    await subscribe(api, "Update")
    simulator.dialect.occurrence_webhooks = False

    world.cancel(world.awkward["state_moved"][0])
    await simulator.courier.drain()

    assert post.posts == []


async def test_running_application_delivers_by_itself(
    app: FastAPI, api: Api, world: World, post: FakePost, sleep: FakeSleep
) -> None:
    await subscribe(api, "Update")

    async with app.router.lifespan_context(app):
        world.cancel(world.awkward["state_moved"][0])
        for _ in range(100):
            if post.posts:
                break
            await anyio.lowlevel.checkpoint()

    assert len(post.posts) == 1
