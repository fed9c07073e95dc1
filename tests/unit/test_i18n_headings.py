"""What stands over days, weeks and months, as it is written in Canada."""

from datetime import date, time
from zoneinfo import ZoneInfo

import pytest

from app.domain.model import Lang
from app.i18n.headings import (
    clock,
    day_heading,
    days_heading,
    first_weekday,
    hours,
    month_heading,
    short_day,
    weekdays,
    whole_hour,
    zone_heading,
)

NARROW, THIN = "\u202f", "\u2009"


@pytest.mark.parametrize(
    ("lang", "day", "expected"),
    [
        ("fr", date(2026, 12, 1), ("Mardi 1er décembre", "mar. 1 déc.", "Décembre 2026")),
        ("fr", date(2026, 11, 22), ("Dimanche 22 novembre", "dim. 22 nov.", "Novembre 2026")),
        ("en", date(2026, 12, 1), ("Tuesday, December 1", "Tue, Dec 1", "December 2026")),
    ],
)
def test_days_and_months(lang: Lang, day: date, expected: tuple[str, str, str]) -> None:
    assert (day_heading(day, lang), short_day(day, lang), month_heading(day, lang)) == expected


@pytest.mark.parametrize(
    ("lang", "last", "expected"),
    [
        ("fr", date(2026, 11, 22), "Dimanche 22 novembre 2026"),
        ("fr", date(2026, 11, 28), "22–28 nov. 2026"),
        ("fr", date(2027, 1, 3), f"22 nov. 2026{THIN}–{THIN}3 janv. 2027"),
        ("en", date(2026, 11, 22), "Sunday, November 22, 2026"),
        ("en", date(2026, 12, 3), "Nov 22–Dec 3, 2026"),
    ],
)
def test_several_days_at_once(lang: Lang, last: date, expected: str) -> None:
    assert days_heading(date(2026, 11, 22), last, lang) == expected


@pytest.mark.parametrize(
    ("lang", "from_nine", "nine", "evening", "edge"),
    [
        ("fr", f"9 h 05{THIN}–{THIN}20 h 00", "9 h 05", "18 h 30", "18 h"),
        ("en", f"9:05{NARROW}a.m.–8:00{NARROW}p.m.", f"9:05{NARROW}a.m.", f"6:30{NARROW}p.m.", "6 p.m."),
    ],
)
def test_hours(lang: Lang, *, from_nine: str, nine: str, evening: str, edge: str) -> None:
    assert hours(time(9, 5), time(20), lang) == from_nine
    assert (clock(time(9, 5), lang), clock(time(18, 30), lang)) == (nine, evening)
    assert whole_hour(18, lang) == edge


def test_weeks_begin_on_sunday_in_canada_and_weekdays_are_counted_from_monday() -> None:
    assert {first_weekday("fr"), first_weekday("en")} == {6}
    assert weekdays("fr")[0] == ("lun.", "lundi")
    assert weekdays("en")[6] == ("Sun", "Sunday")


def test_a_zone_has_the_name_that_people_give_it() -> None:
    toronto = ZoneInfo("America/Toronto")

    assert (zone_heading(toronto, "fr"), zone_heading(toronto, "en")) == ("heure de l’Est", "Eastern Time")
