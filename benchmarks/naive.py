"""The yardstick: orjson, and icalendar as its documentation shows it, ``Event.add`` for each property.

The same properties with the same values as the service publishes, VTIMEZONE and all; the words and prices are
put together in the cheapest way that gives the same text, so that nothing but rendering is compared.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, Final, TypeAlias

import orjson
from icalendar import Calendar, Event, vGeo, vUri

from app.ics.identity import uid_for
from app.ics.zones import Zone
from benchmarks.data import MOMENT

Parsed: TypeAlias = dict[str, Any]

SEQUENCE: Final = 28_123_200
"""As long as a real one."""


def parsed(pages: Iterable[bytes]) -> list[Parsed]:
    """The events of some pages as dicts."""
    return [event for page in pages for event in orjson.loads(page)["Items"]]


def rendered(opening: Calendar, events: Iterable[Parsed], zone: Zone) -> bytes:
    """From dicts to the bytes of a feed; ``opening`` has its properties and its VTIMEZONE."""
    whole = Calendar()
    whole.update(opening)
    whole.subcomponents = list(opening.subcomponents)
    for event in events:
        whole.add_component(_component(event, zone))
    written: bytes = whole.to_ical()
    return written


def opening_of(feed: bytes) -> Calendar:
    """A calendar with everything of ``feed`` but its events."""
    calendar = Calendar.from_ical(feed)
    if not isinstance(calendar, Calendar):
        raise TypeError("this is no calendar")
    calendar.subcomponents = [part for part in calendar.subcomponents if part.name != "VEVENT"]
    return calendar


def _component(event: Parsed, zone: Zone) -> Event:
    vevent = Event()
    vevent.add("uid", uid_for(event["Id"]))
    if event["AllDay"]:
        vevent.add("dtstart", date.fromisoformat(event["Start"][:10]))
        vevent.add("dtend", date.fromisoformat(event["End"][:10]) + timedelta(days=1))
    else:
        vevent.add("dtstart", datetime.fromisoformat(event["Start"]).astimezone(zone.tzinfo))
        vevent.add("dtend", datetime.fromisoformat(event["End"]).astimezone(zone.tzinfo))
    vevent.add("summary", event["Title"])
    activity, place = event["Activity"], event["Location"]
    address = place["Address"]
    street = f"{address['Address1']}, {address['City']} {address['StateProvince']} {address['ZipPostalCode']}"
    where = f"{place['Name']}, {street}"
    vevent.add("location", where)
    # Six digits at most, as RFC 5545 §3.8.1.6 has it.
    latitude, longitude = round(address["Latitude"], 6), round(address["Longitude"], 6)
    vevent.add("geo", vGeo((latitude, longitude)))
    apple = vUri(f"geo:{latitude},{longitude}")
    apple.params.update(
        {"VALUE": "URI", "X-APPLE-RADIUS": "72", "X-ADDRESS": street, "X-TITLE": place["Name"]}
    )
    vevent.add("x-apple-structured-location", apple)
    vevent.add("status", "CONFIRMED")
    vevent.add("transp", "OPAQUE")
    vevent.add("x-amilia-state", event["State"])
    shelf = [activity[f"{level}Name"] for level in ("Program", "Category", "SubCategory")]
    lines = [" › ".join(shelf), _price(event["Price"]), f"Lieu\N{NO-BREAK SPACE}: {where}", event["Url"]]
    vevent.add("description", "\n".join(lines))
    vevent.add("url", event["Url"])
    vevent.add("categories", [*shelf[1:], *(tag["Name"] for tag in event["Tags"])])
    for name in ("dtstamp", "created", "last-modified"):
        vevent.add(name, MOMENT)
    vevent.add("sequence", SEQUENCE)
    return vevent


def _price(amount: float) -> str:
    if amount == 0:
        return "Gratuit"
    written = f"{amount:.2f}".replace(".", ",")
    return f"Prix\N{NO-BREAK SPACE}: {written}\N{NO-BREAK SPACE}$"
