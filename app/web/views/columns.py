"""Events side by side: where each box of a timetable stands. No two lie on each other, and none is lost.

A column is cut into slots of five minutes: courses of 25 minutes follow each other without touching. Boxes
that overlap form a cluster and share its width in lanes; where the lanes would be too narrow to read, the
cluster is ``crowded`` and shown as a list.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from app.web.views.cards import Piece
from app.web.views.day import Day

SLOT: Final = 5
"""Minutes of a slot."""
SLOTS_OF_AN_HOUR: Final = 60 // SLOT
SHORTEST: Final = 5
"""Slots that any box takes: what is shorter could not be read, nor hit with a finger (WCAG 2.2 §2.5.8)."""
OPENING, CLOSING = 9, 17
"""Hours that a timetable shows even where nothing happens in them."""


@dataclass(frozen=True, slots=True)
class Box:
    """A piece at its place: ``start`` and ``length`` in slots from its cluster's top; ``lane`` from 0."""

    piece: Piece
    start: int
    length: int
    lane: int


@dataclass(frozen=True, slots=True)
class Cluster:
    """Boxes that overlap, directly or through others; ``start`` in slots from the top of the column."""

    start: int
    length: int
    lanes: int
    crowded: bool
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One day, or one place: ``whole`` are the events of the whole day, which stand above the hours."""

    heading: str
    day: Day
    whole: tuple[Piece, ...]
    clusters: tuple[Cluster, ...]


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours that the columns of a view have in common: from ``first`` to ``after`` (exclusive)."""

    first: int
    after: int

    @property
    def slots(self) -> int:
        return (self.after - self.first) * SLOTS_OF_AN_HOUR


def hours_of(days: Iterable[Iterable[Piece]]) -> Hours:
    """The hours to show for these pieces, and the usual ones."""
    timed = [_extent(piece) for found in days for piece in found if not piece.whole]
    first = min((begin // SLOTS_OF_AN_HOUR for begin, _ in timed), default=OPENING)
    after = max((-(-end // SLOTS_OF_AN_HOUR) for _, end in timed), default=CLOSING)
    return Hours(min(first, OPENING), max(after, CLOSING))


def column(heading: str, day: Day, pieces: Sequence[Piece], shown: Hours, *, most_lanes: int) -> Column:
    """The pieces of one day in a column; with more than ``most_lanes`` side by side, a cluster is crowded."""
    offset = shown.first * SLOTS_OF_AN_HOUR
    timed = [piece for piece in pieces if not piece.whole]
    return Column(
        heading=heading,
        day=day,
        whole=tuple(piece for piece in pieces if piece.whole),
        clusters=tuple(_cluster(group, offset, most_lanes) for group in _groups(timed)),
    )


def _extent(piece: Piece) -> tuple[int, int]:
    """The slots that a piece takes since midnight, the last one exclusive; nothing leaves its day."""
    begin = min(piece.begin // SLOT, 24 * SLOTS_OF_AN_HOUR - SHORTEST)
    return begin, max(-(-piece.end // SLOT), begin + SHORTEST)


def _groups(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    """The pieces in order of time, cut where nothing overlaps."""
    group: list[Piece] = []
    reach = 0
    for piece in sorted(pieces, key=lambda piece: (*_extent(piece), piece.card.id)):
        begin, end = _extent(piece)
        if group and begin >= reach:
            yield group
            group, reach = [], 0
        group.append(piece)
        reach = max(reach, end)
    if group:
        yield group


def _cluster(group: Sequence[Piece], offset: int, most_lanes: int) -> Cluster:
    """Each piece in the first lane that is free when it begins."""
    top = _extent(group[0])[0]
    free: list[int] = []
    boxes = []
    for piece in group:
        begin, end = _extent(piece)
        lane = next((lane for lane, until in enumerate(free) if until <= begin), len(free))
        free[lane : lane + 1] = [end]
        boxes.append(Box(piece, begin - top, end - begin, lane))
    return Cluster(top - offset, max(free) - top, len(free), len(free) > most_lanes, tuple(boxes))
