"""Private addresses: who gets what from them, what is said of them, and how they end."""

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import pytest

from app.domain.grants import Kind, Scope
from app.ics.identity import uid_for
from app.simulator.people import PRIVATE_MARK, STAFF_SURNAMES
from app.simulator.world import World
from tests.support.fakes import FakeClock
from tests.support.private import Desk, desk
from tests.support.service import TODAY, Service, events_of, read, running

EVERYTHING = Scope(Kind.HIDDEN)
ROUTE = "/private/{token}/{name}.ics"
HIDDEN_TITLES = {"Staff meeting – do not publish", "Class to be confirmed", "Employees' league"}


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    async with running(tmp_path, webhook_secret="s") as running_service:
        yield running_service


@pytest.fixture
async def office(service: Service, tmp_path: Path) -> AsyncIterator[Desk]:
    async with desk(tmp_path, service.clock) as open_desk:
        yield open_desk


def a_coach(world: World) -> int:
    """The member of the staff who holds most sessions of forest-explorers this year."""
    sessions = [
        person.id
        for event in world.organizations["forest-explorers"].timetable.between(
            TODAY, TODAY.replace(year=2027)
        )
        for person in event.activity.staff
    ]
    return max(sorted(set(sessions)), key=sessions.count)


async def sessions(service: Service, path: str, query: str = "") -> list[Any]:
    """The events of a private feed, in English."""
    answer = await service.get(f"{path}?lang=en{query}")
    assert answer.status_code == 200, answer.text
    return events_of(read(answer.content))


def titles(events: list[Any]) -> set[str]:
    return {str(event["SUMMARY"]) for event in events}


async def test_a_coach_sees_her_own_sessions_and_all_of_them(service: Service, office: Desk) -> None:
    coach = a_coach(service.world)
    _, path = await office.make(Scope(Kind.STAFF, frozenset({coach})))

    shown = await sessions(service, path)

    everything = await sessions(service, (await office.make(EVERYTHING))[1])
    known = {str(event["UID"]) for event in everything}
    uids = {str(event["UID"]) for event in shown}
    forest = service.world.organizations["forest-explorers"]
    hers = [
        event
        for event in forest.timetable.between(TODAY, TODAY.replace(year=2027))
        if coach in {person.id for person in event.activity.staff}
    ]
    assert uids < known
    assert 20 < len(hers) <= len(uids) <= len(known) / 2


async def test_a_session_has_its_place_and_where_allowed_its_headcount(
    service: Service, office: Desk
) -> None:
    coach = frozenset({a_coach(service.world)})
    _, plain = await office.make(Scope(Kind.STAFF, coach))
    _, counted = await office.make(Scope(Kind.STAFF, coach, headcount=True))

    without, with_number = await sessions(service, plain), await sessions(service, counted)

    assert [event["UID"] for event in without] == [event["UID"] for event in with_number]
    assert all("Registered: " in event["DESCRIPTION"] for event in with_number)
    assert any(" of " in event["DESCRIPTION"] for event in with_number)
    assert not any("Registered: " in event["DESCRIPTION"] for event in without)
    assert all("LOCATION" in event for event in without if "Place: " in event["DESCRIPTION"])


async def test_a_changed_headcount_is_another_description_and_no_new_sequence(
    service: Service, office: Desk
) -> None:
    _, path = await office.make(Scope(Kind.STAFF, frozenset({a_coach(service.world)}), headcount=True))
    first = await service.get(f"{path}?lang=en")
    forest = service.world.organizations["forest-explorers"]
    for number, activity in list(forest.activities.items()):
        if activity.places is not None:
            forest.activities[number] = replace(activity, places=5)
    service.clock.advance(minutes=11)

    after = await sessions_once_refreshed(service, path, first.content)

    before = events_of(read(first.content))
    changed = [
        (old, new) for old, new in zip(before, after, strict=True) if old["DESCRIPTION"] != new["DESCRIPTION"]
    ]
    assert changed
    assert all(old["SEQUENCE"] == new["SEQUENCE"] for old, new in changed)
    assert all(old["LAST-MODIFIED"].dt < new["LAST-MODIFIED"].dt for old, new in changed)


async def sessions_once_refreshed(service: Service, path: str, before: bytes) -> list[Any]:
    """The events of a feed once its English bytes are others than before."""
    with anyio.fail_after(5):
        while (answer := await service.get(f"{path}?lang=en")).content == before:  # noqa: ASYNC110  # as clients do
            await anyio.sleep(0.01)
    return events_of(read(answer.content))


