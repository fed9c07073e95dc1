"""Who refreshes when: one walk per catalogue at a time, in the background, with patience when it fails.

This module owns every background task of the service: a refresh catches what it raises; ``close`` ends all.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias, TypeVar

from app.domain.errors import UnreadableRecord, UpstreamError, UpstreamThrottled
from app.domain.model import Lang, Organization
from app.feeds.catalogue import Catalogue, window
from app.feeds.freshness import Facts, backoff, due_ahead
from app.feeds.memory import RevisionMemory
from app.feeds.ports import Clock, EventSource
from app.feeds.publish import Press, believable, catalogue_of, choose, read
from app.ics.zones import publish_zone
from app.telemetry.metrics import Metrics

Key: TypeAlias = tuple[str, Lang]
"""One catalogue: the organization's slug and the language."""
Result = TypeVar("Result")

FALLBACK_ZONE = "America/Toronto"
"""Where Amilia and most of its organizations live; instants stay right in any zone."""
SLICE_SECONDS = 0.001
"""How long a refresh may hold the event loop before it lets answers through."""
TICK_SECONDS = 2.0
DOUBTS_BEFORE_BELIEF = 2
"""How many refreshes in a row must tell the same incredible thing before it is believed."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Shelf:
    """All that is known about one catalogue: the copy, and how its refreshes fare."""

    organization: Organization
    lang: Lang
    catalogue: Catalogue | None = None
    copy_from: datetime | None = None
    marked_at: datetime | None = None
    asked_at: datetime | None = None
    retry_at: datetime | None = None
    failures: int = 0
    failing_since: datetime | None = None
    last_error: str = ""
    doubts: int = 0
    complained_of: set[str] = field(default_factory=set)

    def facts(self, now: datetime) -> Facts:
        """What ``freshness`` needs to know."""
        copy = self.catalogue
        return Facts(
            copy_from=self.copy_from,
            other_day=copy is not None and now.astimezone(copy.zone.tzinfo).date() != copy.day,
            marked_at=self.marked_at,
            asked_at=self.asked_at,
            retry_at=self.retry_at,
        )


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often to refresh: ``time_to_live`` of a copy; ``jitter`` draws numbers between 0 and 1."""

    time_to_live: timedelta
    jitter: Callable[[], float]


