"""What a calendar on a page writes over its days, weeks and months, in French and English."""

from datetime import date, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_interval, format_skeleton, format_time, get_timezone_name

from app.domain.model import Lang
from app.i18n.formats import long_date
from app.i18n.words import LOCALES

_HOURS: dict[Lang, str] = {"fr": "Hm", "en": "hm"}
"""CLDR's skeletons of a clock: of 24 hours in French, of twice 12 in English."""


@lru_cache(maxsize=64)
def month_heading(day: date, lang: Lang) -> str:
    """The month of ``day``: ``November 2026``, ``Novembre 2026``."""
    return _capital(format_skeleton("yMMMM", day, locale=LOCALES[lang]))


@lru_cache(maxsize=1024)
def day_heading(day: date, lang: Lang) -> str:
    """The weekday, day and month: ``Sunday, November 22``, ``Dimanche 22 novembre``."""
    if lang == "en":
        return format_date(day, "EEEE, MMMM d", locale=LOCALES[lang])
    # French counts the first of a month as an ordinal.
    return _capital(
        format_date(day, "EEEE d'er' MMMM" if day.day == 1 else "EEEE d MMMM", locale=LOCALES[lang])
    )


@lru_cache(maxsize=1024)
def short_day(day: date, lang: Lang) -> str:
    """The same in a narrow place: ``Sun, Nov 22``, ``dim. 22 nov.``."""
    return format_skeleton("MMMEd", day, locale=LOCALES[lang])


@lru_cache(maxsize=256)
def days_heading(first: date, last: date, lang: Lang) -> str:
    """From ``first`` to ``last``, both included: ``Nov 22–28, 2026``; one day is written in full."""
    if first == last:
        return _capital(long_date(first, lang))
    return format_interval(first, last, "yMMMMd", locale=LOCALES[lang])


@lru_cache(maxsize=4096)  # courses begin and end at the same few hours
def hours(start: time, end: time, lang: Lang) -> str:
    """From one hour to another: ``6:30–8:00 p.m.``, ``18 h 30 – 20 h 00``."""
    return format_interval(start, end, _HOURS[lang], locale=LOCALES[lang])


@lru_cache(maxsize=1024)
def clock(moment: time, lang: Lang) -> str:
    """An hour of the day as ``hours`` writes it: ``6:30 p.m.``, ``9 h 30``."""
    return format_time(moment, "short" if lang == "en" else "H 'h' mm", locale=LOCALES[lang])


@lru_cache(maxsize=48)
def whole_hour(hour: int, lang: Lang) -> str:
    """An hour of the day, 0 to 23, as the edge of a timetable shows it: ``6 p.m.``, ``18 h``."""
    return format_time(time(hour), "h a" if lang == "en" else "H 'h'", locale=LOCALES[lang])


@lru_cache(maxsize=2)
def weekdays(lang: Lang) -> tuple[tuple[str, str], ...]:
    """The short and the full name of each weekday, from Monday."""
    monday = date(2026, 11, 23)
    days = [monday.replace(day=monday.day + offset) for offset in range(7)]
    return tuple(
        (format_date(day, "EEE", locale=LOCALES[lang]), format_date(day, "EEEE", locale=LOCALES[lang]))
        for day in days
    )


@lru_cache(maxsize=2)
def first_weekday(lang: Lang) -> int:
    """The weekday that a calendar begins with, Monday = 0; in Canada it is Sunday."""
    first: int = Locale.parse(LOCALES[lang]).first_week_day
    return first


@lru_cache(maxsize=128)
def zone_heading(zone: ZoneInfo, lang: Lang) -> str:
    """What people call a time zone: ``Eastern Time``, ``heure de l’Est nord-américain``."""
    return get_timezone_name(zone, locale=LOCALES[lang])


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