async def test_no_participant_and_no_other_name_is_told_or_asked_for(service: Service, office: Desk) -> None:
    coach = frozenset({a_coach(service.world)})
    paths = [
        (await office.make(scope))[1]
        for scope in (Scope(Kind.STAFF, coach, headcount=True), Scope(Kind.HIDDEN, headcount=True))
    ]

    bodies = [(await service.get(path)).text for path in paths]

    assert [body for body in bodies for name in (PRIVATE_MARK, *STAFF_SURNAMES) if name in body] == []
    asked = [call.query.lower() for call in service.simulator.journal.calls()]
    assert [query for query in asked if "showparticipants" in query] == []


async def test_what_is_hidden_is_shown_with_everything_else(service: Service, office: Desk) -> None:
    _, path = await office.make(EVERYTHING)

    private, public = (
        await sessions(service, path),
        await service.calendar("/orgs/forest-explorers/calendar.ics?lang=en"),
    )

    assert titles(private) >= HIDDEN_TITLES
    assert {str(event["UID"]) for event in private} > {str(event["UID"]) for event in events_of(public)}
    assert titles(events_of(public)).isdisjoint(HIDDEN_TITLES)


async def test_an_activity_that_was_called_off_as_a_whole_is_told_to_its_coach(
    service: Service, office: Desk
) -> None:
    _, path = await office.make(EVERYTHING)

    (canoeing,) = [event for event in await sessions(service, path) if "Canoeing" in event["SUMMARY"]]

    assert canoeing["SUMMARY"] == "Cancelled: Canoeing – course cancelled"
    assert canoeing["STATUS"] == "CANCELLED"


async def test_programmes_are_shown_hidden_or_not_and_no_other(service: Service, office: Desk) -> None:
    programs = service.world.organizations["forest-explorers"].programs.values()
    draft = next(program for program in programs if program.name.en == "Draft – next season")
    locked = next(program for program in programs if program.password_protected)
    _, path = await office.make(Scope(Kind.PROGRAMS, frozenset({draft.id, locked.id})))

    shown = await sessions(service, path)

    assert titles(shown) == {"Class to be confirmed", "Employees' league"}


async def test_parameters_only_narrow_what_the_address_opens(service: Service, office: Desk) -> None:
    programs = list(service.world.organizations["forest-explorers"].programs.values())
    draft = next(program for program in programs if program.name.en == "Draft – next season")
    public = next(program for program in programs if program.public)
    _, path = await office.make(Scope(Kind.PROGRAMS, frozenset({draft.id})))

    assert titles(await sessions(service, path, f"&programId={draft.id},{public.id}")) == {
        "Class to be confirmed"
    }
    (nothing,) = await sessions(service, path, f"&programId={public.id}")
    assert nothing["TRANSP"] == "TRANSPARENT"
    assert nothing["SUMMARY"] != "Class to be confirmed"
    assert len(await sessions(service, path, "&q=class")) == 1


async def test_the_answer_is_for_its_reader_alone(service: Service, office: Desk) -> None:
    _, path = await office.make(EVERYTHING)

    answer = await service.get(path, Origin="https://club.example")

    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.headers["cdn-cache-control"] == "no-store"
    assert answer.headers["x-robots-tag"] == "noindex, nofollow, noarchive"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert [name for name in answer.headers if name.startswith("access-control")] == []
    assert "cache-status" not in answer.headers


async def test_an_unchanged_calendar_is_not_sent_again(service: Service, office: Desk) -> None:
    _, path = await office.make(EVERYTHING)
    first = await service.get(path)

    again = await service.get(path, If_None_Match=first.headers["etag"])
    head = await service.client.head(path)

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cache-control"] == "private, no-cache"
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == first.headers["etag"]


async def test_the_file_tells_nobody_its_address(service: Service, office: Desk) -> None:
    _, path = await office.make(EVERYTHING, name="Board")

    answer = await service.get(path)

    token = path.split("/")[2]
    assert token not in answer.text.replace("\r\n ", "")
    assert token not in str(answer.headers)
    assert "NAME:Explorateurs de la forêt – Board\r\n" in answer.text
    assert "SOURCE" not in answer.text


