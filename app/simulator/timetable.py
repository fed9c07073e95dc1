"""The occurrences of one organization, found by id, by day and by activity.

An event is filed under each day that it touches, so a range of days costs the events of those days however
many there are in all.
"""

from bisect import insort
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from operator import attrgetter
from typing import TypeVar

from app.simulator.model import Event

_by_id = attrgetter("id")
_Key = TypeVar("_Key")


class Timetable:
    """Events in the order of their ids within each day: stable for paging, but no order of time."""

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self._events: dict[int, Event] = {}
        self._days: defaultdict[date, list[Event]] = defaultdict(list)
        self._activities: defaultdict[int, list[Event]] = defaultdict(list)
        for event in events:
            self.add(event)

    def __repr__(self) -> str:
        return f"<Timetable {len(self._events)} events on {len(self._days)} days>"

    def __len__(self) -> int:
        return len(self._events)

    def __iter__(self) -> Iterator[Event]:
        return iter(self._events.values())

    def get(self, event_id: int) -> Event | None:
        return self._events.get(event_id)

    def add(self, event: Event) -> None:
        """File an event. Raises ValueError when its id is taken."""
        if event.id in self._events:
            raise ValueError(f"Event {event.id} exists already.")
        self._events[event.id] = event
        insort(self._activities[event.activity.id], event, key=_by_id)
        for day in _days_of(event):
            insort(self._days[day], event, key=_by_id)

    def discard(self, event: Event) -> None:
        """Take an event out. Call it before its time is changed: the days are found by the time."""
        del self._events[event.id]
        _drop(self._activities, event.activity.id, event)
        for day in _days_of(event):
            _drop(self._days, day, event)

    def of_activity(self, activity_id: int) -> list[Event]:
        return list(self._activities.get(activity_id, ()))

    def between(self, first: date, last: date) -> list[Event]:
        """Every event that touches a day from ``first`` to ``last``, both included, each once."""
        days = sorted(day for day in self._days if first <= day <= last)
        return [
            event
            for position, day in enumerate(days)
            for event in self._days[day]
            if position == 0 or event.first_day == day
        ]


def _days_of(event: Event) -> Iterator[date]:
    day = event.first_day
    while day <= event.last_day:
        yield day
        day += timedelta(days=1)


def _drop(index: defaultdict[_Key, list[Event]], key: _Key, event: Event) -> None:
    index[key].remove(event)
    if not index[key]:
        del index[key]
