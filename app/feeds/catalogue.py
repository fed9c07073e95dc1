"""One organization in one language, ready to be selected from.

A catalogue holds what selections ask for as small rows, and each event's finished bytes; a feed is a choice
of rows and one join. It never changes: a refresh makes another one and replaces it in a single assignment.
"""

from bisect import bisect_left
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from operator import attrgetter, is_
from typing import Final, TypeAlias

from app.domain.batches import batches
from app.domain.model import Lang, Organization, Program
from app.domain.records import Seal
from app.domain.selection import Selection
from app.feeds.days import midnight, window
from app.feeds.entries import Entries
from app.feeds.entry import CALLED_OFF, COLUMNS, START, TAGS, Entry
from app.ics.zones import Zone

__all__ = (
    "CALLED_OFF",
    "COLUMNS",
    "Catalogue",
    "Entry",
    "LeftOut",
    "Names",
    "coming",
    "midnight",
    "window",
)

AT_ONCE: Final = 1_000
"""How many entries are looked at between two yields where that takes a tenth of a microsecond."""
RECORD: Final = attrgetter("record")

LeftOut: TypeAlias = str
"""Why a record is not published: a short stable word to count by."""

Outcome: TypeAlias = Entry | LeftOut
"""What a record became."""

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
    others: Mapping[bytes, Outcome] = field(repr=False)
    """What became of the records that are not published, by their digests."""
    names: Names = field(repr=False)
    """Of what is published, and of nothing else."""
    other_names: Names = field(default_factory=dict, repr=False)
    """Of what is not: an unchanged record may be published one day without being read again."""
    left_out: Mapping[str, int] = field(default_factory=dict)
    changes: bytes = field(default=b"", repr=False)
    """The log of what changed in the organization, as ``changes.unpacked`` reads it."""
    seal: Seal | None = field(default=None, repr=False)
    """By which the walk that it was made of is known again."""
    held: Entries = field(init=False, repr=False, compare=False)
    """The same ``entries``, where it matters that they may be folded."""

    def __post_init__(self) -> None:
        held = self.entries if isinstance(self.entries, Entries) else Entries(self.entries)
        object.__setattr__(self, "held", held)
        object.__setattr__(self, "entries", held)

    def knowing(self) -> Generator[None, None, dict[bytes, Outcome]]:
        """By the digest of each record of the walk, what it became: an unchanged record is not read again."""
        yield from self.held.unfolding()
        known: dict[bytes, Outcome] = dict(self.others)
        # Where a record among the others has the id of an entry, it was the earlier one.
        for some in batches(self.held.rows, AT_ONCE):
            known.update(zip(map(RECORD, some), some, strict=True))
            yield
        known.pop(b"", None)  # of those that must be read again
        return known

    def has_what(self, other: "Catalogue") -> bool:
        """True if it is made of the very entries and the same other records as ``other``."""
        return (
            self.held is other.held or self._has_the_entries_of(other)
        ) and self.others.keys() == other.others.keys()

    def _has_the_entries_of(self, other: "Catalogue") -> bool:
        return len(self.held) == len(other.held) and all(map(is_, self.held.rows, other.held.rows))

    def select(self, selection: Selection) -> Sequence[Entry]:
        """The entries that the selection asks for, in feed order (start, then id).

        They are ``held`` itself where it asks for all of them.
        """
        lookup, words = self.held.lookup, selection.words
        rows, wished = self._shortest(selection)
        if words and rows is self.held.rows:  # a few entries are looked at sooner than all lines are
            said = lookup.saying(words)
            rows, words = (rows, words) if said is None else (said, ())
        if selection.past_days is not None or selection.future_days is not None:
            rows = lookup.during(*self.bounds(selection), among=rows)
        for kind, wanted in wished.items():
            rows = _having(rows, kind, wanted)
        if selection.weekdays:
            mask = sum(1 << day for day in selection.weekdays)
            rows = [row for row in rows if row.weekdays & mask]
        for word in words:
            rows = [row for row in rows if word in row.words]
        if selection.cancelled == "hide":
            rows = [row for row in rows if row.state not in CALLED_OFF]
        return self.held if rows is self.held.rows else rows

    def _shortest(self, selection: Selection) -> tuple[Sequence[Entry], Mapping[str, frozenset[int]]]:
        """The fewest entries, found at once, among which all that are asked for must be, and what else is.

        That is the numbers that are still to be compared, by the field of the selection.
        """
        lookup, rows = self.held.lookup, self.held.rows
        wished: dict[str, frozenset[int]] = {kind: getattr(selection, kind) for kind in (*COLUMNS, TAGS)}
        wished = {kind: wanted for kind, wanted in wished.items() if wanted}
        counts = {kind: lookup.counted(kind, wanted) for kind, wanted in wished.items()}
        for kind, count in counts.items():
            if count == len(rows) and kind != TAGS:  # each has one of these numbers: an entry has one only
                del wished[kind]
        known = {kind: count for kind, count in counts.items() if count is not None and kind in wished}
        fewest = min(known, key=known.__getitem__, default=None)
        if fewest is None or known[fewest] >= len(rows):
            return rows, wished
        return lookup.having(fewest, wished.pop(fewest)), wished

    def bounds(self, selection: Selection) -> tuple[int, int]:
        """The seconds at which the selection's window begins and ends (exclusive)."""
        past = self.organization.past_days if selection.past_days is None else selection.past_days
        future = self.organization.future_days if selection.future_days is None else selection.future_days
        first, last = window(self.day, past, future)
        return midnight(first, self.zone), midnight(last + timedelta(days=1), self.zone)

    def event(self, event_id: int) -> Entry | None:
        """The entry of one event, None where it is not published."""
        return next((row for row in self.held.rows if row.id == event_id), None)


def _having(rows: Sequence[Entry], kind: str, wanted: frozenset[int]) -> Sequence[Entry]:
    """Those that have one of the wanted numbers."""
    if kind == TAGS:
        return [row for row in rows if not wanted.isdisjoint(row.tags)]
    column = COLUMNS[kind]
    if len(wanted) == 1:
        (only,) = wanted
        return [row for row in rows if column(row) == only]
    return [row for row in rows if column(row) in wanted]


def coming(entries: Sequence[Entry], now: datetime) -> int:
    """How many events, which are in feed order, are not over at ``now``."""
    seconds = now.timestamp()
    begun = bisect_left(entries, seconds, key=START)
    return len(entries) - begun + sum(1 for entry in entries[:begun] if entry.end > seconds)
