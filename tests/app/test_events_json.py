"""`calendar.json`: the same events as the feed, as websites read them, and as its schema says."""

import json
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import jsonschema_rs

from app.ics.identity import uid_for
from app.main import create_app
from app.settings import FeedTable
from app.simulator.people import PRIVATE_MARK, STAFF_SURNAMES
from app.simulator.world import build_world
from app.web.events_schema import EVENTS
from tests.support.service import TODAY, Service, events_of, running, settings_for
from tests.support.subscriber import fetched

CALENDAR = "/orgs/forest-explorers/calendar.ics"
EVENTS_JSON = "/orgs/forest-explorers/calendar.json"
SELECTIONS: Final = (
    ("lakeside", ""),
    ("forest-explorers", "?lang=en"),
    ("forest-explorers", "?cancelled=show"),
    ("forest-explorers", "?cancelled=hide&weekday=sat,sun"),
    ("forest-explorers", "?futureDays=7&q=a"),
)
SCHEMA: Final = jsonschema_rs.Draft202012Validator(EVENTS, validate_formats=True)


async def events(service: Service, query: str = "", path: str = EVENTS_JSON) -> list[dict[str, Any]]:
    """What the address answers, found to be as its schema says."""
    answer = await service.get(path + query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    assert [str(error) for error in SCHEMA.iter_errors(found)] == []
    return found


async def test_it_tells_the_events_of_the_feed_in_their_order(service: Service) -> None:
    for slug, query in SELECTIONS:
        found = await events(service, query, f"/orgs/{slug}/calendar.json")
        calendar = await service.calendar(f"/orgs/{slug}/calendar.ics{query}")

        assert found
        assert [told(event) for event in found] == [published(vevent) for vevent in events_of(calendar)]


def told(event: dict[str, Any]) -> tuple[object, ...]:
    """What an event of JSON says of itself; an end is None where there is none."""
    further = event["extendedProps"]
    end = instant(event["end"]) if "end" in event else None
    kept = (further["uid"], event["title"], further["status"], further["sequence"])
    return (*kept, event["allDay"], instant(event["start"]), end)


def published(vevent: Any) -> tuple[object, ...]:
    """The same of a VEVENT."""
    start, end = vevent["DTSTART"].dt, vevent["DTEND"].dt if "DTEND" in vevent else None
    kept = (str(vevent["UID"]), str(vevent["SUMMARY"]), str(vevent["STATUS"]), int(vevent["SEQUENCE"]))
    return (*kept, not isinstance(start, datetime), start, end)


def instant(text: str) -> datetime | date:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


async def test_times_have_the_offset_of_the_organizations_zone(service: Service) -> None:
    offsets = Counter(event["start"][-6:] for event in await events(service) if not event["allDay"])

    assert offsets.keys() == {"-04:00", "-05:00"}


async def test_an_event_of_whole_days_has_dates_with_an_exclusive_end(service: Service) -> None:
    whole = [event for event in await events(service) if event["allDay"]]

    assert whole
    for event in whole:
        assert date.fromisoformat(event["end"]) > date.fromisoformat(event["start"])


async def test_names_places_prices_and_tags_are_those_of_the_language(service: Service) -> None:
    french, english = await events(service), await events(service, "?lang=en")

    names = [
        {(e["id"], e["extendedProps"]["program"]["name"]) for e in found if e["extendedProps"]["program"]}
        for found in (french, english)
    ]
    for numbered in names:  # the stand-in for a missing number depends on the title
        numbered -= {(number, name) for number, name in numbered if number.startswith("-")}
    assert {number for number, _ in names[0]} == {number for number, _ in names[1]}
    assert names[0] != names[1]
    assert {e["extendedProps"]["priceText"] for e in french} >= {"Gratuit"}
    assert {e["extendedProps"]["priceText"] for e in english} >= {"Free"}
    assert [e for e in french if e["extendedProps"]["place"] and e["extendedProps"]["place"]["latitude"]]
    assert [e for e in french if e["extendedProps"]["tags"]]


async def test_a_programme_can_be_styled_and_its_occurrences_belong_together(service: Service) -> None:
    for event in await events(service):
        further = event["extendedProps"]
        assert (f"amilia-program-{further['program']['id']}" if further["program"] else None) in (
            None,
            *event["classNames"],
        )
        assert event.get("groupId") == (str(further["activity"]["id"]) if further["activity"] else None)


async def test_an_empty_selection_is_an_empty_list(service: Service) -> None:
    answer = await service.get(EVENTS_JSON + "?programId=999")

    assert (answer.status_code, answer.text) == (200, "[]\n")


async def test_what_fullcalendar_asks_by_itself_changes_nothing(service: Service) -> None:
    plain = await service.get(EVENTS_JSON + "?weekday=sat")
    asked = await service.get(
        EVENTS_JSON
        + "?weekday=SAT&start=2026-11-01T00%3A00%3A00-04%3A00&end=2026-12-06T00%3A00%3A00-05%3A00"
        + "&timeZone=America%2FToronto&_=1700000000"
    )

    assert (asked.content, asked.headers["etag"]) == (plain.content, plain.headers["etag"])


async def test_its_validators_and_headers_are_those_of_a_feed(service: Service) -> None:
    first = await service.get(EVENTS_JSON)

    by_tag = await service.get(EVENTS_JSON, If_None_Match=first.headers["etag"])
    by_date = await service.get(EVENTS_JSON, If_Modified_Since="Mon, 23 Nov 2026 17:00:00 GMT")
    head = await service.client.head(EVENTS_JSON)
    by_number = await service.get("/orgs/8008/calendar.json")

    assert (by_tag.status_code, by_date.status_code, head.status_code) == (304, 304, 200)
    assert (by_tag.content, head.content) == (b"", b"")
    assert head.headers["etag"] == by_number.headers["etag"] == first.headers["etag"]
    assert by_number.content == first.content
    assert first.headers["content-type"] == "application/json; charset=utf-8"
    assert first.headers["content-language"] == "fr"
    assert first.headers["access-control-allow-origin"] == "*"
    assert "last-modified" in first.headers


async def test_a_page_of_another_origin_may_ask_whether_it_changed(service: Service) -> None:
    headers = {"Origin": "https://club.example", "Access-Control-Request-Method": "GET"}

    answer = await service.client.options(EVENTS_JSON, headers=headers)

    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (204, "*")


async def test_no_person_and_no_hidden_programme_is_in_it(service: Service) -> None:
    organization = service.world.organization("forest-explorers")
    assert organization is not None
    hidden = [p.name.fr for p in organization.programs.values() if not p.public]

    text = (await service.get(EVENTS_JSON)).text

    assert hidden
    assert [secret for secret in (*hidden, *STAFF_SURNAMES, PRIVATE_MARK) if secret in text] == []


async def test_staff_is_told_where_the_operator_publishes_it(tmp_path: Path) -> None:
    world = build_world(today=TODAY, events=120, seed=7)
    async with running(tmp_path, world=world, forest={"show_staff": True}) as service:
        found = await events(service)

    assert [event for event in found if event["extendedProps"].get("staff")]


async def test_a_named_feed_is_to_be_had_as_json_too(tmp_path: Path) -> None:
    named = {"samedi": FeedTable.model_validate({"name": "Samedi", "weekday": "sat"})}
    world = build_world(today=TODAY, events=120, seed=7)
    async with running(tmp_path, world=world, forest={"feeds": named}) as service:
        found = await events(service, path="/orgs/forest-explorers/samedi.json")
        expected = await events(service, "?weekday=sat")
        missing = await service.get("/orgs/forest-explorers/dimanche.json")

    assert found
    assert found == expected
    assert missing.status_code == 404


async def test_an_edit_is_another_tag_and_a_later_revision(tmp_path: Path) -> None:
    async with running(tmp_path, world=build_world(today=TODAY, events=120, seed=7)) as service:
        before = await service.get(EVENTS_JSON)
        event = next(it for it in before.json() if it["start"] > "2026-11-25" and not it["allDay"])
        service.world.cancel(int(event["id"]))
        service.clock.advance(minutes=11)
        await fetched(service, CALENDAR)
        answer = await service.get(EVENTS_JSON, If_None_Match=before.headers["etag"])
        after = answer.json()

    (cancelled,) = [it for it in after if it["id"] == event["id"]]
    assert cancelled["title"] == f"Annulé : {event['title']}"
    assert cancelled["classNames"][0] == "amilia-cancelled"
    assert cancelled["extendedProps"]["status"] == "CANCELLED"
    assert cancelled["extendedProps"]["sequence"] == event["extendedProps"]["sequence"] + 1
    assert cancelled["extendedProps"]["lastModified"] > event["extendedProps"]["lastModified"]
    assert cancelled["extendedProps"]["uid"] == uid_for(int(event["id"]))


def test_the_schema_in_the_documents_and_in_openapi_is_the_one_that_answers_keep(tmp_path: Path) -> None:
    documented = json.loads(Path("docs/calendar.schema.json").read_text())
    paths = create_app(settings_for(tmp_path)).openapi()["paths"]
    content = paths["/orgs/{org}/calendar.json"]["get"]["responses"]["200"]["content"]

    assert documented == {"$schema": "https://json-schema.org/draft/2020-12/schema", **EVENTS}
    assert content["application/json"]["schema"] == EVENTS


def test_a_good_deal_of_nonsense_is_not_as_the_schema_says() -> None:
    assert not SCHEMA.is_valid([{"id": "1"}])
    assert not SCHEMA.is_valid({"events": []})
    assert SCHEMA.is_valid([])
