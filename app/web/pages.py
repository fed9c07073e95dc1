"""The pages that people see: the list of organizations, and one organization's feeds."""

from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.domain.model import LANGS, Lang
from app.domain.selection import parse
from app.feeds.catalogue import Catalogue
from app.i18n.formats import clock_time, long_date, megabytes
from app.i18n.words import plural, say
from app.web.deps import FeedsDep, OrganizationDep
from app.web.methods import readable
from app.web.offers import Offers
from app.web.query import pairs

PAGE_HEADERS: Final = {
    "Cache-Control": "public, max-age=60",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "strict-origin-when-cross-origin",
}

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)

router = APIRouter(tags=["pages"])


@readable(router, "/", include_in_schema=False)
async def index(request: Request, feeds: FeedsDep) -> Response:
    """The listed organizations; where there is only one, its page."""
    listed = [organization for organization in feeds.organizations.values() if organization.listed]
    if len(listed) == 1:
        lang = _negotiated(request, listed[0].language)
        query = "" if lang == listed[0].language else f"?lang={lang}"
        headers = {"Vary": "Accept-Language", "Cache-Control": "public, max-age=60"}
        return RedirectResponse(f"/orgs/{listed[0].slug}{query}", 307, headers=headers)
    lang = _negotiated(request, "fr")
    page = _render("index.html", request, lang, organizations=listed)
    page.headers["Vary"] = "Accept-Language"
    return page


@readable(router, "/orgs/{org}", include_in_schema=False)
async def organization_page(request: Request, organization: OrganizationDep, feeds: FeedsDep) -> Response:
    """An organization's programmes, each with its feed."""
    asked = parse([pair for pair in pairs(request.url.query) if pair[0].lower() == "lang"], organization).lang
    copy = await feeds.catalogue(organization, asked)
    offers = Offers(feeds, copy.catalogue, f"{request.state.public_url}/orgs/{organization.slug}")
    return _render(
        "organization.html",
        request,
        copy.catalogue.lang,
        organization=organization,
        everything=await offers.everything(),
        named=await offers.named(),
        programs=await offers.programs(),
        fetched=_moment(copy.catalogue, copy.catalogue.lang),
    )


def _moment(catalogue: Catalogue, lang: Lang) -> str:
    """When the events were fetched, on the organization's clock."""
    local = catalogue.fetched_at.astimezone(catalogue.zone.tzinfo)
    return f"{long_date(local.date(), lang)}, {clock_time(local, lang)}"


def _negotiated(request: Request, default: Lang) -> Lang:
    """The first of our languages that ``Accept-Language`` names; only ``/`` asks it."""
    for part in request.headers.get("accept-language", "")[:200].split(","):
        for lang in LANGS:
            if part.strip().lower().startswith(lang):
                return lang
    return default


def _render(template: str, request: Request, lang: Lang, **values: object) -> Response:
    html = _templates.get_template(template).render(
        lang=lang,
        other="en" if lang == "fr" else "fr",
        say=lambda key, **facts: say(lang, key, **facts),
        count=lambda events: plural(lang, "events.count", events),
        megabytes=lambda octets: megabytes(octets, lang),
        demonstration=request.state.demonstration,
        **values,
    )
    content = html.encode()
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Length": str(len(content)),
        **PAGE_HEADERS,
    }
    return Response(
        content if request.method == "GET" else b"", headers={**headers, "Content-Language": lang}
    )
