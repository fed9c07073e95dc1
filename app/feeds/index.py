"""Where the entries of a catalogue are found: by number or word at once, by time in a few steps.

Entries never change, so whatever was looked up once stays right. It is looked up ahead of time where somebody
drives ``preparing``, else when it is asked for first.
"""

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from itertools import chain
from operator import attrgetter
from typing import Final, TypeAlias

from app.feeds.entry import COLUMNS, TAGS, Entry

Positions: TypeAlias = Sequence[int]
"""Places in feed order, ascending; four bytes each."""
Numbers: TypeAlias = Mapping[int, Positions]
Lines: TypeAlias = Mapping[str, Positions]

TO_LOOK: Final = 6
"""How many positions are compared in the time that it takes to look for a word in an entry."""
AT_ONCE: Final = 500
"""How many entries are looked at between two yields: a tenth of a millisecond's work."""


class Index:
    """Finds among ``entries``, which are in feed order; so is whatever is found."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries
        self._numbers: dict[str, Numbers] = {}
        self._lines: Lines | None = None
        self._longest: int | None = None

    def __repr__(self) -> str:
        return f"<Index {len(self._entries)} entries, by {', '.join(self._numbers) or 'nothing yet'}>"

    @property
    def prepared(self) -> bool:
        """True once nothing has to be looked up any more."""
        return self._lines is not None and len(self._numbers) == len(COLUMNS) + 1

    def preparing(self) -> Generator[None, None, None]:
        """Look everything up that may be asked for."""
        for kind in (*COLUMNS, TAGS):
            yield from self._prepare_numbers(kind)
        yield from self._prepare_lines()

    def having(self, kind: str, number: int) -> Sequence[Entry]:
        """The entries of one programme, category, …, or with one tag; ``kind`` is a field of a selection."""
        _driven(self._prepare_numbers(kind))
        return self._at(self._numbers[kind].get(number, ()))

    def all_have(self, kind: str, numbers: Iterable[int]) -> bool:
        """True if every entry has one of several numbers of which it has one only, such as its programme."""
        _driven(self._prepare_numbers(kind))
        known = self._numbers[kind]
        return sum(len(known.get(number, ())) for number in numbers) == len(self._entries)

    def saying(self, words: Iterable[str]) -> Sequence[Entry]:
        """The entries that say each of some words, each within one line."""
        _driven(self._prepare_lines())
        lines = self._lines or {}
        places = {word: [at for line, at in lines.items() if word in line] for word in words}
        rarest, *others = sorted(places, key=lambda word: sum(map(len, places[word])))
        found = set(chain(*places[rarest]))
        for word in others:
            if len(found) * TO_LOOK < sum(map(len, places[word])):
                found = {position for position in found if word in self._entries[position].words}
            else:
                found.intersection_update(chain(*places[word]))
        return self._at(sorted(found))

    def during(self, first: int, after: int, among: Sequence[Entry]) -> Sequence[Entry]:
        """Those ``among`` entries that are not over at ``first`` and begin before ``after``, in seconds."""
        if self._longest is None:
            self._longest = max((row.end - row.start for row in self._entries), default=0)
        doubtful = bisect_left(among, first - self._longest, key=_START)
        within = bisect_left(among, first, lo=doubtful, key=_START)
        beyond = bisect_left(among, after, lo=within, key=_START)
        going_on = [row for row in among[doubtful:within] if row.end > first and row.start < after]
        return [*going_on, *among[within:beyond]]

    def _at(self, positions: Positions) -> Sequence[Entry]:
        return [self._entries[position] for position in positions]

    def _prepare_numbers(self, kind: str) -> Generator[None, None, None]:
        if kind in self._numbers:
            return
        found: defaultdict[int, list[int]] = defaultdict(list)
        for begin, some in self._batches():
            if kind == TAGS:
                for position, row in enumerate(some, begin):
                    for tag in row.tags:
                        found[tag].append(position)
            else:
                for position, number in enumerate(map(COLUMNS[kind], some), begin):
                    found[number].append(position)
            yield
        self._numbers[kind] = {number: array("I", positions) for number, positions in found.items()}

    def _prepare_lines(self) -> Generator[None, None, None]:
        if self._lines is not None:
            return
        found: defaultdict[str, list[int]] = defaultdict(list)
        for begin, some in self._batches():
            for position, row in enumerate(some, begin):
                for line in set(row.words.split("\n")):
                    found[line].append(position)
            yield
        self._lines = {line: array("I", positions) for line, positions in found.items()}

    def _batches(self) -> Iterable[tuple[int, Sequence[Entry]]]:
        for begin in range(0, len(self._entries), AT_ONCE):
            yield begin, self._entries[begin : begin + AT_ONCE]


def _driven(steps: Generator[None, None, None]) -> None:
    for _ in steps:
        pass


_START: Final[Callable[[Entry], int]] = attrgetter("start")
