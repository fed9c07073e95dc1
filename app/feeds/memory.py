"""Gives entries their revisions, and remembers them in the store before anybody sees them.

Where the store cannot be reached the memory goes on in this process; what it could not keep is kept as soon
as the store answers again, and nothing that was published is taken back. What changed meanwhile is told of
(``changes``) then, so that no two processes tell it twice.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.errors import StoreUnavailable
from app.domain.memories import Memories
from app.domain.model import Lang, Organization
from app.domain.records import Recollection
from app.domain.revisions import Remembered
from app.feeds.changes import Log, packed, unpacked
from app.feeds.comparison import Comparison, Walk
from app.feeds.entry import Entry
from app.feeds.ports import Clock, Store
from app.feeds.revising import Known, Revising, Sighting, Unkept
from app.feeds.shelf import memory_name
from app.feeds.slices import in_slices

ATTEMPTS = 8
"""How often to look again when others remember at the same time; each time somebody got on."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Stamped:
    """The entries with the revisions to publish now, and the log of what changed, as it is kept.

    Not ``remembered`` are revisions that the store could not be told of: only this process knows of them.
    """

    entries: Sequence[Entry]
    changes: bytes
    remembered: bool = True


class RevisionMemory:
    """The revision memory of all organizations, as this process knows it."""

    def __init__(self, store: Store, *, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._recollections: dict[str, Recollection] = {}
        self._logs: dict[str, tuple[bytes, Log | None]] = {}
        self._unkept: dict[str, Unkept] = {}
        self._settled: dict[tuple[str, Lang], int] = {}
        """The version of a memory in which everything that was published last is remembered so."""
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._failing = False

    def __repr__(self) -> str:
        unkept = sum(len(unkept.events) for unkept in self._unkept.values())
        return f"<RevisionMemory {len(self._recollections)} organizations, {unkept} events not kept>"

    async def stamp(
        self, organization: Organization, lang: Lang, entries: Sequence[Entry], walk: Walk
    ) -> Stamped:
        """The entries as they are to be published now; what changed is remembered first."""
        seen = Sighting(memory_name(organization), organization, lang, entries, walk)
        async with self._turns[seen.name]:  # what one language told counts for the other
            try:
                stamped = await self._stamp_and_keep(seen)
            except StoreUnavailable as error:
                self._complain(error)
                return await self._stamp_without(seen)
            self._relieved()
            return stamped

    async def _stamp_and_keep(self, seen: Sighting) -> Stamped:
        name, lang = seen.name, seen.lang
        for _ in range(ATTEMPTS):
            await self._recall(name)
            recollection, now = self._recollections[name], self._clock()
            last = self._log(name, recollection.changes)
            comparison = Comparison(last, seen.walk, lang)
            stamped, changed = await in_slices(self._revising(seen, now, comparison).steps())
            self._settled.pop((name, lang), None)
            told = comparison.log(now)
            unkept = self._unkept.get(name, Unkept())
            language = lang if lang == seen.organization.language else recollection.language
            same = language == recollection.language and told is last
            if same and not changed and not unkept.events:
                unkept.vanished.pop(lang, None)
                self._settled[name, lang] = recollection.version
                return Stamped(stamped, recollection.changes)
            changes = recollection.changes if told is last else packed(told)
            events = Memories(unkept.events.records())
            events.update(changed)
            version = await self._store.remember(
                name,
                events,
                language=language,
                known=recollection.version,
                changes=None if told is last else changes,
            )
            if version is not None:
                recollection.events.update(events)
                self._recollections[name] = Recollection(
                    version, recollection.born, language, recollection.events, changes
                )
                self._logs[name] = (changes, told)
                self._settled[name, lang] = version
                self._kept(name, lang)
                return Stamped(stamped, changes)
        raise StoreUnavailable(f"others kept remembering for {name}; gave up after {ATTEMPTS} attempts")

    async def _stamp_without(self, seen: Sighting) -> Stamped:
        """The same as far as it can be done while the store fails."""
        now = self._clock()
        stamped, changed = await in_slices(self._revising(seen, now, None).steps())
        unkept = self._unkept.setdefault(seen.name, Unkept())
        unkept.events.update(changed)
        if seen.lang == seen.organization.language:
            unkept.language = seen.lang
        here = {entry.id for entry in seen.entries}
        vanished = unkept.vanished.setdefault(seen.lang, {})
        vanished.update({entry.id: entry for entry in seen.walk.previous if entry.id not in here})
        known = self._recollections.get(seen.name)
        return Stamped(stamped, known.changes if known else b"", remembered=False)

    async def _recall(self, name: str) -> None:
        """Take over what the store knows, and keep what only this process knows on top of it."""
        known = self._recollections.get(name)
        fresh = await self._store.recall(name, known.version if known else None)
        if fresh is not None:
            self._recollections[name] = fresh
            unkept = self._unkept.get(name, Unkept()).events
            for number, mine in list(unkept.items()):
                unkept.add(number, _furthest(fresh.events.get(number), mine))

    def _revising(self, seen: Sighting, now: datetime, comparison: Comparison | None) -> Revising:
        memory = self._recollections.get(seen.name) or Recollection(0, now, None, Memories())
        known = Known(memory, self._unkept.get(seen.name, Unkept()))
        settled = comparison is not None and self._is_settled(seen, comparison)
        return Revising(seen, known, now, comparison, settled=settled)

    def _is_settled(self, seen: Sighting, comparison: Comparison) -> bool:
        """True if an entry of the last catalogue can be published as it is: nothing more is known of it."""
        memory = self._recollections.get(seen.name)
        unkept = self._unkept.get(seen.name)
        if memory is None or (unkept is not None and unkept.events):
            return False
        version = self._settled.get((seen.name, seen.lang))
        return version == memory.version and comparison.comparable and not comparison.lacking

    def _log(self, name: str, changes: bytes) -> Log | None:
        """The log in these bytes, read once."""
        known = self._logs.get(name)
        if known is None or known[0] != changes:
            known = self._logs[name] = (changes, unpacked(changes))
        return known[1]

    def _kept(self, name: str, lang: Lang) -> None:
        """The store has everything that this process told; what vanished from the other language is left."""
        unkept = self._unkept.get(name)
        if unkept is not None:
            unkept.events, unkept.language = Memories(), None
            unkept.vanished.pop(lang, None)

    def _complain(self, error: StoreUnavailable) -> None:
        if not self._failing:
            self._failing = True
            log.error(
                "The store cannot be used; changes are remembered in this process only",
                extra={"reason": str(error)},
            )

    def _relieved(self) -> None:
        if self._failing:
            self._failing = False
            log.info("The store can be used again")


def _furthest(kept: Remembered | None, unkept: Remembered) -> Remembered:
    """One memory out of two of the same event: in each language the one that went further."""
    if kept is None:
        return unkept
    told = dict(kept.told)
    for lang, mine in unkept.told.items():
        theirs = told.get(lang)
        if theirs is None or (theirs.sequence, theirs.modified) < (mine.sequence, mine.modified):
            told[lang] = mine
    return Remembered(min(kept.created, unkept.created), told, kept.facts)
