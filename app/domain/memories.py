"""The revision memory of many events in few objects: each is one record of bytes until it is asked for.

A record begins with its own size (unsigned, 2 bytes), the event's id and when it was created; then for
French and English alike the sequence (-1 where nothing was told), when it was modified, the sizes of both
digests and the digests; then, where they are known, the facts: flags (1 published, 2 all day, 4 called off),
start, end and place. Numbers are big-endian, of 8 bytes but for sizes and flags; instants are seconds since
1970. What stands in a record behind all this belongs to a later version and is passed over.

As objects 100,000 memories would be a million of them, which the garbage collector walks through while
everybody waits.
"""

import struct
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from app.domain.digests import DIGEST_BYTES
from app.domain.model import LANGS, Lang
from app.domain.revisions import Facts, Fingerprint, Remembered, Told

_HEAD: Final = struct.Struct(">Hqq")
_TOLD: Final = struct.Struct(">qqBB")
_FACTS: Final = struct.Struct(">Bqqq")
_NOT_TOLD: Final = _TOLD.pack(-1, 0, 0, 0)
_PUBLISHED, _ALL_DAY, _CALLED_OFF = 1, 2, 4


class Memories(Mapping[int, Remembered]):
    """What is remembered of events, by their ids; it can be added to."""

    __slots__ = ("_moments", "_records")

    def __init__(self, records: dict[int, bytes] | None = None) -> None:
        self._records = records if records is not None else {}
        self._moments = _Moments()

    def __repr__(self) -> str:
        return f"<Memories of {len(self._records)} events>"

    def __getitem__(self, number: int) -> Remembered:
        return _remembered(self._records[number], self._moments)

    def __iter__(self) -> Iterator[int]:
        return iter(self._records)

    def __len__(self) -> int:
        return len(self._records)

    def __contains__(self, number: object) -> bool:
        return number in self._records

    def get(self, number: int, default: Remembered | None = None) -> Remembered | None:  # type: ignore[override]
        """As of any mapping; without an exception on the way, for most events of a first fetch are new."""
        record = self._records.get(number)
        return default if record is None else _remembered(record, self._moments)

    def add(self, number: int, memory: Remembered) -> None:
        """Remember this of an event, whatever was remembered of it before."""
        self._records[number] = record_of(number, memory)

    def begin(self, number: int, record: bytes) -> None:
        """The same of an event that nobody remembered, by a record of ``Beginnings``."""
        self._records[number] = record

    def update(self, others: "Memories") -> None:
        """Remember what the others do, whatever was remembered before."""
        self._records.update(others._records)  # noqa: SLF001  # of the same class

    def records(self) -> dict[int, bytes]:
        """Every id and its record, as they are now; nobody else will change this mapping."""
        return self._records.copy()


def memories_of(events: Mapping[int, Remembered]) -> Memories:
    """The same memories as records."""
    if isinstance(events, Memories):
        return events
    return Memories({number: record_of(number, memory) for number, memory in events.items()})


def record_of(number: int, memory: Remembered) -> bytes:
    """The record of one event; digests have at most 255 bytes."""
    body = b"".join([_written(memory.told.get(lang)) for lang in LANGS])
    if memory.facts is not None:
        body += _FACTS.pack(*_fields(memory.facts))
    return _HEAD.pack(_HEAD.size + len(body), number, _second_of(memory.created)) + body


def _written(told: Told | None) -> bytes:
    if told is None:
        return _NOT_TOLD
    (significant, whole), sequence, modified = told
    sizes = _TOLD.pack(sequence, _second_of(modified), len(significant), len(whole))
    return sizes + significant + whole


@lru_cache(maxsize=1024)  # all events of a refresh have one moment
def _second_of(moment: datetime) -> int:
    return int(moment.timestamp())


class Beginnings:
    """Makes the records of events that are told for the first time, in one language, at the same second.

    At a first fetch all are: this takes a fifth of what it takes by way of a ``Remembered``, and of
    ``record_of``, whose record it is. They have the same sequence; the second counts from 1970.
    """

    def __init__(self, lang: Lang, sequence: int, second: int) -> None:
        self._lang = lang
        self._second = second
        heard = _TOLD.pack(sequence, second, DIGEST_BYTES, DIGEST_BYTES)
        self._before, self._after = (heard, _NOT_TOLD) if lang == LANGS[0] else (_NOT_TOLD + heard, b"")
        told = f"{len(self._before)}s{DIGEST_BYTES}s{DIGEST_BYTES}s{len(self._after)}s"
        self._form = struct.Struct(_HEAD.format + told + _FACTS.format.removeprefix(">"))

    def __repr__(self) -> str:
        return f"<Beginnings in {self._lang} at {self._second}>"

    def record(
        self,
        number: int,
        significant: bytes,
        whole: bytes,
        *,
        start: int,
        end: int,
        all_day: bool,
        called_off: bool,
        place: int,
    ) -> bytes:
        """That of an event with these digests; the others are its ``Facts``."""
        flags = _PUBLISHED | (_ALL_DAY if all_day else 0) | (_CALLED_OFF if called_off else 0)
        return self._form.pack(
            self._form.size,
            number,
            self._second,
            self._before,
            significant,
            whole,
            self._after,
            flags,
            start,
            end,
            place,
        )


def records_in(joined: bytes) -> Iterator[tuple[int, bytes]]:
    """The ids and records of records that follow each other."""
    position = 0
    while position < len(joined):
        size, number, _ = _HEAD.unpack_from(joined, position)
        yield number, joined[position : position + size]
        position += size


class _Moments(dict[int, datetime]):
    """The aware UTC instant of each second since 1970 that was asked for: memories repeat few of them."""

    def __missing__(self, seconds: int) -> datetime:
        moment = self[seconds] = datetime.fromtimestamp(seconds, UTC)
        return moment


def _remembered(record: bytes, moments: Mapping[int, datetime]) -> Remembered:
    _, _, created = _HEAD.unpack_from(record)
    at = _HEAD.size
    told: dict[Lang, Told] = {}
    for lang in LANGS:
        sequence, modified, significant, whole = _TOLD.unpack_from(record, at)
        middle = at + _TOLD.size + significant
        if sequence >= 0:
            digests = Fingerprint(record[middle - significant : middle], record[middle : middle + whole])
            told[lang] = Told(digests, sequence, moments[modified])
        at = middle + whole
    return Remembered(moments[created], told, _facts(record, at) if at < len(record) else None)


def _fields(facts: Facts) -> tuple[int, int, int, int]:
    """Flags, start, end and place, as they stand in a record."""
    start, end, all_day, called_off, place, published = facts
    return _PUBLISHED * published | _ALL_DAY * all_day | _CALLED_OFF * called_off, start, end, place


def _facts(record: bytes, at: int) -> Facts:
    flags, start, end, place = _FACTS.unpack_from(record, at)
    return Facts(
        start=start,
        end=end,
        all_day=bool(flags & _ALL_DAY),
        called_off=bool(flags & _CALLED_OFF),
        place=place,
        published=bool(flags & _PUBLISHED),
    )


def joined(records: Iterable[bytes]) -> bytes:
    """Records that follow each other, as ``records_in`` reads them."""
    return b"".join(records)
