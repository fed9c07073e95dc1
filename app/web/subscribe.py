"""The page on which one chooses, looks and subscribes, put together from what a visit asks for.

Pure: a copy and a finished calendar go in, bytes come out. The largest centres take a tenth of a second, so
the route lets a thread do it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from urllib.parse import urlencode

from app.domain.model import CANCELLED_MODES, LANGS, Lang
from app.domain.selection import Selection, canonical, parse
from app.feeds.catalogue import Catalogue, midnight
from app.feeds.feed import Feed
from app.i18n.formats import clock_time, long_date
from app.i18n.words import plural, say
from app.web.accent import theme
from app.web.agents import ways
from app.web.choices import Tallies, chips, facets
from app.web.offers import Addresses, named_as, reachable, saved_selection
from app.web.rendering import page
from app.web.snippets import snippets
from app.web.structured import MOST_TOLD, event_data
from app.web.views.agenda import Agenda, agenda
from app.web.views.month import Month, month
from app.web.views.scope import Scope, scope_of
from app.web.views.week import Week, week
from app.web.visit import VIEWS, Visit

ALARMS: Final = (15, 30, 60, 120, 1440)
"""Minutes before the start that the form offers; any other number that the address asks for is kept."""
_SHOWN: Final[Mapping[str, Callable[[Scope, date | None], Agenda | Week | Month]]] = {
    "agenda": agenda,
    "week": week,
    "month": month,
}


@dataclass(frozen=True, slots=True)
class House:
    """What a page says of the service itself; ``simulator_url`` is empty but in a demonstration.

    A ``static`` page will be a file: nobody answers a form on it, and it says nothing that passes.
    """

    public_url: str
    demonstration: bool
    simulator_url: str
    tallies: Tallies
    static: bool = False


def subscribe_page(
    visit: Visit, catalogue: Catalogue, feed: Feed, house: House, *, failing_since: datetime | None
) -> bytes:
    """The page of ``visit``, whose selection is in the catalogue's language; ``feed`` is its calendar."""
    organization, selection, lang = visit.organization, visit.selection, catalogue.lang
    addresses = Addresses(organization, f"{house.public_url}/orgs/{organization.slug}")
    named = named_as(selection, organization)
    offer = addresses.offer(feed.name, selection, named, feed.size)
    rows = catalogue.select(selection)
    today = midnight(catalogue.day, catalogue.zone)
    coming = [row for row in rows if row.end > today]
    return page(
        "organization.html",
        lang,
        style=theme(organization.color),
        organization=organization,
        visit=visit,
        selection=selection,
        offer=offer,
        coming=len(coming),
        facets=facets(house.tallies.of(catalogue), selection, catalogue),
        labels=_labels(lang),
        alarms=_alarms(selection, lang),
        cancelled=[(mode, say(lang, f"page.cancelled.{mode}")) for mode in CANCELLED_MODES],
        chips=[] if house.static else chips(catalogue, selection, visit.words),
        everything=visit.choosing(parse([("lang", lang)], organization)),
        named=[
            (it.name.of(lang), visit.choosing(saved_selection(it, organization, lang)), it is named)
            for it in organization.feeds
        ],
        ways=ways(offer, lang),
        reachable=reachable(house.public_url),
        qr=_code(visit),
        views=[(say(lang, f"page.view.{view}"), view) for view in VIEWS],
        shown=_SHOWN[visit.view](scope_of(catalogue, selection, rows), visit.day),
        structured=event_data(catalogue, coming[:MOST_TOLD]),
        translations=[(other, addresses.page_in(other, selection)) for other in LANGS],
        alternates=[
            ("text/calendar", offer.feed),
            ("application/json", addresses.beside("calendar.json", selection)),
            ("application/atom+xml", addresses.beside("changes.atom", selection)),
        ],
        fetched=say(lang, "page.fetched", when=_moment(catalogue.fetched_at, catalogue)),
        trouble=(
            say(lang, "page.trouble", since=_moment(failing_since, catalogue))
            if failing_since and not house.static
            else ""
        ),
        snippets=snippets(organization, selection, house.public_url, offer.name),
        demonstration=house.demonstration,
        simulator=_simulator(house.simulator_url, visit),
        static=house.static,
        whole=not canonical(replace(selection, lang=organization.language), organization),
        programs=_programs(house, visit, catalogue) if house.static else [],
    )


def _programs(house: House, visit: Visit, catalogue: Catalogue) -> list[tuple[str, str, int, bool]]:
    """Every programme with coming events: its name, its page, how many there are, and if it is shown."""
    lang, organization = catalogue.lang, visit.organization
    return [
        (it.name, visit.choosing(one), it.coming, visit.selection == one)
        for it in house.tallies.of(catalogue).named["programId"]
        for number in sorted(it.ids)
        for one in [parse([("programId", str(number)), ("lang", lang)], organization)]
    ]


def _labels(lang: Lang) -> dict[str, str]:
    return {
        "programId": say(lang, "page.choose.program-id"),
        "categoryId": say(lang, "page.choose.category-id"),
        "subCategoryId": say(lang, "page.choose.sub-category-id"),
        "locationId": say(lang, "page.choose.location-id"),
        "tagId": say(lang, "page.choose.tag-id"),
        "weekday": say(lang, "page.choose.weekday"),
    }


def _alarms(selection: Selection, lang: Lang) -> list[tuple[int, str]]:
    asked = {selection.alarm} if selection.alarm is not None else set()
    return [(minutes, _before(minutes, lang)) for minutes in sorted({*ALARMS, *asked})]


def _before(minutes: int, lang: Lang) -> str:
    hours, rest = divmod(minutes, 60)
    if hours == 24 and not rest:  # noqa: PLR2004  # hours of a day
        return say(lang, "page.alarm.day")
    if rest or not hours:
        return plural(lang, "page.alarm.minutes", minutes)
    return plural(lang, "page.alarm.hours", hours)


def _code(visit: Visit) -> str:
    """The address of the QR code that leads a phone to this page."""
    query = canonical(visit.selection, visit.organization)
    return f"/orgs/{visit.organization.slug}/qr.svg?{query}{'&' if query else ''}to=page"


def _moment(moment: datetime, catalogue: Catalogue) -> str:
    """A moment on the organization's clock."""
    local = moment.astimezone(catalogue.zone.tzinfo)
    return f"{long_date(local.date(), catalogue.lang)}, {clock_time(local, catalogue.lang)}"


def _simulator(url: str, visit: Visit) -> str:
    """The simulator's page for this organization; empty where none is told of."""
    place = {"org": visit.organization.slug, "lang": visit.selection.lang}
    return f"{url}?{urlencode(place)}" if url else ""
