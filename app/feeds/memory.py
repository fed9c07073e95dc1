"""Gives entries their revisions, and remembers them in the store before anybody sees them.

Where the store cannot be reached the memory goes on in this process; what it could not keep is kept as soon
as the store answers again, and nothing that was published is taken back.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime

from app.domain.errors import StoreUnavailable
from app.domain.model import Lang, Organization
from app.domain.records import Recollection
from app.domain.revisions import Remembered, revise
from app.feeds.catalogue import Entry
from app.feeds.ports import Clock, Store
from app.ics.event import stamp

ATTEMPTS = 8
"""How often to look again when others remember at the same time; each time somebody got on."""

log = logging.getLogger(__name__)


class RevisionMemory:
    """The revision memory of all organizations, as this process knows it."""

    def __init__(self, store: Store, *, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._recollections: dict[str, Recollection] = {}
        self._unkept: dict[str, dict[int, Remembered]] = {}
        self._failing = False

    def __repr__(self) -> str:
        unkept = sum(len(events) for events in self._unkept.values())
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
            self._go_on_without(name, changed)
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
            unkept = self._unkept.get(name, {})
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

    def _revised(
        self, name: str, organization: Organization, lang: Lang, entries: Sequence[Entry], now: datetime
    ) -> tuple[list[Entry], dict[int, Remembered]]:
        """The stamped entries, and what is to be remembered anew."""
        memory = self._recollections.get(name) or Recollection(0, now, None, {})
        unkept = self._unkept.get(name, {})
        switched = lang == organization.language and memory.language not in (lang, None)
        stamped, changed = [], {}
        for entry in entries:
            before = _later(memory.events.get(entry.id), unkept.get(entry.id))
            after = revise(before, entry.fingerprint, lang, now=now, born=memory.born, switched=switched)
            if after is not before:
                changed[entry.id] = after
            stamped.append(entry.stamped(stamp(after.revision(lang))))
        return stamped, changed

    def _go_on_without(self, name: str, changed: Mapping[int, Remembered]) -> None:
        self._unkept.setdefault(name, {}).update(changed)

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


def memory_name(organization: Organization) -> str:
    """Under which name an organization is remembered: its number, which outlives a new URL identifier."""
    return str(organization.number) if organization.number else organization.slug


def _later(kept: Remembered | None, unkept: Remembered | None) -> Remembered | None:
    """Of two memories of one event the one that went further."""
    if kept is None or unkept is None:
        return unkept or kept
    return unkept if unkept.sequence >= kept.sequence else kept
