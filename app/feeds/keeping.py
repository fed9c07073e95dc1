"""A catalogue as bytes for the store, and back. The format may change at any time: it has a version.

What is kept is served before the first fetch after a restart, so it must not show what the operator has
stopped publishing in between: content made under other rules of what is public is not taken back.

Behind one byte that tells the format the bytes are ``parts``: what there is one of, the entries, and what
became of other records. Entries are written as columns: a few calls for a hundred of them. What they have in
common is written once, and is one object again when it is read.
"""

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import islice, repeat, starmap
from operator import attrgetter
from typing import Any, Final, Generic, TypeVar

import msgspec
from msgspec.structs import astuple

from app.domain.batches import batches
from app.domain.model import Lang, Organization, Program
from app.feeds.catalogue import Catalogue, Entry, LeftOut, Outcome, window
from app.feeds.entry import Shared, entry_of
from app.feeds.parts import Broken, Writer, parts_in
from app.ics.zones import publish_zone

FORMAT: Final = 5
RENDERING: Final = 1
"""To be raised when the same event is rendered to other bytes; then every record is read again."""

AT_ONCE: Final = 100
"""Entries of one part: some 130 kB, a quarter of a millisecond's work."""

Thing = TypeVar("Thing")


class _Head(msgspec.Struct, array_like=True, frozen=True):
    """What there is one of. The next ``rows`` parts are entries, all others what became of other records."""

    policy: str
    rendering: str
    zone: str
    day: date
    fetched_at: datetime
    changed_at: datetime
    presentation: str
    programs: list[Program]
    names: list[tuple[str, int, str]]
    left_out: dict[str, int]
    changes: bytes
    rows: int


class _Rows(msgspec.Struct, array_like=True, frozen=True):
    """Some entries: a column for each field that cannot be told from the others, in the order of ``_OWN``.

    Of ``shared`` and ``stamp`` there are positions among all values that were fresh up to here. Of what is
    ``marked`` there is the beginning alone: shared lines and stamp come behind it.
    """

    id: list[int]
    start: list[int]
    end: list[int]
    weekdays: list[int]
    all_day: list[bool]
    significant: list[bytes]
    whole: list[bytes]
    record: list[bytes]
    shared: list[int]
    stamp: list[int]
    marked: list[bytes]
    fresh_shared: list[Shared]
    fresh_stamps: list[bytes]


_OWN: Final = attrgetter(*_Rows.__struct_fields__[: _Rows.__struct_fields__.index("fresh_shared")])
_ALIKE: Final = tuple(
    at
    for at, name in enumerate(Shared.__struct_fields__)
    if name not in {"price", "state", "marked", "unmarked"}
)
"""Fields of ``Shared`` that even those have in common that differ. Not the price: 1 is equal to 1.00."""

_head_decoder = msgspec.msgpack.Decoder(_Head)
_rows_decoder = msgspec.msgpack.Decoder(_Rows)
_others_decoder = msgspec.msgpack.Decoder(list[tuple[bytes, str]])


class NotKept(ValueError):
    """What was kept cannot be used by this version, or must not be under these settings."""


