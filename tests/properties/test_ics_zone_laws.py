"""What holds for every zone of the database, in every window."""

from datetime import UTC, date, datetime, timedelta
from importlib.resources import files

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Timezone

from app.ics.zones import Zone, publish_zone

NAMES = sorted(files("tzdata").joinpath("zones").read_text(encoding="utf-8").split())


@st.composite
def published(draw: st.DrawFn) -> tuple[Zone, datetime]:
    """A zone published for a window of up to two years, and an instant in that window."""
    first = draw(st.dates(date(1990, 1, 1), date(2040, 1, 1)))
    days = draw(st.integers(1, 730))
    zone = publish_zone(draw(st.sampled_from(NAMES)), first, first + timedelta(days=days))
    start = datetime(first.year, first.month, first.day, tzinfo=UTC)
    return zone, start + timedelta(minutes=draw(st.integers(0, days * 24 * 60)))


@given(published())
def test_a_wall_clock_that_is_told_means_its_instant_and_no_other(case: tuple[Zone, datetime]) -> None:
    zone, instant = case

    wall = zone.wall(instant)

    if wall is not None:
        meanings = {wall.replace(tzinfo=zone.tzinfo, fold=fold).astimezone(UTC) for fold in (0, 1)}
        assert meanings == {instant}


@given(published())
def test_a_reader_of_the_vtimezone_agrees_with_the_database(case: tuple[Zone, datetime]) -> None:
    zone, instant = case

    if not zone.published_in_utc:
        component = Timezone.from_ical(zone.vtimezone)
        assert isinstance(component, Timezone)
        theirs = instant.astimezone(component.to_tz(lookup_tzid=False))
        assert theirs.utcoffset() == zone.local(instant).utcoffset()


@given(st.sampled_from(NAMES))
def test_a_vtimezone_has_one_standard_and_at_most_one_daylight(name: str) -> None:
    zone = publish_zone(name, date(2026, 9, 22), date(2027, 12, 27))

    if not zone.published_in_utc:
        assert zone.vtimezone.count(b"BEGIN:STANDARD") == 1
        assert zone.vtimezone.count(b"BEGIN:DAYLIGHT") == zone.vtimezone.count(b"RRULE:") // 2
        assert b"RDATE" not in zone.vtimezone
