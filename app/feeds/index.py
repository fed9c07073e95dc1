"""Where the entries of a catalogue are found: by number at once, by time in a few steps.

Entries never change, so whatever was looked up once stays right; nothing is looked up before it is asked for.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Final, TypeAlias

from app.feeds.entry import COLUMNS, TAGS, Entry

Shelves: TypeAlias = Mapping[int, Sequence[Entry]]


class Index:
    """Finds among ``entries``, which are in feed order; so is whatever is found."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries
        self._shelves: dict[str, Shelves] = {}
        self._longest: int | None = None

    def __repr__(self) -> str:
        return f"<Index {len(self._entries)} entries, by {', '.join(self._shelves) or 'nothing yet'}>"

    def having(self, kind: str, number: int) -> Sequence[Entry]:
        """The entries of one programme, category, …, or with one tag; ``kind`` is a field of a selection."""
        shelves = self._shelves.get(kind)
        if shelves is None:
            shelves = self._shelves[kind] = self._by_tag() if kind == TAGS else self._by(COLUMNS[kind])
        return shelves.get(number, ())

    def during(self, first: int, after: int, among: Sequence[Entry]) -> Sequence[Entry]:
        """Those ``among`` entries that are not over at ``first`` and begin before ``after``, in seconds."""
        if self._longest is None:
            self._longest = max((row.end - row.start for row in self._entries), default=0)
        doubtful = bisect_left(among, first - self._longest, key=_START)
        within = bisect_left(among, first, lo=doubtful, key=_START)
        beyond = bisect_left(among, after, lo=within, key=_START)
        going_on = [row for row in among[doubtful:within] if row.end > first and row.start < after]
        return [*going_on, *among[within:beyond]]

    def _by(self, column: Callable[[Entry], int]) -> Shelves:
        shelves: dict[int, list[Entry]] = {}
        for row in self._entries:
            shelves.setdefault(column(row), []).append(row)
        return _settled(shelves)

    def _by_tag(self) -> Shelves:
        shelves: dict[int, list[Entry]] = {}
        for row in self._entries:
            for tag in row.tags:
                shelves.setdefault(tag, []).append(row)
        return _settled(shelves)


def _settled(shelves: dict[int, list[Entry]]) -> Shelves:
    """Handed out as they are, so nobody may change them."""
    return {number: tuple(rows) for number, rows in shelves.items()}


_START: Final = attrgetter("start")
