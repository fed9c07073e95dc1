"""Who refreshes when: one walk per catalogue at a time, in however many processes, in the background.

    this process        one task per catalogue; whoever else asks waits for it or is served the copy
    other processes     a lease in the store; whoever does not get it takes over what the holder keeps
    every second        ``watch`` hears what others kept, refreshes ahead what somebody reads, and folds what
                        nobody asked for lately

Every background task of the feeds is owned here, by ``leases`` or by ``indexer``: a refresh catches what it
raises; ``aclose`` ends it.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.errors import StoreUnavailable, UnreadableRecord, UpstreamError, UpstreamRefused
from app.domain.records import Key, Lease, Status
from app.feeds.fetch import Fetched, Fetcher
from app.feeds.folding import keep_folding
from app.feeds.freshness import due_ahead, is_stale
from app.feeds.indexing import Indexer
from app.feeds.keeping import NotKept, packed, unpacked
from app.feeds.leases import Leases
from app.feeds.ports import Clock, Store
from app.feeds.publish import believable
from app.feeds.shelf import Shelf
from app.feeds.slices import in_slices
from app.feeds.trouble import after_doubt, after_failure, convinced, family
from app.telemetry.metrics import Metrics

TICK_SECONDS = 1.0
STORE_PATIENCE_SECONDS = 3.0
SHARE_AGAIN = timedelta(seconds=30)
"""When to try next to keep what was fetched alone, where the store can be read but not written."""
STORE_UNAVAILABLE = "store unavailable"
"""What came of a refresh that was not to be shown without the store."""
WAITING_SECONDS = 0.1
"""How often a process without any copy looks whether the holder of the lease has kept one."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often to refresh: ``time_to_live`` of a copy; ``jitter`` draws numbers between 0 and 1.

    Every ``tick_seconds`` a process looks at what others kept, and at what is due. A process without any
    copy waits ``store_patience_seconds`` for a shared store that cannot be used before it goes on without.
    """

    time_to_live: timedelta
    jitter: Callable[[], float]
    tick_seconds: float = TICK_SECONDS
    store_patience_seconds: float = STORE_PATIENCE_SECONDS


class Refresher:
    """Keeps shelves filled. Its tasks never raise; what happened is on the shelf, in the log and counted.

    ``holder`` names this process among those that share the store.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        store: Store,
        *,
        holder: str,
        clock: Clock,
        rhythm: Rhythm,
        metrics: Metrics,
    ) -> None:
        self._fetcher = fetcher
        self._store = store
        self._leases = Leases(store, holder)
        self._clock = clock
        self._rhythm = rhythm
        self._metrics = metrics
        self._running: dict[Key, asyncio.Task[None]] = {}
        self._recovering: dict[Key, asyncio.Task[None]] = {}
        self._watches: list[asyncio.Task[None]] = []
        self._store_failing = False
        self.indexer = Indexer()
        """Makes ready for selections what was put on a shelf."""

    def __repr__(self) -> str:
        return f"<Refresher with {self._leases}, {len(self._running)} refreshing>"

    def start(self, shelf: Shelf, *, at_once: bool = False) -> asyncio.Task[None]:
        """The one running refresh of this shelf, begun now unless it runs already.

        It ends without asking the upstream where that is not needed or too early, unless ``at_once``.
        """
        task = self._running.get(shelf.key)
        if task is None:
            task = asyncio.create_task(self._refresh(shelf, at_once=at_once), name=f"refresh {shelf.key}")  # noqa: TID251  # the owner
            self._running[shelf.key] = task
            task.add_done_callback(lambda _: self._running.pop(shelf.key, None))
        return task

    @property
    def store_failing(self) -> bool:
        """The store could not be used when it was needed last."""
        return self._store_failing

    async def store_trouble(self) -> str | None:
        """Why the store cannot be used, None if it can."""
        try:
            await self._store.statuses()
        except StoreUnavailable as error:
            return str(error)
        return None

    async def recover(self, shelf: Shelf) -> None:
        """Take in hand what the store kept of a shelf that is empty: no upstream is needed to serve it."""
        task = self._recovering.get(shelf.key)
        if task is None:
            task = asyncio.create_task(self._recover(shelf), name=f"recover {shelf.key}")  # noqa: TID251  # the owner
            self._recovering[shelf.key] = task
            task.add_done_callback(lambda _: self._recovering.pop(shelf.key, None))
        await asyncio.shield(task)

    async def _recover(self, shelf: Shelf) -> None:
        if await self._hear([shelf]) is not None:
            shelf.recovered = True

    def watch(self, shelves: Iterable[Shelf]) -> None:
        """From now on hear what others keep, and refresh ahead of time what somebody asked for."""
        folding = keep_folding(shelves, tick_seconds=self._rhythm.tick_seconds)
        for name, watching in (("watch", self._keep_watch(shelves)), ("fold", folding)):
            self._watches.append(asyncio.create_task(watching, name=name))  # noqa: TID251  # the owner

    async def mark(self, shelves: Iterable[Shelf]) -> None:
        """Something changed upstream: copies whose refresh began before now are stale."""
        marked = list(shelves)
        for organization in {shelf.key[0] for shelf in marked}:
            try:
                mark = await self._store.mark(organization)
            except StoreUnavailable as error:
                self._store_fails(error)
                mark = 0
            for shelf in marked:
                if shelf.key[0] == organization:
                    shelf.mark = max(shelf.mark + 1, mark)
        for shelf in marked:
            if shelf.catalogue is not None or shelf.asked_at is not None:
                self.start(shelf)

    async def aclose(self) -> None:
        """Stop every task and wait until it has stopped."""
        tasks = [*self._running.values(), *self._recovering.values(), *self._watches]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._leases.aclose()
        await self.indexer.aclose()

    async def _keep_watch(self, shelves: Iterable[Shelf]) -> None:
        while True:
            await asyncio.sleep(self._rhythm.tick_seconds)
            used = [shelf for shelf in shelves if shelf.catalogue or shelf.asked_at]
            heard = None
            try:
                heard = await self._hear(used)
            except Exception:  # whatever it is, the watch goes on
                log.exception("Looking at the store failed in a way nobody foresaw")
            now = self._clock()
            for shelf in used:
                # Each tick draws anew, so organizations that started together drift apart.
                life = self._rhythm.time_to_live * (1 - 0.1 * self._rhythm.jitter())
                if due_ahead(shelf.facts(now), now, life) or (
                    heard is not None and self._is_to_be_shared(shelf)
                ):
                    self.start(shelf)

    async def _hear(self, shelves: Iterable[Shelf]) -> Mapping[Key, Status] | None:
        """Take over what other processes kept; None while the store cannot be used."""
        try:
            statuses = await self._store.statuses()
            for shelf in shelves:
                await self._take_over(shelf, statuses.get(shelf.key, Status()))
        except StoreUnavailable as error:
            self._store_fails(error)
            return None
        self._store_works()
        return statuses

    async def _take_over(self, shelf: Shelf, status: Status) -> None:
        if shelf.lacks(status) and status.began is not None:
            kept = await self._store.content(shelf.key)
            if kept is not None:
                generation, content = kept
                try:
                    copy = await in_slices(
                        unpacked(content, shelf.organization, shelf.lang, shelf.presentation, self._clock())
                    )
                except NotKept as reason:
                    self._complain_once(shelf, "kept", "A kept catalogue is not used", str(reason))
                else:
                    if shelf.lacks(status):  # a refresh of ours may have ended while it was unpacked
                        shelf.put(copy, generation=generation, began=status.began, covered=status.covered)
                        self.indexer.start(shelf)
        shelf.hear(status)

    async def _refresh(self, shelf: Shelf, *, at_once: bool) -> None:
        timer = time.perf_counter()
        try:
            outcome = await self._refresh_once(shelf, at_once=at_once)
        except Exception as error:  # a fault of ours must not end the service: the last good copy stays
            log.exception("A refresh failed in a way nobody foresaw", extra=_who(shelf))
            self._failed(shelf, error)
            outcome = "bug"
        seconds = time.perf_counter() - timer
        self._metrics.refresh(shelf.organization.slug, shelf.lang, outcome, seconds)

    async def _refresh_once(self, shelf: Shelf, *, at_once: bool) -> str:
        """One refresh, here or by whoever holds the lease; a word for what came of it."""
        while True:
            heard = await self._hear([shelf])
            needed = at_once or self._is_needed(shelf)
            if not needed and (heard is None or not self._is_to_be_shared(shelf)):
                return "taken over"
            if heard is None:
                if await self._comes_back(shelf):
                    continue
                return await self._fetch(shelf, None) if self._may_go_alone(shelf) else STORE_UNAVAILABLE
            try:
                async with self._leases.held(shelf.key) as lease:
                    if lease is not None:
                        await self._hear([shelf])  # the last holder may have kept something just before
                        needed = at_once or self._is_needed(shelf) or self._is_to_be_shared(shelf)
                        return await self._fetch(shelf, lease) if needed else "taken over"
            except StoreUnavailable as error:  # what can be read cannot always be written
                self._store_fails(error)
                shelf.share_at = self._clock() + SHARE_AGAIN
                if not self._may_go_alone(shelf):
                    return self._not_taken(shelf)
                return await self._fetch(shelf, None) if needed else STORE_UNAVAILABLE
            if shelf.catalogue is not None:
                return "left to another process"
            await asyncio.sleep(WAITING_SECONDS)

    def _may_go_alone(self, shelf: Shelf) -> bool:
        """True if this process may show what the store has not got.

        Not where other hosts share the store, and there is a copy to go on with: nobody knows what they
        publish meanwhile, and after a restart the store would tell what this process showed before.
        """
        return shelf.catalogue is None or not self._store.shared

    def _not_taken(self, shelf: Shelf) -> str:
        """The store took nothing: the copy stays, and nothing is fetched for some seconds."""
        error = StoreUnavailable("it did not take a catalogue")
        shelf.unkept = after_failure(shelf.unkept, error, now=self._clock(), jitter=self._rhythm.jitter)
        return STORE_UNAVAILABLE

    async def _comes_back(self, shelf: Shelf) -> bool:
        """True as soon as a shared store can be used again, False if it cannot for some seconds.

        Without the store every event looks new: who has nothing to serve gives it this time first.
        """
        deadline = time.monotonic() + self._rhythm.store_patience_seconds
        while self._store.shared and shelf.catalogue is None and time.monotonic() < deadline:
            await asyncio.sleep(WAITING_SECONDS)
            if await self._hear([shelf]) is not None:
                return True
        return False

    def _is_to_be_shared(self, shelf: Shelf) -> bool:
        """True for a copy that was fetched alone: others must learn what it said of revisions."""
        facts, now = shelf.facts(self._clock()), self._clock()
        early = any(moment is not None and now < moment for moment in (facts.retry_at, shelf.share_at))
        return shelf.alone and not early

    def _is_needed(self, shelf: Shelf) -> bool:
        now = self._clock()
        facts = shelf.facts(now)
        if facts.retry_at is not None and now < facts.retry_at:
            return False
        return is_stale(facts, now, self._rhythm.time_to_live) or due_ahead(
            facts, now, self._rhythm.time_to_live
        )

    async def _fetch(self, shelf: Shelf, lease: Lease | None) -> str:
        began, covered, before = self._clock(), shelf.mark, shelf.trouble
        shelf.attempted = True
        try:
            draft = await self._fetcher.gather(
                shelf.organization,
                shelf.lang,
                began=began,
                previous=shelf.catalogue,
                on_skipped=lambda problem: self._skipped(shelf, problem),
            )
        except UpstreamError as error:
            self._failed(shelf, error)
            await self._tell_trouble(shelf, lease)
            return family(error)
        if not believable(shelf.catalogue, draft.choice.entries, began) and not convinced(before):
            shelf.trouble = after_doubt(before, now=self._clock(), life=self._rhythm.time_to_live)
            log.warning(
                "More than half of the coming events vanished; keeping the last copy until it is told again",
                extra={**_who(shelf), "events": len(draft.choice.entries), "doubts": shelf.trouble.failures},
            )
            await self._tell_trouble(shelf, lease)
            return "doubted"
        fetched = await self._fetcher.finish(draft)
        generation = await self._keep(shelf, fetched, lease, began, covered)
        if generation is None:
            return "lease lost"
        if not generation and not self._may_go_alone(shelf):
            return self._not_taken(shelf)
        if before is not None:
            log.info("Amilia answers again", extra={**_who(shelf), "failed_since": str(before.since)})
        alone = lease is None or not fetched.remembered
        if lease is not None and alone:
            shelf.share_at = self._clock() + SHARE_AGAIN
        shelf.put(fetched.catalogue, generation=generation, began=began, covered=covered, alone=alone)
        self.indexer.start(shelf)
        return "ok"

    async def _keep(
        self, shelf: Shelf, fetched: Fetched, lease: Lease | None, began: datetime, covered: int
    ) -> int | None:
        """Give the store what it lacks, and return the generation; None if the lease was lost meanwhile.

        0 where the store could not take it: no catalogue is kept whose revisions are not remembered.
        """
        if lease is None or not fetched.remembered:
            return 0
        old, fresh = shelf.catalogue, fetched.catalogue
        same = (
            old is not None
            and old.changed_at == fresh.changed_at
            and old.changes == fresh.changes
            and old.has_what(fresh)
        )
        try:
            if same and shelf.is_kept:
                confirmed = await self._store.confirm(lease, began=began, covered=covered)
                return shelf.generation if confirmed else None
            return await self._store.keep(
                lease, await in_slices(packed(fresh, shelf.presentation)), began=began, covered=covered
            )
        except StoreUnavailable as error:
            self._store_fails(error)
            return 0

    async def _tell_trouble(self, shelf: Shelf, lease: Lease | None) -> None:
        if lease is None or shelf.trouble is None:
            return
        try:
            await self._store.complain(lease, shelf.trouble)
        except StoreUnavailable as error:
            self._store_fails(error)

    def _failed(self, shelf: Shelf, error: Exception) -> None:
        known = shelf.trouble
        shelf.trouble = after_failure(known, error, now=self._clock(), jitter=self._rhythm.jitter)
        if known is not None and known.error == shelf.trouble.error:
            return
        kept = "the last good copy is served" if shelf.catalogue else "there is no copy to serve yet"
        whose = " (credentials, permissions or the organization's name: yours to mend)"
        facts = {**_who(shelf), "error": type(error).__name__, "reason": str(error)}
        mend = whose if isinstance(error, UpstreamRefused) else ""
        log.warning("Amilia cannot be read%s; %s", mend, kept, extra=facts)

    def _skipped(self, shelf: Shelf, problem: UnreadableRecord) -> None:
        self._metrics.skipped(shelf.organization.slug, problem.kind)
        said = "An event was skipped (said once per kind)"
        self._complain_once(shelf, problem.kind, said, str(problem))

    def _complain_once(self, shelf: Shelf, kind: str, message: str, reason: str) -> None:
        if kind not in shelf.complained_of:
            shelf.complained_of.add(kind)
            log.warning(message, extra={**_who(shelf), "kind": kind, "reason": reason})

    def _store_fails(self, error: StoreUnavailable) -> None:
        if not self._store_failing:
            self._store_failing = True
            log.error("The store cannot be used; answering from memory", extra={"reason": str(error)})

    def _store_works(self) -> None:
        if self._store_failing:
            self._store_failing = False
            log.info("The store can be used again")


def _who(shelf: Shelf) -> dict[str, str]:
    return {"organization": shelf.organization.slug, "lang": shelf.lang}
