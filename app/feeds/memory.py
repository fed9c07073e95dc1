"""Gives entries their revisions, and remembers them in the store before anybody sees them.

Where the store cannot be reached the memory goes on in this process; what it could not keep is kept as soon
as the store answers again, and nothing that was published is taken back.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.domain.errors import StoreUnavailable
from app.domain.model import Lang, Organization
from app.domain.records import Recollection
from app.domain.revisions import Remembered, revise
from app.feeds.catalogue import Entry
from app.feeds.ports import Clock, Store
from app.feeds.shelf import memory_name
from app.ics.event import stamp

ATTEMPTS = 8
"""How often to look again when others remember at the same time; each time somebody got on."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Unkept:
    """What this process told while the store failed; ``language`` as in ``Recollection``."""

    events: dict[int, Remembered] = field(default_factory=dict)
    language: Lang | None = None


class RevisionMemory:
    """The revision memory of all organizations, as this process knows it."""

    def __init__(self, store: Store, *, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._recollections: dict[str, Recollection] = {}
        self._unkept: dict[str, _Unkept] = {}
        self._failing = False

    def __repr__(self) -> str:
        unkept = sum(len(unkept.events) for unkept in self._unkept.values())
        return f"<RevisionMemory {len(self._recollections)} organizations, {unkept} events not kept>"

    async def stamp(
        self, organization: Organization, lang: Lang, entries: Sequence[Entry]
    ) -> Sequence[Entry]:
        """The entries with the revisions to publish now; those that changed are remembered first."""
        name = memory_name(organization)
        try:
            stamped = await self._stamp_and_keep(name, organization, lang, entries)
        except StoreUnavailable as error:
            self._complain(error)
            stamped, changed = self._revised(name, organization, lang, entries, self._clock())
            self._go_on_without(name, changed, lang if lang == organization.language else None)
        else:
            self._relieved()
        return stamped

    async def _stamp_and_keep(
        self, name: str, organization: Organization, lang: Lang, entries: Sequence[Entry]
    ) -> Sequence[Entry]:
        for _ in range(ATTEMPTS):
            await self._recall(name)
            recollection = self._recollections[name]
            stamped, changed = self._revised(name, organization, lang, entries, self._clock())
            unkept = self._unkept.get(name, _Unkept()).events
            language = organization.language if lang == organization.language else recollection.language
            if not changed and not unkept and language == recollection.language:
                return stamped
            version = await self._store.remember(
                name, {**unkept, **changed}, language=language, known=recollection.version
            )
            if version is not None:
                events = {**recollection.events, **unkept, **changed}
                self._recollections[name] = Recollection(version, recollection.born, language, events)
                self._unkept.pop(name, None)
                return stamped
        raise StoreUnavailable(f"others kept remembering for {name}; gave up after {ATTEMPTS} attempts")

    async def _recall(self, name: str) -> None:
        """Take over what the store knows, and keep what only this process knows on top of it."""
        known = self._recollections.get(name)
        fresh = await self._store.recall(name, known.version if known else None)
        if fresh is not None:
            self._recollections[name] = fresh
            unkept = self._unkept.get(name, _Unkept()).events
            unkept.update(
                {number: _furthest(fresh.events.get(number), mine) for number, mine in unkept.items()}
            )

    def _revised(
        self, name: str, organization: Organization, lang: Lang, entries: Sequence[Entry], now: datetime
    ) -> tuple[list[Entry], dict[int, Remembered]]:
        """The stamped entries, and what is to be remembered anew."""
        memory = self._recollections.get(name) or Recollection(0, now, None, {})
        unkept = self._unkept.get(name, _Unkept())
        spoken = unkept.language or memory.language
        switched = lang == organization.language and spoken not in (lang, None)
        stamped, changed = [], {}
        for entry in entries:
            before = unkept.events.get(entry.id) or memory.events.get(entry.id)
            after = revise(before, entry.fingerprint, lang, now=now, born=memory.born, switched=switched)
            if after is not before:
                changed[entry.id] = after
            stamped.append(entry.stamped(stamp(after.revision(lang))))
        return stamped, changed

    def _go_on_without(self, name: str, changed: Mapping[int, Remembered], language: Lang | None) -> None:
        unkept = self._unkept.setdefault(name, _Unkept())
        unkept.events.update(changed)
        unkept.language = language or unkept.language

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
    return Remembered(min(kept.created, unkept.created), told)
