"""Where some entries stand among all: few as their numbers, many as the bits of one long number.

The long number has a binary digit for each entry, in feed order from the left, 1 where it is meant: what a
hundred lines have in common is found without a look at any entry.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress
from typing import Final, TypeAlias, TypeVar

Places: TypeAlias = Sequence[int] | int
"""Numbers in feed order, ascending, four bytes each; or the bits of a number."""
Row = TypeVar("Row")

FEW: Final = 64
"""One of so many: from there on bits take no more than numbers do."""
_MEANT: Final = b"1"[0]
_FLAGS: Final = bytes.maketrans(b"01", b"\x00\x01")


def packed(places: Sequence[int], entries: int) -> Places:
    """Places of as many ``entries`` in the form that takes less."""
    return array("I", places) if len(places) * FEW < entries else bits_of([places], entries)


def bits_of(many: Iterable[Places], entries: int) -> int:
    """All of these places together, as bits."""
    bits, digits = 0, bytearray(b"0") * (entries or 1)
    for places in many:
        if isinstance(places, int):
            bits |= places
        else:
            for place in places:
                digits[place] = _MEANT
    return bits | int(digits, 2)


def taken(rows: Sequence[Row], bits: int) -> list[Row]:
    """The rows that are meant, in their order."""
    digits = f"{bits:0{len(rows)}b}"
    if bits.bit_count() * FEW < len(rows):
        return [rows[place] for place in _ones(digits)]
    return list(compress(rows, digits.encode().translate(_FLAGS)))


def _ones(digits: str) -> Iterator[int]:
    place = digits.find("1")
    while place >= 0:
        yield place
        place = digits.find("1", place + 1)
