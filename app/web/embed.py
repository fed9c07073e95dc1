"""The widget: the page that other sites show in a frame, and the script that places and sizes it.

`/orgs/{org}/embed` is a page like any other, rendered here, that needs no script; `/embed.js` defines the
element `<amilia-calendar>` (decisions 0022 and 0023).
"""

import json
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from app.domain.model import Organization
from app.domain.selection import Selection, canonical, parse
from app.feeds.catalogue import Catalogue
from app.feeds.naming import title_of
from app.feeds.service import Feeds
from app.i18n.headings import zone_heading
from app.i18n.words import say
from app.web.agents import ways
from app.web.answer import Representation, answer, etag_of
from app.web.deps import FeedsDep, OrganizationDep
from app.web.looks import MAX_RADIUS, THEMES, VIEWS, Looks, looks_of, style
from app.web.methods import readable
from app.web.offers import Addresses, named_as
from app.web.outcomes import cached, document
from app.web.query import SELECTION, pairs, parameter
from app.web.rendering import HTML, headers, page
from app.web.views.agenda import agenda
from app.web.views.month import month
from app.web.views.places import places
from app.web.views.scope import Scope, scope_of
from app.web.views.week import week

SCRIPT_CACHED: Final = "public, max-age=3600, stale-while-revalidate=86400"
"""An hour: its address is pasted into pages that nobody will touch again, so it cannot name its version."""

_SHOWN: Final[Mapping[str, Callable[[Scope, date | None], Any]]] = {
    "agenda": agenda,
    "month": month,
    "week": week,
    "places": places,
}


_COLOR: Final = {"type": "string", "pattern": "^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$"}
EMBED: Final[dict[str, Any]] = {
    "parameters": [
        *SELECTION["parameters"],
        parameter("view", {"enum": list(VIEWS)}, "What to show; the agenda by default."),
        parameter("day", {"type": "string", "format": "date"}, "The day to begin with; today by default."),
        parameter("theme", {"enum": list(THEMES)}, "Light, dark, or as the visitor's device."),
        parameter("accent", _COLOR, "The colour of marks and buttons."),
        parameter("background", _COLOR, "The colour behind everything; or transparent."),
        parameter("text", _COLOR, "The colour of text, on a background of your own."),
        parameter("radius", {"type": "integer", "minimum": 0, "maximum": MAX_RADIUS}, "Pixels of corners."),
    ]
}
"""What ``openapi_extra`` adds to the embed page's route."""
_TOLD: Final = document("text/html", "The page to be framed.", problem="text/html")

router = APIRouter(tags=["pages"])


@readable(router, "/orgs/{org}/embed", openapi_extra=EMBED, **_TOLD)
async def embed(request: Request, organization: OrganizationDep, feeds: FeedsDep) -> Response:
    """A selection as a page to be framed: agenda, month, week, columns by place, or a button to subscribe."""
    query = pairs(request.url.query)
    selection = parse(query, organization)
    looks = looks_of(query)
    copy = await feeds.catalogue(organization, selection.lang)
    body = await _page(request, feeds, copy.catalogue, selection, looks)
    further = {**headers(style(looks, organization.color), framed="*"), "X-Robots-Tag": "noindex"}
    shown = Representation(body, HTML, etag_of(body), None, copy.catalogue.lang, further=further)
    return await answer(request, shown, copy)


@readable(router, "/embed.js", **cached("text/javascript", "The script."))
async def script(request: Request) -> Response:
    """The script that defines ``<amilia-calendar>``."""
    body = _script(request.state.public_url)
    further = {
        "Cache-Control": SCRIPT_CACHED,
        "Cross-Origin-Resource-Policy": "cross-origin",
        "X-Content-Type-Options": "nosniff",
    }
    shown = Representation(body, "text/javascript; charset=utf-8", etag_of(body), None, None, further=further)
    return await answer(request, shown, None)


def address(path: str, selection: Selection, organization: Organization, looks: Looks) -> str:
    """The address of an embed page: ``path``, the selection as it is always spelled, then the looks."""
    own = looks.pairs() + ([("day", looks.day.isoformat())] if looks.day else [])
    query = "&".join(filter(None, (canonical(selection, organization), urlencode(own))))
    return f"{path}?{query}" if query else path


async def _page(
    request: Request, feeds: Feeds, catalogue: Catalogue, selection: Selection, looks: Looks
) -> bytes:
    organization, lang = catalogue.organization, catalogue.lang
    named = named_as(selection, organization)
    name = title_of(catalogue, selection, named)
    addresses = Addresses(organization, f"{request.state.public_url}/orgs/{organization.slug}")
    values: dict[str, Any] = {
        "name": name,
        "looks": looks,
        "subscribe": addresses.shown(selection),
        "static": request.state.house.static,
    }
    if looks.view == "button":
        feed, _ = await feeds.calendar(organization, selection, named)
        offer = addresses.offer(name, selection, named, feed.size)
        values |= {"offer": offer, "ways": [way for way in ways(offer, lang) if way.href]}
    else:
        values |= _view(catalogue, selection, looks)
    return page("embed.html", lang, style=style(looks, organization.color), **values)


def _view(catalogue: Catalogue, selection: Selection, looks: Looks) -> dict[str, Any]:
    organization, lang = catalogue.organization, catalogue.lang
    path = f"/orgs/{organization.slug}/embed"

    def to(view: str, day: date | None) -> str:
        return address(path, selection, organization, _turned(looks, view, day))

    return {
        "shown": _SHOWN[looks.view](scope_of(catalogue, selection), looks.day),
        "href": lambda day: to(looks.view, day),
        "zone": catalogue.zone.name,
        "zone_name": zone_heading(catalogue.zone.tzinfo, lang),
        "views": [(say(lang, f"view.{view}"), to(view, looks.day), view == looks.view) for view in _SHOWN],
    }


def _turned(looks: Looks, view: str, day: date | None) -> Looks:
    return looks_of([*looks.pairs(), ("view", view), ("day", day.isoformat() if day else "")])


@lru_cache(maxsize=8)
def _script(public_url: str) -> bytes:
    """The script with the service's own address in it.

    The address of the script tag would not do: sites that bundle or copy scripts serve it from their own.
    """
    source = Path(__file__).with_name("embed.js").read_text(encoding="utf-8")
    return source.replace('"{public_url}"', json.dumps(public_url)).encode()
