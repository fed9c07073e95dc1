"""The feed, from the simulated Amilia to the bytes that a client gets."""

import asyncio
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.domain.model import Lang
from app.ics.identity import uid_for
from app.ics.text import one_line
from app.simulator.people import PRIVATE_MARK, STAFF_SURNAMES
from app.simulator.truth import Truth, truth
from tests.support.fakes import FakeClock
from tests.support.service import TODAY, Service, events_of, instant, read, running, titles_of

FOREST = "/orgs/forest-explorers/calendar.ics"
LAKESIDE = "/orgs/lakeside/calendar.ics"
FIRST, LAST = TODAY - timedelta(days=60), TODAY + timedelta(days=400)
OFF = {"Cancelled": "Annulé : ", "Skipped": "Annulé : "}


def told(service: Service, slug: str, lang: Lang) -> Truth:
    organization = service.world.organization(slug)
    assert organization is not None
    return truth(organization, lang, first=FIRST, last=LAST, skipped=False)


def by_uid(events: list[Any]) -> dict[str, Any]:
    assert not [uid for uid, count in Counter(str(e["UID"]) for e in events).items() if count > 1]
    return {str(event["UID"]): event for event in events}


def moment(event: Any, name: str) -> datetime | date:
    value = event[name].dt
    return value.astimezone(UTC) if isinstance(value, datetime) else value


@pytest.mark.parametrize(
    ("path", "slug", "lang", "mark"),
    [
        (FOREST, "forest-explorers", "fr", "Annulé : "),
        (FOREST + "?lang=en", "forest-explorers", "en", "Cancelled: "),
        (LAKESIDE, "lakeside", "en", "Cancelled: "),
        ("/orgs/9117/calendar.ics?lang=fr", "lakeside", "fr", "Annulé : "),
    ],
)
async def test_the_feed_holds_exactly_the_public_events(
    service: Service, path: str, slug: str, lang: Lang, mark: str
) -> None:
    calendar = await service.calendar(path)

    published = by_uid(events_of(calendar))
    expected = told(service, slug, lang)
    doubtful = {uid_for(number) for number in expected.doubtful}
    assert {uid_for(int(str(fact["Id"]))) for fact in expected.events} - published.keys() == set()
    unexpected = published.keys() - {uid_for(int(str(fact["Id"]))) for fact in expected.events} - doubtful
    assert len(unexpected) <= 1  # the event that Amilia gave no Id
    for fact in expected.events:
        event = published[uid_for(int(str(fact["Id"])))]
        if fact["AllDay"]:
            assert event["DTSTART"].dt.isoformat() == fact["FirstDay"]
            last = event["DTEND"].dt - timedelta(days=1)
            assert last.isoformat() == fact["LastDay"]
        else:
            assert moment(event, "DTSTART") == instant(str(fact["Start"])).replace(microsecond=0)
            if str(fact["End"]) > str(fact["Start"]):
                assert moment(event, "DTEND") == instant(str(fact["End"])).replace(microsecond=0)
        off = fact["State"] in OFF
        assert str(event["STATUS"]) == ("CANCELLED" if off else "CONFIRMED")
        if fact["Title"] and one_line(str(fact["Title"])):
            assert str(event["SUMMARY"]) == (mark if off else "") + one_line(str(fact["Title"]).strip())
        if fact["Place"]:
            assert str(event["LOCATION"]).startswith(one_line(str(fact["Place"])))


async def test_a_programme_is_exactly_its_own_events(service: Service) -> None:
    facts = told(service, "forest-explorers", "fr").events
    number, count = Counter(fact["ProgramId"] for fact in facts).most_common(1)[0]

    calendar = await service.calendar(f"{FOREST}?programId={number}")

    uids = {str(event["UID"]) for event in events_of(calendar)}
    expected = {uid_for(int(str(fact["Id"]))) for fact in facts if fact["ProgramId"] == number}
    assert (uids & expected, len(expected)) == (expected, count)
    assert str(calendar["X-WR-CALNAME"]).startswith("Explorateurs de la forêt – ")


async def test_no_person_and_no_hidden_programme_is_in_any_answer(service: Service) -> None:
    organization = service.world.organization("forest-explorers")
    assert organization is not None
    hidden = [p.name.fr for p in organization.programs.values() if not p.visible or p.password_protected]

    text = (await service.get(FOREST)).text.replace("\r\n ", "")
    page = (await service.get("/orgs/forest-explorers")).text

    assert hidden
    for secret in (*hidden, *STAFF_SURNAMES, PRIVATE_MARK):
        assert secret not in text
        assert secret not in page
    assert not [c for c in service.simulator.journal.calls() if "showparticipants" in c.query.lower()]


