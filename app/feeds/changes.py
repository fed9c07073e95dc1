"""What changed in an organization: one log, as it is kept, and whom each change concerns. Pure.

One log serves both languages. It is kept together with the revision memory, in one step of the store: what
was told once is not told again after a crash, by another process or in the other language. What it holds is
found by ``feeds.comparison`` and told by ``changes.atom``.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import msgspec

from app.domain.model import Lang
from app.domain.selection import Selection

FORMAT: Final = 1

_COLUMNS: Final[Mapping[str, str]] = {
    "programs": "program",
    "categories": "category",
    "subcategories": "subcategory",
    "activities": "activity",
    "locations": "location",
}
"""The fields of a selection that ask for one number of a side, and which."""


class Kind(StrEnum):
    """What happened to an event; a change may be of several kinds."""

    ADDED = "added"
    REMOVED = "removed"
    CANCELLED = "cancelled"
    RESTORED = "restored"
    """It takes place after all; or it was not published any more, and is again."""
    MOVED = "moved"
    PLACE = "place"
    TITLE = "title"


class Texts(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What one language says of an event; ``place`` is a name, ``words`` and ``url`` as an entry's."""

    title: str
    place: str
    words: str
    url: str


class Side(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """An event before or after a change; fields as an entry's, texts in the languages that told of it."""

    start: int
    end: int
    all_day: bool
    called_off: bool
    weekdays: int
    program: int
    category: int
    subcategory: int
    activity: int
    location: int
    tags: frozenset[int]
    texts: dict[str, Texts]

    def spoken(self, lang: Lang) -> Texts:
        """The texts in ``lang``, or in the other language while only that one told of it."""
        return self.texts.get(lang) or next(iter(self.texts.values()))


class Change(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What happened to one event; no two changes of an event have the same ``at``, in seconds since 1970.

    ``old`` is None for what was added, ``new`` for what was removed.
    """

    event: int
    at: int
    kinds: tuple[Kind, ...]
    old: Side | None
    new: Side | None

    @property
    def sides(self) -> tuple[Side, ...]:
        """One or two of them."""
        if self.old is not None and self.new is not None:  # most: asked of hundreds in each refresh
            return self.old, self.new
        return tuple(side for side in (self.old, self.new) if side is not None)


class Log(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The changes of an organization, newest first, and what the last comparison covered.

    ``since`` is when the log began, ``touched`` when a change last came in, went or got its other language.
    ``scope`` and the seconds from ``first`` to ``close`` (exclusive) are those of the last ``Walk``.
    """

    format: int
    since: int
    touched: int
    scope: str
    first: int
    close: int
    changes: tuple[Change, ...] = ()


class _Head(msgspec.Struct, array_like=True):
    """The beginning of any format."""

    format: int


_encode = msgspec.msgpack.Encoder().encode
_decoder = msgspec.msgpack.Decoder(Log)


def packed(log: Log) -> bytes:
    """The bytes of a log."""
    return _encode(log)


def unpacked(content: bytes) -> Log | None:
    """The log of these bytes; None where there is none that this version can read: then one begins anew."""
    try:
        if msgspec.msgpack.decode(content, type=_Head).format != FORMAT:
            return None
        return _decoder.decode(content)
    except msgspec.DecodeError:
        return None


def concerns(change: Change, selection: Selection, bounds: tuple[int, int]) -> bool:
    """True if the selection had the event before the change or has it since.

    ``bounds`` are the seconds at which its window begins and ends (exclusive).
    """
    return any(_selected(side, selection, bounds) for side in change.sides)


def is_public(change: Change, programs: frozenset[int]) -> bool:
    """True if what it tells of may still be shown; ``programs`` are those that are published."""
    return all(not side.program or side.program in programs for side in change.sides)


def _selected(side: Side, selection: Selection, bounds: tuple[int, int]) -> bool:
    """What ``Catalogue.select`` does with an entry."""
    if side.start >= bounds[1] or side.end <= bounds[0]:
        return False
    if selection.cancelled == "hide" and side.called_off:
        return False
    for kind, column in _COLUMNS.items():
        wanted: frozenset[int] = getattr(selection, kind)
        if wanted and getattr(side, column) not in wanted:
            return False
    if selection.tags and selection.tags.isdisjoint(side.tags):
        return False
    if selection.weekdays and not any(side.weekdays >> day & 1 for day in selection.weekdays):
        return False
    words = side.spoken(selection.lang).words
    return all(word in words for word in selection.words)
