"""The feeds: `/orgs/{org}/calendar.ics`, named feeds, and one event as a download."""

import re
from typing import Final

from fastapi import APIRouter, HTTPException, Request, Response

from app.domain.errors import FeedNotFound
from app.domain.model import NamedFeed, Organization
from app.domain.selection import parse
from app.feeds.service import Copy, Feed
from app.web.deps import FeedsDep, MetricsDep, OrganizationDep
from app.web.http import CACHE_CONTROL, EXPOSED, PASSING, cache_status, http_date, not_modified
from app.web.methods import readable
from app.web.query import SELECTION, pairs, with_saved

CALENDAR: Final = "text/calendar; charset=utf-8"
OPEN: Final = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": EXPOSED}
"""Anybody's page may read a public calendar (FullCalendar asks from the browser)."""

OPEN_SUFFIXES: Final = (".ics",)
_EVENT_ID = re.compile(r"-?[0-9]{1,18}", re.ASCII)

router = APIRouter(tags=["feeds"])


@readable(router, "/orgs/{org}/calendar.ics", openapi_extra=SELECTION)
async def calendar(
    request: Request, organization: OrganizationDep, feeds: FeedsDep, metrics: MetricsDep
) -> Response:
    """The organization's public events, or those that the parameters select, as an iCalendar feed."""
    selection = parse(pairs(request.url.query), organization)
    feed, copy = await feeds.calendar(organization, selection)
    answer = _answer(request, feed, copy, f"{organization.slug}.ics")
    metrics.answer(answer.status_code, copy.source)
    return answer


@readable(router, "/orgs/{org}/{name}.ics", openapi_extra=SELECTION)
async def named_calendar(
    name: str, request: Request, organization: OrganizationDep, feeds: FeedsDep, metrics: MetricsDep
) -> Response:
    """A selection saved under a short address; parameters that it leaves open may be added."""
    named = _named(organization, name)
    selection = parse(with_saved(named, pairs(request.url.query)), organization)
    feed, copy = await feeds.calendar(organization, selection, named)
    answer = _answer(request, feed, copy, f"{named.slug}.ics")
    metrics.answer(answer.status_code, copy.source)
    return answer


@readable(router, "/orgs/{org}/events/{event_id}.ics")
async def event(
    event_id: str, request: Request, organization: OrganizationDep, feeds: FeedsDep, metrics: MetricsDep
) -> Response:
    """One event, to be opened once rather than subscribed to."""
    if not _EVENT_ID.fullmatch(event_id):
        raise FeedNotFound("no such event here")
    selection = parse([pair for pair in pairs(request.url.query) if pair[0].lower() == "lang"], organization)
    feed, copy = await feeds.event(organization, int(event_id), selection.lang)
    answer = _answer(request, feed, copy, f"{organization.slug}-{event_id}.ics")
    answer.headers["Content-Disposition"] = f'attachment; filename="{organization.slug}-{event_id}.ics"'
    metrics.answer(answer.status_code, copy.source)
    return answer


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


def _named(organization: Organization, name: str) -> NamedFeed:
    for named in organization.feeds:
        if named.slug == name:
            return named
    raise FeedNotFound("no feed of that name here")


def _answer(request: Request, feed: Feed, copy: Copy, filename: str) -> Response:
    """200 or 304, with or without the body."""
    headers = {
        "ETag": f'"{feed.etag}"',
        "Last-Modified": http_date(feed.last_modified),
        "Cache-Control": CACHE_CONTROL if copy.exact else PASSING,
        "Cache-Status": cache_status(copy.source),
        **OPEN,
    }
    if not_modified(request.headers, feed.etag, feed.last_modified):
        return Response(status_code=304, headers=headers)
    headers |= {
        "Content-Type": CALENDAR,
        "Content-Length": str(len(feed.body)),
        "Content-Disposition": f'inline; filename="{filename}"',
        "Content-Language": copy.catalogue.lang,
        "X-Robots-Tag": "noindex",
    }
    return Response(feed.body if request.method == "GET" else b"", headers=headers)
