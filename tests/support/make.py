"""Events and their revisions for tests: say what matters, get the rest."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from app.domain.model import Event, Particulars, Place, Revision, Tag, Timed, Topic

AQUATIC_CENTRE = Place(
    id=9009,
    name="Centre aquatique Laurier",
    address="1515 boulevard Gilford, Montréal, QC H2J 1R7",
    coordinates=(45.5312, -73.5841),
)


def make_event(**overrides: Any) -> Event:  # any field of Event or of its particulars
    """An evening of swimming lessons, Tuesday 3 November 2026, 18:30 to 19:30 in Toronto."""
    fields: dict[str, Any] = {
        "id": 141658523,
        "title": "Natation – Étoile de mer",
        "when": Timed(datetime(2026, 11, 3, 23, 30, tzinfo=UTC), datetime(2026, 11, 4, 0, 30, tzinfo=UTC)),
        "program": Topic(4521, "Automne 2026"),
        "category": Topic(301, "Aquatique"),
        "subcategory": Topic(3011, "Préscolaire"),
        "activity": Topic(5836165, "Natation – Étoile de mer"),
        "place": AQUATIC_CENTRE,
        "price": Decimal("92.5"),
        "url": "https://app.amilia.com/store/fr/forest-explorers/shop/activities/5836165",
        "tags": (Tag(4, "3 à 5 ans"),),
    }
    fields |= overrides
    return Event(fields.pop("id"), fields.pop("when"), Particulars(**fields))


def altered(event: Event, **changes: Any) -> Event:  # any field of its particulars
    """The same occurrence, of which something else is told."""
    return event._replace(about=event.about._replace(**changes))


def make_revision(**overrides: Any) -> Revision:  # any field of Revision
    """First seen on 1 September 2026, changed once, two weeks later."""
    fields: dict[str, Any] = {
        "created": datetime(2026, 9, 1, 12, tzinfo=UTC),
        "modified": datetime(2026, 9, 15, 8, 30, tzinfo=UTC),
        "sequence": 1,
    }
    return Revision(**(fields | overrides))
