"""`/orgs/{org}/changes.atom`: what changed in a selection, newest first, as an Atom feed (RFC 4287)."""

import re
import uuid
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from html import escape
from typing import Final

from fastapi import APIRouter, Request, Response

from app.domain.model import Lang
from app.domain.selection import Selection, canonical, parse
from app.feeds.catalogue import Catalogue
from app.feeds.changes import Change, Kind, Log, Side, concerns, is_public, unpacked
from app.feeds.naming import title_of
from app.feeds.service import Copy
from app.feeds.slices import in_slices
from app.i18n.formats import long_date
from app.i18n.headings import clock, hours
from app.i18n.words import say
from app.ics.identity import uid_for
from app.web.answer import Representation, answer, etag_of
from app.web.deps import FeedsDep, OrganizationDep
from app.web.methods import readable
from app.web.outcomes import document
from app.web.query import SELECTION, pairs

ATOM: Final = "application/atom+xml; charset=utf-8"
SHOWN: Final = 200
"""The most entries of one feed."""

_WORDS: Final = {
    Kind.REMOVED: "changes.removed",
    Kind.ADDED: "changes.added",
    Kind.CANCELLED: "changes.cancelled",
    Kind.RESTORED: "changes.restored",
    Kind.MOVED: "changes.moved",
    Kind.PLACE: "changes.place",
    Kind.TITLE: "changes.title-changed",
}
"""How each kind is called; an entry is named after the first of these that it is."""
_NO_CHARACTERS: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML document may hold, not even escaped (XML 1.0 §2.2)."""
_TOLD: Final = document("application/atom+xml", "The changes, newest first.")

router = APIRouter(tags=["data"])


@readable(router, "/orgs/{org}/changes.atom", openapi_extra=SELECTION, **_TOLD)
async def changes(request: Request, organization: OrganizationDep, feeds: FeedsDep) -> Response:
    """What was added, moved, cancelled, restored or removed of what the parameters select."""
    selection = replace(parse(pairs(request.url.query), organization), alarm=None)
    copy = await feeds.catalogue(organization, selection.lang)
    public_url: str = request.state.public_url
    return await answer(request, await _representation(copy, selection, public_url), copy)


async def _representation(copy: Copy, selection: Selection, public_url: str) -> Representation:
    catalogue = copy.catalogue
    log = unpacked(catalogue.changes)
    body = await in_slices(written(catalogue, log, selection, public_url))
    touched = _moment(log.touched) if log else catalogue.changed_at
    return Representation(
        body=body,
        content_type=ATOM,
        etag=etag_of(body),
        last_modified=max(touched, catalogue.changed_at),
        lang=catalogue.lang,
        further={"X-Robots-Tag": "noindex"},
    )


def written(
    catalogue: Catalogue, log: Log | None, selection: Selection, public_url: str
) -> Generator[None, None, bytes]:
    """The feed of the changes that concern the selection; yields after each of them.

    Its texts are in the language of the catalogue, which may be another than the one that was asked for.
    """
    teller = _Teller(catalogue, f"{public_url}/orgs/{catalogue.organization.slug}")
    told = chosen(catalogue, log, selection)
    updated = told[0].at if told else (log.since if log else int(catalogue.changed_at.timestamp()))
    lines = list(teller.head(selection, updated))
    for change in told:
        lines += teller.entry(change)
        yield
    return "\n".join((*lines, "</feed>", "")).encode()


def chosen(catalogue: Catalogue, log: Log | None, selection: Selection) -> Sequence[Change]:
    """The newest of the changes that concern the selection; nothing of what is no longer public."""
    public = frozenset(program.id for program in catalogue.programs)
    if catalogue.organization.programs:
        public &= catalogue.organization.programs
    spoken, bounds = replace(selection, lang=catalogue.lang), catalogue.bounds(selection)
    found = (
        change
        for change in (log.changes if log else ())
        if is_public(change, public) and concerns(change, spoken, bounds)
    )
    return [change for change, _ in zip(found, range(SHOWN), strict=False)]


@dataclass(frozen=True, slots=True)
class _Teller:
    """``page`` is the address of the organization's page."""

    catalogue: Catalogue
    page: str

    @property
    def lang(self) -> Lang:
        return self.catalogue.lang

    def head(self, selection: Selection, updated: int) -> list[str]:
        """All that comes before the entries."""
        organization, catalogue = self.catalogue.organization, self.catalogue
        query = canonical(selection, organization)
        source = f"{self.page}/changes.atom" + (f"?{query}" if query else "")
        page = self.page + (f"?{query}" if query else "")
        title = say(self.lang, "changes.title", name=title_of(catalogue, selection, None))
        return [
            '<?xml version="1.0" encoding="utf-8"?>',
            f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{self.lang}">',
            f"<id>urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, source)}</id>",
            f"<title>{_xml(title)}</title>",
            f"<updated>{_date(updated)}</updated>",
            f"<author><name>{_xml(organization.name.of(self.lang))}</name></author>",
            f'<link rel="self" type="application/atom+xml" href="{_xml(source)}"/>',
            f'<link rel="alternate" type="text/html" href="{_xml(page)}"/>',
        ]

    def entry(self, change: Change) -> list[str]:
        """One change; only what changed is told of before and after."""
        shown = change.new or change.old
        if shown is None:
            raise ValueError("a change of nothing")
        texts = shown.spoken(self.lang)
        what = next(say(self.lang, word) for kind, word in _WORDS.items() if kind in change.kinds)
        headline = say(self.lang, "changes.headline", what=what, title=texts.title, when=self._when(shown))
        content = "".join(f"<p>{_xml(line)}</p>" for line in self._lines(change, shown))
        moment = _date(change.at)
        return [
            "<entry>",
            f"<id>urn:uuid:{_identity(change)}</id>",
            f"<title>{_xml(headline)}</title>",
            f"<updated>{moment}</updated>",
            f"<published>{moment}</published>",
            *(
                f'<category term="{kind.value}" label="{_xml(say(self.lang, word))}"/>'
                for kind, word in _WORDS.items()
                if kind in change.kinds
            ),
            f'<link rel="alternate" type="text/html" href="{_xml(texts.url or self.page)}"/>',
            f'<content type="html">{_xml(content)}</content>',
            "</entry>",
        ]

    def _lines(self, change: Change, shown: Side) -> list[str]:
        """Title, time and place, each with what it was before where it is another now."""
        old = change.old or shown
        now, before = shown.spoken(self.lang), old.spoken(self.lang)
        title, was = (now.title, before.title if Kind.TITLE in change.kinds else now.title)
        lines = [
            self._line("title", title, was),
            self._line("when", self._when(shown), self._when(old)),
        ]
        place, place_before = now.place, before.place if Kind.PLACE in change.kinds else now.place
        if place or place_before:
            unknown = say(self.lang, "changes.unknown")
            lines.append(self._line("place", place or unknown, place_before or unknown))
        return lines

    def _line(self, name: str, new: str, old: str) -> str:
        value = new if new == old else say(self.lang, "changes.instead", new=new, old=old)
        return say(self.lang, f"changes.line.{name}", value=value)

    def _when(self, side: Side) -> str:
        zone = self.catalogue.zone
        start, end = (zone.local(_moment(seconds)) for seconds in (side.start, side.end))
        if side.all_day:
            return _days(start.date(), end.date() - timedelta(days=1), self.lang)
        if side.end - side.start <= 1:  # an event that takes no time has an end all the same
            return f"{_day(start.date(), self.lang)}, {clock(start.time(), self.lang)}"
        if start.date() == end.date():
            return f"{_day(start.date(), self.lang)}, {hours(start.time(), end.time(), self.lang)}"
        first, last = (f"{_day(at.date(), self.lang)}, {clock(at.time(), self.lang)}" for at in (start, end))
        return f"{first} – {last}"


def _identity(change: Change) -> uuid.UUID:
    """The same for ever, in every selection and in both languages."""
    return uuid.uuid5(uuid.UUID(uid_for(change.event)), str(change.at))


def _days(first: date, last: date, lang: Lang) -> str:
    if last <= first:
        return _day(first, lang)
    return f"{_day(first, lang)} – {_day(last, lang)}"


@lru_cache(maxsize=1024)
def _day(day: date, lang: Lang) -> str:
    return long_date(day, lang)


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _date(seconds: int) -> str:
    """RFC 3339, as RFC 4287 §3.3 asks."""
    return _moment(seconds).strftime("%Y-%m-%dT%H:%M:%SZ")


def _xml(text: str) -> str:
    """For element content and for attributes in double quotes."""
    return escape(_NO_CHARACTERS.sub("", text))
