"""Calendars for one reader: a coach's own sessions, or what an organization holds but does not show.

They are made from catalogues of their own, which nothing public can reach: another source (it alone asks
Amilia for what is hidden), other shelves, other names in the store, a revision memory of their own. An event
that the public may see too has the same UID there and here, and stamps of its own: each shows it otherwise.

Nothing is fetched or held for an organization before one of its private feeds is asked for.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Final

from app.domain.errors import FeedNotFound, StoreUnavailable
from app.domain.grants import Kind, PrivateFeed, Scope
from app.domain.model import Lang, Organization
from app.domain.selection import Selection, canonical, parse
from app.feeds.budget import Budget
from app.feeds.calendars import Calendars
from app.feeds.catalogue import Catalogue
from app.feeds.feed import Feed, composed
from app.feeds.grants import Keys
from app.feeds.naming import MOST_NAMES
from app.feeds.ports import Clock
from app.feeds.refresh import Refresher
from app.feeds.service import Copy, Feeds, NoCopy
from app.feeds.shelf import memory_name
from app.i18n.words import say
from app.ics.calendar import CalendarHead, head
from app.ics.event import notice

COME_BACK: Final = timedelta(minutes=1)
"""When to ask again while nobody knows whether an address still holds."""
MADE_BYTES: Final = 32 * 2**20
BEHIND: Final = {False: "private", True: "private+headcount"}
"""What a catalogue behind private feeds is called, before a colon; no URL identifier has one."""


def backstage(organization: Organization, *, headcount: bool) -> Organization:
    """An organization as its private feeds show it: every programme, under a name of its own in the store."""
    slug = f"{BEHIND[headcount]}:{memory_name(organization)}"
    return replace(organization, slug=slug, number=None, programs=frozenset(), listed=False, feeds=())


def names_before_numbers(organizations: Iterable[Organization]) -> dict[str, str]:
    """As ``shelf.names_before_numbers``, of what is kept behind private feeds."""
    return {
        f"{behind}:{organization.slug}": f"{behind}:{memory_name(organization)}"
        for organization in organizations
        if organization.slug != memory_name(organization)
        for behind in BEHIND.values()
    }


class PrivateFeeds:
    """The private feeds of all organizations. ``behind`` has their catalogues, which ``refresher`` fills."""

    def __init__(
        self,
        organizations: Iterable[Organization],
        keys: Keys,
        behind: Feeds,
        refresher: Refresher,
        *,
        clock: Clock,
    ) -> None:
        named = [(name, it) for it in organizations for name in (it.slug, memory_name(it))]
        self._organizations: Mapping[str, Organization] = dict(named)
        self._keys = keys
        self._behind = behind
        self._refresher = refresher
        self._clock = clock
        self._watching = False
        self._made = Calendars(MADE_BYTES)
        """By what is shown and never by a token: who may ask for it has been found out before."""

    def __repr__(self) -> str:
        return f"<PrivateFeeds {self._keys!r}>"

    async def calendar(self, token: str, query: Iterable[tuple[str, str]]) -> tuple[Feed, Copy]:
        """The calendar behind a token, or as much of it as the decoded ``query`` asks for.

        Raises ``FeedNotFound``, ``InvalidQuery`` and ``NoCopy``.
        """
        try:
            feed = await self._keys.feed(token)
        except StoreUnavailable as error:
            raise NoCopy(COME_BACK) from error
        public = self._organizations.get(feed.organization) if feed else None
        if feed is None or public is None:
            raise FeedNotFound("no private feed at this address")
        organization = self._behind.organization(backstage(public, headcount=feed.scope.headcount).slug)
        selection = parse(query, organization)
        self._watch()
        copy = await self._behind.catalogue(organization, selection.lang)
        today = self._clock().astimezone(copy.catalogue.zone.tzinfo).date()
        await self._keys.note_use(feed, today)
        return self._calendar(feed, copy.catalogue, selection, public.slug), copy

    def _calendar(self, feed: PrivateFeed, catalogue: Catalogue, selection: Selection, slug: str) -> Feed:
        """The calendar, made once for each copy: apps ask many times for what has not changed."""
        organization = catalogue.organization
        wish = canonical(selection, organization)
        shelf, whose = (organization.slug, catalogue.lang), (feed.scope, feed.name, wish)
        made = self._made.get(shelf, whose, catalogue)
        if made is None:
            made = calendar_of(feed, catalogue, selection, slug)
            self._made.keep(shelf, whose, made)
        return made

    async def mark(self, organization: Organization) -> None:
        """Something changed upstream: what was fetched before now is stale."""
        try:
            concerned = [
                await self._keys.concern(it) for it in {memory_name(organization), organization.slug}
            ]
        except StoreUnavailable:
            concerned = [True]
        if any(concerned):
            for headcount in BEHIND:
                await self._behind.mark(backstage(organization, headcount=headcount))

    def _watch(self) -> None:
        """From the first reader on, hear what other processes keep."""
        if not self._watching:
            self._watching = True
            self._refresher.watch(self._behind.shelves)


def calendar_of(feed: PrivateFeed, catalogue: Catalogue, selection: Selection, slug: str) -> Feed:
    """The events that both scope and selection cover. ``slug`` is the organization's public one.

    It tells no address of its own: whoever is sent a copy of the file shall not get the key with it.
    """
    organization, lang = catalogue.organization, catalogue.lang
    scope = feed.scope
    entries = [row for row in catalogue.select(selection) if scope.covers(row.program, row.team)]
    owner = organization.name.of(lang)
    name = f"{owner} – {feed.name or name_of(scope, catalogue, lang)}"
    opening = head(
        CalendarHead(
            name=name,
            description=say(lang, "private.description", name=owner),
            color=organization.color,
            page="",
            source="",
        ),
        catalogue.zone,
    )
    calendar, tag = composed(
        opening, entries, selection, lang=lang, instead=partial(notice, slug, catalogue.day, lang)
    )
    measure = partial(Budget, calendar.octets, len(entries))
    return Feed(calendar, tag, catalogue.changed_at, name, len(entries), measure)


def name_of(scope: Scope, catalogue: Catalogue, lang: Lang) -> str:
    """What a private feed is called that nobody gave a name."""
    match scope.kind:
        case Kind.STAFF:
            return say(lang, "private.staff")
        case Kind.HIDDEN:
            return say(lang, "private.hidden")
        case Kind.PROGRAMS:
            names = [catalogue.names.get(("programs", number), "") for number in sorted(scope.numbers)]
            known = list(filter(None, names))
            return ", ".join(known) if 0 < len(known) <= MOST_NAMES else say(lang, "private.programs")
