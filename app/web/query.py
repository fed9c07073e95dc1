"""The query of a request as pairs, and its parameters as the OpenAPI document describes them."""

from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import parse_qsl

from app.domain.errors import InvalidQuery
from app.domain.model import CANCELLED_MODES, LANGS, Lang, NamedFeed
from app.domain.selection import ID_FIELDS, MAX_ALARM_MINUTES, WEEKDAYS

MOST_FIELDS: Final = 300


def pairs(query: str) -> list[tuple[str, str]]:
    """The decoded pairs of a raw query string. Raises ``InvalidQuery`` when there are far too many."""
    try:
        return parse_qsl(query, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise InvalidQuery("?", "too-many", str(MOST_FIELDS)) from error


def with_saved(named: NamedFeed, query: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The saved selection of a named feed, and what ``query`` adds: parameters that it leaves open."""
    saved = {parameter.lower() for parameter, _ in named.query}
    return [*named.query, *((key, value) for key, value in query if key.lower() not in saved)]


def spoken_language(query: str) -> Lang | None:
    """The language that a query asks for, if it can be understood; for answers about what cannot."""
    for key, value in parse_qsl(query[:4096]):
        for lang in LANGS:
            if key.lower() == "lang" and value.strip().lower() == lang:
                return lang
    return None


def _parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": description}


SELECTION: Final[dict[str, Any]] = {
    "parameters": [
        *(
            _parameter(name, {"type": "string", "pattern": r"^\d+(,\d+)*$"}, "Numbers; any of them will do.")
            for name in ID_FIELDS
        ),
        _parameter("q", {"type": "string"}, "Words that must all be in title, programme, category or place."),
        _parameter("weekday", {"type": "string", "example": "sat,sun"}, f"Any of {', '.join(WEEKDAYS)}."),
        _parameter("lang", {"enum": list(LANGS)}, "Language; the organization's own by default."),
        _parameter(
            "pastDays", {"type": "integer", "minimum": 0}, "Days of the past, narrower than the whole."
        ),
        _parameter("futureDays", {"type": "integer", "minimum": 0}, "Days to come, narrower than the whole."),
        _parameter("cancelled", {"enum": list(CANCELLED_MODES)}, "How what is cancelled appears."),
        _parameter(
            "alarm",
            {"type": "integer", "minimum": 0, "maximum": MAX_ALARM_MINUTES},
            "Minutes before the start at which to be reminded.",
        ),
    ]
}
"""What ``openapi_extra`` adds to each route that takes a selection."""
