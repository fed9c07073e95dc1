"""What is remembered of an event as bytes, and back.

A record begins with its own size (unsigned, 2 bytes), the event's id and when it was created; then for
French and English alike the sequence (-1 where nothing was told), when it was modified, the sizes of both
digests and the digests. Numbers are big-endian, of 8 bytes but for the sizes; instants are seconds since
1970.
"""

import struct
from collections.abc import Iterable, Iterator
from typing import Final

from app.domain.model import LANGS, Lang
from app.domain.revisions import Fingerprint, Remembered, Told
from app.store.moments import Moments

_HEAD: Final = struct.Struct(">Hqq")
_TOLD: Final = struct.Struct(">qqBB")
_NOT_TOLD: Final = _TOLD.pack(-1, 0, 0, 0)


def records(events: Iterable[tuple[int, Remembered]]) -> bytes:
    """The records of events, one after the other. Digests have at most 255 bytes."""
    return b"".join(_record(number, memory) for number, memory in events)


def remembered(found: bytes, moments: Moments) -> Iterator[tuple[int, Remembered]]:
    """The events of records that follow each other."""
    position = 0
    while position < len(found):
        size, number, created = _HEAD.unpack_from(found, position)
        at = position + _HEAD.size
        told: dict[Lang, Told] = {}
        for lang in LANGS:
            sequence, modified, significant, whole = _TOLD.unpack_from(found, at)
            middle = at + _TOLD.size + significant
            if sequence >= 0:
                digests = Fingerprint(found[middle - significant : middle], found[middle : middle + whole])
                told[lang] = Told(digests, sequence, moments[modified])
            at = middle + whole
        yield number, Remembered(moments[created], told)
        position += size


def _record(number: int, memory: Remembered) -> bytes:
    parts = []
    for lang in LANGS:
        told = memory.told.get(lang)
        if told is None:
            parts.append(_NOT_TOLD)
        else:
            significant, whole = told.fingerprint.significant, told.fingerprint.whole
            modified = int(told.modified.timestamp())
            parts += (
                _TOLD.pack(told.sequence, modified, len(significant), len(whole)),
                significant,
                whole,
            )
    body = b"".join(parts)
    return _HEAD.pack(_HEAD.size + len(body), number, int(memory.created.timestamp())) + body
