"""One organization in one language, ready to be selected from.

A catalogue holds what selections ask for as small rows, and each event's finished bytes; a feed is a choice
of rows and one join. It never changes: a refresh makes another one and replaces it in a single assignment.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import TypeAlias

from app.domain.model import CancelledMode, Days, Event, Lang, Organization, Program, State, When
from app.domain.revisions import Fingerprint
from app.domain.selection import Selection, folded
from app.ics.zones import Zone

CALLED_OFF = frozenset({State.CANCELLED, State.SKIPPED})
"""States of what will not take place: marked, or left out, as ``cancelled`` asks."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One published event; ``start`` and ``end`` are seconds since 1970, ``end`` exclusive and later.

    ``program`` and its like are 0 where the event has none; ``weekdays`` has bit 0 set for Monday.
    ``marked`` and ``shown`` are the VEVENT for ``cancelled=status`` and ``=show``, one object for most.
    """

    id: int
    start: int
    end: int
    weekdays: int
    program: int
    category: int
    subcategory: int
    activity: int
    location: int
    tags: frozenset[int]
    words: str
    called_off: bool
    marked: bytes
    shown: bytes
    fingerprint: Fingerprint
    stamp: bytes = b""
    """The lines at the end of both that tell the revision; empty until they are known."""
    digest: bytes = b""

    def stamped(self, stamp: bytes) -> "Entry":
        """The same entry with other revision lines; itself where they are its own already."""
        if stamp == self.stamp:
            return self
        marked = self.marked.removesuffix(self.stamp) + stamp
        shown = marked if self.shown is self.marked else self.shown.removesuffix(self.stamp) + stamp
        both = marked if shown is marked else marked + shown
        digest = hashlib.blake2b(both, digest_size=16).digest()
        return replace(self, marked=marked, shown=shown, stamp=stamp, digest=digest)

    def vevent(self, mode: CancelledMode) -> bytes:
        """The bytes from BEGIN:VEVENT up to, without, END:VEVENT."""
        return self.shown if mode == "show" else self.marked


LeftOut: TypeAlias = str
"""Why a record is not published: a short stable word to count by."""


COLUMNS: Mapping[str, Callable[[Entry], int]] = {
    "programs": lambda row: row.program,
    "categories": lambda row: row.category,
    "subcategories": lambda row: row.subcategory,
    "activities": lambda row: row.activity,
    "locations": lambda row: row.location,
}
"""The fields of a selection that ask for one number of an entry."""

Names: TypeAlias = Mapping[tuple[str, int], str]
"""What a number means: (field of a selection, id) to the name that the organization gave it."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The published events of the whole window that begins ``past_days`` before ``day``, in feed order.

    ``day`` is the organization's calendar day of the fetch: windows count from it, not from any clock.
    ``changed_at`` is when the published content last became another, in whole seconds.
    """

    organization: Organization
    lang: Lang
    zone: Zone
    day: date
    fetched_at: datetime
    changed_at: datetime
    entries: Sequence[Entry]
    programs: Sequence[Program]
    known: Mapping[bytes, Entry | LeftOut] = field(repr=False)
    """By the digest of each record of the walk, what it became: an unchanged record is not read again."""
    names: Names = field(repr=False)
    left_out: Mapping[str, int] = field(default_factory=dict)

    def select(self, selection: Selection) -> list[Entry]:
        """The entries that the selection asks for, in feed order (start, then id)."""
        rows = list(self.entries)
        if selection.past_days is not None or selection.future_days is not None:
            first, after = self.bounds(selection)
            rows = [row for row in rows if row.start < after and row.end > first]
        for kind, column in COLUMNS.items():
            wanted: frozenset[int] = getattr(selection, kind)
            if wanted:
                rows = [row for row in rows if column(row) in wanted]
        if selection.tags:
            rows = [row for row in rows if not row.tags.isdisjoint(selection.tags)]
        if selection.weekdays:
            mask = sum(1 << day for day in selection.weekdays)
            rows = [row for row in rows if row.weekdays & mask]
        for word in selection.words:
            rows = [row for row in rows if word in row.words]
        if selection.cancelled == "hide":
            rows = [row for row in rows if not row.called_off]
        return rows

    def bounds(self, selection: Selection) -> tuple[int, int]:
        """The seconds at which the selection's window begins and ends (exclusive)."""
        past = self.organization.past_days if selection.past_days is None else selection.past_days
        future = self.organization.future_days if selection.future_days is None else selection.future_days
        first, last = window(self.day, past, future)
        return midnight(first, self.zone), midnight(last + timedelta(days=1), self.zone)

    def event(self, event_id: int) -> Entry | None:
        """The entry of one event, None where it is not published."""
        return next((row for row in self.entries if row.id == event_id), None)


