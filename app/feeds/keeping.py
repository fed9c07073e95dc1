"""A catalogue as bytes for the store, and back. The format may change at any time: it has a version.

What is kept is served before the first fetch after a restart, so it must not show what the operator has
stopped publishing in between: content made under other rules of what is public is not taken back.

Behind one byte that tells the format the bytes are parts, each behind its size (4 bytes, big-endian):
entries, what became of other records, texts, and at the end what there is one of. There is so little in a
part that writing or reading it holds nobody up. What many entries have in common is written once, and is one
object again when it is read.
"""

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from itertools import islice
from typing import Final, TypeVar

import msgspec

from app.domain.model import Lang, Organization, Place, Program, State
from app.feeds.catalogue import Catalogue, Entry, LeftOut, Outcome, window
from app.ics.zones import publish_zone

FORMAT: Final = 2
RENDERING: Final = 1
"""To be raised when the same event is rendered to other bytes; then every record is read again."""

AT_ONCE: Final = 200
"""Entries of one part: some 200 kB, half a millisecond's work."""
SIZE_BYTES: Final = 4

Value = TypeVar("Value")


class _Row(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One entry; what it shares with others is told by the positions in ``_Shared``."""

    id: int
    start: int
    end: int
    weekdays: int
    topics: int
    words: int
    title: int
    place: int
    price: int
    people: int
    state: State
    all_day: bool
    marked: bytes
    unmarked: bytes | None
    significant: bytes
    whole: bytes
    record: bytes
    stamp: int
    digest: bytes


class _Topics(msgspec.Struct, array_like=True, frozen=True, gc=False):
    program: int
    category: int
    subcategory: int
    activity: int
    tags: frozenset[int]
    team: frozenset[int] = frozenset()


class _Shared(msgspec.Struct, array_like=True, frozen=True):
    """What several entries have, each once."""

    topics: list[_Topics]
    places: list[Place | None]
    prices: list[Decimal | None]
    people: list[tuple[str, ...]]
    stamps: list[bytes]


class _Content(msgspec.Struct, array_like=True, frozen=True):
    """What there is one of; ``rows`` and ``others`` are how many parts hold those, the rest holds texts."""

    policy: str
    rendering: str
    zone: str
    day: date
    fetched_at: datetime
    changed_at: datetime
    presentation: str
    programs: list[dict[str, str | int | bool]]
    names: list[tuple[str, int, str]]
    left_out: dict[str, int]
    shared: _Shared
    rows: int
    others: int
    changes: bytes


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Content)
_rows_decoder = msgspec.msgpack.Decoder(list[_Row])
_others_decoder = msgspec.msgpack.Decoder(list[tuple[bytes, str]])
_texts_decoder = msgspec.msgpack.Decoder(list[str])


class NotKept(ValueError):
    """What was kept cannot be used by this version, or must not be under these settings."""


def packed(catalogue: Catalogue, presentation: str) -> Generator[None, None, bytes]:
    """The bytes of a catalogue; ``presentation`` is what its feeds say besides their events."""
    tables = _Tables()
    # Unlike a join at the end, this gives the bytes away without copying all of them at a stretch.
    written = BytesIO()
    written.write(bytes((FORMAT,)))
    unread = ((key, outcome) for key, outcome in catalogue.others.items() if isinstance(outcome, LeftOut))
    rows = yield from _write(written, map(tables.row, catalogue.entries))
    others = yield from _write(written, unread)
    yield from _write(written, tables.texts)
    content = _Content(
        policy=_policy(catalogue.organization),
        rendering=_rendering(catalogue.organization),
        zone=catalogue.zone.name,
        day=catalogue.day,
        fetched_at=catalogue.fetched_at,
        changed_at=catalogue.changed_at,
        presentation=presentation,
        programs=[asdict(program) for program in catalogue.programs],
        names=[(kind, number, name) for (kind, number), name in catalogue.names.items()],
        left_out=dict(catalogue.left_out),
        shared=tables.shared(),
        rows=rows,
        others=others,
        changes=catalogue.changes,
    )
    _write_part(written, content)
    return written.getvalue()


def unpacked(
    content: bytes, organization: Organization, lang: Lang, presentation: str, now: datetime
) -> Generator[None, None, Catalogue]:
    """The catalogue that was kept. Raises ``NotKept``.

    Where its feeds now say something else besides their events, they changed ``now``.
    """
    if content[:1] != bytes((FORMAT,)):
        raise NotKept("it was kept by another version")
    try:
        parts = list(_parts(content))
        kept = _decoder.decode(parts.pop())
        if kept.policy != _policy(organization):
            raise NotKept("what is public was configured otherwise")
        usable = kept.rendering == _rendering(organization)
        rows, rest = parts[: kept.rows], parts[kept.rows :]
        others, texts = rest[: kept.others], rest[kept.others :]
        yield
        told: list[str] = []
        for part in texts:
            told += _texts_decoder.decode(part)
            yield
        entries: list[Entry] = []
        for part in rows:
            entries += [_entry(row, kept.shared, told, usable=usable) for row in _rows_decoder.decode(part)]
            yield
        outcomes: dict[bytes, Outcome] = {}
        for part in others if usable else ():
            outcomes.update(_others_decoder.decode(part))
            yield
    except (msgspec.DecodeError, IndexError) as error:
        raise NotKept("it is damaged") from error
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
        programs=tuple(msgspec.convert(kept.programs, list[Program])),
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


def _write(written: BytesIO, things: Iterable[object]) -> Generator[None, None, int]:
    """Write them in parts, and return how many parts they took."""
    rest = iter(things)
    parts = 0
    while some := list(islice(rest, AT_ONCE)):
        _write_part(written, some)
        parts += 1
        yield
    return parts


def _write_part(written: BytesIO, part: object) -> None:
    encoded = _encoder.encode(part)
    written.write(len(encoded).to_bytes(SIZE_BYTES))
    written.write(encoded)


def _parts(content: bytes) -> Iterator[memoryview]:
    """The parts, none of them copied. Raises ``NotKept`` where the last is not whole."""
    view = memoryview(content)
    at = 1
    while at < len(view):
        start = at + SIZE_BYTES
        at = start + int.from_bytes(view[at:start])
        yield view[start:at]
    if at != len(view):
        raise NotKept("its end is missing")


class _Table(dict[Value, int]):
    """``table[value]`` is the position of the value, at the end where it is new."""

    def __missing__(self, value: Value) -> int:
        position = self[value] = len(self)
        return position


class _Tables:
    """What the entries share, as far as it was seen."""

    def __init__(self) -> None:
        self._topics = _Table[_Topics]()
        self.texts = _Table[str]()
        self._places = _Table[Place | None]()
        self._prices = _Table[Decimal | None]()
        self._people = _Table[tuple[str, ...]]()
        self._stamps = _Table[bytes]()

    def row(self, entry: Entry) -> _Row:
        """The entry as it is written."""
        topics = _Topics(
            entry.program, entry.category, entry.subcategory, entry.activity, entry.tags, entry.team
        )
        return _Row(
            entry.id,
            entry.start,
            entry.end,
            entry.weekdays,
            self._topics[topics],
            self.texts[entry.words],
            self.texts[entry.title],
            self._places[entry.place],
            self._prices[entry.price],
            self._people[entry.staff],
            entry.state,
            entry.all_day,
            entry.marked,
            entry.unmarked,
            entry.significant,
            entry.whole,
            entry.record,
            self._stamps[entry.stamp],
            entry.digest,
        )

    def shared(self) -> _Shared:
        """The tables in the order of their positions."""
        return _Shared(
            list(self._topics),
            list(self._places),
            list(self._prices),
            list(self._people),
            list(self._stamps),
        )


def _entry(row: _Row, shared: _Shared, texts: Sequence[str], *, usable: bool) -> Entry:
    topics = shared.topics[row.topics]
    return Entry(
        row.id,
        row.start,
        row.end,
        row.weekdays,
        topics.program,
        topics.category,
        topics.subcategory,
        topics.activity,
        topics.tags,
        texts[row.words],
        texts[row.title],
        shared.places[row.place],
        shared.prices[row.price],
        row.state,
        shared.people[row.people],
        row.all_day,
        row.marked,
        row.unmarked,
        row.significant,
        row.whole,
        row.record if usable else b"",
        shared.stamps[row.stamp],
        row.digest,
        topics.team,
    )
