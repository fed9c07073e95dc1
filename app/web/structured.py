"""Events as search engines read them: schema.org in JSON-LD, for a script of type ``application/ld+json``.

A browser never runs such an element, so the page's policy need not allow it.
"""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

from markupsafe import Markup

from app.domain.model import State
from app.feeds.catalogue import Catalogue, Entry

MOST_TOLD: Final = 40
"""Events of a page: search engines show a few, and each costs some hundred octets."""


def event_data(catalogue: Catalogue, coming: Iterable[Entry]) -> Markup:
    """The JSON of the first of these events. Nothing in it can end the element that it stands in."""
    organizer = {"@type": "Organization", "name": catalogue.organization.name.of(catalogue.lang)}
    told = [_event(entry, catalogue, organizer) for _, entry in zip(range(MOST_TOLD), coming, strict=False)]
    graph = {"@context": "https://schema.org", "@graph": told}
    text = json.dumps(graph, ensure_ascii=False, separators=(",", ":"))
    # "<" alone opens a comment or a tag (HTML §13.2.5.15); in JSON it only stands inside strings.
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704


def _event(entry: Entry, catalogue: Catalogue, organizer: dict[str, str]) -> dict[str, Any]:
    data: dict[str, Any] = {
        "@type": "Event",
        "name": entry.title,
        "startDate": _moment(entry.start, entry, catalogue),
        "endDate": _moment(entry.end - 1 if entry.all_day else entry.end, entry, catalogue),
        "eventStatus": f"https://schema.org/{_status(entry)}",
        "organizer": organizer,
        "inLanguage": catalogue.lang,
    }
    if entry.place is not None and entry.place.name:
        place = {"@type": "Place", "name": entry.place.name}
        data["location"] = place | ({"address": entry.place.address} if entry.place.address else {})
    if entry.url:
        data["url"] = entry.url
    if entry.price is not None:
        data["offers"] = {
            "@type": "Offer",
            "price": f"{entry.price:.2f}",
            "priceCurrency": catalogue.organization.currency,
            **({"url": entry.url} if entry.url else {}),
        }
    return data


def _moment(second: int, entry: Entry, catalogue: Catalogue) -> str:
    """A date for whole days, else date and time with the offset of the organization's zone."""
    local = catalogue.zone.local(datetime.fromtimestamp(second, UTC))
    return local.date().isoformat() if entry.all_day else local.isoformat(timespec="seconds")


def _status(entry: Entry) -> str:
    if entry.called_off:
        return "EventCancelled"
    return "EventRescheduled" if entry.state is State.MOVED else "EventScheduled"
