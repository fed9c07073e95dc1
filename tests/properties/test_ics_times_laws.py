"""What is written without icalendar is what icalendar and the standard library write."""

import uuid
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from icalendar.prop import vDatetime

from app.domain.model import Timed
from app.ics import identity
from app.ics.identity import uid_for
from app.ics.times import stamp_lines, time_lines
from app.ics.zones import Zone, publish_zone
from tests.support.ics_strategies import FIRST, LAST

ZONES = [
    publish_zone(name, FIRST, LAST)
    for name in ("America/Toronto", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Auckland", "UTC")
]
seconds = st.integers(0, (LAST - FIRST).days * 86_400)
# The hours in which clocks change are a thousandth of the year: most draws must come from around them.
CHANGES = [
    datetime(2026, 11, 1, tzinfo=UTC),
    datetime(2027, 3, 14, tzinfo=UTC),
    datetime(2027, 4, 3, tzinfo=UTC),
]
instants = st.one_of(
    seconds.map(
        lambda count: datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC) + timedelta(seconds=count)
    ),
    st.builds(
        lambda day, minute: day + timedelta(minutes=minute),
        st.sampled_from(CHANGES),
        st.integers(-2880, 2880),
    ),
)


def by_icalendar(moment: datetime) -> bytes:
    written: bytes = vDatetime(moment).to_ical()  # type: ignore[no-untyped-call]
    return written


@given(instants, instants)
def test_stamps_are_written_as_icalendar_writes_them(created: datetime, modified: datetime) -> None:
    assert stamp_lines(created, modified) == (
        b"DTSTAMP:" + by_icalendar(modified),
        b"CREATED:" + by_icalendar(created),
        b"LAST-MODIFIED:" + by_icalendar(modified),
    )


def by_the_library(instant: datetime, zone: Zone) -> datetime | None:
    """The wall clock, None where it is passed twice or not published, by the rules of zoneinfo alone."""
    if zone.published_in_utc:
        return None
    local = instant.astimezone(ZoneInfo(zone.name))
    passes = {local.replace(fold=fold).utcoffset() for fold in (0, 1)}
    return local.replace(tzinfo=None) if len(passes) == 1 else None


@given(instants, st.sampled_from(ZONES))
def test_wall_clocks_are_those_of_the_time_zone_database(instant: datetime, zone: Zone) -> None:
    assert zone.wall(instant) == by_the_library(instant, zone)


@given(instants, st.sampled_from(ZONES))
def test_local_times_are_written_as_icalendar_writes_them(instant: datetime, zone: Zone) -> None:
    local = by_the_library(instant, zone)

    (start,) = time_lines(Timed(instant, instant), zone)

    written = (
        b":" + by_icalendar(instant)
        if local is None
        else b";TZID=%b:%b"
        % (
            zone.name.encode(),
            by_icalendar(local),
        )
    )
    assert start == b"DTSTART" + written


@given(st.integers(-(2**63), 2**63))
def test_uids_are_the_name_based_uuids_of_the_standard_library(number: int) -> None:
    assert uid_for(number) == str(uuid.uuid5(identity._NAMESPACE, str(number)))