async def test_the_last_part_of_the_address_is_free(service: Service, office: Desk) -> None:
    _, path = await office.make(EVERYTHING)
    folder = path.removesuffix("calendar.ics")

    plain = await service.get(f"{folder}lea-tremblay.ics")
    odd = await service.get(f"{folder}%22%0d%0aX-Evil:%201%C3%A9.ics")

    assert plain.headers["content-disposition"] == 'inline; filename="lea-tremblay.ics"'
    assert (odd.status_code, odd.headers["content-disposition"]) == (200, 'inline; filename="calendar.ics"')
    assert "x-evil" not in odd.headers


@pytest.mark.parametrize("ending", ["calendar.ics", "calendar.ics?programId=x", "x.ics?lang=en"])
async def test_addresses_that_open_nothing_are_all_alike(service: Service, office: Desk, ending: str) -> None:
    feed, revoked = await office.make(EVERYTHING)
    await office.store.revoke_grant(feed.id)
    _, nowhere = await office.make(EVERYTHING, organization="7777")
    service.clock.advance(seconds=2)
    ways = [revoked.split("/")[2], nowhere.split("/")[2], "A" * 43, "guess", "%2e%2e"]

    answers = [await service.get(f"/private/{way}/{ending}") for way in ways]

    assert {answer.status_code for answer in answers} == {404}
    assert len({(answer.text, str(sorted(answer.headers.items()))) for answer in answers}) == 1
    assert answers[0].headers["cache-control"] == "no-store"
    assert answers[0].headers["referrer-policy"] == "no-referrer"
    assert "access-control-allow-origin" not in answers[0].headers


async def test_errors_of_a_good_address_are_sealed_too(service: Service, office: Desk) -> None:
    _, path = await office.make(EVERYTHING)

    wrong = await service.get(f"{path}?programId=x")
    method = await service.client.post(path)
    folder = await service.get(path.removesuffix("calendar.ics"))

    assert [answer.status_code for answer in (wrong, method, folder)] == [422, 405, 404]
    for answer in (wrong, method, folder):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-robots-tag"] == "noindex, nofollow, noarchive"
        assert "access-control-allow-origin" not in answer.headers
        assert path.split("/")[2] not in answer.text


async def test_guesses_run_out_and_whoever_knows_an_address_does_not_notice(
    service: Service, office: Desk
) -> None:
    _, path = await office.make(EVERYTHING)

    statuses = [(await service.get(f"/private/{number:043}/x.ics")).status_code for number in range(70)]
    limited = await service.get(f"/private/{'B' * 43}/x.ics?lang=en")

    assert (statuses[0], statuses[-1]) == (404, 429)
    assert (
        limited.text == "Too many private addresses were tried that lead nowhere. Please try again later.\n"
    )
    assert int(limited.headers["retry-after"]) >= 1
    assert limited.headers["cache-control"] == "no-store"
    assert (await service.get(path)).status_code == 200


async def test_a_revoked_address_is_dead_within_two_seconds_whatever_was_answered_before(
    service: Service, office: Desk
) -> None:
    feed, path = await office.make(EVERYTHING)
    first = await service.get(path)
    assert first.status_code == 200

    await office.store.revoke_grant(feed.id)
    service.clock.advance(seconds=2)

    assert (await service.get(path)).status_code == 404
    assert (await service.get(path, If_None_Match=first.headers["etag"])).status_code == 404


async def test_a_new_address_opens_everywhere_and_a_revoked_one_nowhere_a_second_later(
    tmp_path: Path,
) -> None:
    clock = FakeClock()
    async with (
        running(tmp_path, clock=clock) as one,
        running(tmp_path, clock=clock) as two,
        desk(tmp_path, clock) as office,
    ):
        feed, path = await office.make(EVERYTHING)
        open_to = [(await service.get(path)).status_code for service in (one, two)]
        calls = (one.calls("/events"), two.calls("/events"))

        await office.store.revoke_grant(feed.id)
        clock.advance(seconds=1)
        closed_to = [(await service.get(path)).status_code for service in (one, two)]

    assert (open_to, closed_to) == ([200, 200], [404, 404])
    assert calls[0] > calls[1] == 0


