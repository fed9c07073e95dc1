"""Which file stands for which address of the service. Pure.

    orgs/{org}/                      the page; orgs/{org}/en/ in the other language, with all that follows
    orgs/{org}/calendar.ics, .json   the whole feed
    orgs/{org}/{name}.ics, .json     a named feed; its page is in feeds/{name}/
    orgs/{org}/programs/{id}.ics     a programme; its page is in programs/{id}/
    orgs/{org}/events/{id}.ics       one event

The folder of a page holds everything else of its selection: changes.atom, qr.svg, week.html, month/, embed/.
These names are in people's calendars and on posters: they never change their meaning.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from app.domain.model import LANGS, Lang, NamedFeed, Organization
from app.domain.selection import Selection, canonical, parse
from app.web.offers import saved_selection
from app.web.query import with_saved

INDEX: Final = "index.html"
GOOGLE: Final = "for/google.ics"
"""The feed as Google Calendar should have it, whatever that is by now."""
SHORTER: Final = "for/shorter.ics"
"""The feed of fewer days, for whom the whole is too large."""
_ORGANIZATION: Final = re.compile(r"/orgs/(?P<slug>[^/]+)(?:/(?P<rest>.+))?")
_EVENT: Final = re.compile(r"events/-?[0-9]+\.ics", re.ASCII)
_ROOT: Final = re.compile(r"/(?:static/[0-9a-f]+/[^/]+|embed\.js|robots\.txt)")


class NoFile(LookupError):
    """An address that no file stands for."""


@dataclass(frozen=True, slots=True)
class Document:
    """One file to write: its ``name`` from the top of the site, and the ``address`` that the service answers.

    ``aliases`` are names of files for addresses that only mean them in this document.
    """

    name: str
    address: str
    aliases: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Section:
    """One selection in one language. ``folder`` ends with a slash, ``stem`` is what ``.ics`` goes to.

    ``months`` are the first days of the first and the last month that it has pages of, ``today`` the day that
    its pages begin with.
    """

    organization: Organization
    selection: Selection
    named: NamedFeed | None
    folder: str
    stem: str
    months: tuple[date, date]
    today: date

    def page(self, view: str, day: date | None, *, within: str = "") -> str:
        """The file of a view; another day than today's is shown by its month."""
        folder = self.folder + within
        if day is not None:
            return f"{folder}month/{min(max(day.replace(day=1), self.months[0]), self.months[1]):%Y-%m}.html"
        return folder + {"agenda": INDEX, "month": f"month/{INDEX}"}.get(view, f"{view}.html")

    def address(self, name: str = "", **further: str) -> str:
        """The service's address of this selection under ``name``, as ``/calendar.ics``."""
        query = canonical(self.selection, self.organization)
        query = "&".join(filter(None, (query, urlencode(further))))
        return f"/orgs/{self.organization.slug}{name}" + (f"?{query}" if query else "")

    def feed(self, suffix: str) -> str:
        """The service's address of its ``.ics`` or ``.json``, under its short name where it has one."""
        if self.named is None:
            return self.address(f"/calendar{suffix}")
        bare = parse(with_saved(self.named, []), self.organization)
        spoken = "" if bare.lang == self.selection.lang else f"?lang={self.selection.lang}"
        return f"/orgs/{self.organization.slug}/{self.named.slug}{suffix}{spoken}"

    @property
    def every_month(self) -> Iterable[date]:
        """The first day of each month that has a page."""
        month, last = self.months
        while month <= last:
            yield month
            month = (month + timedelta(days=31)).replace(day=1)


def section(
    organization: Organization,
    selection: Selection,
    months: tuple[date, date],
    today: date,
    *,
    named: NamedFeed | None = None,
    program: int = 0,
) -> Section:
    """The section of the whole (with neither), of a named feed, or of a programme."""
    usual = parse(with_saved(named, []), organization).lang if named else organization.language
    spoken = "" if selection.lang == usual else f"{selection.lang}/"
    top = f"orgs/{organization.slug}/{spoken}"
    if named is not None:
        folder, stem = f"{top}feeds/{named.slug}/", f"{top}{named.slug}"
    elif program:
        folder, stem = f"{top}programs/{program}/", f"{top}programs/{program}"
    else:
        folder, stem = top, f"{top}calendar"
    return Section(organization, selection, named, folder, stem, months, today)


