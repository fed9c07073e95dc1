"""The yardstick: icalendar as its documentation shows it, ``Event.add`` for each property that we publish."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from icalendar import Calendar, Event, vGeo, vUri

from app.ics.identity import uid_for
from app.ics.zones import Zone
from benchmarks.data import MOMENT

Parsed = dict[str, Any]


def calendar(
    records: Iterable[bytes], zone: Zone, wanted: Callable[[Parsed], bool] = lambda _: True
) -> bytes:
    """From JSON to the bytes of a feed of the wanted events."""
    return rendered((parsed for parsed in map(msgspec.json.decode, records) if wanted(parsed)), zone)


def rendered(events: Iterable[Parsed], zone: Zone) -> bytes:
    """From parsed JSON to the bytes of a feed."""
    whole = Calendar()
    whole.add("version", "2.0")
    whole.add("prodid", "-//benchmark//naive//EN")
    for event in events:
        whole.add_component(_component(event, zone))
    written: bytes = whole.to_ical()
    return written


def _component(event: Parsed, zone: Zone) -> Event:
    vevent = Event()
    vevent.add("uid", uid_for(event["Id"]))
    vevent.add("summary", event["Title"])
    if event["AllDay"]:
        vevent.add("dtstart", date.fromisoformat(event["Start"][:10]))
        vevent.add("dtend", date.fromisoformat(event["End"][:10]) + timedelta(days=1))
    else:
        vevent.add("dtstart", datetime.fromisoformat(event["Start"]).astimezone(zone.tzinfo))
        vevent.add("dtend", datetime.fromisoformat(event["End"]).astimezone(zone.tzinfo))
    activity, place = event["Activity"], event["Location"]
    address = place["Address"]
    street = f"{address['Address1']}, {address['City']} {address['StateProvince']} {address['ZipPostalCode']}"
    vevent.add("location", f"{place['Name']}, {street}")
    vevent.add("geo", vGeo((address["Latitude"], address["Longitude"])))
    apple = vUri(f"geo:{address['Latitude']},{address['Longitude']}")
    apple.params.update(
        {"VALUE": "URI", "X-TITLE": place["Name"], "X-ADDRESS": street, "X-APPLE-RADIUS": "72"}
    )
    vevent.add("x-apple-structured-location", apple)
    shelf = [activity[f"{level}Name"] for level in ("Program", "Category", "SubCategory")]
    text = "\n".join([" › ".join(shelf), f"Prix : {event['Price']} $", place["Name"], event["Url"]])
    vevent.add("description", text)
    vevent.add("categories", [*shelf[1:], *(tag["Name"] for tag in event["Tags"])])
    vevent.add("url", event["Url"])
    vevent.add("status", "CONFIRMED")
    vevent.add("transp", "OPAQUE")
    vevent.add("x-amilia-state", event["State"])
    for name in ("dtstamp", "created", "last-modified"):
        vevent.add(name, MOMENT)
    vevent.add("sequence", 0)
    return vevent
