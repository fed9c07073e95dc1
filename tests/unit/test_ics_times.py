"""Local time where the clock can tell, UTC where it cannot, days as days."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from app.domain.model import Days, Timed
from app.ics.times import stamp_lines, time_lines
from app.ics.zones import publish_zone

TORONTO = publish_zone("America/Toronto", date(2026, 9, 22), date(2027, 12, 27))
NUUK = publish_zone("America/Nuuk", date(2026, 9, 22), date(2027, 12, 27))


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]  # year to second


def test_a_class_is_told_in_local_time_with_its_zone() -> None:
    evening = Timed(utc(2026, 11, 3, 23, 30), utc(2026, 11, 4, 0, 30))

    assert time_lines(evening, TORONTO) == (
        b"DTSTART;TZID=America/Toronto:20261103T183000",
        b"DTEND;TZID=America/Toronto:20261103T193000",
    )


def test_a_zone_that_cannot_be_told_gives_utc() -> None:
    evening = Timed(utc(2026, 11, 3, 23, 30), utc(2026, 11, 4, 0, 30))

    assert time_lines(evening, NUUK) == (b"DTSTART:20261103T233000Z", b"DTEND:20261104T003000Z")


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (utc(2026, 11, 1, 6, 15), utc(2026, 11, 1, 6, 45)),  # the second quarter past one
        (utc(2026, 11, 1, 5, 15), utc(2026, 11, 1, 5, 45)),  # the first
        (utc(2026, 11, 1, 4, 0), utc(2026, 11, 1, 6, 30)),  # from midnight into it
        (utc(2026, 11, 1, 5, 30), utc(2026, 11, 1, 12, 0)),  # out of it
    ],
)
def test_an_hour_that_comes_twice_is_told_in_utc(start: datetime, end: datetime) -> None:
    lines = time_lines(Timed(start, end), TORONTO)

    assert lines == (f"DTSTART:{start:%Y%m%dT%H%M%SZ}".encode(), f"DTEND:{end:%Y%m%dT%H%M%SZ}".encode())


def test_a_night_around_the_change_of_clocks_is_told_in_local_time() -> None:
    night = Timed(utc(2026, 11, 1, 2), utc(2026, 11, 1, 12))

    assert time_lines(night, TORONTO) == (
        b"DTSTART;TZID=America/Toronto:20261031T220000",
        b"DTEND;TZID=America/Toronto:20261101T070000",
    )


def test_an_event_that_takes_no_time_has_no_end() -> None:
    moment = utc(2026, 11, 3, 23, 30)

    assert time_lines(Timed(moment, moment), TORONTO) == (b"DTSTART;TZID=America/Toronto:20261103T183000",)
    assert time_lines(Timed(moment, moment), NUUK) == (b"DTSTART:20261103T233000Z",)


def test_whole_days_end_on_the_day_after() -> None:
    weekend = Days(date(2026, 12, 5), date(2026, 12, 7))

    assert time_lines(weekend, TORONTO) == (b"DTSTART;VALUE=DATE:20261205", b"DTEND;VALUE=DATE:20261207")


def test_no_days_at_all_are_one_day_by_leaving_out_the_end() -> None:
    assert time_lines(Days(date(2026, 12, 5), date(2026, 12, 5)), TORONTO) == (
        b"DTSTART;VALUE=DATE:20261205",
    )


def test_a_revision_is_stamped_with_its_own_time_and_not_with_that_of_the_request() -> None:
    lines = stamp_lines(utc(2026, 9, 1, 12), utc(2026, 9, 15, 8, 30))

    assert lines == (
        b"DTSTAMP:20260915T083000Z",
        b"CREATED:20260901T120000Z",
        b"LAST-MODIFIED:20260915T083000Z",
    )


def test_stamps_are_in_utc_whatever_clock_they_come_from() -> None:
    instant = utc(2026, 9, 15, 8, 30)
    elsewhere = instant.astimezone(timezone(timedelta(hours=-4)))

    assert stamp_lines(elsewhere, elsewhere) == stamp_lines(instant, instant)
    assert b"CREATED:20260915T083000Z" in stamp_lines(elsewhere, elsewhere)
