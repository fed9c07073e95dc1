"""What the operator is told of an organization's content: what is kept back, and what was hardly meant so."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.domain.model import Event, NamedFeed, Names, Organization, Place, Program, State, Timed, Topic
from app.feeds.checkup import Remark, Told, remarks_on
from tests.support.fakes import FakeClock, FakeSource
from tests.support.host import CLUB, host
from tests.support.make import make_event

SWIMMING = Program(4521, "Swimming")
MONDAY = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)


def lesson(number: int, **fields: Any) -> Event:
    """A swimming lesson like any other: with a place on the map, and a page."""
    usual: dict[str, Any] = {
        "id": number,
        "title": f"Lesson {number}",
        "when": Timed(MONDAY, MONDAY + timedelta(hours=1)),
        "program": Topic(4521, "Swimming"),
        "place": Place(7, "Pool", "1 Main St", (45.5, -73.6)),
        "url": "https://app.amilia.com/store/en/club/shop/activities/1",
    }
    return make_event(**(usual | fields))


async def remarks(
    directory: Path,
    events: Sequence[Event],
    programs: Sequence[Program] = (SWIMMING,),
    organization: Organization = CLUB,
) -> list[Remark]:
    """What is said of these events, but for the zone."""
    source = FakeSource(events, programs)
    async with host(directory, source, FakeClock(), organization=organization) as service:
        shelf = await service.feeds.refreshed(organization)
        assert shelf.catalogue is not None
        return await remarks_on(service.feeds, shelf.catalogue, Told(programs, events))


def about(found: Sequence[Remark], subject: str) -> list[str]:
    return [f"{it.level}: {it.sentence}" for it in found if it.subject == subject]


async def test_an_organization_that_is_well_has_nothing_to_mend(tmp_path: Path) -> None:
    found = await remarks(tmp_path, [lesson(1), lesson(2)])

    assert {remark.level for remark in found} == {"ok"}
    assert about(found, "programme") == ["ok: 4521 Swimming: 2 events."]
    (size,) = about(found, "size")
    assert size.startswith("ok: calendar.ics: 2 events, ")
    assert size.endswith(" 0 % of what Google reads.")


async def test_what_is_kept_back_is_counted_and_named_by_its_reason(tmp_path: Path) -> None:
    programs = (
        SWIMMING,
        Program(1, "Staff", visible=False),
        Program(2, "Old", archived=True),
        Program(3, "Members", password_protected=True),
    )
    events = [lesson(1), *(lesson(10 + n, program=Topic(n, "x")) for n in (1, 2, 3, 3))]

    found = await remarks(tmp_path, [*events, lesson(20, offered=False)], programs)

    assert about(found, "programme") == ["ok: 4521 Swimming: 1 event."]
    assert about(found, "left out") == [
        "ok: Hidden programmes: 1, with 1 event: 1 Staff.",
        "ok: Archived programmes: 1, with 1 event: 2 Old.",
        "ok: Password-protected programmes: 1, with 2 events: 3 Members.",
        "ok: 1 record: activity not offered.",
        "ok: 3 records: programme not public.",
    ]


async def test_a_configured_programme_that_does_not_exist_is_named(tmp_path: Path) -> None:
    chosen = replace(CLUB, programs=frozenset({4521, 4599}))
    programs = (SWIMMING, Program(4600, "Yoga"))

    found = await remarks(tmp_path, [lesson(1)], programs, chosen)

    (missing,) = [remark for remark in found if remark.level == "warning"]
    assert missing.sentence == "programs names 4599, but Amilia has no such programme."
    assert missing.cure == "Take 4599 out of programs, or correct it."
    assert about(found, "left out") == ["ok: Unchosen programmes: 1, with 0 events: 4600 Yoga."]


async def test_a_configured_programme_that_is_hidden_is_named(tmp_path: Path) -> None:
    chosen = replace(CLUB, programs=frozenset({4521, 1}))

    found = await remarks(tmp_path, [lesson(1)], (SWIMMING, Program(1, "Staff", visible=False)), chosen)

    (closed,) = [remark for remark in found if remark.level == "warning"]
    assert closed.sentence.startswith("programs names 1, which is hidden, archived or protected")


async def test_events_that_nobody_can_find_are_counted(tmp_path: Path) -> None:
    events = [
        lesson(1, place=None),
        lesson(2, place=Place(8, "Gym")),
        lesson(3, place=Place(8, "Gym")),
        lesson(4, place=Place(9, "Park", "Elm St")),
        lesson(5),
    ]

    found = await remarks(tmp_path, events)

    assert about(found, "places") == [
        "warning: 1 event without a place: Lesson 1.",
        "warning: 3 events at places without coordinates: Gym (2), Park (1).",
    ]


@pytest.mark.parametrize(
    ("odd", "said"),
    [
        ({"title": "<b>Swim</b> &amp; play"}, "with HTML in the title: <b>Swim</b> &amp; play (2026-11-23)."),
        ({"title": ""}, "without a title: no title (2026-11-23)."),
        ({"when": Timed(MONDAY, MONDAY)}, "that take no time: Lesson 1 (2026-11-23)."),
        ({"when": Timed(MONDAY, MONDAY + timedelta(days=40))}, "longer than a month: Lesson 1 (2026-11-23)."),
        ({"url": ""}, "without a page to link to: Lesson 1 (2026-11-23)."),
        (
            {"id": -5, "title": "Lesson 1"},
            "without an Id, so that a move makes another event of them: Lesson 1",
        ),
        (
            {"state": State.OTHER, "amilia_state": "Frozen"},
            "in states that the API does not document: Frozen (1); they are published as normal.",
        ),
    ],
)
async def test_odd_data_is_counted_with_an_example(tmp_path: Path, odd: dict[str, Any], said: str) -> None:
    found = await remarks(tmp_path, [lesson(1, **odd), lesson(2)])

    (told,) = about(found, "odd data")
    assert said in told
    assert "1 event " in told


async def test_odd_data_of_what_is_not_published_is_nobody_s_concern(tmp_path: Path) -> None:
    found = await remarks(tmp_path, [lesson(1, title="<b>x</b>", offered=False), lesson(2)])

    assert about(found, "odd data") == []


async def test_a_feed_that_is_too_large_is_told_with_the_days_that_fit(tmp_path: Path) -> None:
    events = [
        lesson(number, when=Timed(start, start + timedelta(hours=1)))
        for number in range(1, 1101)
        for start in [MONDAY + timedelta(hours=8 * number)]
    ]

    found = await remarks(tmp_path, events)

    (size,) = [remark for remark in found if remark.subject == "size"]
    assert size.level == "warning"
    assert "1100 events" in size.sentence
    assert size.cure.startswith("Offer smaller feeds, or narrow it: pastDays=14&futureDays=")


async def test_a_saved_selection_whose_season_is_over_is_named(tmp_path: Path) -> None:
    named = NamedFeed("tennis", Names("Tennis", "Tennis"), (("programId", "4520,4521"), ("tagId", "9")))
    organization = replace(CLUB, feeds=(named,))

    found = await remarks(tmp_path, [lesson(1)], organization=organization)

    assert about(found, "selection") == [
        "warning: tennis.ics: programId 4520 matches nothing at the moment.",
        "warning: tennis.ics: tagId 9 matches nothing at the moment.",
    ]
    assert about(found, "empty") == [
        "warning: tennis.ics selects nothing at the moment; subscribers see one notice."
    ]


async def test_nothing_public_at_all_is_named(tmp_path: Path) -> None:
    found = await remarks(tmp_path, [lesson(1, program=Topic(1, "x"))], [Program(1, "Staff", visible=False)])

    assert "warning: No event is public: every feed shows one notice." in about(found, "programme")
