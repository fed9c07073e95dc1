"""A zone is published in the two rules that Microsoft reads, where these tell the truth; else in UTC."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo

import pytest
from icalendar import Timezone

from app.ics.zones import Zone, publish_zone, zone_exists

FIRST, LAST = date(2026, 9, 22), date(2027, 12, 27)

REGULAR = (
    "America/Toronto",
    "America/St_Johns",
    "America/Halifax",
    "America/Regina",
    "America/Phoenix",
    "Europe/Paris",
    "Europe/Dublin",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Kolkata",
    "Antarctica/Troll",
    "Etc/GMT",
)
SHAPE = re.compile(
    r"BEGIN:VTIMEZONE\r\nTZID:\S+\r\n"
    r"BEGIN:STANDARD\r\nDTSTART:1970\d{4}T\d{6}\r\n(RRULE:FREQ=YEARLY;BYMONTH=\d+;BYDAY=(-1|[1-4])[A-Z]{2}\r\n)?"
    r"TZOFFSETFROM:[+-]\d{4}\r\nTZOFFSETTO:[+-]\d{4}\r\nTZNAME:\S+\r\nEND:STANDARD\r\n"
    r"(BEGIN:DAYLIGHT\r\nDTSTART:1970\d{4}T\d{6}\r\nRRULE:FREQ=YEARLY;BYMONTH=\d+;BYDAY=(-1|[1-4])[A-Z]{2}\r\n"
    r"TZOFFSETFROM:[+-]\d{4}\r\nTZOFFSETTO:[+-]\d{4}\r\nTZNAME:\S+\r\nEND:DAYLIGHT\r\n)?"
    r"END:VTIMEZONE\r\n"
)
TORONTO = b"""\
BEGIN:VTIMEZONE
TZID:America/Toronto
BEGIN:STANDARD
DTSTART:19701101T020000
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
TZNAME:EST
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700308T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
TZNAME:EDT
END:DAYLIGHT
END:VTIMEZONE
"""
REGINA = b"""\
BEGIN:VTIMEZONE
TZID:America/Regina
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:-0600
TZOFFSETTO:-0600
TZNAME:CST
END:STANDARD
END:VTIMEZONE
"""


def read_by_another(zone: Zone) -> tzinfo:
    """The zone as a client understands it that believes the VTIMEZONE and knows no IANA names."""
    component = Timezone.from_ical(zone.vtimezone)
    assert isinstance(component, Timezone)
    theirs: tzinfo = component.to_tz(lookup_tzid=False)
    return theirs


def every_three_hours(first: date, last: date) -> Iterator[datetime]:
    start = datetime(first.year, first.month, first.day, tzinfo=UTC)
    return (start + timedelta(hours=3 * n) for n in range(8 * (last - first).days))


@pytest.mark.parametrize("expected", [TORONTO, REGINA], ids=["with two rules", "with one"])
def test_a_zone_is_written_like_this(expected: bytes) -> None:
    name = expected.split(b"\n")[1].removeprefix(b"TZID:").decode()

    zone = publish_zone(name, FIRST, LAST)

    assert expected.replace(b"\n", b"\r\n") == zone.vtimezone
    assert not zone.published_in_utc


@pytest.mark.parametrize("name", REGULAR)
def test_a_vtimezone_has_the_shape_that_microsoft_reads(name: str) -> None:
    assert SHAPE.fullmatch(publish_zone(name, FIRST, LAST).vtimezone.decode("ascii"))


@pytest.mark.parametrize("name", REGULAR)
def test_a_client_that_reads_the_vtimezone_sees_the_right_hour_all_through_the_window(name: str) -> None:
    zone = publish_zone(name, FIRST, LAST)

    theirs = read_by_another(zone)
    wrong = [
        instant
        for instant in every_three_hours(FIRST, LAST)
        if instant.astimezone(theirs).utcoffset() != zone.local(instant).utcoffset()
    ]

    assert not wrong


@pytest.mark.parametrize(
    ("name", "offset"),
    [("Australia/Lord_Howe", b"TZOFFSETTO:+1030"), ("America/St_Johns", b"TZOFFSETTO:-0330")],
)
def test_offsets_need_not_be_whole_hours(name: str, offset: bytes) -> None:
    assert offset in publish_zone(name, FIRST, LAST).vtimezone


def test_the_later_clock_is_daylight_even_where_the_law_calls_it_standard() -> None:
    zone = publish_zone("Europe/Dublin", FIRST, LAST)

    _, standard, daylight = re.split(rb"BEGIN:(?:STANDARD|DAYLIGHT)", zone.vtimezone)

    assert b"TZNAME:GMT" in standard
    assert b"TZNAME:IST" in daylight


@pytest.mark.parametrize(
    "name",
    [
        "America/Nuuk",  # the evening before the last Sunday
        "America/Santiago",  # the midnight after the first Saturday
        "Asia/Jerusalem",  # the Friday before the last Sunday
        "UTC",
        "Etc/UTC",
    ],
)
def test_a_zone_that_two_rules_cannot_tell_is_published_in_utc(name: str) -> None:
    zone = publish_zone(name, FIRST, LAST)

    assert zone.published_in_utc
    assert zone.vtimezone == b""


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("Pacific/Apia", date(2020, 10, 1), date(2022, 1, 1)),  # daylight saving was given up in 2021
        ("Asia/Tehran", date(2022, 6, 1), date(2023, 1, 1)),  # and here in 2022
        ("Europe/Volgograd", date(2020, 11, 1), date(2021, 3, 1)),  # another offset since December 2020
    ],
)
def test_a_change_of_the_law_within_the_window_is_told_in_utc(name: str, before: date, after: date) -> None:
    year = timedelta(days=365)

    assert publish_zone(name, before, before + year).published_in_utc
    assert not publish_zone(name, after, after + year).published_in_utc


def test_morocco_before_and_after_it_gave_up_changing_clocks_for_ramadan() -> None:
    assert publish_zone("Africa/Casablanca", date(2025, 1, 1), date(2025, 12, 31)).published_in_utc


def test_the_days_around_the_window_count_too() -> None:
    # Volgograd changed on 27 December 2020.
    after = publish_zone("Europe/Volgograd", date(2021, 1, 2), date(2021, 12, 31))
    long_after = publish_zone("Europe/Volgograd", date(2021, 1, 5), date(2021, 12, 31))

    assert after.published_in_utc
    assert not long_after.published_in_utc


def test_the_bytes_are_the_same_whatever_the_window() -> None:
    forms = {
        publish_zone("America/Toronto", FIRST + timedelta(days=n), LAST + timedelta(days=n)).vtimezone
        for n in range(0, 700, 50)
    }

    assert len(forms) == 1


@pytest.mark.parametrize("name", ["America/Montréal", "america/toronto", "Eastern Standard Time", "", "../x"])
def test_an_unknown_zone_is_named_in_one_sentence(name: str) -> None:
    assert not zone_exists(name)
    with pytest.raises(ValueError, match=r"^There is no time zone called .* in the IANA [a-z-]+ database\.$"):
        publish_zone(name, FIRST, LAST)


@pytest.mark.parametrize("name", [*REGULAR, "UTC", "America/Montreal", "America/Indianapolis"])
def test_zones_exist_by_old_names_too(name: str) -> None:
    assert zone_exists(name)


def test_an_instant_is_told_by_the_clock_on_the_wall() -> None:
    zone = publish_zone("America/Toronto", FIRST, LAST)
    instant = datetime(2026, 11, 3, 23, 30, tzinfo=UTC)

    assert datetime(2026, 11, 3, 18, 30) == zone.wall(instant)  # noqa: DTZ001  # a wall clock
    assert zone.local(instant).isoformat() == "2026-11-03T18:30:00-05:00"


def test_an_hour_that_is_passed_twice_cannot_be_told_by_the_clock() -> None:
    zone = publish_zone("America/Toronto", FIRST, LAST)
    four = datetime(2026, 11, 1, 4, tzinfo=UTC)

    told = [zone.wall(four + timedelta(minutes=30 * n)) for n in range(7)]

    assert [wall.hour if wall else None for wall in told] == [0, 0, None, None, None, None, 2]


def test_no_clock_tells_where_times_are_published_in_utc() -> None:
    zone = publish_zone("America/Nuuk", FIRST, LAST)

    assert zone.wall(datetime(2026, 11, 3, 23, 30, tzinfo=UTC)) is None
