"""Where an event takes place, for people, for maps, and for Apple's maps."""

from functools import lru_cache

from icalendar.parser import Parameters

from app.domain.model import Place
from app.ics.text import fold, one_line, text_line

# The radius, in metres, is what Apple's own calendars write for a building.
_APPLE = b"X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-APPLE-RADIUS=72;"


@lru_cache(maxsize=4096)
def shown_place(place: Place) -> Place:
    """The place as people are shown it: its texts on one line each, coordinates only where they can be."""
    real = place.coordinates is not None and _on_earth(*place.coordinates)
    return Place(place.id, one_line(place.name), one_line(place.address), place.coordinates if real else None)


def whereabouts(place: Place | None) -> str:
    """Name and address on one line, empty where nothing is known."""
    if place is None:
        return ""
    name, address = one_line(place.name), one_line(place.address)
    if not name or f"{address},".startswith(f"{name},"):
        return address
    return f"{name}, {address}" if address else name


@lru_cache(maxsize=4096)  # a centre has dozens of places, and thousands of events in them
def place_lines(place: Place) -> tuple[bytes, ...]:
    """LOCATION, and where the coordinates are known GEO and X-APPLE-STRUCTURED-LOCATION.

    Apple Calendar shows a map for its own property only; GEO is for everybody else (RFC 5545 §3.8.1.6).
    """
    location = whereabouts(place)
    lines = [text_line(b"LOCATION", location)] if location else []
    if place.coordinates is not None and _on_earth(*place.coordinates):
        latitude, longitude = (_degrees(value) for value in place.coordinates)
        lines.append(f"GEO:{latitude};{longitude}".encode("ascii"))
        if location:
            lines.append(_apple(place, f"geo:{latitude},{longitude}"))
    return tuple(lines)


def _apple(place: Place, uri: str) -> bytes:
    name, address = one_line(place.name), one_line(place.address)
    texts = {"X-ADDRESS": address, "X-TITLE": name} if name and address else {"X-TITLE": name or address}
    quoted: bytes = Parameters(texts).to_ical()
    return fold(_APPLE + quoted + b":" + uri.encode("ascii"))


def _on_earth(latitude: float, longitude: float) -> bool:
    """One position that cannot be makes Home Assistant refuse the whole calendar."""
    return -90 <= latitude <= 90 and -180 <= longitude <= 180  # noqa: PLR2004  # degrees


def _degrees(value: float) -> str:
    """At most six decimals (RFC 5545 §3.8.1.6), never an exponent, which ``vGeo`` would write near zero."""
    digits = f"{value:.6f}".rstrip("0")
    return "0.0" if float(digits) == 0 else digits + "0" * digits.endswith(".")
