"""Whole calendars, byte for byte: real files that anybody can open (see tests/golden/README.md)."""

import os
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Literal

import pytest
from ical.calendar_stream import IcsCalendarStream
from ical.compat import enable_compat_mode
from icalendar import Calendar

from app.domain.model import Days, Event, Lang, Place, State, Tag, Timed, Topic
from app.ics.calendar import CalendarHead, assemble, head
from app.ics.event import EventRenderer, notice
from app.ics.zones import Zone, publish_zone
from tests.support.make import make_event, make_revision

GOLDEN = Path(__file__).parent.parent / "golden"
REWRITE = os.environ.get("UPDATE_GOLDEN") == "1"

MONDAY = date(2026, 11, 2)
AND_ON = " en eaux vives, du bord à l’horizon 🏊‍♀️" * 3


def at(hour: float, *, day: int = 3, hours: float = 1) -> Timed:
    """An hour of November 2026 in Toronto, after the end of daylight saving."""
    start = datetime(2026, 11, day, tzinfo=UTC) + timedelta(hours=hour + 5)
    return Timed(start, start + timedelta(hours=hours))


def zone(name: str = "America/Toronto") -> Zone:
    return publish_zone(name, MONDAY - timedelta(days=60), MONDAY + timedelta(days=400))


def a_week() -> list[Event]:
    """One event of each kind that a centre has."""
    return [
        make_event(),
        make_event(
            id=2, title="Judo, ceinture jaune; niveau 2", state=State.MOVED, amilia_state="Moved", when=at(19)
        ),
        make_event(
            id=3, title="Yoga doux", state=State.CANCELLED, amilia_state="Cancelled", when=at(12, day=4)
        ),
        make_event(
            id=4,
            title="Camp de Noël",
            when=Days(date(2026, 12, 21), date(2026, 12, 24)),
            price=Decimal(0),
            tags=(Tag(7, "Parents, enfants"), Tag(8, "aquatique")),
        ),
        make_event(id=5, title=f"Aquaforme{AND_ON}", when=at(9.25, day=5, hours=0.75), staff=("Anaïs Roy",)),
        make_event(
            id=6,
            title="<b>Portes&nbsp;ouvertes</b> &amp; démonstrations",
            when=at(10, day=7, hours=6),
            program=None,
            category=None,
            subcategory=None,
            place=Place(7, 'Salle "B"', "", (45.0, -73.5)),
            price=None,
            url="",
            tags=(),
        ),
        make_event(
            id=7,
            title="",
            when=at(18, day=9, hours=0),
            state=State.OTHER,
            amilia_state="Postponed",
            category=Topic(1, "Automne 2026"),
            place=None,
        ),
        make_event(id=8, title="Chemin C:\\New", when=at(20, day=9), place=Place(8, "", "12 rue Rivard")),
    ]


def over_the_change_of_clocks() -> list[Event]:
    """The night of 1 November 2026, in which Toronto has the hour from one to two twice."""
    midnight = datetime(2026, 11, 1, 4, tzinfo=UTC)
    return [
        make_event(id=n, title=f"Nuit blanche {n}", when=Timed(begin, begin + timedelta(minutes=45)))
        for n in range(4)
        for begin in [midnight + timedelta(hours=n)]
    ]


def feed(
    events: list[Event],
    *,
    lang: Lang = "fr",
    mode: Literal["status", "show"] = "status",
    where: Zone | None = None,
    alarm: int | None = None,
) -> bytes:
    where = where or zone()
    renderer = EventRenderer(zone=where, lang=lang, currency="CAD")
    opening = head(about(lang), where)
    return assemble(
        opening, [renderer.render(event, make_revision(), mode) for event in events], lang=lang, alarm=alarm
    )


def about(lang: Lang) -> CalendarHead:
    page = "https://calendars.example.org/orgs/forest-explorers"
    return CalendarHead(
        name="Explorateurs" if lang == "fr" else "Forest Explorers",
        description="Toutes les activités" if lang == "fr" else "All activities",
        color="#0b7a75",
        page=page,
        source=f"{page}/calendar.ics?lang={lang}",
    )


def one_event() -> bytes:
    event = EventRenderer(zone(), "fr", "CAD").render(make_event(), make_revision(), "status")
    return assemble(head(None, zone()), [event], lang="fr")


def nothing(lang: Lang) -> bytes:
    return assemble(head(about(lang), zone()), [notice("forest-explorers", MONDAY, lang)], lang=lang)


CALENDARS: dict[str, Callable[[], bytes]] = {
    "week.fr": lambda: feed(a_week()),
    "week.en": lambda: feed(a_week(), lang="en"),
    "week-cancelled-shown.fr": lambda: feed(a_week(), mode="show"),
    "week-reminder.en": lambda: feed(a_week(), lang="en", alarm=30),
    "change-of-clocks.en": lambda: feed(over_the_change_of_clocks(), lang="en"),
    "no-daylight-saving.en": lambda: feed(a_week(), lang="en", where=zone("America/Regina")),
    "in-utc.fr": lambda: feed(a_week(), where=zone("America/Nuuk")),
    "one-event.fr": one_event,
    "empty.fr": lambda: nothing("fr"),
    "empty.en": lambda: nothing("en"),
}


@pytest.fixture(params=CALENDARS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_calendar_is_written_byte_for_byte_as_its_file(name: str) -> None:
    path = GOLDEN / f"{name}.ics"
    made = CALENDARS[name]()
    if REWRITE:
        path.write_bytes(made)

    assert path.read_bytes() == made


def test_every_file_is_a_calendar_that_is_made() -> None:
    assert {path.stem for path in GOLDEN.glob("*.ics")} == set(CALENDARS)


def test_a_calendar_keeps_to_the_letter_of_rfc_5545(name: str) -> None:
    data = CALENDARS[name]()

    lines = data.split(b"\r\n")

    assert lines.pop() == b""
    assert all(0 < len(line) <= 75 for line in lines)
    assert not [line for line in lines if any(octet < 0x20 or octet == 0x7F for octet in line)]
    assert all(line.decode() for line in lines)  # no character is cut in two


def test_home_assistant_reads_every_event_strictly_and_leniently(name: str) -> None:
    data = CALENDARS[name]().decode()

    strict = IcsCalendarStream.calendar_from_ics(data).events
    with enable_compat_mode(data) as mended:
        lenient = IcsCalendarStream.calendar_from_ics(mended).events

    assert len(strict) == len(lenient) == data.count("BEGIN:VEVENT")


def test_icalendar_reads_every_event_without_an_error(name: str) -> None:
    calendar = Calendar.from_ical(CALENDARS[name]())
    assert isinstance(calendar, Calendar)

    calendar.validate()  # type: ignore[no-untyped-call]  # icalendar's

    assert not [component.errors for component in calendar.walk() if component.errors]


def test_the_order_in_which_events_are_rendered_does_not_change_them() -> None:
    renderer, revision = EventRenderer(zone(), "fr", "CAD"), make_revision()
    events = [event._replace(id=event.id + n) for n in (0, 100) for event in a_week()]

    forwards = [renderer.render(event, revision, "status") for event in events]
    backwards = [renderer.render(event, revision, "status") for event in reversed(events)]

    assert forwards == backwards[::-1]
