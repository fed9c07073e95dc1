"""The timetable finds events by the days they touch."""

from datetime import UTC, date, datetime

import pytest

from app.simulator.model import Activity, Event, Program, same
from app.simulator.timetable import Timetable

CLASS = Activity(1, same("Class"), Program(1, same("Programme")), None, None)


def held(number: int, start: str, end: str) -> Event:
    begin, finish = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (start, end))
    return Event(number, CLASS, begin, finish)


def ids(timetable: Timetable, first: str, last: str) -> list[int]:
    return [event.id for event in timetable.between(date.fromisoformat(first), date.fromisoformat(last))]


def test_event_over_several_days_is_listed_once_in_any_range_that_it_touches() -> None:
    timetable = Timetable([held(1, "2026-07-06T00:00", "2026-07-10T23:59")])

    assert ids(timetable, "2026-07-01", "2026-07-31") == [1]
    assert ids(timetable, "2026-07-08", "2026-07-09") == [1]
    assert ids(timetable, "2026-07-11", "2026-07-31") == []


def test_event_that_ends_at_midnight_does_not_touch_the_new_day() -> None:
    timetable = Timetable([held(1, "2026-07-06T20:00", "2026-07-07T00:00")])

    assert ids(timetable, "2026-07-07", "2026-07-07") == []


def test_event_that_ends_before_it_starts_is_on_its_first_day() -> None:
    timetable = Timetable([held(1, "2026-07-06T13:00", "2026-07-06T02:00")])

    assert ids(timetable, "2026-07-06", "2026-07-06") == [1]


def test_events_of_a_day_come_by_id_and_not_by_hour() -> None:
    timetable = Timetable(
        [held(7, "2026-07-06T08:00", "2026-07-06T09:00"), held(3, "2026-07-06T18:00", "2026-07-06T19:00")]
    )

    assert ids(timetable, "2026-07-06", "2026-07-06") == [3, 7]


def test_id_cannot_be_taken_twice() -> None:
    timetable = Timetable([held(1, "2026-07-06T08:00", "2026-07-06T09:00")])

    with pytest.raises(ValueError, match="1 exists already"):
        timetable.add(held(1, "2026-07-07T08:00", "2026-07-07T09:00"))


def test_discarded_event_leaves_no_trace() -> None:
    event = held(1, "2026-07-06T00:00", "2026-07-10T23:59")
    timetable = Timetable([event])

    timetable.discard(event)

    assert ids(timetable, "2026-07-01", "2026-07-31") == []
    assert (timetable.of_activity(1), timetable.get(1), len(timetable)) == ([], None, 0)