async def test_every_spelling_of_a_selection_has_the_same_bytes_and_tag(service: Service) -> None:
    spellings = [
        "?programId=21001,21002&lang=en&weekday=sat",
        "?weekday=SAT,sat&LANG=EN&programid=21002&programId=21001&utm_source=mail",
        "?fbclid=1&programId=%2021002%20%2C21001,21001&weekday=sat&lang=en&q=",
    ]

    answers = [await service.get(FOREST + spelling) for spelling in spellings]
    by_number = await service.get("/orgs/8008/calendar.ics" + spellings[0])

    assert {a.content for a in (*answers, by_number)} == {answers[0].content}
    assert {a.headers["etag"] for a in (*answers, by_number)} == {answers[0].headers["etag"]}


async def test_a_caller_with_the_same_copy_gets_304(service: Service) -> None:
    first = await service.get(FOREST)

    by_tag = await service.get(FOREST, If_None_Match=first.headers["etag"], Cache_Control="no-cache")
    by_date = await service.get(FOREST, If_Modified_Since=first.headers["last-modified"])
    other = await service.get(FOREST, If_None_Match='"other"')

    assert (by_tag.status_code, by_date.status_code, other.status_code) == (304, 304, 200)
    assert by_tag.content == b""
    for name in ("etag", "last-modified", "cache-control"):
        assert by_tag.headers[name] == first.headers[name]


async def test_head_is_get_without_the_body(service: Service) -> None:
    got = await service.get(FOREST)

    head = await service.client.head(FOREST)

    same = {k: v for k, v in got.headers.items() if k != "cache-status"}
    assert {k: v for k, v in head.headers.items() if k != "cache-status"} == same
    assert (head.status_code, head.content) == (200, b"")


async def test_headers_of_a_feed(service: Service) -> None:
    cold = await service.get(FOREST)
    warm = await service.get(FOREST)

    assert cold.headers["content-type"] == "text/calendar; charset=utf-8"
    assert cold.headers["content-disposition"] == 'inline; filename="forest-explorers.ics"'
    assert cold.headers["access-control-allow-origin"] == "*"
    assert cold.headers["x-robots-tag"] == "noindex"
    assert cold.headers["content-language"] == "fr"
    assert "stale-if-error" in cold.headers["cache-control"]
    assert cold.headers["cache-status"] == "amilia-feeds; fwd=miss; stored"
    assert warm.headers["cache-status"] == "amilia-feeds; hit"
    assert "set-cookie" not in cold.headers


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "PROPFIND", "OPTIONS"])
@pytest.mark.parametrize("path", [FOREST, "/orgs/forest-explorers", "/", "/healthz", "/orgs/nobody/x.ics"])
async def test_other_methods_are_refused_with_what_is_allowed(
    service: Service, method: str, path: str
) -> None:
    answer = await service.client.request(method, path)

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


async def test_a_browser_may_ask_across_origins(service: Service) -> None:
    headers = {"Origin": "https://club.example", "Access-Control-Request-Method": "GET"}

    answer = await service.client.options(FOREST, headers=headers)

    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "If-None-Match" in answer.headers["access-control-allow-headers"]


@pytest.mark.parametrize(
    "path",
    [
        "/orgs/nobody/calendar.ics",
        "/orgs/forest-explorers/nothing.ics",
        "/orgs/forest-explorers/events/1.ics",
        "/orgs/forest-explorers/events/9999999999999999999.ics",
        "/orgs/forest-explorers/events/-9999999999999999999.ics",
        "/orgs/forest-explorers/events/x.ics",
        "/orgs/forest-explorers/events/99999999999999999999999.ics",
        "/orgs/%2e%2e/calendar.ics",
        "/nothing",
    ],
)
async def test_what_is_not_here_is_said_so(service: Service, path: str) -> None:
    answer = await service.get(path)

    assert answer.status_code == 404
    assert "adresse" in answer.text
    assert "Traceback" not in answer.text


async def test_a_parameter_that_cannot_be_understood_is_named_in_the_feeds_language(
    service: Service,
) -> None:
    french = await service.get(FOREST + "?programId=<b>natation</b>")
    english = await service.get(FOREST + "?lang=en&weekday=lundi")

    assert (french.status_code, english.status_code) == (422, 422)
    assert french.text == "Le paramètre programId attend des nombres entiers, par exemple 4521.\n"
    assert english.text == ("The value given for weekday is not one of: mon, tue, wed, thu, fri, sat, sun.\n")
    assert french.headers["content-type"] == "text/plain; charset=utf-8"


async def test_an_id_that_matches_nothing_is_one_notice_and_no_error(service: Service) -> None:
    calendar = await service.calendar(FOREST + "?programId=999")

    (notice,) = events_of(calendar)
    assert str(notice["SUMMARY"]) == "Aucun événement pour cette sélection en ce moment"
    assert (str(notice["TRANSP"]), notice["DTSTART"].dt) == ("TRANSPARENT", date(2026, 11, 16))


