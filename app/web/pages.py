"""The pages that people see: the list of organizations, and the page on which one chooses and subscribes."""

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from app.domain.model import LANGS, Lang, Organization
from app.feeds.service import Feeds
from app.web.accent import theme
from app.web.answer import Representation, answer, etag_of
from app.web.deps import FeedsDep, OrganizationDep
from app.web.methods import readable
from app.web.offers import named_as
from app.web.outcomes import document
from app.web.query import SELECTION, pairs, parameter
from app.web.rendering import HTML, headers, page
from app.web.subscribe import House, subscribe_page
from app.web.visit import VIEWS, visit_of

CACHED: Final = "public, max-age=60"

_OPENAPI: Final[dict[str, Any]] = {
    "parameters": [
        *SELECTION["parameters"],
        parameter("view", {"enum": list(VIEWS)}, "What to look at first."),
        parameter("day", {"type": "string", "format": "date"}, "The day to begin with; today by default."),
    ]
}
_TOLD: Final = document("text/html", "The page.", problem="text/html")
_INDEX: Final[dict[str, Any]] = {
    "response_class": Response,
    "responses": {
        200: {"description": "The list.", "content": {"text/html": {"schema": {"type": "string"}}}},
        307: {"description": "There is only one organization: its page."},
    },
}

router = APIRouter(tags=["pages"])


@readable(router, "/", **_INDEX)
async def index(request: Request, feeds: FeedsDep) -> Response:
    """The listed organizations; where there is only one, its page."""
    listed = [organization for organization in feeds.organizations.values() if organization.listed]
    if len(listed) == 1:
        lang = _negotiated(request, listed[0].language)
        query = "" if lang == listed[0].language else f"?lang={lang}"
        redirected = {"Vary": "Accept-Language", "Cache-Control": CACHED}
        return RedirectResponse(f"/orgs/{listed[0].slug}{query}", 307, headers=redirected)
    lang = _negotiated(request, "fr")
    style = "".join(theme(it.color, f'[data-accent="{at}"]') for at, it in enumerate(listed, start=1))
    house: House = request.state.house
    body = page("index.html", lang, style=style, organizations=listed, static=house.static)
    negotiated = {
        **headers(style),
        "Content-Type": HTML,
        "Content-Length": str(len(body)),
        "Content-Language": lang,
        "Cache-Control": CACHED,
        "Vary": "Accept-Language",
    }
    # Not by ``answer``, which knows what it said by the address alone.
    return Response(body if request.method == "GET" else b"", headers=negotiated)


@readable(router, "/orgs/{org}", openapi_extra=_OPENAPI, **_TOLD)
async def organization_page(request: Request, organization: OrganizationDep, feeds: FeedsDep) -> Response:
    """Choose, look, subscribe."""
    visit = visit_of(pairs(request.url.query), organization)
    copy = await feeds.catalogue(organization, visit.selection.lang)
    visit = replace(visit, selection=replace(visit.selection, lang=copy.catalogue.lang))
    feed, _ = await feeds.calendar(organization, visit.selection, named_as(visit.selection, organization))
    house: House = request.state.house
    since = _failing_since(feeds, organization, copy.catalogue.lang)
    body = await asyncio.to_thread(subscribe_page, visit, copy.catalogue, feed, house, failing_since=since)
    # A demonstration is there to be watched while it changes.
    kept = "no-cache" if house.demonstration else CACHED
    further = {**headers(theme(organization.color)), "Cache-Control": kept}
    shown = Representation(body, HTML, etag_of(body), None, copy.catalogue.lang, further=further)
    return await answer(request, shown, copy)


def _failing_since(feeds: Feeds, organization: Organization, lang: Lang) -> datetime | None:
    """Since when Amilia cannot be read; None while all is well."""
    shelf = next(it for it in feeds.shelves if it.organization is organization and it.lang == lang)
    return shelf.trouble.since if shelf.trouble else None


def _negotiated(request: Request, default: Lang) -> Lang:
    """The first of our languages that ``Accept-Language`` names; only ``/`` asks it."""
    for part in request.headers.get("accept-language", "")[:200].split(","):
        for lang in LANGS:
            if part.strip().lower().startswith(lang):
                return lang
    return default
