"""The answer to "give me this selection": from the catalogue, at once where there is a copy."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, partial
from typing import Literal, TypeAlias

from app.domain.errors import FeedNotFound, UpstreamError
from app.domain.model import LANGS, Lang, NamedFeed, Organization
from app.domain.records import Key
from app.domain.selection import Selection, canonical
from app.feeds.budget import Budget, Overruns, budget_of
from app.feeds.calendars import Calendars
from app.feeds.catalogue import Catalogue
from app.feeds.feed import Feed, composed, tag_of
from app.feeds.folding import at_hand
from app.feeds.freshness import Decision, decide
from app.feeds.naming import title_of
from app.feeds.ports import Clock
from app.feeds.refresh import Refresher
from app.feeds.shelf import Shelf, presentation_of
from app.feeds.standing import Standing, standing
from app.feeds.trouble import Circuit, circuit
from app.i18n.words import say
from app.ics.calendar import CalendarHead, compose, head
from app.ics.event import notice

COLD_WAIT = timedelta(seconds=20)
"""How long a first asker waits for the first fetch; longer than any client's own patience is no use."""

Source: TypeAlias = Literal["hit", "stale", "miss"]
"""Where the content came from: a fresh copy, an old one, or a fetch that the asker waited for."""


class NoCopy(UpstreamError):
    """There is nothing to serve yet; ask again in ``retry_after``."""

    def __init__(self, retry_after: timedelta) -> None:
        super().__init__("no copy of the organization's events yet")
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Copy:
    """A catalogue and how it came to hand. ``exact`` is False when it is the other language's.

    Whoever asks while it is ``standing`` gets the same; None where that cannot be said.
    """

    catalogue: Catalogue
    source: Source
    exact: bool
    standing: Standing | None = None


