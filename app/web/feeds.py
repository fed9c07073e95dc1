"""The feeds: `/orgs/{org}/calendar.ics`, named feeds, and one event as a download."""

import re
from typing import Final

from fastapi import APIRouter, HTTPException, Request, Response

from app.domain.errors import FeedNotFound
from app.domain.selection import parse
from app.feeds.feed import Feed
from app.feeds.service import Copy
from app.web.answer import OPEN, Representation, answer
from app.web.deps import FeedsDep, OrganizationDep
from app.web.methods import readable
from app.web.outcomes import document
from app.web.query import LANGUAGE, SELECTION, named_feed, pairs, with_saved

CALENDAR: Final = "text/calendar; charset=utf-8"
OPEN_SUFFIXES: Final = (".ics", ".json", ".atom")
_TOLD: Final = document("text/calendar", "The calendar (RFC 5545).")
_EVENT_ID = re.compile(r"-?[0-9]{1,19}", re.ASCII)

router = APIRouter(tags=["feeds"])


@readable(router, "/orgs/{org}/calendar.ics", openapi_extra=SELECTION, **_TOLD)
async def calendar(request: Request, organization: OrganizationDep, feeds: FeedsDep) -> Response:
    """The organization's public events, or those that the parameters select, as an iCalendar feed."""
    selection = parse(pairs(request.url.query), organization)
    feed, copy = await feeds.calendar(organization, selection)
    return await answer(request, _representation(feed, copy, f"{organization.slug}.ics"), copy)


@readable(router, "/orgs/{org}/{name}.ics", openapi_extra=SELECTION, **_TOLD)
async def named_calendar(
    name: str, request: Request, organization: OrganizationDep, feeds: FeedsDep
) -> Response:
    """A selection saved under a short address; parameters that it leaves open may be added."""
    named = named_feed(organization, name)
    selection = parse(with_saved(named, pairs(request.url.query)), organization)
    feed, copy = await feeds.calendar(organization, selection, named)
    return await answer(request, _representation(feed, copy, f"{named.slug}.ics"), copy)


@readable(router, "/orgs/{org}/events/{event_id}.ics", openapi_extra=LANGUAGE, **_TOLD)
async def event(event_id: str, request: Request, organization: OrganizationDep, feeds: FeedsDep) -> Response:
    """One event, to be opened once rather than subscribed to."""
    if not _EVENT_ID.fullmatch(event_id):
        raise FeedNotFound("no such event here")
    selection = parse([pair for pair in pairs(request.url.query) if pair[0].lower() == "lang"], organization)
    feed, copy = await feeds.event(organization, int(event_id), selection.lang)
    filename = f"{organization.slug}-{event_id}.ics"
    return await answer(request, _representation(feed, copy, filename, manner="attachment"), copy)


@router.options("/orgs/{rest:path}", include_in_schema=False)
async def preflight(rest: str, request: Request) -> Response:
    """What a browser asks before it sends If-None-Match across origins (CORS-preflight); 405 to others."""
    if "access-control-request-method" not in request.headers or not rest.endswith(OPEN_SUFFIXES):
        raise HTTPException(status_code=405)
    allowed = {
        **OPEN,
        "Access-Control-Allow-Methods": "GET, HEAD",
        "Access-Control-Allow-Headers": "If-None-Match, If-Modified-Since",
        "Access-Control-Max-Age": "86400",
    }
    return Response(status_code=204, headers=allowed)


def _representation(feed: Feed, copy: Copy, filename: str, *, manner: str = "inline") -> Representation:
    return Representation(
        body=feed.calendar,
        content_type=CALENDAR,
        etag=feed.etag,
        last_modified=feed.last_modified,
        lang=copy.catalogue.lang,
        disposition=f'{manner}; filename="{filename}"',
        further={"X-Robots-Tag": "noindex"},
    )
