"""How the tests of clients write down what a person sees."""

from datetime import UTC, date, datetime

import pytest

from tests.clients.sightings import Published, Sighting, repeated, span, venue
from tests.clients.story import week_of_two_clocks

FACT = {
    "Title": "Yoga",
    "Start": "2027-03-17T22:30:00Z",
    "End": "2027-03-17T23:30:00Z",
    "AllDay": False,
    "FirstDay": "2027-03-17",
    "LastDay": "2027-03-17",
    "State": "Cancelled",
    "Place": "Gymnase",
}


@pytest.mark.parametrize(
    ("zone", "start", "end"),
    [
        ("America/Toronto", "2027-03-17 18:30", "2027-03-17 19:30"),
        ("Europe/Paris", "2027-03-17 23:30", "2027-03-18 00:30"),
    ],
)
def test_an_event_is_seen_by_the_clock_of_the_machine(zone: str, start: str, end: str) -> None:
    seen = Published.from_fact(FACT).seen_in(zone)

    assert Sighting(start, end, "Annulé : Yoga", "Gymnase", "cancelled") == seen


def test_whole_days_are_the_same_everywhere() -> None:
    fact = {**FACT, "AllDay": True, "LastDay": "2027-03-19", "State": "Normal"}

    seen = Published.from_fact(fact).seen_in("Asia/Kolkata")

    assert Sighting("2027-03-17", "2027-03-19", "Yoga", "Gymnase", "confirmed") == seen


def test_days_of_a_file_end_before_their_end() -> None:
    assert ("2027-03-17", "2027-03-19") == span(date(2027, 3, 17), date(2027, 3, 20), "Europe/Paris")
    assert ("2027-03-17", "2027-03-17") == span(date(2027, 3, 17), None, "Europe/Paris")


def test_an_hour_is_repeated_once_a_year() -> None:
    assert repeated(datetime(2026, 11, 1, 5, 30, tzinfo=UTC), "America/Toronto")
    assert not repeated(datetime(2026, 11, 1, 7, 30, tzinfo=UTC), "America/Toronto")
    assert not repeated(datetime(2026, 11, 1, 5, 30, tzinfo=UTC), "Europe/Paris")


@pytest.mark.parametrize(
    ("today", "day"),
    [
        (date(2026, 11, 22), date(2027, 3, 17)),
        (date(2027, 3, 16), date(2027, 3, 17)),
        (date(2027, 3, 17), date(2028, 3, 15)),
    ],
)
def test_the_week_of_two_clocks_is_always_ahead(today: date, day: date) -> None:
    assert day == week_of_two_clocks(today)


def test_the_venue_stands_before_the_address() -> None:
    assert "Aréna – glace A" == venue("Aréna – glace A, 3000, boulevard Fréchette, Chambly")
    assert "" == venue(None)
