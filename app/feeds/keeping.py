"""A catalogue as bytes for the store, and back. The format may change at any time: it has a version.

What is kept is served before the first fetch after a restart, so it must not show what the operator has
stopped publishing in between: content made under other rules of what is public is not taken back.

Behind one byte that tells the format the bytes are ``parts``: what there is one of, the entries, and what
became of other records. Entries are written as columns: a few calls for a hundred of them. What they have in
common is written once, and is one object again when it is read.
"""

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import islice, starmap
from typing import Any, Final, TypeAlias

import msgspec
from msgspec.structs import astuple

from app.domain.model import Lang, Organization, Place, Program, State
from app.feeds.catalogue import Catalogue, Entry, LeftOut, Outcome, window
from app.feeds.parts import Broken, Writer, parts_in
from app.feeds.slices import batches
from app.ics.zones import publish_zone

FORMAT: Final = 4
RENDERING: Final = 1
"""To be raised when the same event is rendered to other bytes; then every record is read again."""

AT_ONCE: Final = 100
"""Entries of one part: some 130 kB, a quarter of a millisecond's work."""

Column: TypeAlias = Iterable[Any]
"""The values of one field of some entries, or where to find them."""


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


class _Fresh(msgspec.Struct, array_like=True, frozen=True):
    """Of fields that entries share, the values that no part before had: those of ``_SHARED``."""

    tags: list[frozenset[int]]
    title: list[str]
    place: list[Place | None]
    price: list[Decimal | None]
    staff: list[tuple[str, ...]]
    stamp: list[bytes]
    team: list[frozenset[int]]
    ending: list[bytes]


class _Rows(msgspec.Struct, array_like=True, frozen=True):
    """Some entries: a column for each field of ``Entry``, in its order.

    Of shared fields there are positions among all values that were ``fresh`` up to here. What is ``marked``
    lacks its ending and its stamp.
    """

    id: list[int]
    start: list[int]
    end: list[int]
    weekdays: list[int]
    program: list[int]
    category: list[int]
    subcategory: list[int]
    activity: list[int]
    tags: list[int]
    words: list[str]
    title: list[int]
    place: list[int]
    price: list[int]
    state: list[State]
    staff: list[int]
    all_day: list[bool]
    marked: list[bytes]
    unmarked: list[bytes | None]
    significant: list[bytes]
    whole: list[bytes]
    record: list[bytes]
    stamp: list[int]
    digest: list[bytes]
    team: list[int]
    ending: list[int]
    fresh: _Fresh


_FIELDS: Final = Entry.__struct_fields__
_SHARED: Final = tuple(map(_FIELDS.index, _Fresh.__struct_fields__))
"""Columns of objects that many entries share, by which they are known again."""
_ALIKE: Final = tuple(map(_FIELDS.index, ("program", "category", "subcategory", "activity", "words")))
"""Columns of numbers, and of texts that few entries share: the reader brings together what is equal."""
_RECORD, _MARKED, _ENDING, _STAMP = map(_FIELDS.index, ("record", "marked", "ending", "stamp"))

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
    tables = {at: _Table() for at in _SHARED}
    for some in batches(catalogue.entries, AT_ONCE):
        written.add(_columns(some, tables))
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


class _Table:
    """The values of a field that entries share, each at a position.

    They are hashed once for each object, not for each entry; so the objects must live as long as the table.
    """

    def __init__(self) -> None:
        self._by_object: dict[int, int] = {}
        self._by_value: dict[object, int] = {}
        self._fresh: list[object] = []

    def positions(self, column: Column) -> list[int]:
        """Where each of these values is, at the end where it is new."""
        try:
            return list(map(self._by_object.__getitem__, map(id, column)))
        except KeyError:
            for value in column:
                if id(value) not in self._by_object:
                    if value not in self._by_value:
                        self._by_value[value] = len(self._by_value)
                        self._fresh.append(value)
                    self._by_object[id(value)] = self._by_value[value]
            return self.positions(column)

    def fresh(self) -> list[object]:
        """The values that are new since this was asked last."""
        fresh, self._fresh = self._fresh, []
        return fresh


def _columns(entries: Sequence[Entry], tables: Mapping[int, _Table]) -> list[object]:
    """The entries as ``_Rows`` tells them."""
    columns: list[Column] = list(zip(*map(astuple, entries), strict=True))
    parts = zip(columns[_MARKED], columns[_ENDING], columns[_STAMP], strict=True)
    columns[_MARKED] = [marked[: len(marked) - len(ending) - len(stamp)] for marked, ending, stamp in parts]
    for at, table in tables.items():
        columns[at] = table.positions(columns[at])
    return [*columns, [table.fresh() for table in tables.values()]]


class _Reading:
    """Makes entries of rows, part after part; what is equal becomes one object for all of them."""

    def __init__(self, *, usable: bool) -> None:
        self._usable = usable
        self._shared: dict[int, list[object]] = {at: [] for at in _SHARED}
        self._alike: dict[object, object] = {}

    def entries(self, rows: _Rows) -> Iterator[Entry]:
        """The entries of one part."""
        columns: list[Column] = list(astuple(rows)[:-1])
        for (at, known), fresh in zip(self._shared.items(), astuple(rows.fresh), strict=True):
            known.extend(fresh)
            columns[at] = list(map(known.__getitem__, columns[at]))
        parts = zip(columns[_MARKED], columns[_ENDING], columns[_STAMP], strict=True)
        columns[_MARKED] = map(b"".join, parts)
        for at in _ALIKE:
            columns[at] = map(self._alike.setdefault, columns[at], columns[at])
        if not self._usable:
            columns[_RECORD] = [b""] * len(rows.record)
        return starmap(Entry, zip(*columns, strict=True))
