"""Where the entries of a catalogue are found: by number or word at once, by time in a few steps.

Entries never change, so whatever was looked up once stays right. It is looked up ahead of time where somebody
drives ``preparing``. Who asks for a thing first, before that, is told to look at the entries themselves, the
shorter way for one question; who asks for it again has it looked up for good.
"""

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Generator, Iterable, Mapping, Sequence
from functools import reduce
from io import BytesIO
from operator import and_
from typing import Final, TypeAlias

from app.feeds.entry import COLUMNS, START, TAGS, Entry
from app.feeds.places import Places, bits_of, packed, taken

Numbers: TypeAlias = Mapping[int, Sequence[int]]
"""The places of the entries that have a number: ascending, four bytes each."""
Lines: TypeAlias = Mapping[str, Places]

AT_ONCE: Final = 500
"""How many entries are looked at between two yields: a tenth of a millisecond's work."""
_WORDS: Final = "words"


class Index:
    """Finds among ``entries``, which are in feed order; so is whatever is found."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries
        self._numbers: dict[str, Numbers] = {}
        self._lines: Lines | None = None
        self._longest: int | None = None
        self._octets: int | None = None
        self._digests: bytes | None = None
        self._asked: set[str] = set()

    def __repr__(self) -> str:
        return f"<Index {len(self._entries)} entries, by {', '.join(self._numbers) or 'nothing yet'}>"

    @property
    def prepared(self) -> bool:
        """True once nothing has to be looked up any more."""
        numbers = len(self._numbers) == len(COLUMNS) + 1
        return numbers and self._octets is not None and self._lines is not None

    @property
    def octets(self) -> int | None:
        """What the VEVENTs for ``cancelled=status`` weigh; None before it was looked up."""
        return self._octets

    @property
    def digests(self) -> bytes | None:
        """The digests of all entries, one after the other; None before they were looked up."""
        return self._digests

    def preparing(self) -> Generator[None, None, None]:
        """Look everything up that may be asked for."""
        for kind in (*COLUMNS, TAGS):
            yield from self._prepare_numbers(kind)
        yield from self._prepare_sums()
        yield from self._prepare_lines()

    def counted(self, kind: str, numbers: Iterable[int]) -> int | None:
        """How many entries have one of some numbers, with more than one tag as often; None to who asks first.

        ``kind`` is a field of a selection: programmes, categories, …, or tags.
        """
        if kind not in self._numbers:
            if self._is_first_to_ask(kind):
                return None
            _driven(self._prepare_numbers(kind))
        known = self._numbers[kind]
        return sum(len(known.get(number, ())) for number in numbers)

    def having(self, kind: str, numbers: Collection[int]) -> Sequence[Entry]:
        """The entries that have one of some numbers; ``kind`` as in ``counted``."""
        _driven(self._prepare_numbers(kind))
        known = self._numbers[kind]
        found = [known[number] for number in numbers if number in known]
        entries = self._entries
        if len(found) == 1:
            return [entries[place] for place in found[0]]
        return taken(entries, bits_of(found, len(entries)))

    def saying(self, words: Iterable[str]) -> Sequence[Entry] | None:
        """The entries that say each of some words, each within one line; None to who asks first."""
        if self._lines is None and self._is_first_to_ask(_WORDS):
            return None
        _driven(self._prepare_lines())
        lines, entries = self._lines or {}, self._entries
        said = ([places for line, places in lines.items() if word in line] for word in words)
        return taken(entries, reduce(and_, (bits_of(places, len(entries)) for places in said)))

    def during(self, first: int, after: int, among: Sequence[Entry]) -> Sequence[Entry]:
        """Those ``among`` entries that are not over at ``first`` and begin before ``after``, in seconds."""
        within = bisect_left(among, first, key=START)
        beyond = bisect_left(among, after, lo=within, key=START)
        doubtful = 0 if self._longest is None else bisect_left(among, first - self._longest, key=START)
        going_on = [row for row in among[doubtful:within] if row.end > first and row.start < after]
        return [*going_on, *among[within:beyond]]

    def _is_first_to_ask(self, what: str) -> bool:
        first = what not in self._asked
        self._asked.add(what)
        return first

    def _prepare_numbers(self, kind: str) -> Generator[None, None, None]:
        if kind in self._numbers:
            return
        found: defaultdict[int, list[int]] = defaultdict(list)
        for begin, some in self._batches():
            if kind == TAGS:
                for place, row in enumerate(some, begin):
                    for tag in row.tags:
                        found[tag].append(place)
            else:
                for place, number in enumerate(map(COLUMNS[kind], some), begin):
                    found[number].append(place)
            yield
        self._numbers[kind] = {number: array("I", places) for number, places in found.items()}

    def _prepare_sums(self) -> Generator[None, None, None]:
        if self._octets is not None:
            return
        longest = octets = 0
        digests = BytesIO()
        for _, some in self._batches():
            longest = max(longest, *(row.end - row.start for row in some))
            octets += sum(len(row.marked) for row in some)
            digests.write(b"".join([row.digest for row in some]))
            yield
        self._longest, self._octets, self._digests = longest, octets, digests.getvalue()

    def _prepare_lines(self) -> Generator[None, None, None]:
        if self._lines is not None:
            return
        found: defaultdict[str, list[int]] = defaultdict(list)
        for begin, some in self._batches():
            for place, row in enumerate(some, begin):
                for line in set(row.words.split("\n")):
                    found[line].append(place)
            yield
        lines: dict[str, Places] = {}
        for line, places in found.items():
            lines[line] = packed(places, len(self._entries))
            yield
        self._lines = lines

    def _batches(self) -> Iterable[tuple[int, Sequence[Entry]]]:
        for begin in range(0, len(self._entries), AT_ONCE):
            yield begin, self._entries[begin : begin + AT_ONCE]


def _driven(steps: Generator[None, None, None]) -> None:
    for _ in steps:
        pass
