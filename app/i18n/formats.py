"""Prices, dates and hours as a reader in French or English Canada writes them.

Spaces inside are no-break where the language wants them so: a price never breaks over two lines.
"""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from math import ceil

from babel.dates import format_date, format_time, format_timedelta
from babel.numbers import format_currency
from babel.units import format_unit

from app.domain.model import Lang
from app.i18n.words import LOCALES, say


def prepare() -> None:
    """Read the words and the locale of each language now, for the first who asks would wait for it."""
    for lang in LOCALES:
        price(Decimal(0), "CAD", lang)
        price(Decimal(1), "CAD", lang)


@lru_cache(maxsize=1024)  # a centre has few prices, and laying one out costs more than a whole event
def price(amount: Decimal, currency: str, lang: Lang) -> str:
    """An amount of a currency (ISO 4217 code); nothing to pay is a word.

    >>> price(Decimal(0), "CAD", "fr")
    'Gratuit'
    """
    if amount == 0:
        return say(lang, "price.free")
    return format_currency(amount, currency, locale=LOCALES[lang])


def long_date(day: date, lang: Lang) -> str:
    """The weekday, day, month and year: ``Tuesday, November 3, 2026``, ``mardi 3 novembre 2026``."""
    # French counts the first of a month as an ordinal, which the CLDR pattern leaves out.
    pattern = "EEEE d'er' MMMM y" if lang == "fr" and day.day == 1 else "full"
    return format_date(day, pattern, locale=LOCALES[lang])


def clock_time(moment: datetime | time, lang: Lang) -> str:
    """Hours and minutes as the clock of ``moment`` itself shows them: ``6:30 p.m.``, ``18 h 30``."""
    clock = moment.time() if isinstance(moment, datetime) else moment
    return format_time(clock, "short", locale=LOCALES[lang])


def span(length: timedelta, lang: Lang) -> str:
    """A length of time in its largest unit: ``3 minutes``, ``2 jours``."""
    return format_timedelta(length, threshold=1.5, locale=LOCALES[lang])


def megabytes(octets: int, lang: Lang) -> str:
    """A size in millions of octets, rounded up to one decimal: ``1.2 MB``, ``1,2 Mo``."""
    size = format_unit(ceil(octets / 100_000) / 10, "digital-megabyte", "short", locale=LOCALES[lang])
    return size.replace(" ", "\u00a0")
