"""What a view may show: the rows of a selection, the days that each covers, and the days of the window."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from operator import attrgetter

from app.domain.model import Lang
from app.domain.selection import Selection
from app.feeds.catalogue import Catalogue
from app.feeds.days import midnight, window
from app.feeds.entry import Entry

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """An entry on the organization's clock, ``starts`` to ``ends``, and the days it covers, ``last`` too."""

    entry: Entry
    starts: datetime
    ends: datetime
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Scope:
    """A selection's rows in feed order, and the days ``first`` to ``last`` that it is published for.

    Rows are compared by their seconds before any day is reckoned: a catalogue has thousands of them, and a
    page shows a few dozen.
    """

    catalogue: Catalogue
    selection: Selection
    rows: Sequence[Entry]
    first: date
    last: date

    @property
    def lang(self) -> Lang:
        """The language of every text, which is the copy's own."""
        return self.catalogue.lang

    @property
    def today(self) -> date:
        """The day that is marked and begun with: the catalogue's."""
        return self.catalogue.day

    def within(self, day: date) -> date:
        """``day``, or the nearest one that is published."""
        return min(max(day, self.first), self.last)

    def spans(self, first: date, last: date) -> list[Span]:
        """What covers any of the days from ``first`` to ``last``, in feed order."""
        return [self._span(row) for row in self._during(first, last)]

    def anything(self, first: date, last: date) -> bool:
        """True where at least one event covers any of these days."""
        return first <= last and next(self._during(first, last), None) is not None

    def by_day(self, first: date, last: date) -> Mapping[date, list[Span]]:
        """Every day from ``first`` to ``last`` with what covers it: whole days first, then by start."""
        days: dict[date, list[Span]] = {day: [] for day in days_between(first, last)}
        for span in self.spans(first, last):
            for day in days_between(max(first, span.first), min(last, span.last)):
                days[day].append(span)
        for day, spans in days.items():
            spans.sort(key=lambda span: (not covers(span, day), span.entry.start, span.entry.id))
        return days

    def counts(self, first: date, last: date) -> Sequence[int]:
        """How many events cover each day from ``first`` to ``last``."""
        length = (last - first).days + 1
        changes = [0] * (length + 1)
        for span in self.spans(first, last):
            changes[max((span.first - first).days, 0)] += 1
            changes[min((span.last - first).days + 1, length)] -= 1
        return list(accumulate(changes))[:length]

    def nearest(self, day: date) -> date | None:
        """The first day from ``day`` on with an event, else the last one before it; None without any."""
        if not self.rows:
            return None
        begin = midnight(day, self.catalogue.zone)
        coming = next((row for row in self.rows if row.end > begin), None)
        if coming is not None:
            return max(self._span(coming).first, day)
        return self._span(max(self.rows, key=attrgetter("end"))).last

    def _during(self, first: date, last: date) -> Iterator[Entry]:
        zone = self.catalogue.zone
        begin, close = midnight(first, zone), midnight(last + ONE_DAY, zone)
        return (row for row in self.rows if row.start < close and row.end > begin)

    def _span(self, row: Entry) -> Span:
        zone = self.catalogue.zone.tzinfo
        starts, ends = datetime.fromtimestamp(row.start, zone), datetime.fromtimestamp(row.end, zone)
        # ``end`` is exclusive: an event that ends at midnight has nothing to do with the day after.
        return Span(row, starts, ends, starts.date(), datetime.fromtimestamp(row.end - 1, zone).date())


def scope_of(catalogue: Catalogue, selection: Selection, rows: Sequence[Entry] | None = None) -> Scope:
    """What the selection shows; ``rows`` are the selected entries where they are at hand already."""
    organization = catalogue.organization
    past = organization.past_days if selection.past_days is None else selection.past_days
    future = organization.future_days if selection.future_days is None else selection.future_days
    first, last = window(catalogue.day, past, future)
    return Scope(catalogue, selection, catalogue.select(selection) if rows is None else rows, first, last)


def days_between(first: date, last: date) -> Iterator[date]:
    """The days from ``first`` to ``last``, both included; none where ``last`` comes before."""
    day = first
    while day <= last:
        yield day
        day += ONE_DAY


def covers(span: Span, day: date) -> bool:
    """True where the event takes all of ``day``."""
    return span.entry.all_day or span.first < day < span.last
