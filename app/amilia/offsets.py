"""How far ahead of UTC an organization's own clock is, as the date-times of its events tell it."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import TypeAlias

from app.amilia.instants import read_written
from app.amilia.lenient import flag, text
from app.amilia.wire import read_event
from app.domain.errors import UnreadableRecord

Told: TypeAlias = tuple[datetime, timedelta]
"""An instant in UTC, and the offset that was written with it."""


def offsets_in(records: Iterable[bytes]) -> Iterator[Told]:
    """What the starts of timed events tell; whole days and what cannot be read tell nothing."""
    for record in records:
        try:
            event = read_event(record)
            start = read_written(text(event.start), "its Start")
        except UnreadableRecord:
            continue
        if start.offset is not None and start.has_time and flag(event.all_day) is not True:
            yield start.instant(start.offset), start.offset
