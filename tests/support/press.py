"""Catalogues out of events, by the same steps as a refresh takes, with the records at hand."""

from collections.abc import Generator, Sequence
from datetime import UTC, date, datetime
from typing import Final, TypeVar

from app.domain.errors import UnreadableRecord
from app.domain.model import Event, Names, Organization, Program, Revision
from app.domain.records import Harvest
from app.feeds.catalogue import Catalogue, Entry
from app.feeds.choosing import Choice, choose
from app.feeds.press import Press
from app.feeds.publish import catalogue_of
from app.feeds.reading import Reader, Reading
from app.ics.event import stamp
from app.ics.zones import publish_zone
from tests.support.make import altered

DAY: Final = date(2026, 11, 22)
NOW: Final = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
ZONE: Final = publish_zone("America/Toronto", date(2026, 9, 22), date(2027, 12, 28))
CLUB: Final = Organization(
    slug="club", number=8008, name=Names("Club", "Club"), language="en", timezone="America/Toronto"
)
PROGRAM: Final = Program(4521, "Autumn")

Result = TypeVar("Result")


class Records:
    """Events as records: each is the event's position among all that there ever were, and so opaque."""

    def __init__(self) -> None:
        self._events: list[Event] = []
        self.read_again: list[bytes] = []
        """What was read since this was emptied."""

    def of(self, *events: Event) -> list[bytes]:
        """The record of each event; equal events have equal records."""
        for event in events:
            if event not in self._events:
                self._events.append(event)
        return [str(self._events.index(event)).encode() for event in events]

    def read(self, record: bytes) -> Event:
        self.read_again.append(record)
        if not record.isdigit():
            raise UnreadableRecord("odd", "it makes no sense")
        return self._events[int(record)]


def finished(steps: Generator[None, None, Result]) -> Result:
    """The result of work in steps, taken without a pause."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: Result = end.value
            return result


def press_of(records: Records, organization: Organization = CLUB) -> Press:
    return Press(organization, "en", ZONE, records.read, lambda _: None)


def chosen(
    press: Press,
    records: Sequence[bytes],
    previous: Catalogue | None = None,
    *,
    programs: Sequence[Program] = (PROGRAM,),
    day: date = DAY,
    early: Sequence[bytes] = (),
) -> tuple[Reading, Choice]:
    """What these records became, and what of them is published; ``early`` as for ``printed``."""
    reader = Reader(press, previous)
    finished(reader.take(early))
    reading = finished(reader.reading(Harvest(records, programs)))
    return reading, finished(choose(reading, programs, press, day))


def printed(
    press: Press,
    records: Sequence[bytes],
    previous: Catalogue | None = None,
    *,
    programs: Sequence[Program] = (PROGRAM,),
    day: date = DAY,
    at: datetime = NOW,
    early: Sequence[bytes] = (),
) -> Catalogue:
    """The catalogue of these records; ``early`` are those that arrived before the others."""
    reading, choice = chosen(press, records, previous, programs=programs, day=day, early=early)
    lines = stamp(Revision(NOW, NOW, 7))
    stamped: Sequence[Entry] = [entry.stamped(lines) for entry in choice.entries]
    return finished(
        catalogue_of(reading, choice, stamped, programs, press, day=day, at=at, previous=previous)
    )


def catalogue_from(*events: Event, organization: Organization = CLUB) -> Catalogue:
    """A first catalogue of public events."""
    records = Records()
    public = [altered(event, program=None) for event in events]
    return printed(press_of(records, organization), records.of(*public))
