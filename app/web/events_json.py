"""`/orgs/{org}/calendar.json`: a selection as JSON for websites, under the names that FullCalendar gives.

FullCalendar sends the span that it shows (``start``, ``end``, ``timeZone``). These are no parameters of a
selection and are passed over: one answer serves every visitor and every month, from every cache.
"""

import hashlib
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, TypeAlias

import msgspec
from fastapi import APIRouter, Request, Response

from app.domain.model import CancelledMode, Place
from app.domain.selection import Selection, parse
from app.feeds.catalogue import COLUMNS, Catalogue, Entry
from app.feeds.service import Copy
from app.feeds.slices import in_slices
from app.i18n.formats import price
from app.i18n.words import say
from app.ics.event import revision_in
from app.ics.identity import uid_for
from app.web.answer import Representation, answer
from app.web.deps import FeedsDep, OrganizationDep
from app.web.events_schema import EVENTS
from app.web.methods import readable
from app.web.outcomes import document
from app.web.query import SELECTION, named_feed, pairs, with_saved

JSON: Final = "application/json; charset=utf-8"
Value: TypeAlias = dict[str, Any]
"""An object of JSON."""

_TOPICS: Final = {
    "program": "programs",
    "category": "categories",
    "subCategory": "subcategories",
    "activity": "activities",
}
_TOLD: Final = document("application/json", "The events.", schema=EVENTS)
_encode = msgspec.json.Encoder().encode

router = APIRouter(tags=["data"])


@readable(router, "/orgs/{org}/calendar.json", openapi_extra=SELECTION, **_TOLD)
async def events(request: Request, organization: OrganizationDep, feeds: FeedsDep) -> Response:
    """The organization's public events, or those that the parameters select, as FullCalendar reads them."""
    selection = parse(pairs(request.url.query), organization)
    copy = await feeds.catalogue(organization, selection.lang)
    return await answer(request, await _representation(copy, selection), copy)


@readable(router, "/orgs/{org}/{name}.json", openapi_extra=SELECTION, **_TOLD)
async def named_events(
    name: str, request: Request, organization: OrganizationDep, feeds: FeedsDep
) -> Response:
    """The same of a selection that is saved under a short address."""
    saved = with_saved(named_feed(organization, name), pairs(request.url.query))
    selection = parse(saved, organization)
    copy = await feeds.catalogue(organization, selection.lang)
    return await answer(request, await _representation(copy, selection), copy)


async def _representation(copy: Copy, selection: Selection) -> Representation:
    catalogue = copy.catalogue
    body, tag = await in_slices(written(catalogue, catalogue.select(selection), selection.cancelled))
    return Representation(
        body=body,
        content_type=JSON,
        etag=tag,
        last_modified=catalogue.changed_at,
        lang=catalogue.lang,
        further={"X-Robots-Tag": "noindex"},
    )


def written(
    catalogue: Catalogue, entries: Sequence[Entry], mode: CancelledMode
) -> Generator[None, None, tuple[bytes, str]]:
    """The JSON text of these entries, an event a line, and its strong tag; yields after each event."""
    teller = _Teller(catalogue, mode)
    digest = hashlib.blake2b(digest_size=12)
    pieces = [b"["]
    for entry in entries:
        piece = _encode(teller.event(entry))
        digest.update(piece)
        pieces += (piece, b",\n")
        yield
    pieces[max(len(pieces) - 1, 1) :] = (b"]\n",)
    return b"".join(pieces), digest.hexdigest()


@dataclass(frozen=True, slots=True)
class _Teller:
    catalogue: Catalogue
    mode: CancelledMode

    def event(self, entry: Entry) -> Value:
        """FullCalendar's Event Object; what it does not know is under ``extendedProps``."""
        told: Value = {"id": str(entry.id)}
        if entry.activity:
            told["groupId"] = str(entry.activity)
        told |= {"title": self._title(entry), **self._times(entry), "allDay": entry.all_day}
        if url := entry.url:
            told["url"] = url
        told["classNames"] = _classes(entry)
        told["extendedProps"] = self._further(entry)
        return told

    def _title(self, entry: Entry) -> str:
        if entry.called_off:
            return say(self.catalogue.lang, "event.cancelled-title", title=entry.title)
        return entry.title

    def _times(self, entry: Entry) -> Value:
        """``start`` and the exclusive ``end``, which is left out where an event takes no time."""
        zone = self.catalogue.zone.tzinfo
        start, end = (datetime.fromtimestamp(seconds, zone) for seconds in (entry.start, entry.end))
        if entry.all_day:
            return {"start": start.date().isoformat(), "end": end.date().isoformat()}
        if entry.end - entry.start <= 1:  # ``Entry.end`` is always later
            return {"start": start.isoformat()}
        return {"start": start.isoformat(), "end": end.isoformat()}

    def _further(self, entry: Entry) -> Value:
        off = entry.called_off and self.mode == "status"
        revision = revision_in(entry.stamp)
        told: Value = {
            "uid": uid_for(entry.id),
            "state": entry.state.value,
            "status": "CANCELLED" if off else "CONFIRMED",
            **{name: self._named(kind, COLUMNS[kind](entry)) for name, kind in _TOPICS.items()},
            "place": _place(entry.place),
            "price": None if entry.price is None else float(entry.price),
            "priceText": self._price(entry),
            "currency": self.catalogue.organization.currency,
            "tags": [self._named("tags", tag) for tag in sorted(entry.tags)],
            "sequence": revision.sequence,
            "created": _instant(revision.created),
            "lastModified": _instant(revision.modified),
        }
        if entry.staff:
            told["staff"] = entry.staff
        return told

    def _named(self, kind: str, number: int) -> Value | None:
        if not number:
            return None
        return {"id": number, "name": self.catalogue.names.get((kind, number), "")}

    def _price(self, entry: Entry) -> str:
        if entry.price is None:
            return ""
        return price(entry.price, self.catalogue.organization.currency, self.catalogue.lang)


def _classes(entry: Entry) -> list[str]:
    """For the style sheets of websites: the state, and the programme."""
    classes = [f"amilia-{entry.state.value.lower()}"]
    if entry.program:
        classes.append(f"amilia-program-{entry.program}")
    return classes


def _place(place: Place | None) -> Value | None:
    if place is None:
        return None
    latitude, longitude = place.coordinates or (None, None)
    return {
        "id": place.id,
        "name": place.name,
        "address": place.address,
        "latitude": latitude,
        "longitude": longitude,
    }


@lru_cache(maxsize=1024)  # most events were first seen, or last changed, in the same few refreshes
def _instant(moment: datetime) -> str:
    """RFC 3339, in UTC."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
