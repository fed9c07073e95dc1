"""The offset that a VTIMEZONE gives to a wall-clock time, compared with the zone it describes."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.ics.lint.offsets import Observance, Yearly, Zone

HOUR = timedelta(hours=1)
SUNDAY = 6


def at(wall: str) -> datetime:
    return datetime.fromisoformat(wall)


def change(start: datetime, before: timedelta, after: timedelta, nth: int) -> Observance:
    return Observance(start, before, after, Yearly(start.month, nth, SUNDAY))


TORONTO = Zone(
    "America/Toronto",
    1,
    (
        change(at("1970-03-08T02"), -5 * HOUR, -4 * HOUR, 2),
        change(at("1970-11-01T02"), -4 * HOUR, -5 * HOUR, 1),
    ),
    readable=True,
)
BERLIN = Zone(
    "Europe/Berlin",
    1,
    (
        change(at("1970-03-29T02"), HOUR, 2 * HOUR, -1),
        change(at("1970-10-25T03"), 2 * HOUR, HOUR, -1),
    ),
    readable=True,
)
SYDNEY = Zone(
    "Australia/Sydney",
    1,
    (
        change(at("1970-10-04T02"), 10 * HOUR, 11 * HOUR, 1),
        change(at("1970-04-05T03"), 11 * HOUR, 10 * HOUR, 1),
    ),
    readable=True,
)


@pytest.mark.parametrize("zone", [TORONTO, BERLIN, SYDNEY], ids=lambda zone: zone.tzid)
@settings(deadline=None)
@given(wall=st.datetimes(min_value=at("2009-01-01"), max_value=at("2035-12-31")))
def test_two_yearly_rules_give_what_the_zone_database_gives(zone: Zone, wall: datetime) -> None:
    """Rules of today hold in all three places since 2008."""
    iana = ZoneInfo(zone.tzid)
    true = {wall.replace(tzinfo=iana, fold=fold).utcoffset() for fold in (0, 1)}

    assert zone.offset(wall) in true


def test_offset_before_every_onset_is_the_one_before_the_earliest() -> None:
    assert TORONTO.offset(at("1960-07-01")) == -5 * HOUR


def test_rule_that_has_ended_keeps_its_last_offset() -> None:
    until = at("2007-03-11T07")
    summer = Observance(at("1970-03-08T02"), -5 * HOUR, -4 * HOUR, Yearly(3, 2, SUNDAY, until))
    winter = Observance(at("1970-11-01T02"), -4 * HOUR, -5 * HOUR, Yearly(11, 1, SUNDAY, until))
    ended = Zone("America/Toronto", 1, (summer, winter), readable=True)

    assert ended.offset(at("2006-12-01")) == -5 * HOUR
    assert ended.offset(at("2027-01-01")) == -4 * HOUR


def test_observance_without_a_rule_holds_from_its_start_on() -> None:
    fixed = Zone("America/Phoenix", 1, (Observance(at("1970-01-01"), -7 * HOUR, -7 * HOUR),), readable=True)

    assert fixed.offset(at("2027-07-01")) == -7 * HOUR


def test_year_without_a_fifth_sunday_has_no_onset() -> None:
    zone = Zone(
        "X", 1, (Observance(at("2020-03-29T02"), HOUR, 2 * HOUR, Yearly(3, 5, SUNDAY)),), readable=True
    )

    onset = zone.observances[0].last_onset(at("2022-06-01"))

    assert at("2020-03-29T02") == onset


def test_zone_that_could_not_be_read_gives_no_offset() -> None:
    assert Zone("X", 1, TORONTO.observances, readable=False).offset(at("2027-01-01")) is None
    assert Zone("X", 1, (), readable=True).offset(at("2027-01-01")) is None


@given(
    wall=st.datetimes(),
    start=st.datetimes(),
    nth=st.integers(-5, 5).filter(bool),
    month=st.integers(1, 12),
    weekday=st.integers(0, 6),
    until=st.none() | st.datetimes(),
)
def test_first_and_last_years_of_the_calendar_do_no_harm(
    *, wall: datetime, start: datetime, nth: int, month: int, weekday: int, until: datetime | None
) -> None:
    observance = Observance(start, -14 * HOUR, 14 * HOUR, Yearly(month, nth, weekday, until))

    onset = observance.last_onset(wall)

    assert (onset is None) == (wall < start)
    assert onset is None or start <= onset <= wall
