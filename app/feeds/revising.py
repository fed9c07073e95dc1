"""Which revision each entry of a walk gets, and what is to be remembered of it. Pure, and in steps.

What is remembered, and what this process alone knows, goes in with the entries; the stamped entries come out,
and what is to be remembered anew. Whoever drives it keeps that before anybody sees them (``memory``).
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from app.domain.batches import batches
from app.domain.memories import Beginnings, Memories
from app.domain.model import Lang, Organization, Revision
from app.domain.records import Recollection
from app.domain.revisions import Remembered, first_sequence, revise
from app.feeds.comparison import Comparison, Walk
from app.feeds.entries import Entries
from app.feeds.entry import Entry
from app.ics.event import stamp

AT_ONCE: Final = 50
"""How many events are looked at between two yields: a third of a millisecond's work."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What is to be stamped; ``name`` is that under which the organization is remembered."""

    name: str
    organization: Organization
    lang: Lang
    entries: Sequence[Entry]
    walk: Walk


@dataclass(slots=True)
class Unkept:
    """What this process told while the store failed; ``language`` as in ``Recollection``.

    ``vanished`` are entries that were published until then, by language and id.
    """

    events: Memories = field(default_factory=Memories)
    language: Lang | None = None
    vanished: dict[Lang, dict[int, Entry]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """What was told of an organization's events, kept or not."""

    memory: Recollection
    unkept: Unkept

    @property
    def language(self) -> Lang | None:
        """The one that the organization's addresses last spoke."""
        return self.unkept.language or self.memory.language

    def of(self, number: int) -> Remembered | None:
        """What is remembered of one event."""
        mine = self.unkept.events.get(number) if self.unkept.events else None
        return mine or self.memory.events.get(number)

    def kept(self, number: int) -> bool:
        """True if the store knows of the event."""
        return number in self.memory.events


class Revising:
    """One pass over the entries of a walk.

    Without a ``comparison`` nothing is told of what changed. Where all is ``settled``, an entry of the last
    catalogue can be published as it is.
    """

    def __init__(
        self, seen: Sighting, known: Known, now: datetime, comparison: Comparison | None, *, settled: bool
    ) -> None:
        self._seen = seen
        self._known = known
        self._now = now
        self._comparison = comparison
        self._settled = settled
        self._recalled = known.of if known.unkept.events else known.memory.events.get
        self._switched = seen.lang == seen.organization.language and known.language not in (seen.lang, None)
        self._silent = comparison is not None and comparison.silent
        self._stamps = _Stamps(seen.lang)
        first = first_sequence(known.memory.born)
        moment = now.replace(microsecond=0)
        self._first_stamp = stamp(Revision(moment, moment, first))
        self._beginnings = Beginnings(seen.lang, first, int(moment.timestamp()))
        self._changed = Memories()

    def __repr__(self) -> str:
        return f"<Revising {self._seen.name} in {self._seen.lang}>"

    def steps(self) -> Generator[None, None, tuple[Sequence[Entry], Memories]]:
        """The stamped entries, and what is to be remembered anew."""
        entries, walk = self._seen.entries, self._seen.walk
        if self._settled and entries is walk.previous:
            return entries, self._changed
        yield from _at_hand(entries)
        if self._settled and walk.since is not None:
            places, left = walk.since.fresh, {entry.id: entry for entry in walk.since.left}
        else:
            yield from _at_hand(walk.previous)
            places, left = range(len(entries)), (yield from _by_id(walk.previous))
        for number, entry in self._known.unkept.vanished.get(self._seen.lang, {}).items():
            left.setdefault(number, entry)
        stamped = list(entries)
        for some in batches(places, AT_ONCE):
            for place in some:
                entry = stamped[place]
                stamped[place] = self._revised(entry, left.pop(entry.id, None))
            yield
        for old in left.values():
            self._take_leave(old)
            yield
        return stamped, self._changed

    def _revised(self, entry: Entry, old: Entry | None) -> Entry:
        """The entry with its revision; ``old`` is it in the last catalogue."""
        if self._settled and old is entry:
            return entry
        before = self._recalled(entry.id)
        if before is None and self._silent and entry.id > 0:
            return self._begun(entry)
        after = revise(
            before,
            entry.fingerprint,
            self._seen.lang,
            now=self._now,
            born=self._known.memory.born,
            switched=self._switched,
        )
        if self._comparison is not None:
            # An event that only this process told of was not told to have been added.
            kept = before if self._known.kept(entry.id) else None
            after = self._comparison.seen(entry, old, kept, after)
        if after is not before:
            self._changed.add(entry.id, after)
        return entry.stamped(self._stamps.of(after))

    def _begun(self, entry: Entry) -> Entry:
        """The same of an event that nobody told of, where that is no news: most of a first walk are."""
        record = self._beginnings.record(
            entry.id,
            entry.significant,
            entry.whole,
            start=entry.start,
            end=entry.end,
            all_day=entry.all_day,
            called_off=entry.called_off,
            place=entry.location,
        )
        self._changed.begin(entry.id, record)
        return entry.stamped(self._first_stamp)

    def _take_leave(self, old: Entry) -> None:
        """Remember that an event of the last catalogue is not published any more."""
        before = self._known.of(old.id)
        if self._comparison is not None and before is not None:
            after = self._comparison.vanished(old, before)
            if after is not before:
                self._changed.add(old.id, after)


class _Stamps:
    """The lines that tell revisions, of which a walk has few different ones."""

    def __init__(self, lang: Lang) -> None:
        self._lang = lang
        self._lines: dict[tuple[datetime, datetime, int], bytes] = {}

    def of(self, memory: Remembered) -> bytes:
        """Those of what is to be remembered of an event, which has been told in the language."""
        told = memory.told[self._lang]
        revision = (memory.created, told.modified, told.sequence)
        lines = self._lines.get(revision)
        if lines is None:
            lines = self._lines[revision] = stamp(Revision(*revision))
        return lines


def _at_hand(entries: Sequence[Entry]) -> Generator[None, None, None]:
    if isinstance(entries, Entries):
        yield from entries.unfolding()


def _by_id(entries: Sequence[Entry]) -> Generator[None, None, dict[int, Entry]]:
    found: dict[int, Entry] = {}
    for some in batches(entries, 10 * AT_ONCE):
        found.update((entry.id, entry) for entry in some)
        yield
    return found
