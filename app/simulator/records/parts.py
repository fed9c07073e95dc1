"""What several resources carry: a place, tags, staff, the names of shelves, addresses in the store."""

from collections.abc import Iterable

from app.simulator.jsontext import encode, encode_object
from app.simulator.model import Address, Lang, Person, Place, Shelf, Tag
from app.simulator.organization import Organization


def store_url(organization: Organization, lang: Lang, kind: str, number: int) -> str:
    """The address of an activity or a programme (``kind`` is activities or programs) in the online store."""
    return f"https://app.amilia.com/store/{lang}/{organization.slug}/shop/{kind}/{number}"


def flag(*, on: bool) -> str:
    return "true" if on else "false"


def place_summary(place: Place | None, lang: Lang) -> str:
    """LocationSummaryApiModelV3, with the address that the documentation's sample has and its text omits."""
    if place is None:
        return "null"
    return encode_object(
        {
            "Address": address(place.address),
            "Id": str(place.id),
            "Name": place_name(place, lang),
        }
    )


def place_name(place: Place, lang: Lang) -> str:
    return encode(place.name.of(lang)) if place.name else "null"


def address(value: Address | None) -> str:
    if value is None:
        return "null"
    return encode(
        {
            "Latitude": value.latitude,
            "Longitude": value.longitude,
            "Address1": value.street,
            "Address2": value.second,
            "City": value.city,
            "Country": value.country,
            "StateProvince": value.province,
            "ZipPostalCode": value.postcode,
        }
    )


def tags(labels: Iterable[Tag], lang: Lang) -> str:
    return encode(
        [
            {"Id": tag.id, "Name": tag.name.of(lang), "Color": tag.color, "IsVisible": tag.visible}
            for tag in labels
        ]
    )


def people(persons: Iterable[Person]) -> str:
    return encode(
        [
            {
                "Object": "Person",
                "State": "Normal",
                "FullName": None,
                "FirstName": person.first,
                "LastName": person.last,
                "Type": "PhysicalPerson",
                "Id": person.id,
            }
            for person in persons
        ]
    )


def shelf(prefix: str, value: Shelf | None, lang: Lang) -> dict[str, str]:
    """The two fields that name a category or subcategory."""
    return {
        f"{prefix}Id": str(value.id) if value else "null",
        f"{prefix}Name": encode(value.name.of(lang)) if value else "null",
    }
