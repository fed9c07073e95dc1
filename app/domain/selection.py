"""What a feed selects, as a value, and the one way in which a query becomes it.

Two spellings of the same wish are the same ``Selection`` and the same ``canonical`` text: that text is the
key of every cache and the address that a feed names as its own. Changing it changes published addresses.
"""

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import quote

from app.domain.errors import InvalidQuery
from app.domain.model import CANCELLED_MODES, LANGS, CancelledMode, Lang, Organization

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MAX_ALARM_MINUTES: Final = 10_080  # a week
MAX_VALUES: Final = 200  # of one parameter; a query longer than this is nobody's selection
MAX_TEXT: Final = 200  # characters of ``q``
MAX_ID: Final = 2**63 - 1

_LIGATURES: Final = str.maketrans({"œ": "oe", "æ": "ae", "’": "'"})


@dataclass(frozen=True, slots=True)
class Selection:
    """A wish for events. Within one field any value will do, and every field that is not empty must agree.

    ``past_days`` and ``future_days`` are ``None`` for the organization's whole window; ``alarm`` is in
    minutes before the start, ``None`` for none; ``weekdays`` counts from Monday = 0 in its time zone.
    """

    lang: Lang
    cancelled: CancelledMode = "status"
    programs: frozenset[int] = frozenset()
    categories: frozenset[int] = frozenset()
    subcategories: frozenset[int] = frozenset()
    activities: frozenset[int] = frozenset()
    locations: frozenset[int] = frozenset()
    tags: frozenset[int] = frozenset()
    words: tuple[str, ...] = ()
    weekdays: frozenset[int] = frozenset()
    past_days: int | None = None
    future_days: int | None = None
    alarm: int | None = None


ID_FIELDS: Final = {
    "programId": "programs",
    "categoryId": "categories",
    "subCategoryId": "subcategories",
    "activityId": "activities",
    "locationId": "locations",
    "tagId": "tags",
}
PARAMETERS: Final = (*ID_FIELDS, "q", "weekday", "lang", "pastDays", "futureDays", "cancelled", "alarm")
_SPELLING: Final = {name.lower(): name for name in PARAMETERS}


@lru_cache(maxsize=4096)  # names of programmes, categories and places come again and again
def folded(text: str) -> str:
    """``text`` without case, accents and ligatures, so that "École" is found by "ecole"."""
    lower = text.casefold()
    if lower.isascii():
        return lower
    decomposed = unicodedata.normalize("NFKD", lower.translate(_LIGATURES))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def parse(query: Iterable[tuple[str, str]], organization: Organization) -> Selection:
    """The selection that decoded ``query`` pairs ask for, with the organization's own defaults.

    Unknown parameters and empty values are passed over. Raises ``InvalidQuery``.
    """
    given = _gather(query)
    ids = {field: _ids(name, given.get(name, ())) for name, field in ID_FIELDS.items()}
    return Selection(
        lang=_lang(given.get("lang", ()), organization.language),
        cancelled=_cancelled(given.get("cancelled", ()), organization.cancelled),
        words=_words(given.get("q", ())),
        weekdays=_weekdays(given.get("weekday", ())),
        past_days=_days("pastDays", given.get("pastDays", ()), organization.past_days),
        future_days=_days("futureDays", given.get("futureDays", ()), organization.future_days),
        alarm=_number("alarm", given.get("alarm", ()), MAX_ALARM_MINUTES, f"0–{MAX_ALARM_MINUTES}"),
        **ids,
    )


