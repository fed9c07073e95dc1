"""The query of a request as pairs, and its parameters as the OpenAPI document describes them."""

from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import parse_qsl

from app.domain.errors import FeedNotFound, InvalidQuery
from app.domain.model import CANCELLED_MODES, LANGS, Lang, NamedFeed, Organization
from app.domain.selection import ID_FIELDS, MAX_ALARM_MINUTES, MAX_TEXT, WEEKDAYS

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


def named_feed(organization: Organization, slug: str) -> NamedFeed:
    """The selection that the organization saved under this name. Raises ``FeedNotFound``."""
    for named in organization.feeds:
        if named.slug == slug:
            return named
    raise FeedNotFound("no feed of that name here")


def spoken_language(query: str) -> Lang | None:
    """The language that a query asks for, if it can be understood; for answers about what cannot."""
    for key, value in parse_qsl(query[:4096]):
        for lang in LANGS:
            if key.lower() == "lang" and value.strip().lower() == lang:
                return lang
    return None


def parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    """A parameter of a query as OpenAPI describes it; none has to be given."""
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": description}


_NUMBERS: Final = {"type": "string", "pattern": "^[0-9]+(,[0-9]+)*$"}
_LANG: Final = parameter("lang", {"enum": list(LANGS)}, "Language; the organization's own by default.")
LANGUAGE: Final[dict[str, Any]] = {"parameters": [_LANG]}
"""What ``openapi_extra`` adds to a route of which only the language can be chosen."""
SELECTION: Final[dict[str, Any]] = {
    "parameters": [
        *(
            parameter(
                name, {"type": "string", "pattern": "^[0-9]+(,[0-9]+)*$"}, "Numbers; any of them will do."
            )
            for name in ID_FIELDS
        ),
        parameter(
            "q",
            {"type": "string", "maxLength": MAX_TEXT},
            "Words that must all be in title, programme, category or place.",
        ),
        parameter("weekday", {"type": "string", "example": "sat,sun"}, f"Any of {', '.join(WEEKDAYS)}."),
        _LANG,
        parameter(
            "pastDays", {"type": "integer", "minimum": 0}, "Days of the past, narrower than the whole."
        ),
        parameter("futureDays", {"type": "integer", "minimum": 0}, "Days to come, narrower than the whole."),
        parameter("cancelled", {"enum": list(CANCELLED_MODES)}, "How what is cancelled appears."),
        parameter(
            "alarm",
            {"type": "integer", "minimum": 0, "maximum": MAX_ALARM_MINUTES},
            "Minutes before the start at which to be reminded.",
        ),
    ]
}
"""What ``openapi_extra`` adds to each route that takes a selection."""
