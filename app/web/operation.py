"""For whoever runs the service: is it alive, can it answer, what did it count; and what robots may read."""

from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from app.feeds.shelf import Shelf
from app.telemetry.metrics import CONTENT_TYPE
from app.web.deps import FeedsDep, MetricsDep
from app.web.methods import readable

ROBOTS: Final = """\
User-agent: Google-Calendar-Importer
Allow: /

User-agent: *
Allow: /
Disallow: /private/
Disallow: /webhooks/
"""
"""Google refuses to subscribe where robots are turned away; what is private has its own headers besides."""

router = APIRouter(tags=["operation"])


@readable(router, "/healthz")
async def healthz() -> Response:
    """200 while the process can answer at all; asks nobody."""
    return PlainTextResponse("ok\n", headers={"Cache-Control": "no-store"})


@readable(router, "/readyz")
async def readyz(feeds: FeedsDep) -> Response:
    """What there is to serve, how old it is and since when refreshing fails; 503 when nothing can be served.

    An organization that nobody asked for yet has no data and is no trouble.
    """
    shelves = [shelf for shelf in feeds.shelves if shelf.asked_at or shelf.catalogue]
    failing = [shelf for shelf in shelves if shelf.trouble]
    empty_handed = bool(failing) and not any(shelf.catalogue for shelf in shelves)
    word = "unavailable" if empty_handed else "degraded" if failing else "ok"
    facts = {"status": word, "catalogues": [_facts(shelf) for shelf in shelves]}
    return JSONResponse(facts, 503 if empty_handed else 200, headers={"Cache-Control": "no-store"})


@readable(router, "/metrics")
async def exposition(metrics: MetricsDep) -> Response:
    """What was counted, in the Prometheus text format."""
    return Response(metrics.exposition(), headers={"Content-Type": CONTENT_TYPE, "Cache-Control": "no-store"})


@readable(router, "/robots.txt")
async def robots(request: Request) -> Response:
    """Feeds may be fetched by robots: Google's calendar is one."""
    return PlainTextResponse(ROBOTS if request.method == "GET" else "")


def _facts(shelf: Shelf) -> dict[str, Any]:
    return {
        "organization": shelf.organization.slug,
        "lang": shelf.lang,
        "events": len(shelf.catalogue.entries) if shelf.catalogue else None,
        "left_out": dict(shelf.catalogue.left_out) if shelf.catalogue else {},
        "fetched_at": _moment(shelf.began),
        "failing_since": _moment(shelf.trouble.since if shelf.trouble else None),
        "error": shelf.trouble.error if shelf.trouble else None,
        "failures": shelf.trouble.failures if shelf.trouble else 0,
    }


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