def bare_section(organization: Organization, selection: Selection, named: NamedFeed | None = None) -> Section:
    """A section for the sake of its names: of no days."""
    return section(organization, selection, (date.min, date.min), date.min, named=named)


@dataclass(frozen=True, slots=True)
class Layout:
    """All sections; ``base`` is where the site will be, without a slash at its end."""

    base: str
    organizations: Mapping[str, Organization]
    sections: Mapping[tuple[str, Selection], Section]
    named: Mapping[tuple[str, str, Lang], Section]

    def file_of(self, address: str) -> str:
        """The file that stands for an address from the root of the service. Raises ``NoFile``."""
        parts = urlsplit(address)
        query = dict(parse_qsl(parts.query))
        if parts.path == "/":
            return INDEX if query.get("lang", LANGS[0]) == LANGS[0] else f"{query['lang']}/{INDEX}"
        if _ROOT.fullmatch(parts.path):
            return parts.path[1:]
        found = _ORGANIZATION.fullmatch(parts.path)
        organization = self.organizations.get(found["slug"]) if found else None
        if found is None or organization is None:
            raise NoFile(address)
        return self._of(organization, found["rest"] or "", query, address)

    def _of(self, organization: Organization, rest: str, query: Mapping[str, str], address: str) -> str:
        if _EVENT.fullmatch(rest):
            lang = query.get("lang", organization.language)
            return f"orgs/{organization.slug}/{'' if lang == organization.language else f'{lang}/'}{rest}"
        stem, _, suffix = rest.rpartition(".")
        if suffix in {"ics", "json"} and stem != "calendar":
            lang = parse(query.items(), organization).lang
            it = self.named.get((organization.slug, stem, lang))
        else:
            it = self.sections.get((organization.slug, parse(query.items(), organization)))
        if it is None:
            raise NoFile(address)
        return _file(it, rest, query)

    def absolute(self, name: str) -> str:
        """The address at which people find a file."""
        return f"{self.base}/{name.removesuffix(INDEX)}"


def _file(it: Section, rest: str, query: Mapping[str, str]) -> str:
    view, day = query.get("view", "agenda"), query.get("day")
    shown = date.fromisoformat(day) if day else None
    match rest.rpartition(".")[::2]:
        case (_, ""):
            return it.page(view, shown)
        case (_, "embed"):
            return it.page(view, shown, within="embed/")
        case (_, ("ics" | "json") as suffix):
            return f"{it.stem}.{suffix}"
        case ("changes", "atom"):
            return f"{it.folder}changes.atom"
        case ("qr", "svg"):
            return f"{it.folder}{'qr-page' if query.get('to') == 'page' else 'qr'}.svg"
        case _:
            raise NoFile(f"{it.organization.slug}/{rest}")


def layout(base: str, organizations: Collection[Organization], sections: Iterable[Section]) -> Layout:
    """The layout of these sections; of several that select the same, the first is what links lead to.

    ``organizations`` are all that have files, now or from an earlier export.
    """
    by_selection: dict[tuple[str, Selection], Section] = {}
    by_name: dict[tuple[str, str, Lang], Section] = {}
    wholes = [bare_section(it, parse([("lang", lang)], it)) for it in organizations for lang in LANGS]
    for it in (*sections, *wholes):
        slug = it.organization.slug
        by_selection.setdefault((slug, it.selection), it)
        if it.named is not None:
            by_name[slug, it.named.slug, it.selection.lang] = it
            usual = parse(with_saved(it.named, []), it.organization).lang
            if usual == it.selection.lang:
                by_name.setdefault((slug, it.named.slug, it.organization.language), it)
    return Layout(base, {it.slug: it for it in organizations}, by_selection, by_name)


def spoken_by(named: NamedFeed, organization: Organization) -> Iterable[Selection]:
    """What a named feed selects in each language that it can speak."""
    for lang in LANGS:
        selection = saved_selection(named, organization, lang)
        if selection.lang == lang:
            yield selection
