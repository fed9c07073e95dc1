"""Makes the files of a site: asks the running service for each, and puts what it answers in the folder."""

import asyncio
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias
from urllib.parse import unquote, urlsplit

import httpx

from app.cli.exporting.folder import Folder, Report
from app.cli.exporting.hosting import Rule, headers_file, htaccess, pattern_of, rule_of
from app.cli.exporting.layout import INDEX, Document, Layout, NoFile, bare_section, layout, spoken_by
from app.cli.exporting.links import Links
from app.cli.exporting.plan import Plan, plan_of, sections_of
from app.domain.model import LANGS, Lang, Organization
from app.domain.selection import canonical, parse
from app.feeds.catalogue import Catalogue
from app.feeds.service import Feeds
from app.web.offers import webcal
from app.web.qr import qr_svg

SITE_IN_SCRIPT: Final = b"const SITE = null;"
NOT_FOUND: Final = "404.html"
OK: Final = 200
MISSING: Final = 404
Progress: TypeAlias = Callable[[int, int], None]
"""Told how many documents are done, of how many that are known of by now."""


class Unfit(Exception):
    """The service did not answer an address that must be part of the site."""


@dataclass(slots=True)
class Maker:
    """Writes documents into ``folder``; ``met`` are the files that links lead to, with their addresses."""

    client: httpx.AsyncClient
    layout: Layout
    folder: Folder
    met: dict[str, str] = field(default_factory=dict)
    made: set[str] = field(default_factory=set)
    rules: dict[str, Rule] = field(default_factory=dict)

    async def make(self, document: Document) -> None:
        """Ask for one document and put it. Raises ``Unfit`` and ``OSError``."""
        lost = document.name == NOT_FOUND
        answer = await self.client.get(document.address, headers=_asking(document))
        if answer.status_code != (MISSING if lost else OK):
            raise Unfit(f"{document.address} was answered with status {answer.status_code}.")
        links = Links(self.layout, document.name, document.aliases, self.meet, rooted=lost)
        try:
            content = self._content(answer, links)
        except NoFile as error:
            raise Unfit(f"{document.address} leads to {error}, which is not part of the site.") from error
        self._put(document.name, content)
        pattern = pattern_of(document.name)
        if pattern:
            self.rules.setdefault(pattern, rule_of(pattern, answer.headers))

    def code(self, name: str, leads_to: str) -> None:
        """Draw the QR code of a file's address, a calendar's as calendars open it."""
        address = self.layout.absolute(leads_to)
        self._put(name, qr_svg(webcal(address) if leads_to.endswith(".ics") else address))

    def meet(self, name: str, address: str) -> None:
        """A link leads to this file."""
        self.met.setdefault(name, address)

    def rest(self) -> Iterator[Document]:
        """What links lead to and is not made yet: single events, static files."""
        for name, address in sorted(self.met.items()):
            if name not in self.made and (name.startswith("static/") or "/events/" in name):
                yield Document(name, address)

    def about(self) -> None:
        """Tell hosts how to serve all this."""
        rules = [self.rules[pattern] for pattern in sorted(self.rules)]
        self._put("_headers", headers_file(rules).encode())
        self._put(".htaccess", htaccess(rules, urlsplit(self.layout.base).path).encode())
        self._put(".nojekyll", b"")  # or GitHub Pages would leave out what begins with "_"

    def _content(self, answer: httpx.Response, links: Links) -> bytes:
        match answer.headers["content-type"].partition(";")[0]:
            case "text/html":
                return links.page(answer.text, answer.headers.get("content-security-policy", "")).encode()
            case "application/atom+xml":
                return links.document(answer.text).encode()
            case "text/calendar":
                return links.calendar(answer.content)
            case "text/javascript" if links.name == "embed.js":
                told = json.dumps(_in_script(self.layout.organizations.values()), separators=(",", ":"))
                return answer.content.replace(SITE_IN_SCRIPT, f"const SITE = {told};".encode())
            case _:
                return answer.content

    def _put(self, name: str, body: bytes) -> None:
        self.folder.put(name, body)
        self.made.add(name)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an export; slugs of whom the last good copy was taken, and of whom there was none.

    Without a ``report`` nothing was replaced.
    """

    report: Report | None
    old: Sequence[str]
    lacking: Sequence[str]


async def export_site(
    client: httpx.AsyncClient,
    feeds: Feeds,
    slugs: Iterable[str],
    folder: Folder,
    *,
    base: str,
    jobs: int,
    progress: Progress,
) -> Outcome:
    """Ask Amilia, and make the folder the site of these organizations at ``base``.

    What the folder has of other organizations of the service stays, and of those without any copy.
    Raises ``Unfit``, ``Foreign`` and ``OSError``; then nothing was replaced.
    """
    catalogues, old, lacking = await _gathered(feeds, slugs)
    if feeds.store_failing:
        raise Unfit("the store cannot be used; without it every event would be published as a new one.")
    if not catalogues:
        return Outcome(None, old, lacking)
    await _put_all(client, feeds, catalogues, folder, base=base, jobs=jobs, progress=progress)
    others = tuple(f"orgs/{slug}/" for slug in feeds.organizations if slug not in catalogues)
    kept = [it for it in folder.known if others and it.startswith((*others, "static/"))]
    return Outcome(folder.replace(kept), old, lacking)


async def _gathered(
    feeds: Feeds, slugs: Iterable[str]
) -> tuple[dict[str, dict[Lang, Catalogue]], list[str], list[str]]:
    """The catalogues of whom there are any, in both languages, after a refresh; and whom it failed for."""
    catalogues: dict[str, dict[Lang, Catalogue]] = {}
    old, lacking = [], []
    for slug in slugs:
        shelves = [await feeds.refreshed(feeds.organizations[slug], lang) for lang in LANGS]
        found = {shelf.lang: shelf.catalogue for shelf in shelves if shelf.catalogue is not None}
        if len(found) < len(LANGS):
            lacking.append(slug)
            continue
        catalogues[slug] = found
        if any(shelf.trouble for shelf in shelves):
            old.append(slug)
    return catalogues, old, lacking


async def _put_all(
    client: httpx.AsyncClient,
    feeds: Feeds,
    catalogues: Mapping[str, Mapping[Lang, Catalogue]],
    folder: Folder,
    *,
    base: str,
    jobs: int,
    progress: Progress,
) -> None:
    sections = [
        it
        for slug, spoken in catalogues.items()
        for it in sections_of(feeds.organizations[slug], spoken, folder.known)
    ]
    plan = await plan_of(feeds, sections, base, folder.known)
    maker = Maker(client, layout(base, list(feeds.organizations.values()), sections), folder)
    documents = [*plan.documents, *_shared(feeds, plan)]
    await _all(maker, documents, jobs, progress, done=0)
    for name, leads_to in plan.codes.items():
        maker.code(name, leads_to)
    await _all(maker, list(maker.rest()), jobs, progress, done=len(documents))
    maker.about()


async def _all(maker: Maker, documents: list[Document], jobs: int, progress: Progress, *, done: int) -> None:
    """Make these documents, ``jobs`` at a time."""
    waiting = iter(documents)
    total = done + len(documents)

    async def work() -> None:
        nonlocal done
        for document in waiting:
            await maker.make(document)
            done += 1
            progress(done, total)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(jobs):
                group.create_task(work())
    except* (Unfit, OSError) as several:
        raise several.exceptions[0] from several


def _shared(feeds: Feeds, plan: Plan) -> Iterator[Document]:
    """What belongs to no organization; where only one is listed, its page is the first of the site."""
    yield Document("embed.js", "/embed.js")
    yield Document("robots.txt", "/robots.txt")
    yield Document(NOT_FOUND, f"/{NOT_FOUND}")
    listed = [it for it in feeds.organizations.values() if it.listed]
    if len(listed) != 1:
        for lang in LANGS:
            yield Document(INDEX if lang == LANGS[0] else f"{lang}/{INDEX}", f"/?lang={lang}")
        return
    home = f"orgs/{listed[0].slug}/{INDEX}"
    yield from (replace(it, name=INDEX) for it in plan.documents if it.name == home)


def _asking(document: Document) -> dict[str, str]:
    """The first page of all is the only one that asks for the visitor's language."""
    lang = urlsplit(document.address).query.removeprefix("lang=") if document.address[1:2] == "?" else ""
    return {"Accept-Encoding": "identity", **({"Accept-Language": lang} if lang else {})}


def _in_script(organizations: Iterable[Organization]) -> dict[str, Any]:
    """By organization: its language, and the folder of each selection but those of one programme.

    A selection is spelled as the script does: its language first, and not escaped.
    """
    told: dict[str, Any] = {}
    for organization in organizations:
        folders: dict[str, str] = {}
        sections = [bare_section(organization, parse([("lang", lang)], organization)) for lang in LANGS]
        for named in organization.feeds:
            sections += [bare_section(organization, it, named) for it in spoken_by(named, organization)]
        for it in sections:
            neutral = replace(it.selection, lang=organization.language)
            wish = unquote(canonical(neutral, organization))
            folders[f"{it.selection.lang} {wish}"] = it.folder.removeprefix(f"orgs/{organization.slug}/")
        told[organization.slug] = {"lang": organization.language, "folders": folders}
    return told
