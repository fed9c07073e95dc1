"""Ten thousand calendars: the checker finds nothing in any, and three readers agree on what they say.

The readers share no code: icalendar, the parser of Home Assistant (``ical``, leniently and strictly), and
twenty lines that unfold, split and look up.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import takewhile
from typing import Any, Final
from zoneinfo import ZoneInfo

from ical.calendar_stream import IcsCalendarStream
from ical.compat import enable_compat_mode
from icalendar import Calendar

from app.domain.model import Days, Event, State
from app.i18n.words import say
from app.ics.identity import uid_for
from app.ics.lint import check
from app.ics.places import whereabouts
from app.ics.text import one_line
from app.ics.zones import Zone
from tests.support.content_lines import text, unfolded, values
from tests.support.seeded import Made, chance_of, made_feed, zone_names

FEEDS: Final = 10_000
READ_BY_ALL: Final = 400
OFF: Final = frozenset((State.CANCELLED, State.SKIPPED, State.REPLACED, State.ARCHIVED))


@dataclass(frozen=True, slots=True)
class Told:
    """What a reader understood of one event; instants in UTC, whole days as dates."""

    start: date | None
    end: date | None
    summary: str
    location: str


def test_the_checker_finds_nothing_in_ten_thousand_feeds() -> None:
    chance = chance_of(545)
    zones: set[str] = set()
    reminding = 0
    for number in range(FEEDS):
        made = made_feed(chance, number)
        findings = check(made.body)
        assert [] == findings, made
        zones.add(made.zone.name)
        reminding += b"\r\nBEGIN:VALARM\r\n" in made.body

    assert zones == set(zone_names())
    assert FEEDS // 2 < reminding < FEEDS


def test_three_readers_read_the_same_out_of_every_feed() -> None:
    chance = chance_of(5546)
    feeds = [made_feed(chance, number) for number in range(0, READ_BY_ALL * 7, 7)]
    readable = [made for made in feeds if known_here(made.zone)]
    for made in readable:
        expected = {uid_for(event.id): expectation(event, made) for event in made.events}

        readings = [by_lines(made.body), by_icalendar(made.body), *by_home_assistant(made.body)]
        for reading in readings:
            assert expected == (reading if made.events else {}), made
        assert all(reading == readings[0] for reading in readings)

    assert len(readable) > 0.9 * READ_BY_ALL


@cache
def known_here(zone: Zone) -> bool:
    """False where a law has changed since this machine's own time-zone data, which the readers use."""
    own = ZoneInfo(zone.name)
    noons = (datetime(2026, 9, 22, 12, tzinfo=UTC) + timedelta(days=days) for days in range(480))
    return all(noon.astimezone(own).utcoffset() == zone.local(noon).utcoffset() for noon in noons)


def expectation(event: Event, made: Made) -> Told:
    titles = (
        event.about.title,
        *(topic.name for topic in (event.about.activity, event.about.program) if topic),
    )
    title = next(filter(None, map(one_line, titles)), "") or say(made.lang, "event.untitled")
    marked = say(made.lang, "event.cancelled-title", title=title) if event.about.state in OFF else title
    if isinstance(event.when, Days):
        return Told(event.when.first, event.when.after, marked, whereabouts(event.about.place))
    return Told(event.when.start, event.when.end, marked, whereabouts(event.about.place))


def by_icalendar(body: bytes) -> Mapping[str, Told]:
    calendar = Calendar.from_ical(body)
    assert isinstance(calendar, Calendar)
    calendar.validate()  # type: ignore[no-untyped-call]  # icalendar's
    events: list[Any] = calendar.events
    assert [error for component in calendar.walk() for error in component.errors] == []
    return {
        str(event["UID"]): Told(
            in_utc(event.start), in_utc(event.end), str(event["SUMMARY"]), str(event.get("LOCATION", ""))
        )
        for event in events
    }


def by_home_assistant(body: bytes) -> list[Mapping[str, Told]]:
    """Its strict reading, and the lenient one that its calendar integration uses."""
    source = body.decode()
    with enable_compat_mode(source) as mended:
        calendars = [IcsCalendarStream.calendar_from_ics(it) for it in (source, mended)]
    return [
        {
            event.uid: Told(
                in_utc(event.dtstart), in_utc(event.end), event.summary or "", event.location or ""
            )
            for event in calendar.events
        }
        for calendar in calendars
    ]


def by_lines(body: bytes) -> Mapping[str, Told]:
    return dict(map(_event_of_lines, _events(unfolded(body))))


def _events(lines: list[str]) -> Iterator[list[str]]:
    """The lines of each VEVENT up to its alarm or its end."""
    starts = [place for place, line in enumerate(lines) if line == "BEGIN:VEVENT"]
    for start in starts:
        yield list(takewhile(lambda line: line not in {"BEGIN:VALARM", "END:VEVENT"}, lines[start:]))


def _event_of_lines(lines: list[str]) -> tuple[str, Told]:
    data = "".join(f"{line}\r\n" for line in lines).encode()
    begins = _moment(*values(data, "DTSTART"))
    ends = [_moment(end) for end in values(data, "DTEND")] or [begins]
    location = text(data, "LOCATION") if values(data, "LOCATION") else ""
    return text(data, "UID"), Told(begins, ends[0], text(data, "SUMMARY"), location)


def _moment(written: str) -> date:
    """``;VALUE=DATE:20261103``, ``;TZID=America/Toronto:20261103T183000`` or ``:20261103T233000Z``."""
    parameter, _, value = written.rpartition(":")
    if parameter == ";VALUE=DATE":
        return datetime.strptime(value, "%Y%m%d").replace(tzinfo=UTC).date()
    if value.endswith("Z"):
        return datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    zone = ZoneInfo(parameter.removeprefix(";TZID="))
    return datetime.strptime(value, "%Y%m%dT%H%M%S").replace(tzinfo=zone).astimezone(UTC)


def in_utc(moment: date | None) -> date | None:
    return moment.astimezone(UTC) if isinstance(moment, datetime) else moment