def packed(catalogue: Catalogue, presentation: str) -> Generator[None, None, bytes]:
    """The bytes of a catalogue; ``presentation`` is what its feeds say besides their events."""
    written = Writer(bytes((FORMAT,)))
    head = _Head(
        policy=_policy(catalogue.organization),
        rendering=_rendering(catalogue.organization),
        zone=catalogue.zone.name,
        day=catalogue.day,
        fetched_at=catalogue.fetched_at,
        changed_at=catalogue.changed_at,
        presentation=presentation,
        programs=list(catalogue.programs),
        names=[(kind, number, name) for (kind, number), name in catalogue.names.items()],
        left_out=dict(catalogue.left_out),
        changes=catalogue.changes,
        rows=-(-len(catalogue.entries) // AT_ONCE),
    )
    written.add(head)
    yield
    shared, stamps = _Table[Shared](), _Table[bytes]()
    for some in batches(catalogue.entries, AT_ONCE):
        written.add(_rows(some, shared, stamps))
        yield
    unread = ((key, outcome) for key, outcome in catalogue.others.items() if isinstance(outcome, LeftOut))
    for others in batches(unread, AT_ONCE):
        written.add(others)
        yield
    return written.finished()


def unpacked(
    content: bytes, organization: Organization, lang: Lang, presentation: str, now: datetime
) -> Generator[None, None, Catalogue]:
    """The catalogue that was kept. Raises ``NotKept``.

    Where its feeds now say something else besides their events, they changed ``now``.
    """
    if content[:1] != bytes((FORMAT,)):
        raise NotKept("it was kept by another version")
    parts = parts_in(memoryview(content)[1:])
    with _as_written():
        kept = _head_decoder.decode(next(parts, b""))
    if kept.policy != _policy(organization):
        raise NotKept("what is public was configured otherwise")
    usable = kept.rendering == _rendering(organization)
    yield
    entries: list[Entry] = []
    outcomes: dict[bytes, Outcome] = {}
    with _as_written():
        reading = _Reading(usable=usable)
        for part in islice(parts, kept.rows):
            entries += reading.entries(_rows_decoder.decode(part))
            yield
        for part in parts:
            outcomes.update(_others_decoder.decode(part) if usable else ())
            yield
    changed_at = kept.changed_at if kept.presentation == presentation else now.replace(microsecond=0)
    around = window(kept.day, organization.past_days + 1, organization.future_days + 1)
    return Catalogue(
        organization=organization,
        lang=lang,
        zone=publish_zone(kept.zone, *around),
        day=kept.day,
        fetched_at=kept.fetched_at.astimezone(UTC),
        changed_at=changed_at.astimezone(UTC),
        entries=tuple(entries),
        programs=tuple(kept.programs),
        others=outcomes,
        names={(kind, number): name for kind, number, name in kept.names},
        left_out=kept.left_out,
        changes=kept.changes,
    )


def _policy(organization: Organization) -> str:
    """The settings that decide what is public."""
    chosen = (organization.show_skipped, organization.show_staff, sorted(organization.programs))
    return repr(chosen)


def _rendering(organization: Organization) -> str:
    """What, besides the records themselves, decides what becomes of them."""
    days = (organization.past_days, organization.future_days)
    return repr((RENDERING, organization.currency, organization.timezone, days))


@contextmanager
def _as_written() -> Iterator[None]:
    """What cannot be read in the block was damaged since it was written."""
    try:
        yield
    except Broken as error:
        raise NotKept(str(error)) from error
    except (msgspec.DecodeError, IndexError, ValueError) as error:
        raise NotKept("it is damaged") from error


class _Table(Generic[Thing]):
    """Objects that entries share, each at a position; they must live as long as the table."""

    def __init__(self) -> None:
        self._positions: dict[int, int] = {}
        self._fresh: list[Thing] = []

    def positions(self, column: Sequence[Thing]) -> list[int]:
        """Where each of these is, at the end where it is new."""
        try:
            return list(map(self._positions.__getitem__, map(id, column)))
        except KeyError:
            for value in column:
                if id(value) not in self._positions:
                    self._positions[id(value)] = len(self._positions)
                    self._fresh.append(value)
            return self.positions(column)

    def fresh(self) -> list[Thing]:
        """Those that are new since this was asked last."""
        fresh, self._fresh = self._fresh, []
        return fresh


def _rows(entries: Sequence[Entry], shared: _Table[Shared], stamps: _Table[bytes]) -> Sequence[object]:
    """The entries as ``_Rows`` tells them."""
    *own, whose, lines, marked = zip(*map(_OWN, entries), strict=True)
    beginnings = [
        text[: len(text) - len(theirs.marked) - len(stamp)]
        for text, theirs, stamp in zip(marked, whose, lines, strict=True)
    ]
    positions = shared.positions(whose), stamps.positions(lines)
    return (*own, *positions, beginnings, shared.fresh(), stamps.fresh())


class _Reading:
    """Makes entries of rows, part after part; what is equal becomes one object for all of them."""

    def __init__(self, *, usable: bool) -> None:
        self._usable = usable
        self._shared: list[Shared] = []
        self._stamps: list[bytes] = []
        self._alike: dict[int, dict[object, object]] = {at: {} for at in _ALIKE}

    def entries(self, rows: _Rows) -> list[Entry]:
        """The entries of one part."""
        if rows.fresh_shared:
            self._shared += self._known(rows.fresh_shared)
        self._stamps += rows.fresh_stamps
        shared = map(self._shared.__getitem__, rows.shared)
        stamps = map(self._stamps.__getitem__, rows.stamp)
        numbers = (rows.id, rows.start, rows.end, rows.weekdays, rows.all_day)
        records = rows.record if self._usable else repeat(b"", len(rows.record))
        return list(
            map(entry_of, shared, rows.marked, *numbers, rows.significant, rows.whole, records, stamps)
        )

    def _known(self, fresh: Sequence[Shared]) -> Iterable[Shared]:
        """The same, of what is known already."""
        columns: list[Iterable[Any]] = list(zip(*map(astuple, fresh), strict=True))
        for at, known in self._alike.items():
            columns[at] = map(known.setdefault, columns[at], columns[at])
        return starmap(Shared, zip(*columns, strict=True))
