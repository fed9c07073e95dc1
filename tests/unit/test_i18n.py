"""Both catalogues say the same things, and say them well."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from babel.messages import Catalog
from babel.messages.pofile import read_po

import app
from app.domain.model import LANGS, Lang
from app.i18n import formats, words
from app.i18n.formats import clock_time, long_date, megabytes, price
from app.i18n.windows import zone_from_windows
from app.i18n.words import LOCALES, plural, say

NO_BREAK, NARROW = "\u00a0", "\u202f"


@pytest.fixture(scope="module", params=LANGS)
def lang(request: pytest.FixtureRequest) -> Any:  # a Lang
    return request.param


def catalogue(lang: Lang) -> Catalog:
    source = files("app.i18n").joinpath("locales", LOCALES[lang], "LC_MESSAGES", "messages.po")
    with source.open("rb") as lines:
        return read_po(lines, locale=LOCALES[lang], abort_invalid=True)


def texts(lang: Lang) -> dict[str, tuple[str, ...]]:
    """Every key with its texts: one, or one for each plural form."""
    found = {}
    for message in catalogue(lang):
        key = message.id if isinstance(message.id, str) else message.id[0]
        if key:  # the header has none
            forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
            found[key] = tuple(form or "" for form in forms)
    return found


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def used_keys() -> Iterator[str]:
    """Keys that the code and the templates ask for: ``say(lang, "event.moved")``, ``say("page.title")``."""
    asking = re.compile(r"""\b_?(?:say|plural)\(\s*(?:[\w.]+,\s*)*["']([a-z]+(?:[._-][a-z]+)+)["']""")
    for path in Path(app.__path__[0]).rglob("*"):
        if path.suffix in {".py", ".html", ".jinja", ".j2"}:
            yield from asking.findall(path.read_text(encoding="utf-8"))


def test_both_catalogues_have_the_same_keys() -> None:
    french, english = texts("fr"), texts("en")

    assert french.keys() == english.keys()


def test_no_text_is_empty_or_doubtful(lang: Lang) -> None:
    lacking = [key for key, forms in texts(lang).items() if not all(form.strip() for form in forms)]
    fuzzy = [message.id for message in catalogue(lang) if message.id and message.fuzzy]

    assert not lacking
    assert not fuzzy


def test_every_form_of_a_text_takes_the_same_values_in_both_languages() -> None:
    french, english = texts("fr"), texts("en")

    differing = {
        key: forms
        for key in english
        if len(forms := {frozenset(placeholders(text)) for text in (*french[key], *english[key])}) > 1
    }

    assert not differing


def test_every_text_has_as_many_forms_as_the_language_counts(lang: Lang) -> None:
    counted = {key: forms for key, forms in texts(lang).items() if len(forms) > 1}

    assert {2} == {len(forms) for forms in counted.values()}
    assert {"events.count"} <= counted.keys()


def test_every_key_that_the_code_uses_exists() -> None:
    used = set(used_keys())

    assert {"event.moved", "event.cancelled-title", "notice.title"} <= used
    assert set() == used - texts("en").keys()


def test_the_header_of_each_catalogue_names_its_language(lang: Lang) -> None:
    headers = dict(catalogue(lang).mime_headers)

    assert LOCALES[lang] == headers["Language"]


@pytest.mark.parametrize(
    ("lang", "expected"), [("fr", "Annulé : Judo {débutants}"), ("en", "Cancelled: Judo {débutants}")]
)
def test_values_take_their_places_and_are_not_read_as_texts(lang: Lang, expected: str) -> None:
    assert expected == say(lang, "event.cancelled-title", title="Judo {débutants}")


def test_an_unknown_key_is_an_error_and_not_a_text(lang: Lang) -> None:
    with pytest.raises(KeyError, match=r"event\.postponed"):
        say(lang, "event.postponed")
    with pytest.raises(KeyError, match=r"event\.postponed"):
        plural(lang, "event.postponed", 2)


def test_a_missing_value_is_an_error(lang: Lang) -> None:
    with pytest.raises(KeyError, match="title"):
        say(lang, "event.cancelled-title")


@pytest.mark.parametrize(
    ("lang", "n", "expected"),
    [
        ("fr", 0, "0 événement"),
        ("fr", 1, "1 événement"),
        ("fr", 2, "2 événements"),
        ("fr", 12345, f"12{NO_BREAK}345 événements"),
        ("en", 0, "0 events"),
        ("en", 1, "1 event"),
        ("en", 12345, "12,345 events"),
    ],
)
def test_things_are_counted_as_the_language_counts(lang: Lang, n: int, expected: str) -> None:
    assert expected == plural(lang, "events.count", n)


@pytest.mark.parametrize(
    ("lang", "amount", "currency", "expected"),
    [
        ("fr", "12.5", "CAD", f"12,50{NO_BREAK}$"),
        ("en", "12.5", "CAD", "$12.50"),
        ("fr", "1234.5", "CAD", f"1{NO_BREAK}234,50{NO_BREAK}$"),
        ("fr", "12.5", "USD", f"12,50{NO_BREAK}${NO_BREAK}US"),
        ("en", "12.5", "USD", "US$12.50"),
        ("en", "55", "CAD", "$55.00"),
        ("fr", "0", "CAD", "Gratuit"),
        ("en", "0.0000", "CAD", "Free"),
    ],
)
def test_a_price_is_written_as_in_canada(lang: Lang, amount: str, currency: str, expected: str) -> None:
    assert expected == price(Decimal(amount), currency, lang)


@pytest.mark.parametrize(
    ("lang", "day", "expected"),
    [
        ("fr", date(2026, 11, 3), "mardi 3 novembre 2026"),
        ("fr", date(2026, 11, 1), "dimanche 1er novembre 2026"),
        ("en", date(2026, 11, 1), "Sunday, November 1, 2026"),
    ],
)
def test_a_date_is_written_out_with_its_weekday(lang: Lang, day: date, expected: str) -> None:
    assert expected == long_date(day, lang)


@pytest.mark.parametrize(
    ("lang", "octets", "expected"),
    [
        ("fr", 1_240_000, f"1,3{NO_BREAK}Mo"),
        ("en", 1_240_000, f"1.3{NO_BREAK}MB"),
        ("en", 1_000_001, f"1.1{NO_BREAK}MB"),
        ("fr", 12_000_000, f"12{NO_BREAK}Mo"),
    ],
)
def test_a_size_is_rounded_up_to_a_tenth(lang: Lang, octets: int, expected: str) -> None:
    assert expected == megabytes(octets, lang)


@pytest.mark.parametrize(("lang", "expected"), [("fr", "18 h 30"), ("en", f"6:30{NARROW}p.m.")])
def test_an_hour_is_the_one_on_the_clock_of_the_moment(lang: Lang, expected: str) -> None:
    wall = time(18, 30)
    instant = datetime(2026, 11, 3, 18, 30, tzinfo=timezone(timedelta(hours=-5)))

    assert expected == clock_time(wall, lang)
    assert expected == clock_time(instant, lang)
    assert expected != clock_time(instant.astimezone(UTC), lang)


@pytest.mark.parametrize(
    ("windows", "iana"),
    [
        ("Eastern Standard Time", "America/New_York"),
        ("US Eastern Standard Time", "America/Indianapolis"),
        ("  pacific standard time\n", "America/Los_Angeles"),
        ("Newfoundland Standard Time", "America/St_Johns"),
        ("Eastern Daylight Time", None),
        ("", None),
    ],
)
def test_windows_zones_are_found_whatever_their_case_and_blanks(windows: str, iana: str | None) -> None:
    assert iana == zone_from_windows(windows)


def test_whoever_asks_first_waits_for_no_language_once_they_are_prepared() -> None:
    words._catalogue.cache_clear()
    formats.price.cache_clear()

    formats.prepare()

    assert (words._catalogue.cache_info().currsize, formats.price.cache_info().currsize) == (2, 4)
