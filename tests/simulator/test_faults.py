"""Faults: how they are written, when they strike, and what each does to an answer."""

import json
from typing import Any

import anyio
import httpx
import pytest
from starlette.types import Message

from app.simulator.effects import ConnectionCut
from app.simulator.faults import KINDS, Fault, Faults, Stage, parse_fault
from app.simulator.simulator import Simulator
from tests.simulator.support import WHOLE_WORLD, Api, FakeSleep

NOVEMBER = {"from": "2026-11-01", "to": "2026-11-30"}
SMALL_PAGES = WHOLE_WORLD | {"perPage": "100"}
PAGES_THAT_PROVE_ENDLESSNESS = 12


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("latency=0.3", Fault(KINDS["latency"], value=0.3)),
        ("500@events*3", Fault(KINDS["500"], path="events", count=3)),
        ("429=2@lakeside:events", Fault(KINDS["429"], value=2.0, path="events", organization="lakeside")),
        ("429", Fault(KINDS["429"])),
        ("cut~0.1", Fault(KINDS["cut"], probability=0.1)),
        ("401@lakeside:", Fault(KINDS["401"], organization="lakeside")),
        ("empty-page@Events*1~.5", Fault(KINDS["empty-page"], path="events", count=1, probability=0.5)),
    ],
)
def test_fault_is_read_from_one_word(text: str, fault: Fault) -> None:
    assert fault == parse_fault(text)


@pytest.mark.parametrize(
    "text", ["latency=0.3", "500@events*3", "429=2@lakeside:events", "cut~0.1", "401@lakeside:"]
)
def test_fault_is_written_as_it_was_read(text: str) -> None:
    assert text == str(parse_fault(text))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "not of the form"),
        ("500 events", "not of the form"),
        ("599", "no fault '599'"),
        ("cut=3", "cut takes no value"),
        ("500~0", "probability"),
        ("500~1.5", "probability"),
        ("500*0", "count"),
    ],
)
def test_fault_that_cannot_be_read_is_explained_in_one_sentence(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem) as caught:
        parse_fault(text)

    assert str(caught.value).count("\n") == 0


def strikes(faults: Faults, path: str = "/api/v3/fr/org/8008/events", organization: str = "") -> int:
    return len(faults.take(Stage.REFUSAL, path, organization))


def test_counted_fault_strikes_as_often_as_it_says() -> None:
    faults = Faults([parse_fault("500*2")])

    assert [strikes(faults) for _ in range(4)] == [1, 1, 0, 0]
    assert faults.active == {}


def test_fault_strikes_only_where_its_path_and_organization_are() -> None:
    faults = Faults([parse_fault("500@lakeside:events*1")])

    assert [
        strikes(faults, "/api/v3/fr/org/9117/programs", "lakeside"),
        strikes(faults, "/api/v3/fr/org/8008/events", "forest-explorers"),
        strikes(faults, "/API/V3/FR/ORG/9117/EVENTS", "lakeside"),
    ] == [0, 0, 1]


def test_probable_fault_strikes_now_and_then_and_always_at_the_same_times() -> None:
    first, second = (Faults([parse_fault("500~0.5")], seed=3) for _ in range(2))

    struck = [strikes(first) for _ in range(40)]

    assert {0, 1} == set(struck)
    assert struck == [strikes(second) for _ in range(40)]


def test_fault_can_be_switched_off_while_others_stay() -> None:
    faults = Faults([parse_fault("500"), parse_fault("503")])

    faults.remove(next(iter(faults.active)))

    assert [str(fault) for fault in faults.active.values()] == ["503"]


def test_removal_of_a_fault_that_is_gone_changes_nothing() -> None:
    faults = Faults([parse_fault("500")])

    faults.remove(99)

    assert len(faults.active) == 1