async def test_an_address_outlives_the_organizations_url_identifier_and_a_late_number(
    tmp_path: Path,
) -> None:
    clock = FakeClock()
    async with (
        running(tmp_path, clock=clock, forest={"number": None}) as service,
        desk(tmp_path, clock) as it,
    ):
        _, path = await it.make(EVERYTHING, organization="forest-explorers")
        before = await service.get(path)

    async with running(tmp_path, clock=clock) as service:
        calls = service.calls()
        after = await service.get(path)

        assert (before.status_code, after.status_code) == (200, 200)
        assert after.content == before.content
        assert service.calls() == calls


async def test_a_notice_of_change_refreshes_private_calendars_too(service: Service, office: Desk) -> None:
    _, path = await office.make(EVERYTHING)
    first = await service.get(f"{path}?lang=en")
    event = next(
        event
        for event in service.world.organizations["forest-explorers"].timetable.between(TODAY, TODAY)
        if event.state == "Normal" and event.activity.status == "Normal"
    )
    service.world.rename(event.id, "Renamed for the coach")
    service.clock.advance(seconds=10)

    notice = b'{"OrganizationId": 8008, "Context": "Activity", "Action": "Update", "Payload": {"Id": 1}}'
    heard = await service.client.post("/webhooks/amilia/s", content=notice)

    assert heard.status_code == 200
    assert "Renamed for the coach" in titles(await sessions_once_refreshed(service, path, first.content))


async def test_without_amilia_the_last_copy_is_served(service: Service, office: Desk) -> None:
    _, path = await office.make(EVERYTHING)
    before = await service.get(path)
    service.fault("500")
    service.clock.advance(hours=2)

    assert (await service.get(path)).content == before.content


async def test_where_headcounts_are_refused_the_calendar_goes_without(
    service: Service, office: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    _, path = await office.make(Scope(Kind.HIDDEN, headcount=True))
    service.fault("403@activities")

    shown = await sessions(service, path)

    assert len(shown) > 300
    assert not any("Registered: " in event.get("DESCRIPTION", "") for event in shown)
    assert any("Headcounts cannot be read" in line.getMessage() for line in caplog.records)


async def test_nothing_is_fetched_before_a_private_feed_is_asked_for(service: Service, office: Desk) -> None:
    await office.make(EVERYTHING)

    await service.get("/orgs/forest-explorers/calendar.ics")

    asked = service.simulator.journal.calls(path="/events")
    assert asked != []
    assert [call for call in asked if "showhidden" in call.query.lower()] == []


async def test_no_log_and_no_metric_holds_an_address(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with running(tmp_path, log_every=1) as service, desk(tmp_path, service.clock) as office:
        _, path = await office.make(Scope(Kind.HIDDEN, headcount=True))
        for address in (path, f"{path}?programId=x", path + "x", f"/private/{'C' * 43}/x.ics", "/metrics"):
            last = await service.get(address)

    token = path.split("/")[2]
    lines = [f"{line.getMessage()} {line.__dict__}" for line in caplog.records if line.name.startswith("app")]
    assert any("/private/…" in line for line in lines)
    assert [line for line in lines if token in line or "C" * 43 in line] == []
    assert token not in last.text
    assert "private" not in last.text.replace(f'route="{ROUTE}"', "")


async def test_a_hidden_session_that_moves_is_told_so_after_a_restart_too(tmp_path: Path) -> None:
    clock = FakeClock()
    async with running(tmp_path, clock=clock) as service, desk(tmp_path, clock) as office:
        _, path = await office.make(EVERYTHING)
        (number,) = service.world.awkward["activity_hidden"]
        first = await service.get(f"{path}?lang=en")
        service.world.move(number, minutes=30)
        clock.advance(minutes=11)
        moved = await sessions_once_refreshed(service, path, first.content)
        world = service.world

    async with running(tmp_path, clock=clock, world=world) as service:
        world.move(number, minutes=30)
        kept = await service.get(f"{path}?lang=en")
        clock.advance(minutes=11)
        again = await sessions_once_refreshed(service, path, kept.content)

    told = [of(events, number) for events in (events_of(read(first.content)), moved, again)]
    assert [event["SEQUENCE"] - told[0]["SEQUENCE"] for event in told] == [0, 1, 2]
    assert len({event["DTSTART"].dt for event in told}) == 3
    assert len({str(event["CREATED"].dt) for event in told}) == 1


def of(events: list[Any], number: int) -> Any:  # of icalendar's many types
    """The event that has Amilia's number."""
    (found,) = [event for event in events if event["UID"] == uid_for(number)]
    return found
