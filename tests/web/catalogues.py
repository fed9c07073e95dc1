"""Catalogues of a few events, for what is shown of them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.model import Days, Event, Lang, Names, Organization, Timed
from app.domain.selection import Selection
from app.feeds.catalogue import Catalogue
from app.feeds.entry import Entry, Naming, entry_for, mould_of
from app.ics.event import EventRenderer
from app.ics.zones import publish_zone
from app.web.views.scope import Scope, scope_of
from tests.support.make import make_event

TORONTO = ZoneInfo("America/Toronto")
TODAY = date(2026, 11, 22)
ZONE = publish_zone("America/Toronto", date(2026, 8, 1), date(2028, 1, 1))


def club(**overrides: Any) -> Organization:  # any field of Organization
    """Published from 23 September 2026 to 27 December 2027."""
    fields: dict[str, Any] = {
        "slug": "forest-explorers",
        "number": 8008,
        "name": Names("Explorateurs", "Explorers"),
        "language": "en",
        "timezone": "America/Toronto",
    }
    return Organization(**(fields | overrides))


def timed(start: str, end: str) -> Timed:
    """From one wall clock in Toronto to another: ``2026-11-22 18:30``; ``fold=1`` by a final ``*``."""
    return Timed(_instant(start), _instant(end))


def lasting(start: str, minutes: int) -> Timed:
    """From a wall clock in Toronto for so many minutes."""
    return Timed(_instant(start), _instant(start) + timedelta(minutes=minutes))


def days(first: str, last: str) -> Days:
    """Whole days, both included."""
    return Days(date.fromisoformat(first), date.fromisoformat(last) + timedelta(days=1))


def event(number: int, when: Timed | Days, title: str = "", **overrides: Any) -> Event:  # any field of Event
    return make_event(id=number, when=when, title=title or f"Event {number}", **overrides)


def catalogue_of(
    events: Iterable[Event], *, lang: Lang = "en", organization: Organization | None = None, day: date = TODAY
) -> Catalogue:
    renderer = EventRenderer(zone=ZONE, lang=lang, currency="CAD")
    naming = Naming({})
    entries: list[Entry] = []
    for it in events:
        entries.append(entry_for(it, mould_of(it.about, renderer), renderer))
        naming.hear(it.about)
    entries.sort(key=lambda entry: (entry.start, entry.id))
    noon = datetime(2026, 11, 22, 17, tzinfo=UTC)
    return Catalogue(organization or club(), lang, ZONE, day, noon, noon, entries, (), {}, naming.names)


def scope(events: Iterable[Event], **options: Any) -> Scope:  # those of ``catalogue_of``
    catalogue = catalogue_of(events, **options)
    return scope_of(catalogue, Selection(lang=catalogue.lang))


def _instant(wall: str) -> datetime:
    moment = datetime.fromisoformat(wall.removesuffix("*"))
    return moment.replace(tzinfo=TORONTO, fold=wall.endswith("*")).astimezone(UTC)