def canonical(selection: Selection, organization: Organization) -> str:
    """The one query string for this selection, without "?"; empty for the organization's whole feed."""
    parts: list[tuple[str, str]] = []
    for name, field in ID_FIELDS.items():
        ids: frozenset[int] = getattr(selection, field)
        parts.append((name, ",".join(map(str, sorted(ids)))))
    parts.append(("q", " ".join(selection.words)))
    parts.append(("weekday", ",".join(WEEKDAYS[day] for day in sorted(selection.weekdays))))
    parts.append(("lang", "" if selection.lang == organization.language else selection.lang))
    parts.append(("pastDays", _text(selection.past_days)))
    parts.append(("futureDays", _text(selection.future_days)))
    cancelled = "" if selection.cancelled == organization.cancelled else selection.cancelled
    parts.append(("cancelled", cancelled))
    parts.append(("alarm", _text(selection.alarm)))
    return "&".join(f"{name}={quote(value, safe=',')}" for name, value in parts if value)


def _text(number: int | None) -> str:
    return "" if number is None else str(number)


def _gather(query: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """The values of the known parameters, split at commas, blanks cut off, empty ones dropped."""
    given: dict[str, list[str]] = {}
    for key, value in query:
        name = _SPELLING.get(key.strip().lower())
        if name is None:
            continue
        pieces = [value] if name == "q" else value.split(",")
        values = given.setdefault(name, [])
        values.extend(piece.strip() for piece in pieces if piece.strip())
        if len(values) > MAX_VALUES:
            raise InvalidQuery(name, "too-many", str(MAX_VALUES))
    return given


def _whole(name: str, value: str, most: int, expected: str) -> int:
    """A decimal number of ASCII digits only: ``int`` would also take "1_000" and digits of other scripts."""
    if not (value.isascii() and value.isdigit()):
        raise InvalidQuery(name, "not-a-number", expected)
    number = int(value) if len(value.lstrip("0")) <= len(str(most)) else most + 1
    if number > most:
        raise InvalidQuery(name, "too-large", expected)
    return number


def _ids(name: str, values: Iterable[str]) -> frozenset[int]:
    return frozenset(_whole(name, value, MAX_ID, "4521") for value in values)


def _single(name: str, values: Iterable[str], read: Callable[[str], str]) -> str | None:
    """The one value of a parameter that can have only one; saying it twice is fine, contradicting is not."""
    distinct = {read(value) for value in values}
    if len(distinct) > 1:
        raise InvalidQuery(name, "contradiction")
    return distinct.pop() if distinct else None


def _lang(values: Iterable[str], default: Lang) -> Lang:
    value = _single("lang", values, str.lower)
    if value is None:
        return default
    for lang in LANGS:
        if value == lang:
            return lang
    raise InvalidQuery("lang", "unknown", "fr, en")


def _cancelled(values: Iterable[str], default: CancelledMode) -> CancelledMode:
    value = _single("cancelled", values, str.lower)
    if value is None:
        return default
    for mode in CANCELLED_MODES:
        if value == mode:
            return mode
    raise InvalidQuery("cancelled", "unknown", ", ".join(CANCELLED_MODES))


def _words(values: Iterable[str]) -> tuple[str, ...]:
    text = " ".join(values)
    if len(text) > MAX_TEXT:
        raise InvalidQuery("q", "too-long", str(MAX_TEXT))
    return tuple(sorted(set(folded(text).split())))


def _weekdays(values: Iterable[str]) -> frozenset[int]:
    days = set()
    for value in values:
        name = value.lower()
        if name not in WEEKDAYS:
            raise InvalidQuery("weekday", "unknown", ", ".join(WEEKDAYS))
        days.add(WEEKDAYS.index(name))
    return frozenset() if len(days) == len(WEEKDAYS) else frozenset(days)


def _number(name: str, values: Iterable[str], most: int, expected: str) -> int | None:
    value = _single(name, values, lambda text: str(_whole(name, text, most, expected)))
    return None if value is None else int(value)


def _days(name: str, values: Iterable[str], whole_window: int) -> int | None:
    """Days of a narrower window; as many as the organization's own, or more, is the organization's own."""
    value = _number(name, values, MAX_ID, f"0–{whole_window}")
    return None if value is None or value >= whole_window else value
