"""Programmes and locations."""

from app.simulator.jsontext import encode, encode_object
from app.simulator.model import Lang, Place, Program
from app.simulator.organization import Organization
from app.simulator.records import parts

_OPENING_HOURS = [
    {"DayOfWeek": day, "Start": "06:30", "End": "22:00:00"}
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
]


def program(organization: Organization, value: Program, lang: Lang) -> str:
    return encode_object(
        {
            "Id": str(value.id),
            "Name": encode(value.name.of(lang)),
            "Start": encode(value.start),
            "End": encode(value.end),
            "Url": encode(parts.store_url(organization, lang, "programs", value.id)),
            "PictureUrl": "null",
            "IsArchived": parts.flag(on=value.archived),
            "IsVisible": parts.flag(on=value.visible),
            "IsPasswordProtected": parts.flag(on=value.password_protected),
        }
    )


def location(organization: Organization, value: Place, lang: Lang) -> str:
    ancestors = _ancestors(organization, value)
    names = [place.name.of(lang) for place in (*ancestors, value) if place.name]
    return encode_object(
        {
            "Id": str(value.id),
            "Name": parts.place_name(value, lang),
            "FullName": encode(" - ".join(names)),
            "Description": "null",
            "Telephone": '"450-555-0188"',
            "TelephoneExtension": '""',
            "ParentId": encode(value.parent),
            "TopParentId": encode(ancestors[0].id if ancestors else None),
            "AncestorIds": encode([place.id for place in ancestors]),
            "Address": parts.address(value.address),
            "Keywords": "[]",
            "OpeningHours": encode(_OPENING_HOURS),
        }
    )


def _ancestors(organization: Organization, place: Place) -> list[Place]:
    """The places that hold it, outermost first."""
    found: list[Place] = []
    while place.parent is not None:
        place = organization.places[place.parent]
        found.insert(0, place)
    return found
