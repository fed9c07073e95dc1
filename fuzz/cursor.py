"""Octets read as choices: the same octets make the same event, wherever they come from."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final, TypeVar

from app.domain.model import Days, Event, Particulars, Place, Revision, State, Tag, Timed, Topic, When

FIRST, LAST = date(2026, 9, 22), date(2027, 12, 27)
"""The window in which the events are."""
MINUTES: Final = (LAST - FIRST).days * 24 * 60
BEGINNING: Final = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC)

Choice = TypeVar("Choice")


class Cursor:
    """Reads octets from left to right; past the end there are zeros."""

    def __init__(self, octets: bytes) -> None:
        self._octets = octets
        self._at = 0

    def number(self, most: int) -> int:
        """From 0 to ``most``, both included."""
        width = (most.bit_length() + 7) // 8
        taken = self._octets[self._at : self._at + width]
        self._at += width
        return int.from_bytes(taken) % (most + 1)

    def one_of(self, choices: Sequence[Choice]) -> Choice:
        return choices[self.number(len(choices) - 1)]

    def text(self) -> str:
        """Any text of up to 255 octets, with half characters and all."""
        length = self.number(255)
        taken = self._octets[self._at : self._at + length]
        self._at += length
        return taken.decode("utf-8", "surrogatepass" if _has_halves(taken) else "replace")


def _has_halves(octets: bytes) -> bool:
    """True if they are UTF-8 but for lone surrogates."""
    try:
        octets.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def event_of(cursor: Cursor) -> Event:
    """An event in the window, of whatever texts."""
    number, title, when = cursor.number(2**40) - 2**39, cursor.text(), _when(cursor)
    about = Particulars(
        title=title,
        state=cursor.one_of(list(State)),
        amilia_state=cursor.text(),
        program=_topic(cursor),
        category=_topic(cursor),
        subcategory=_topic(cursor),
        activity=_topic(cursor),
        place=_place(cursor),
        price=Decimal(cursor.number(100_000_000)) / 100 if cursor.number(1) else None,
        url=cursor.text(),
        tags=tuple(Tag(number, cursor.text()) for number in range(cursor.number(3))),
        staff=tuple(cursor.text() for _ in range(cursor.number(2))),
    )
    return Event(number, when, about)


def revision_of(cursor: Cursor) -> Revision:
    """A revision within the window."""
    created, modified = (BEGINNING + timedelta(minutes=cursor.number(MINUTES)) for _ in range(2))
    return Revision(created=created, modified=modified, sequence=cursor.number(2**31 - 1))


def _when(cursor: Cursor) -> When:
    if cursor.number(1):
        first = FIRST + timedelta(days=cursor.number((LAST - FIRST).days))
        return Days(first, first + timedelta(days=1 + cursor.number(20)))
    start = BEGINNING + timedelta(minutes=cursor.number(MINUTES))
    return Timed(start, start + timedelta(seconds=cursor.number(100_000)))


def _topic(cursor: Cursor) -> Topic | None:
    return Topic(cursor.number(9_999_999), cursor.text()) if cursor.number(1) else None


def _place(cursor: Cursor) -> Place | None:
    if not cursor.number(1):
        return None
    coordinates = (cursor.number(180_000) / 1000 - 90, cursor.number(360_000) / 1000 - 180)
    return Place(
        cursor.number(9_999_999), cursor.text(), cursor.text(), coordinates if cursor.number(1) else None
    )