async def test_cancelled_events_as_the_parameter_asks(service: Service) -> None:
    status = titles_of(await service.calendar(FOREST))
    show = await service.calendar(FOREST + "?cancelled=show")
    hide = titles_of(await service.calendar(FOREST + "?cancelled=hide"))

    marked = [title for title in status if title.startswith("Annulé : ")]
    assert marked
    assert titles_of(show) == status
    assert {str(event["STATUS"]) for event in events_of(show)} == {"CONFIRMED"}
    assert {str(e["TRANSP"]) for e in events_of(show) if str(e["SUMMARY"]) in marked} == {"TRANSPARENT"}
    assert hide == [title for title in status if title not in marked]


async def test_an_alarm_is_added_to_every_event_that_takes_place(service: Service) -> None:
    calendar = await service.calendar(FOREST + "?alarm=30")

    for event in events_of(calendar):
        alarms = [alarm["TRIGGER"].dt for alarm in event.walk("VALARM")]
        assert alarms == ([] if str(event["STATUS"]) == "CANCELLED" else [timedelta(minutes=-30)])


async def test_a_narrower_window(service: Service) -> None:
    week = await service.calendar(LAKESIDE + "?pastDays=0&futureDays=6")

    zone_day = {
        event["DTSTART"].dt.date() if isinstance(event["DTSTART"].dt, datetime) else event["DTSTART"].dt
        for event in events_of(week)
        if str(event["SUMMARY"]) != "No events for this selection at the moment"
    }
    assert all(TODAY - timedelta(days=5) <= day <= TODAY + timedelta(days=6) for day in zone_day)


async def test_words_are_found_without_case_and_accents(service: Service) -> None:
    titles = titles_of(await service.calendar(FOREST + "?q=POTERIE"))

    assert titles
    assert titles == titles_of(await service.calendar(FOREST + "?q=poteríe"))


async def test_one_event_as_a_download(service: Service) -> None:
    fact = told(service, "forest-explorers", "en").events[0]

    answer = await service.get(f"/orgs/forest-explorers/events/{fact['Id']}.ics?lang=en")

    calendar = read(answer.content)
    assert [str(event["UID"]) for event in events_of(calendar)] == [uid_for(int(str(fact["Id"])))]
    assert "X-WR-CALNAME" not in calendar
    assert answer.headers["content-disposition"].startswith("attachment;")


async def test_a_named_feed_is_its_saved_selection(tmp_path: Path) -> None:
    feeds = {"poterie": {"name": {"fr": "Poterie", "en": "Pottery"}, "q": "poterie"}}
    async with running(tmp_path, forest={"feeds": feeds}) as service:
        saved = await service.calendar("/orgs/forest-explorers/poterie.ics")
        asked = await service.calendar(FOREST + "?q=poterie")
        widened = await service.calendar("/orgs/forest-explorers/poterie.ics?q=yoga")

    assert titles_of(saved) == titles_of(asked) == titles_of(widened)
    assert str(saved["X-WR-CALNAME"]) == "Explorateurs de la forêt – Poterie"


async def test_only_the_chosen_programmes_are_published(tmp_path: Path) -> None:
    async with running(tmp_path) as service:
        number = told(service, "forest-explorers", "fr").events[0]["ProgramId"]
        whole = await service.calendar(f"{FOREST}?programId={number}")
    async with running(tmp_path, forest={"programs": [number]}) as service:
        chosen = await service.calendar(FOREST)

    assert titles_of(chosen) == titles_of(whole)


async def test_a_thousand_first_askers_cost_one_walk(service: Service) -> None:
    answers = await asyncio.gather(*(service.get(FOREST) for _ in range(1000)))
    walked = service.calls("/events")
    for query in ("?q=yoga", "?programId=1", "?weekday=sat&cancelled=hide", "?alarm=10"):
        await service.get(FOREST + query)

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    ranges = -(-(LAST - FIRST).days // 31)
    assert ranges <= walked <= ranges + 1
    assert service.calls("/events") == walked


async def test_two_processes_on_one_store_publish_the_same_bytes(tmp_path: Path) -> None:
    async with running(tmp_path) as one:
        first = await one.get(FOREST)
        async with running(tmp_path, world=one.world, clock=FakeClock(one.clock.now)) as two:
            two.clock.advance(minutes=3)
            second = await two.get(FOREST)

    assert first.content == second.content
    assert first.headers["etag"] == second.headers["etag"]


async def test_the_zone_is_found_when_it_is_not_configured(service: Service) -> None:
    calendar = await service.calendar(LAKESIDE)

    assert str(calendar["X-WR-TIMEZONE"]) == "America/Los_Angeles"
