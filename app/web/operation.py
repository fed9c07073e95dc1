"""For whoever runs the service: is it alive, can it answer, what did it count; and what robots may read."""

from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from app.telemetry.metrics import CONTENT_TYPE
from app.web.deps import FeedsDep, MetricsDep
from app.web.methods import readable
from app.web.outcomes import PLAIN_TEXT, state
from app.web.readiness import UNAVAILABLE, readiness

NOT_KEPT: Final = {"Cache-Control": "no-store"}
ROBOTS: Final = """\
User-agent: Google-Calendar-Importer
Allow: /

User-agent: *
Allow: /
Disallow: /private/
Disallow: /webhooks/
"""
"""Google refuses to subscribe where robots are turned away; what is private has its own headers besides."""

_READY: Final = state(
    "application/json",
    schema={"type": "object", "required": ["status", "store", "refused", "catalogues"]},
    ok="There is something to serve, or nobody asked yet.",
    unavailable="There is nothing to serve.",
)

router = APIRouter(tags=["operation"])


@readable(router, "/healthz", **state(PLAIN_TEXT, ok="It answers."))
async def healthz() -> Response:
    """200 while the process can answer at all; asks nobody."""
    return PlainTextResponse("ok\n", headers=NOT_KEPT)


@readable(router, "/readyz", **_READY)
async def readyz(feeds: FeedsDep, metrics: MetricsDep) -> Response:
    """What there is to serve, how old it is, since when refreshing fails; 503 when nothing can be served."""
    facts = readiness(feeds, metrics.worker, metrics.shown_by_others())
    return JSONResponse(facts, 503 if facts["status"] == UNAVAILABLE else 200, headers=NOT_KEPT)


@readable(router, "/metrics", **state(PLAIN_TEXT, ok="The counts."))
async def exposition(metrics: MetricsDep) -> Response:
    """What was counted, in the Prometheus text format."""
    return Response(metrics.exposition(), headers={"Content-Type": CONTENT_TYPE, **NOT_KEPT})


@readable(router, "/robots.txt", **state(PLAIN_TEXT, ok="The rules."))
async def robots(request: Request) -> Response:
    """Feeds may be fetched by robots: Google's calendar is one."""
    return PlainTextResponse(ROBOTS if request.method == "GET" else "")
