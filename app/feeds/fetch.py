"""One refresh of one catalogue, from the upstream's first answer to the finished catalogue, in two steps."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from app.domain.errors import StoreUnavailable, UnreadableRecord, UpstreamUnreadable
from app.domain.model import Lang, Organization, Program
from app.feeds.catalogue import Catalogue, midnight, window
from app.feeds.choosing import Choice, choose, public
from app.feeds.comparison import Walk, scope_of
from app.feeds.memory import RevisionMemory
from app.feeds.ports import EventSource, Store
from app.feeds.press import Press
from app.feeds.publish import catalogue_of
from app.feeds.reading import Reader, Reading
from app.feeds.shelf import memory_name
from app.feeds.slices import in_slices, let_go
from app.ics.zones import publish_zone

FALLBACK_ZONE = "America/Toronto"
"""Where Amilia and most of its organizations live; instants stay right in any zone."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Draft:
    """A catalogue but for its stamps: whether it is to be believed can be judged before anything is told."""

    press: Press
    reading: Reading
    choice: Choice
    programs: Sequence[Program]
    day: date
    began: datetime
    previous: Catalogue | None


@dataclass(frozen=True, slots=True)
class Fetched:
    """A finished catalogue; where its revisions are not ``remembered``, no other process knows of them."""

    catalogue: Catalogue
    remembered: bool


class Fetcher:
    """Makes catalogues of what the upstreams tell. Raises ``UpstreamError``."""

    def __init__(self, sources: Mapping[str, EventSource], memory: RevisionMemory, store: Store) -> None:
        self._sources = sources
        self._memory = memory
        self._store = store
        self._zones: dict[str, str] = {}
        self._tokens: dict[str, str | None] = {}
        self._reading = asyncio.Lock()
        """Slices of several pages at a time would follow each other without a pause between them."""

    async def gather(
        self,
        organization: Organization,
        lang: Lang,
        *,
        began: datetime,
        previous: Catalogue | None,
        on_skipped: Callable[[UnreadableRecord], None],
    ) -> Draft:
        """What there is to publish as of ``began``; what ``previous`` knows already is not read again."""
        source = self._sources[organization.slug]
        await self._bring_token(organization, source)
        try:
            name = await self._zone_name(organization, source)
            around = window(began.date(), organization.past_days + 1, organization.future_days + 1)
            zone = publish_zone(name, *around)
            day = zone.local(began).date()
            first, last = window(day, organization.past_days, organization.future_days)
            press = Press(organization, lang, zone, source.read, on_skipped)
            reader = Reader(press, previous)

            async def arrived(records: Sequence[bytes]) -> Set[int]:
                async with self._reading:
                    return await in_slices(reader.take(records))

            harvest = await source.walk(lang, first, last, arrived=arrived, seal=reader.seal)
        finally:
            await self._keep_token(organization, source)
        reading = await in_slices(reader.reading(harvest))
        if unreadable := reading.unreadable:
            raise UpstreamUnreadable(f"none of {unreadable} records could be read")
        programs, records = harvest.programs, list(harvest.records)
        del harvest
        await in_slices(let_go(records))
        choice = await in_slices(choose(reading, programs, press, day))
        return Draft(press, reading, choice, programs, day, began, previous)

    async def finish(self, draft: Draft) -> Fetched:
        """The catalogue of a draft that is to be published: from here on its revisions are remembered."""
        press = draft.press
        stamped = await self._memory.stamp(press.organization, press.lang, draft.choice.entries, _walk(draft))
        catalogue = await in_slices(
            catalogue_of(
                draft.reading,
                draft.choice,
                stamped.entries,
                draft.programs,
                press,
                day=draft.day,
                at=draft.began,
                previous=draft.previous,
            )
        )
        return Fetched(replace(catalogue, changes=stamped.changes), stamped.remembered)

    async def _zone_name(self, organization: Organization, source: EventSource) -> str:
        """The configured zone, else the one the upstream tells, asked once."""
        if organization.timezone:
            return organization.timezone
        slug = organization.slug
        if slug not in self._zones:
            found = await source.timezone()
            self._zones[slug] = found or FALLBACK_ZONE
            facts = {"organization": slug, "timezone": self._zones[slug]}
            if found:
                log.info("Time zone taken from the organization's activity schedules", extra=facts)
            else:
                log.warning("No activity tells its time zone; set `timezone` if this is wrong", extra=facts)
        return self._zones[slug]

    async def _bring_token(self, organization: Organization, source: EventSource) -> None:
        """Give the source the token that was kept before a restart, once."""
        name = memory_name(organization)
        if name in self._tokens:
            return
        try:
            token = await self._store.token(name)
        except StoreUnavailable:
            return  # a new token costs one call; whoever writes to the store next says what is wrong with it
        self._tokens[name] = token
        if token and source.token is None:
            source.token = token

    async def _keep_token(self, organization: Organization, source: EventSource) -> None:
        name = memory_name(organization)
        token = source.token
        if token is None or token == self._tokens.get(name):
            return
        try:
            await self._store.keep_token(name, token)
        except StoreUnavailable:
            return  # as above
        self._tokens[name] = token


def _walk(draft: Draft) -> Walk:
    """What is compared with what was told before."""
    press, organization = draft.press, draft.press.organization
    first, last = window(draft.day, organization.past_days, organization.future_days)
    return Walk(
        previous=draft.previous.entries if draft.previous is not None else (),
        scope=scope_of(organization, press.zone),
        first=midnight(first, press.zone),
        close=midnight(last + timedelta(days=1), press.zone),
        began=int(draft.began.timestamp()),
        programs=frozenset(program.id for program in public(draft.programs)),
        since=draft.choice.since,
    )
