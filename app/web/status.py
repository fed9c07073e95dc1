"""`/status`: the operator's page. In plain words and lights, what is served, how old it is, and what to mend.

It is there only where ``status_token`` is set, for whoever knows it: as a bearer token (RFC 6750 §2.1), or as
the password of HTTP Basic (RFC 7617), with any name, so that a browser asks for it. It is never kept.
"""

import hmac
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from fastapi import APIRouter, Request, Response

from app import __version__
from app.domain.errors import FeedNotFound
from app.domain.model import Lang, Organization
from app.feeds.service import Feeds
from app.feeds.trouble import DOUBTED
from app.i18n.formats import span
from app.i18n.words import plural, say
from app.telemetry import families
from app.telemetry.metrics import Metrics
from app.web.accent import theme
from app.web.deps import FeedsDep, MetricsDep
from app.web.methods import readable
from app.web.query import spoken_language
from app.web.readiness import CatalogueFacts, readiness
from app.web.rendering import HTML, headers, page

COLOR: Final = "#0b7a75"
NOT_KEPT: Final = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
CHALLENGE: Final = 'Basic realm="Amilia Calendar Feeds", charset="UTF-8"'
REFUSED: Final = "UpstreamRefused"
_CURES: Final = (REFUSED, "UpstreamUnavailable", "UpstreamThrottled", "UpstreamUnreadable", DOUBTED)

router = APIRouter(tags=["operation"])


class Light(Enum):
    """How urgent it is."""

    WELL = "well"
    IDLE = "idle"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Line:
    """One catalogue: what is served, and what is wrong with it."""

    light: Light
    language: str
    served: str
    trouble: str = ""
    cure: str = ""
    left_out: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """One organization; its light is that of its worst catalogue."""

    name: str
    slug: str
    light: Light
    lines: tuple[Line, ...]
    notices: str


@readable(router, "/status", include_in_schema=False)
async def status(request: Request, feeds: FeedsDep, metrics: MetricsDep) -> Response:
    """How each organization does."""
    token = request.state.status_key.token
    lang = spoken_language(request.url.query) or "en"
    if token is None:
        raise FeedNotFound("no status page is configured")
    if not is_let_in(request.headers.get("Authorization", ""), token):
        told = {**NOT_KEPT, "WWW-Authenticate": CHALLENGE, "Content-Type": "text/plain; charset=utf-8"}
        return Response("" if request.method == "HEAD" else say(lang, "status.locked") + "\n", 401, told)
    body = _page(feeds, metrics, lang, request.state.clock(), hears=request.state.webhooks.secret is not None)
    told = {**headers(theme(COLOR)), **NOT_KEPT, "Content-Type": HTML, "Content-Length": str(len(body))}
    return Response("" if request.method == "HEAD" else body, 200, told)


def is_let_in(authorization: str, token: str) -> bool:
    """True for an Authorization that holds the token; takes the same time for every wrong one. Pure."""
    scheme, _, rest = authorization.partition(" ")
    sent = rest.strip()
    if scheme.lower() == "basic":
        try:
            sent = b64decode(sent, validate=True).decode("utf-8").partition(":")[2]
        except (NotBase64, UnicodeDecodeError, ValueError):
            return False
    elif scheme.lower() != "bearer":
        return False
    return hmac.compare_digest(sent.encode("utf-8", "surrogatepass"), token.encode())


def light_of(facts: CatalogueFacts) -> Light:
    """Refused credentials and an empty hand are the operator's to mend; the rest mostly heals. Pure."""
    if facts["error"] == REFUSED or (facts["failing_since"] and facts["events"] is None):
        return Light.FAULT
    if facts["failing_since"]:
        return Light.WARNING
    return Light.IDLE if facts["events"] is None else Light.WELL


def line_of(facts: CatalogueFacts, lang: Lang, now: datetime) -> Line:
    """The words for one catalogue, at ``now``. Pure."""
    served = say(lang, "status.nothing")
    if facts["events"] is not None:
        events = plural(lang, "events.count", facts["events"])
        served = say(lang, "status.served", events=events, age=_since(facts["fetched_at"], now, lang))
    trouble = cure = ""
    if facts["failing_since"]:
        kind = facts["error"] if facts["error"] in _CURES else "other"
        trouble = say(lang, "status.failing", age=_since(facts["failing_since"], now, lang))
        cure = say(lang, f"status.cure.{kind}")
    left_out = sum(facts["left_out"].values())
    return Line(
        light=light_of(facts),
        language=say(lang, f"page.language.{facts['lang']}"),
        served=served,
        trouble=trouble,
        cure=cure,
        left_out=plural(lang, "status.left-out", left_out) if left_out else "",
    )


def cards(
    organizations: Iterable[Organization], catalogues: Iterable[CatalogueFacts], lang: Lang, now: datetime
) -> list[Card]:
    """One card for each organization, those that need the operator first. Pure."""
    by_slug: dict[str, list[CatalogueFacts]] = {}
    for facts in catalogues:
        by_slug.setdefault(facts["organization"], []).append(facts)
    made = [
        _card(organization, by_slug.get(organization.slug, ()), lang, now) for organization in organizations
    ]
    urgency = [Light.FAULT, Light.WARNING, Light.WELL, Light.IDLE]
    return sorted(made, key=lambda card: urgency.index(card.light))


def _card(
    organization: Organization, catalogues: Iterable[CatalogueFacts], lang: Lang, now: datetime
) -> Card:
    facts = list(catalogues)
    lines = tuple(line_of(one, lang, now) for one in facts)
    notices = max((one["notices"] for one in facts), default=0)
    lights = [line.light for line in lines]
    worst = next((it for it in (Light.FAULT, Light.WARNING, Light.WELL) if it in lights), Light.IDLE)
    return Card(
        name=organization.name.of(lang),
        slug=organization.slug,
        light=worst,
        lines=lines,
        notices=plural(lang, "status.notices", notices) if notices else "",
    )


def _page(feeds: Feeds, metrics: Metrics, lang: Lang, now: datetime, *, hears: bool) -> bytes:
    facts = readiness(feeds, metrics.worker, metrics.shown_by_others())
    told = values_of(metrics)
    subscribers = told[families.SUBSCRIBERS.name]
    return page(
        "status.html",
        lang,
        style=theme(COLOR),
        cards=cards(feeds.organizations.values(), facts["catalogues"], lang, now),
        store_failing=facts["store"] != "ok",
        hears=hears,
        version=__version__,
        workers=round(sum(told[families.WORKERS.name].values())),
        subscribers=sorted(
            ((client, round(number)) for client, number in subscribers.items() if number >= 1),
            key=lambda it: -it[1],
        ),
    )


def values_of(metrics: Metrics) -> Mapping[str, Mapping[str, float]]:
    """The gauges that the page shows, of all workers, by name and by the first label."""
    wanted = (families.SUBSCRIBERS.name, families.WORKERS.name)
    return {
        metric.name: {next(iter(sample.labels.values()), ""): sample.value for sample in metric.samples}
        for metric in metrics.told()
        if metric.name in wanted
    }


def _since(moment: str | None, now: datetime, lang: Lang) -> str:
    length = now - datetime.fromisoformat(moment) if moment else timedelta(0)
    return span(max(length, timedelta(0)), lang)
