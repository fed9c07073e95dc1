"""What a site consists of, from the catalogues at hand: the sections, and the documents of each."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final
from urllib.parse import parse_qs, urlsplit

from app.cli.exporting.layout import GOOGLE, INDEX, SHORTER, Document, Section, section, spoken_by
from app.domain.model import Lang, NamedFeed, Organization
from app.domain.selection import Selection, parse
from app.feeds.catalogue import Catalogue
from app.feeds.service import Feeds
from app.web.offers import Addresses, Offer, named_as
from app.web.views.scope import scope_of

VIEWS: Final = ("agenda", "week", "month")
WIDGETS: Final = ("agenda", "week", "month", "places", "button")


@dataclass(frozen=True, slots=True)
class Plan:
    """The documents of one organization, and by the file of each QR code the file that it leads to."""

    documents: Sequence[Document]
    codes: Mapping[str, str]


def sections_of(
    organization: Organization, catalogues: Mapping[Lang, Catalogue], known: Collection[str]
) -> Iterator[Section]:
    """The whole, the named feeds and the programmes, in both languages.

    Programmes of which only ``known`` files tell stay, empty: a season ends, a subscription to it does not.
    """
    for lang, catalogue in catalogues.items():
        whole = parse([("lang", lang)], organization)
        yield _section(catalogue, whole)
        for named in organization.feeds:
            for selection in spoken_by(named, organization):
                if selection.lang == lang:
                    yield _section(catalogue, selection, named=named)
        public = {program.id for program in catalogue.programs}
        chosen = public & organization.programs if organization.programs else public
        for number in sorted(chosen | _programs_in(known, organization)):
            yield _section(catalogue, replace(whole, programs=frozenset({number})), program=number)


async def plan_of(feeds: Feeds, sections: Iterable[Section], public_url: str, known: Collection[str]) -> Plan:
    """The documents of these sections, which belong to one organization. Raises ``NoCopy``."""
    documents: list[Document] = []
    codes: dict[str, str] = {}
    for it in sections:
        named = it.named or named_as(it.selection, it.organization)
        feed, _ = await feeds.calendar(it.organization, it.selection, named)
        addresses = Addresses(it.organization, f"{public_url}/orgs/{it.organization.slug}")
        offer = addresses.offer(feed.name, it.selection, named, feed.size)
        documents += _documents(it, offer, public_url, shorter=f"{it.folder}{SHORTER}" in known)
        codes[f"{it.folder}qr.svg"] = f"{it.stem}.ics"
        codes[f"{it.folder}qr-page.svg"] = f"{it.folder}{INDEX}"
    return Plan(documents, codes)


def _section(
    catalogue: Catalogue, selection: Selection, *, named: NamedFeed | None = None, program: int = 0
) -> Section:
    rows = catalogue.select(selection)
    scope = scope_of(catalogue, selection, rows)
    days = [catalogue.day]
    if rows:
        local = catalogue.zone.local
        ends = (rows[0].start, max(row.end for row in rows) - 1)
        days += [scope.within(local(datetime.fromtimestamp(seconds, UTC)).date()) for seconds in ends]
    months = min(days).replace(day=1), max(days).replace(day=1)
    return section(catalogue.organization, selection, months, catalogue.day, named=named, program=program)


def _documents(it: Section, offer: Offer, public_url: str, *, shorter: bool) -> Iterator[Document]:
    def at(address: str) -> str:
        return address.removeprefix(public_url)

    feed, google = it.feed(".ics"), at(_for_google(offer))
    aliases = {google: f"{it.folder}{GOOGLE}"} if google != at(offer.feed) else {}
    if offer.narrower:
        aliases[at(offer.narrower)] = f"{it.folder}{SHORTER}"
    yield Document(f"{it.stem}.ics", feed)
    yield Document(f"{it.folder}{GOOGLE}", google, aliases)
    if offer.narrower or shorter:
        yield Document(f"{it.folder}{SHORTER}", at(offer.narrower) or feed, aliases)
    yield Document(f"{it.stem}.json", it.feed(".json"))
    yield Document(f"{it.folder}changes.atom", it.address("/changes.atom"))
    for path, within, views in (("", "", VIEWS), ("/embed", "embed/", WIDGETS)):
        for view in views:
            yield Document(it.page(view, None, within=within), it.address(path, view=view), aliases)
        for month in it.every_month:
            address = it.address(path, view="month", day=month.isoformat())
            yield Document(it.page("month", month, within=within), address, aliases)


def _for_google(offer: Offer) -> str:
    """The address of the feed that Google is sent to, as https or http."""
    (webcal,) = parse_qs(urlsplit(offer.google).query)["cid"]
    return f"{urlsplit(offer.feed).scheme}://{webcal.partition('://')[2]}"


def _programs_in(known: Iterable[str], organization: Organization) -> set[int]:
    """The programmes of which there are feeds among these files."""
    name = re.compile(rf"orgs/{re.escape(organization.slug)}/programs/([0-9]+)\.ics", re.ASCII)
    return {int(found[1]) for found in map(name.fullmatch, known) if found}
