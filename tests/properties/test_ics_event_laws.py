"""What holds for every event that Amilia could send, and what two independent readers make of it."""

from datetime import UTC, date, datetime
from typing import Any, Literal

from hypothesis import assume, given
from hypothesis import strategies as st
from ical.calendar_stream import IcsCalendarStream
from ical.compat import enable_compat_mode
from ical.event import Event as HomeAssistantEvent
from icalendar import Calendar
from icalendar import Event as IcalendarEvent
from icalendar.prop import vText, vUri

from app.domain.model import LANGS, Days, Event, Lang, Revision, State
from app.ics.calendar import assemble, head
from app.ics.event import EventRenderer
from app.ics.links import web_address
from app.ics.places import whereabouts
from app.ics.text import one_line
from app.ics.zones import Zone, publish_zone
from tests.support.content_lines import text, unfolded, values
from tests.support.ics_strategies import FIRST, LAST, events, revisions

ZONES = tuple(
    publish_zone(name, FIRST, LAST) for name in ("America/Toronto", "Asia/Kolkata", "America/Nuuk", "UTC")
)
MODES: tuple[Literal["status", "show"], ...] = ("status", "show")

zones = st.sampled_from(ZONES)
langs = st.sampled_from(LANGS)
modes = st.sampled_from(MODES)


def vevent(
    event: Event,
    revision: Revision,
    *,
    zone: Zone,
    lang: Lang = "fr",
    mode: Literal["status", "show"] = "status",
) -> bytes:
    return EventRenderer(zone, lang, "CAD").render(event, revision, mode)


def calendar(event: bytes, zone: Zone) -> bytes:
    return assemble(head(None, zone), [event], lang="fr", alarm=15)


def begins(event: Event) -> date:
    return event.when.first if isinstance(event.when, Days) else event.when.start


def ends(event: Event) -> date:
    return event.when.after if isinstance(event.when, Days) else event.when.end


def in_utc(moment: date | None) -> date | None:
    return moment.astimezone(UTC) if isinstance(moment, datetime) else moment


@given(events, revisions, zones, langs, modes)
def test_every_event_is_written_to_the_letter_of_rfc_5545(
    event: Event, revision: Revision, zone: Zone, lang: Lang, mode: Literal["status", "show"]
) -> None:
    written = vevent(event, revision, zone=zone, lang=lang, mode=mode)

    lines = written.split(b"\r\n")
    assert lines.pop() == b""
    assert all(0 < len(line) <= 75 for line in lines)
    assert not [line for line in lines if any(octet < 0x20 or octet == 0x7F for octet in line)]
    assert all(line.decode() for line in lines)
    assert [line for line in unfolded(written) if line.startswith(("BEGIN:", "END:"))] == ["BEGIN:VEVENT"]
    assert not [line for line in unfolded(written) if not line.partition(":")[2]]


def of_home_assistant(data: bytes) -> list[HomeAssistantEvent]:
    """Its events as read strictly, then as read leniently."""
    source = data.decode()
    strict = IcsCalendarStream.calendar_from_ics(source).events
    with enable_compat_mode(source) as mended:
        return [*strict, *IcsCalendarStream.calendar_from_ics(mended).events]


@given(events, revisions, zones)
def test_home_assistant_reads_what_was_written(event: Event, revision: Revision, zone: Zone) -> None:
    written = vevent(event, revision, zone=zone)

    for read in of_home_assistant(calendar(written, zone)):
        assert read.summary == text(written, "SUMMARY")
        assert (read.location or "") == whereabouts(event.about.place)
        assert in_utc(read.dtstart) == begins(event)
        assert in_utc(read.end) == ends(event)
        assert read.sequence == revision.sequence
        assert read.last_modified == revision.modified
        assert read.uid == text(written, "UID")


def of_icalendar(data: bytes) -> Any:  # icalendar's properties are of thirty types
    """Its only event."""
    parsed = Calendar.from_ical(data)
    assert isinstance(parsed, Calendar)
    (event,) = parsed.events
    return event


@given(events, revisions, zones)
def test_icalendar_reads_what_was_written(event: Event, revision: Revision, zone: Zone) -> None:
    written = vevent(event, revision, zone=zone)

    read = of_icalendar(calendar(written, zone))

    assert not read.errors
    assert str(read["SUMMARY"]) == text(written, "SUMMARY")
    assert str(read.get("LOCATION", "")) == whereabouts(event.about.place)
    assert str(read.get("DESCRIPTION", "")) == (text(written, "DESCRIPTION") if "DESCRIPTION" in read else "")
    assert in_utc(read.start) == begins(event)
    assert in_utc(read.end) == ends(event)
    assert read["DTSTAMP"].dt == read["LAST-MODIFIED"].dt == revision.modified