def coming(entries: Iterable[Entry], now: datetime) -> int:
    """How many events are not over at ``now``."""
    seconds = now.timestamp()
    return sum(1 for entry in entries if entry.end > seconds)


def window(day: date, past_days: int, future_days: int) -> tuple[date, date]:
    """The first and the last day of a window around ``day``, both included."""
    return day - timedelta(days=past_days), day + timedelta(days=future_days)


def midnight(day: date, zone: Zone) -> int:
    """The second at which ``day`` begins in ``zone``."""
    return int(datetime.combine(day, time(), zone.tzinfo).timestamp())


def entry_for(event: Event, zone: Zone, *, marked: bytes, shown: bytes) -> Entry:
    """The row of an event whose content is rendered, not yet stamped with its revision."""
    start, end = _span(event.when, zone)
    return Entry(
        id=event.id,
        start=start,
        end=max(end, start + 1),  # an event without length still takes place
        weekdays=_weekdays(event.when, zone),
        program=event.program.id if event.program else 0,
        category=event.category.id if event.category else 0,
        subcategory=event.subcategory.id if event.subcategory else 0,
        activity=event.activity.id if event.activity else 0,
        location=(event.place.id or 0) if event.place else 0,
        tags=frozenset(tag.id for tag in event.tags),
        words=_words(event),
        called_off=event.state in CALLED_OFF,
        marked=marked,
        shown=shown,
        fingerprint=_fingerprint(event, marked if shown is marked else marked + shown),
    )


def _fingerprint(event: Event, content: bytes) -> Fingerprint:
    """Digests of what a change of must be told, and of all that is published."""
    significant = repr((event.title, event.when, event.place, event.state.value)).encode()
    return Fingerprint(
        hashlib.blake2b(significant, digest_size=8).digest(), hashlib.blake2b(content, digest_size=8).digest()
    )


def names_in(event: Event) -> Iterator[tuple[tuple[str, int], str]]:
    """The names that an event tells: its programme, categories, activity, place and tags."""
    topics = zip(COLUMNS, (event.program, event.category, event.subcategory, event.activity), strict=False)
    for kind, topic in topics:
        if topic and topic.id:
            yield (kind, topic.id), topic.name
    if event.place and event.place.id:
        yield ("locations", event.place.id), event.place.name
    for tag in event.tags:
        yield ("tags", tag.id), tag.name


def _span(when: When, zone: Zone) -> tuple[int, int]:
    if isinstance(when, Days):
        return midnight(when.first, zone), midnight(when.after, zone)
    return int(when.start.timestamp()), int(when.end.timestamp())


def _weekdays(when: When, zone: Zone) -> int:
    """Bits of the days on which it begins, or, for whole days, of every day it covers."""
    if isinstance(when, Days):
        covered = min((when.after - when.first).days, 7)
        bits = 0
        for offset in range(max(covered, 1)):
            bits |= 1 << (when.first.weekday() + offset) % 7
        return bits
    return 1 << when.start.astimezone(zone.tzinfo).weekday()


def _words(event: Event) -> str:
    """What ``q`` looks into; a line each, so that no word is found across two of them."""
    topics = (event.program, event.category, event.subcategory)
    texts = [event.title, *(topic.name for topic in topics if topic)]
    if event.place:
        texts.append(event.place.name)
    return "\n".join(folded(text) for text in texts)