@pytest.mark.parametrize("status", [kind.name for kind in KINDS.values() if kind.name.isdecimal()])
async def test_status_faults_answer_with_their_status_in_the_usual_body(
    api: Api, simulator: Simulator, status: str
) -> None:
    simulator.faults.add(parse_fault(status))

    answer = await api.ask("events")

    assert int(status) == answer.status_code
    assert {"Message", "TransactionId"} == set(answer.json())
    assert "retry-after" not in answer.headers


@pytest.mark.parametrize("text", ["429=7", "503=7"])
async def test_patience_can_be_asked_for(api: Api, simulator: Simulator, text: str) -> None:
    simulator.faults.add(parse_fault(text))

    assert (await api.ask("events")).headers["retry-after"] == "7"


async def test_fault_of_events_leaves_authentication_alone(
    client: httpx.AsyncClient, simulator: Simulator
) -> None:
    simulator.faults.add(parse_fault("500@events"))

    assert await Api.of(client)


async def test_latency_waits_before_the_answer(api: Api, simulator: Simulator, sleep: FakeSleep) -> None:
    simulator.faults.add(parse_fault("latency=0.3"))
    simulator.faults.add(parse_fault("latency=2"))

    answer = await api.ask("events")

    assert (answer.status_code, sleep.naps) == (200, [0.3, 2.0])


async def test_hanging_call_has_no_answer(api: Api, simulator: Simulator) -> None:
    simulator.faults.add(parse_fault("hang*1"))

    with anyio.move_on_after(0.05) as patience:
        await api.ask("events")

    assert patience.cancelled_caught
    assert (await api.ask("events")).status_code == 200


async def test_cut_connection_breaks_off_in_the_middle(api: Api, simulator: Simulator) -> None:
    simulator.faults.add(parse_fault("cut*1"))

    with pytest.raises(ConnectionCut):
        await api.ask("events", NOVEMBER)