@given(events, revisions, zones)
def test_the_title_is_told_whole_with_its_mark_where_due(
    event: Event, revision: Revision, zone: Zone
) -> None:
    off = event.about.state in {State.CANCELLED, State.SKIPPED, State.REPLACED, State.ARCHIVED}

    summary = text(vevent(event, revision, zone=zone), "SUMMARY")

    assert summary.startswith("Annulé : ") == off or one_line(event.about.title).startswith("Annulé : ")
    assert summary.endswith(one_line(event.about.title))


@given(events, events, revisions, zones, langs)
def test_a_uid_depends_on_the_id_alone(
    event: Event, other: Event, revision: Revision, zone: Zone, lang: Lang
) -> None:
    disguised = other._replace(id=event.id)

    one = vevent(event, revision, zone=ZONES[0])
    two = vevent(disguised, revision, zone=zone, lang=lang)

    assert text(one, "UID") == text(two, "UID")


@given(st.lists(events, max_size=5), revisions, zones, st.randoms(use_true_random=False))
def test_events_are_the_same_in_whatever_order_they_are_rendered(
    several: list[Event], revision: Revision, zone: Zone, chance: object
) -> None:
    in_order = [vevent(event, revision, zone=zone) for event in several]

    backwards = [vevent(event, revision, zone=zone) for event in reversed(several)]

    assert in_order == backwards[::-1]


@given(events, revisions, zones)
def test_lines_are_those_that_icalendar_writes(event: Event, revision: Revision, zone: Zone) -> None:
    written = vevent(event, revision, zone=zone)
    assume(not any(r"\N" in line for line in unfolded(written)))  # the fault of icalendar that is mended

    theirs = by_icalendar(event, revision, zone, written)

    ours = [line for line in unfolded(written) if not line.startswith(("GEO", "X-APPLE", "BEGIN"))]
    assert sorted(ours) == sorted(line for line in theirs if line not in {"BEGIN:VEVENT", "END:VEVENT"})


def by_icalendar(event: Event, revision: Revision, zone: Zone, written: bytes) -> list[str]:
    """The same properties written by icalendar from their values, unfolded; positions are apart."""
    component = IcalendarEvent()
    utc = any(":" in value and value.endswith("Z") for value in values(written, "DTSTART"))
    for name, moment in (("dtstart", begins(event)), ("dtend", ends(event))):
        if name == "dtend" and moment == begins(event):
            continue
        local = isinstance(moment, datetime) and not utc
        component.add(
            name, moment.astimezone(zone.tzinfo) if isinstance(moment, datetime) and local else moment
        )
    component.add("dtstamp", revision.modified)
    component.add("last-modified", revision.modified)
    component.add("created", revision.created)
    component.add("sequence", revision.sequence)
    for name in (
        "UID",
        "SUMMARY",
        "LOCATION",
        "DESCRIPTION",
        "STATUS",
        "TRANSP",
        "X-AMILIA-STATE",
        "X-MICROSOFT-CDO-BUSYSTATUS",
    ):
        if values(written, name):
            component.add(name, vText(text(written, name)))
    if address := web_address(event.about.url):
        component.add("url", vUri(address))
    categories: list[str] = []
    for label in (event.about.category, event.about.subcategory, *event.about.tags):
        name = one_line(label.name) if label else ""
        if name and name.casefold() not in map(str.casefold, categories):
            categories.append(name)
    if categories:
        component.add("categories", categories)
    data: bytes = component.to_ical()
    return unfolded(data)


@given(events, revisions)
def test_a_position_is_read_back_by_icalendar(event: Event, revision: Revision) -> None:
    written = vevent(event, revision, zone=ZONES[0])

    read = of_icalendar(calendar(written, ZONES[0]))

    coordinates = event.about.place.coordinates if event.about.place else None
    assert ("GEO" in read) == (coordinates is not None)
    if coordinates is not None and event.about.place is not None:
        assert abs(read["GEO"].latitude - coordinates[0]) <= 1e-6
        assert abs(read["GEO"].longitude - coordinates[1]) <= 1e-6
        apple = read.get("X-APPLE-STRUCTURED-LOCATION")
        assert (apple is not None) == bool(whereabouts(event.about.place))
        if apple is not None:
            title = one_line(event.about.place.name) or one_line(event.about.place.address)
            # It takes backslashes in parameters for escapes, which RFC 5545 does not know there.
            assert apple.params["X-TITLE"] == title or "\\" in title
