"""One refresh of one catalogue, from the upstream's first answer to the finished catalogue, in two steps."""

import asyncio
import logging
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from app.domain.errors import StoreUnavailable, UnreadableRecord, UpstreamUnreadable
from app.domain.model import Lang, Organization, Program
from app.feeds.catalogue import Catalogue, window
from app.feeds.memory import RevisionMemory
from app.feeds.ports import EventSource, Store
from app.feeds.publish import Choice, Press, Reading, catalogue_of, choose, read
from app.feeds.shelf import memory_name
from app.ics.zones import publish_zone

Result = TypeVar("Result")

FALLBACK_ZONE = "America/Toronto"
"""Where Amilia and most of its organizations live; instants stay right in any zone."""
SLICE_SECONDS = 0.001
"""How long a refresh may hold the event loop before it lets answers through."""

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


class Fetcher:
    """Makes catalogues of what the upstreams tell. Raises ``UpstreamError``."""

    def __init__(self, sources: Mapping[str, EventSource], memory: RevisionMemory, store: Store) -> None:
        self._sources = sources
        self._memory = memory
        self._store = store
        self._zones: dict[str, str] = {}
        self._tokens: dict[str, str | None] = {}

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
            harvest = await source.walk(lang, first, last)
        finally:
            await self._keep_token(organization, source)
        press = Press(organization, lang, zone, source.read, on_skipped)
        reading = await _in_slices(read(harvest, press, previous))
        if reading.known and not reading.readable:
            raise UpstreamUnreadable(f"none of {len(reading.known)} records could be read")
        choice = choose(reading, harvest.programs, press, day)
        return Draft(press, reading, choice, harvest.programs, day, began, previous)

    async def finish(self, draft: Draft) -> Catalogue:
        """The catalogue of a draft that is to be published: from here on its revisions are remembered."""
        press = draft.press
        stamped = await self._memory.stamp(press.organization, press.lang, draft.choice.entries)
        return catalogue_of(
            draft.reading,
            draft.choice,
            stamped,
            draft.programs,
            press,
            day=draft.day,
            at=draft.began,
            previous=draft.previous,
        )

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


async def _in_slices(steps: Generator[None, None, Result]) -> Result:
    """Run a generator to its result, letting the loop breathe every millisecond."""
    deadline = time.perf_counter() + SLICE_SECONDS
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: Result = end.value
            return result
        if time.perf_counter() >= deadline:
            await asyncio.sleep(0)
            deadline = time.perf_counter() + SLICE_SECONDS
