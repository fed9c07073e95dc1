"""Every route of the service with an address of it, and one of each kind of answer that it has."""

from collections.abc import Iterator
from typing import Any, Final

from fastapi import FastAPI

from app.web.assets import address

FOREST: Final = "/orgs/forest-explorers"
EXAMPLES: Final = {
    "/": "/",
    "/docs": "/docs",
    "/embed.js": "/embed.js",
    "/favicon.ico": "/favicon.ico",
    "/healthz": "/healthz",
    "/metrics": "/metrics",
    "/openapi.json": "/openapi.json",
    "/orgs/{org}": FOREST,
    "/orgs/{org}/calendar.ics": f"{FOREST}/calendar.ics",
    "/orgs/{org}/calendar.json": f"{FOREST}/calendar.json",
    "/orgs/{org}/changes.atom": f"{FOREST}/changes.atom",
    "/orgs/{org}/embed": f"{FOREST}/embed",
    "/orgs/{org}/events/{event_id}.ics": f"{FOREST}/events/1.ics",
    "/orgs/{org}/qr.svg": f"{FOREST}/qr.svg",
    "/orgs/{org}/{name}.ics": f"{FOREST}/natation.ics",
    "/orgs/{org}/{name}.json": f"{FOREST}/natation.json",
    "/private/{token}/{name}.ics": "/private/no-such-token/mine.ics",
    "/readyz": "/readyz",
    "/robots.txt": "/robots.txt",
    "/static/{digest}/{name}": address("page.css"),
    "/status": "/status",
}
"""By the path as the route has it. Those that a setting or a command must bring to life answer 404 here."""
PREFLIGHT: Final = "/orgs/{rest:path}"
POSTED: Final = "/webhooks/amilia/{secret}"
UNDOCUMENTED: Final = {
    "/favicon.ico",
    "/openapi.json",
    "/private/{token}/{name}.ics",
    "/static/{digest}/{name}",
    "/status",
    POSTED,
    PREFLIGHT,
}
"""Ours alone, or the secret of whoever has the address."""


def paths(app: FastAPI) -> set[str]:
    """The paths of all routes, as they are written."""
    return {route.path for route in _routes(app.routes)}


def _routes(routes: Any) -> Iterator[Any]:
    for route in routes:
        included = getattr(route, "original_router", None)
        if included is None:
            yield route
        else:
            yield from _routes(included.routes)