class Feeds:
    """All organizations of this service, and their calendars."""

    def __init__(
        self,
        organizations: Iterable[Organization],
        refresher: Refresher,
        *,
        clock: Clock,
        time_to_live: timedelta,
        public_url: str,
        patience: timedelta = COLD_WAIT,
        kept_bytes: int = 64 * 2**20,
        also_marked: Callable[[Organization], Awaitable[None]] | None = None,
    ) -> None:
        self.organizations: Mapping[str, Organization] = {org.slug: org for org in organizations}
        self._by_number = {str(org.number): org for org in self.organizations.values() if org.number}
        self._refresher = refresher
        self._clock = clock
        self._time_to_live = time_to_live
        self._public_url = public_url
        self._patience = patience
        self._shelves: dict[tuple[str, Lang], Shelf] = {
            (org.slug, lang): Shelf(org, lang, presentation=presentation_of(org, public_url))
            for org in self.organizations.values()
            for lang in LANGS
        }
        self._kept = Calendars(kept_bytes)
        self._copies: dict[Key, Copy] = {}
        self._overruns = Overruns()
        self._also_marked = also_marked

    def __repr__(self) -> str:
        filled = sum(shelf.catalogue is not None for shelf in self._shelves.values())
        return f"<Feeds {filled}/{len(self._shelves)} catalogues, {len(self._kept)} calendars kept>"

    @property
    def shelves(self) -> Iterable[Shelf]:
        """One shelf per organization and language."""
        return self._shelves.values()

    def organization(self, name: str) -> Organization:
        """The organization of that URL identifier or number. Raises ``FeedNotFound``."""
        found = self.organizations.get(name) or self._by_number.get(name)
        if found is None:
            raise FeedNotFound("no such organization here")
        return found

    async def catalogue(self, organization: Organization, lang: Lang) -> Copy:
        """The copy to answer from, by the table in ``freshness``. Raises ``NoCopy``."""
        copy = await self._copy(organization, lang)
        await at_hand(copy.catalogue)
        return copy

    async def _copy(self, organization: Organization, lang: Lang) -> Copy:
        """The same, but that its entries may be folded."""
        shelf = self._shelves[organization.slug, lang]
        copy = self._copies.get(shelf.key)
        if copy and copy.standing and copy.standing.asked(self._clock().timestamp()):
            return copy
        if shelf.catalogue is None and not shelf.recovered:
            await self._refresher.recover(shelf)
        now = self._clock()
        refresh: asyncio.Task[None] | None = None
        decision = decide(shelf.facts(now), now, self._time_to_live)
        shelf.asked_at = now
        match decision:
            case Decision.WAIT:
                # ``wait`` leaves the fetch running when a visitor hangs up or runs out of patience.
                await asyncio.wait({self._refresher.start(shelf)}, timeout=self._patience.total_seconds())
                if shelf.catalogue is not None:
                    return Copy(shelf.catalogue, "miss", exact=True)
            case Decision.SERVE_AND_REFRESH:
                refresh = self._refresher.start(shelf)
            case Decision.SERVE | Decision.REFUSE:
                pass
        if shelf.catalogue is None:
            return self._other_language(shelf)
        stands = standing(shelf, shelf.catalogue, now, self._time_to_live, refresh)
        copy = Copy(shelf.catalogue, "stale" if refresh else "hit", exact=True, standing=stands)
        self._copies[shelf.key] = copy
        return copy

    async def refreshed(self, organization: Organization, lang: Lang | None = None) -> Shelf:
        """The shelf of ``lang``, else of the organization's own, after a refresh now, however it ended."""
        shelf = self._shelves[organization.slug, lang or organization.language]
        await self._refresher.recover(shelf)
        await self._refresher.start(shelf, at_once=True)
        return shelf

    @property
    def store_failing(self) -> bool:
        """The store could not be used when it was needed last."""
        return self._refresher.store_failing

    def circuit(self, shelf: Shelf) -> Circuit:
        """Whether the upstream may be asked for a shelf now."""
        return circuit(shelf.trouble, self._clock())

    async def store_trouble(self) -> str | None:
        """Why the store cannot be used, None if it can."""
        return await self._refresher.store_trouble()

    async def mark(self, organization: Organization) -> None:
        """Something changed upstream: what was fetched before now is stale."""
        await self._refresher.mark([self._shelves[organization.slug, lang] for lang in LANGS])
        if self._also_marked is not None:
            await self._also_marked(organization)

    async def calendar(
        self, organization: Organization, selection: Selection, named: NamedFeed | None = None
    ) -> tuple[Feed, Copy]:
        """The calendar of a selection. Raises ``NoCopy``."""
        copy = await self._copy(organization, selection.lang)
        catalogue = copy.catalogue
        query = canonical(selection, organization)
        shelf, wish = (organization.slug, catalogue.lang), (query, named.slug if named else "")
        feed = self._kept.get(shelf, wish, catalogue)
        if feed is None:
            await at_hand(catalogue)
            feed = self._compose(catalogue, selection, query, named)
            self._kept.keep(shelf, wish, feed)
            self._overruns.note((*shelf, *wish), Budget(feed.calendar.octets, feed.events))
        return feed, copy

    async def event(self, organization: Organization, event_id: int, lang: Lang) -> tuple[Feed, Copy]:
        """One event as a calendar without a name. Raises ``FeedNotFound`` and ``NoCopy``."""
        copy = await self.catalogue(organization, lang)
        entry = copy.catalogue.event(event_id)
        if entry is None:
            raise FeedNotFound("no such event here")
        opening = head(None, copy.catalogue.zone)
        calendar = compose(opening, [entry.marked], alarm=None, lang=lang)
        tag = tag_of(opening, [entry.digest])
        measure = partial(Budget, calendar.octets, 1)
        return Feed(calendar, tag, copy.catalogue.changed_at, "", 1, measure), copy

    def _compose(
        self, catalogue: Catalogue, selection: Selection, query: str, named: NamedFeed | None
    ) -> Feed:
        organization, lang = catalogue.organization, catalogue.lang
        entries = catalogue.select(selection)
        page = f"{self._public_url}/orgs/{organization.slug}"
        name = title_of(catalogue, selection, named)
        source = f"{page}/{named.slug if named else 'calendar'}.ics"
        opening = head(
            CalendarHead(
                name=name,
                description=say(lang, "calendar.description", name=organization.name.of(lang)),
                color=organization.color,
                page=page,
                source=source if named or not query else f"{source}?{query}",
            ),
            catalogue.zone,
        )
        calendar, tag = composed(
            opening,
            entries,
            selection,
            lang=lang,
            instead=partial(notice, organization.slug, catalogue.day, lang),
        )
        size = Budget(calendar.octets, len(entries))
        return Feed(
            calendar=calendar,
            etag=tag,
            last_modified=catalogue.changed_at,
            name=name,
            events=len(entries),
            measure=cache(partial(budget_of, size, len(opening), catalogue, selection)),
        )

    def _other_language(self, shelf: Shelf) -> Copy:
        """The other language's copy rather than none at all."""
        for lang in LANGS:
            other = self._shelves[shelf.organization.slug, lang].catalogue
            if other is not None:
                return Copy(other, "stale", exact=False)
        retry_at = shelf.trouble.retry_at if shelf.trouble else self._clock()
        wait = retry_at - self._clock()
        raise NoCopy(max(wait, timedelta(seconds=1)))