async def test_cut_connection_has_told_the_whole_length(simulator: Simulator, api: Api) -> None:
    simulator.faults.add(parse_fault("cut"))
    sent: list[Message] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(name.lower().encode(), value.encode()) for name, value in api.headers("8008").items()]
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/api/v3/fr/org/8008/events",
        "query_string": b"",
        "headers": headers,
    }
    transport = api.client._transport
    assert isinstance(transport, httpx.ASGITransport)
    with pytest.raises(ConnectionCut):
        await transport.app(scope, receive, send)

    start, body = sent
    length = int(dict(start["headers"])[b"content-length"])
    assert (length // 2, True) == (len(body["body"]), body["more_body"])


async def test_truncated_json_looks_whole_to_http(api: Api, simulator: Simulator) -> None:
    whole = await api.ask("events", NOVEMBER)
    simulator.faults.add(parse_fault("truncated"))

    half = await api.ask("events", NOVEMBER)

    assert whole.content[: len(whole.content) // 2] == half.content
    assert (200, str(len(half.content))) == (half.status_code, half.headers["content-length"])
    with pytest.raises(json.JSONDecodeError):
        half.json()


async def test_web_page_comes_with_status_200(api: Api, simulator: Simulator) -> None:
    simulator.faults.add(parse_fault("html"))

    answer = await api.ask("events")

    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert answer.text.startswith("<!DOCTYPE html>")


async def test_body_can_be_empty(api: Api, simulator: Simulator) -> None:
    simulator.faults.add(parse_fault("empty-body"))

    answer = await api.ask("events")

    assert (answer.status_code, answer.content) == (200, b"")


async def test_huge_answer_is_well_formed(api: Api, simulator: Simulator) -> None:
    simulator.faults.add(parse_fault("huge=3"))

    answer = await api.ask("events", NOVEMBER)

    assert len(answer.content) > 3_000_000
    assert answer.json()["Items"]


async def test_deep_answer_nests_as_many_arrays_as_it_says(api: Api, simulator: Simulator) -> None:
    simulator.faults.add(parse_fault("deep=5"))

    assert (await api.ask("events")).json() == [[[[[]]]]]


async def test_page_can_be_empty_although_there_are_events(api: Api, simulator: Simulator) -> None:
    simulator.faults.add(parse_fault("empty-page"))

    body = (await api.ask("events", NOVEMBER)).json()

    assert body == {"Items": [], "Paging": {"TotalCount": 0, "Next": ""}}


async def test_moving_items_come_twice_and_not_at_all(api: Api, simulator: Simulator) -> None:
    still = [event["Id"] for event in await api.items("events", SMALL_PAGES)]
    simulator.faults.add(parse_fault("moving"))

    moving = [event["Id"] for event in await api.items("events", SMALL_PAGES)]

    assert len(still) == len(moving)
    assert {still[-1]} == set(still) - set(moving)
    assert moving.count(still[99]) == 2


async def test_totals_differ_from_page_to_page(api: Api, simulator: Simulator) -> None:
    simulator.faults.add(parse_fault("totals"))

    totals = {
        (await api.ask("events", SMALL_PAGES | {"page": page})).json()["Paging"]["TotalCount"]
        for page in "123"
    }

    assert len(totals) == 3


async def test_churning_ids_are_new_in_each_answer(api: Api, simulator: Simulator) -> None:
    simulator.faults.add(parse_fault("churn"))

    first, second = [{event["Id"] for event in await api.items("events", NOVEMBER)} for _ in range(2)]

    assert set() == first & second


async def test_endless_next_never_ends_and_has_items(api: Api, simulator: Simulator) -> None:
    simulator.faults.add(parse_fault("endless"))

    page = await api.ask("events", SMALL_PAGES)
    for _ in range(PAGES_THAT_PROVE_ENDLESSNESS):
        page = await api.client.get(page.json()["Paging"]["Next"], headers=api.headers("8008"))

    assert page.json()["Items"]
    assert page.json()["Paging"]["Next"].endswith(f"page={PAGES_THAT_PROVE_ENDLESSNESS + 2}")


async def test_malformed_records_come_among_good_ones(api: Api, simulator: Simulator) -> None:
    good = await api.items("events", NOVEMBER)
    simulator.faults.add(parse_fault("malformed"))

    mixed: list[Any] = await api.items("events", NOVEMBER)

    assert good == [record for record in mixed if record in good]
    assert len(mixed) == len(good) + 5


async def test_malformed_records_pass_through_the_other_faults(api: Api, simulator: Simulator) -> None:
    for text in ("malformed", "nulls", "churn"):
        simulator.faults.add(parse_fault(text))

    mixed: list[Any] = await api.items("events", NOVEMBER)

    assert {dict, str, list, type(None)} == {type(record) for record in mixed}


async def test_nulls_leave_only_time_and_id(api: Api, simulator: Simulator) -> None:
    simulator.faults.add(parse_fault("nulls"))

    events = await api.items("events", NOVEMBER)

    filled = {name for event in events for name, value in event.items() if value is not None}
    assert filled == {"Id", "Start", "End"}


async def test_page_faults_are_not_used_up_by_other_answers(api: Api, simulator: Simulator) -> None:
    simulator.faults.add(parse_fault("empty-page*1"))

    await Api.of(api.client)

    assert await api.items("programs") == []
    assert await api.items("programs")


async def test_more_than_a_hundred_calls_a_second_are_too_many(api: Api, simulator: Simulator) -> None:
    statuses = [(await api.ask("webhooks")).status_code for _ in range(100)]

    assert statuses == [200] * 99 + [429]  # the token was the first call


async def test_limit_of_calls_is_over_after_a_second(
    api: Api, simulator: Simulator, sleep: FakeSleep
) -> None:
    simulator.dialect.calls_per_second = 2
    simulator.dialect.retry_after = 1

    await api.ask("webhooks")
    refused = await api.ask("webhooks")
    await sleep(1)
    later = await api.ask("webhooks")

    assert (refused.status_code, refused.headers["retry-after"], later.status_code) == (429, "1", 200)


async def test_limit_of_calls_can_be_switched_off(api: Api, simulator: Simulator) -> None:
    simulator.dialect.calls_per_second = 0

    assert {200} == {(await api.ask("webhooks")).status_code for _ in range(120)}