class Refresher:
    """Keeps shelves filled. Its tasks never raise; what happened is on the shelf, in the log and counted."""

    def __init__(
        self,
        sources: Mapping[str, EventSource],
        memory: RevisionMemory,
        *,
        clock: Clock,
        rhythm: Rhythm,
        metrics: Metrics,
    ) -> None:
        self._sources = sources
        self._memory = memory
        self._clock = clock
        self._rhythm = rhythm
        self._metrics = metrics
        self._running: dict[Key, asyncio.Task[None]] = {}
        self._zones: dict[str, str] = {}
        self._watch: asyncio.Task[None] | None = None

    def __repr__(self) -> str:
        return f"<Refresher {len(self._sources)} organizations, {len(self._running)} refreshing>"

    def start(self, shelf: Shelf) -> asyncio.Task[None]:
        """The one running refresh of this shelf, begun now unless it runs already."""
        key = (shelf.organization.slug, shelf.lang)
        task = self._running.get(key)
        if task is None:
            task = asyncio.create_task(self._refresh(shelf), name=f"refresh {key}")  # noqa: TID251  # the owner
            self._running[key] = task
            task.add_done_callback(lambda _: self._running.pop(key, None))
        return task

    def watch(self, shelves: Iterable[Shelf]) -> None:
        """From now on refresh ahead of time what somebody asked for in the last day."""
        self._watch = asyncio.create_task(self._keep_ahead(shelves), name="refresh ahead")  # noqa: TID251  # the owner

    async def aclose(self) -> None:
        """Stop every task and wait until it has stopped."""
        tasks = [*self._running.values(), *([self._watch] if self._watch else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep_ahead(self, shelves: Iterable[Shelf]) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            now = self._clock()
            for shelf in list(shelves):
                # Each tick draws anew, so organizations that started together drift apart.
                life = self._rhythm.time_to_live * (1 - 0.1 * self._rhythm.jitter())
                if due_ahead(shelf.facts(now), now, life):
                    self.start(shelf)

    async def _refresh(self, shelf: Shelf) -> None:
        began, timer = self._clock(), time.perf_counter()
        try:
            fresh = await self._fetch(shelf, began)
        except UpstreamError as error:
            self._failed(shelf, error)
            outcome = type(error).__name__
        except Exception as error:  # a fault of ours must not end the service: the last good copy stays
            log.exception("A refresh failed in a way nobody foresaw", extra=_who(shelf))
            self._failed(shelf, error)
            outcome = "bug"
        else:
            outcome = self._arrived(shelf, fresh, began)
        seconds = time.perf_counter() - timer
        self._metrics.refresh(shelf.organization.slug, shelf.lang, outcome, seconds)

    async def _fetch(self, shelf: Shelf, began: datetime) -> Catalogue:
        """Walk the upstream and make a catalogue of what it tells."""
        organization = shelf.organization
        source = self._sources[organization.slug]
        name = await self._zone_name(organization, source)
        roughly = window(began.date(), organization.past_days + 1, organization.future_days + 1)
        zone = publish_zone(name, *roughly)
        day = began.astimezone(zone.tzinfo).date()
        first, last = window(day, organization.past_days, organization.future_days)
        harvest = await source.walk(shelf.lang, first, last)
        press = Press(
            organization=organization,
            lang=shelf.lang,
            zone=zone,
            read=source.read,
            on_skipped=lambda problem: self._skipped(shelf, problem),
        )
        previous = shelf.catalogue
        reading = await _in_slices(read(harvest, press, previous))
        choice = choose(reading, harvest.programs, press, day)
        stamped = await self._memory.stamp(organization, shelf.lang, choice.entries)
        return catalogue_of(
            reading, choice, stamped, harvest.programs, press, day=day, at=began, previous=previous
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

    def _arrived(self, shelf: Shelf, fresh: Catalogue, began: datetime) -> str:
        if not believable(shelf.catalogue, fresh, began) and shelf.doubts < DOUBTS_BEFORE_BELIEF:
            shelf.doubts += 1
            shelf.retry_at = self._clock() + self._rhythm.time_to_live
            log.warning(
                "More than half of the coming events vanished; keeping the last copy until it is told again",
                extra={**_who(shelf), "events": len(fresh.entries), "doubts": shelf.doubts},
            )
            return "doubted"
        if shelf.failing_since is not None:
            log.info("Amilia answers again", extra={**_who(shelf), "failed_since": str(shelf.failing_since)})
        shelf.catalogue, shelf.copy_from = fresh, began
        shelf.doubts = shelf.failures = 0
        shelf.failing_since = shelf.retry_at = None
        shelf.last_error = ""
        events = len(fresh.entries)
        self._metrics.catalogue(shelf.organization.slug, shelf.lang, events, began.timestamp())
        return "ok"

    def _failed(self, shelf: Shelf, error: Exception) -> None:
        now = self._clock()
        shelf.failures += 1
        wait = backoff(shelf.failures, self._rhythm.jitter())
        if isinstance(error, UpstreamThrottled) and error.retry_after is not None:
            wait = max(wait, timedelta(seconds=error.retry_after))
        shelf.retry_at = now + wait
        shelf.last_error = type(error).__name__
        if shelf.failing_since is None:
            shelf.failing_since = now
            kept = "the last good copy is served" if shelf.catalogue else "there is no copy to serve yet"
            facts = {**_who(shelf), "error": type(error).__name__, "reason": str(error)}
            log.warning("Amilia cannot be read; %s", kept, extra=facts)

    def _skipped(self, shelf: Shelf, problem: UnreadableRecord) -> None:
        self._metrics.skipped(shelf.organization.slug, problem.kind)
        if problem.kind not in shelf.complained_of:
            shelf.complained_of.add(problem.kind)
            facts = {**_who(shelf), "kind": problem.kind, "reason": str(problem)}
            log.warning("An event was skipped (said once per kind)", extra=facts)


def _who(shelf: Shelf) -> dict[str, str]:
    return {"organization": shelf.organization.slug, "lang": shelf.lang}


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
