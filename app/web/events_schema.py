"""What `calendar.json` holds, as a JSON Schema (draft 2020-12).

`docs/calendar.schema.json` has the same, for those who read rather than ask the service.
"""

from typing import Any, Final

from app.domain.model import State

Schema = dict[str, Any]


def _object(required: Schema, optional: Schema | None = None) -> Schema:
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
        "additionalProperties": False,
    }


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _text(description: str, **further: object) -> Schema:
    return {"type": "string", "description": description, **further}


_ID: Final[Schema] = {"type": "integer", "description": "Amilia's number."}
_NAMED: Final = _object({"id": _ID, "name": _text("Its name in the language of the answer.")})
_TOPIC: Final = _or_null(_NAMED)
_DEGREES: Final[Schema] = {"type": ["number", "null"]}
_MOMENT: Final[Schema] = {
    "description": "With the offset of the organization's zone; a date where allDay is true.",
    "anyOf": [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}],
}
_PLACE: Final = _object(
    {
        "id": {"type": ["integer", "null"]},
        "name": {"type": "string"},
        "address": _text("On one line; empty where unknown."),
        "latitude": _DEGREES,
        "longitude": _DEGREES,
    }
)
_FURTHER: Final = _object(
    {
        "uid": _text("The UID of the same event in the calendar feeds.", format="uuid"),
        "state": {"enum": [state.value for state in State]},
        "status": _text(
            "As in the calendar feed: CANCELLED only with cancelled=status.", enum=["CONFIRMED", "CANCELLED"]
        ),
        "program": _TOPIC,
        "category": _TOPIC,
        "subCategory": _TOPIC,
        "activity": _TOPIC,
        "place": _or_null(_PLACE),
        "price": {"type": ["number", "null"], "minimum": 0, "description": "Null where unknown."},
        "priceText": _text("The price as people read it; empty where unknown."),
        "currency": _text("ISO 4217.", pattern="^[A-Z]{3}$"),
        "tags": {"type": "array", "items": _NAMED},
        "sequence": {"type": "integer", "minimum": 0},
        "created": _text("When it was first published, in UTC.", format="date-time"),
        "lastModified": _text("When its published content last changed, in UTC.", format="date-time"),
    },
    {"staff": {"type": "array", "items": {"type": "string"}, "description": "Where they are published."}},
)
_EVENT: Final = _object(
    {
        "id": _text("Amilia's number of the occurrence."),
        "title": _text("With the mark of what is cancelled."),
        "start": _MOMENT,
        "allDay": {"type": "boolean"},
        "classNames": {"type": "array", "items": {"type": "string", "pattern": "^amilia-[a-z0-9-]+$"}},
        "extendedProps": _FURTHER,
    },
    {
        "groupId": _text("Amilia's number of the activity, of which this is one occurrence."),
        "end": {**_MOMENT, "description": "Exclusive; left out where an event takes no time."},
        "url": _text("Its page in the organization's store.", format="uri"),
    },
)
EVENTS: Final[Schema] = {
    "title": "Events of an organization, as FullCalendar reads them",
    "type": "array",
    "items": _EVENT,
}
"""Of the whole answer."""
