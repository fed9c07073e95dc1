"""What the awkward cases are made with: a programme of their own, days to stand on, ids."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TypeAlias

from app.simulator.model import Activity, Event, Place, Program, Shelf, Text, same
from app.simulator.numbering import Numbering
from app.simulator.organization import Organization
from app.simulator.seasons import days

Case: TypeAlias = "Callable[[Bench], tuple[Event, ...]]"
"""Adds its events to the bench's organization and returns them."""

_FIRST_OFFSET = -12
_LAST_OFFSET = 75


class Bench:
    """Adds activities and events to one organization, each event on a day of its own unless told otherwise.

    ``window`` is the first and the last day of the world, between which the changes of the clock are found.
    """

    def __init__(
        self, organization: Organization, numbering: Numbering, *, today: date, window: tuple[date, date]
    ) -> None:
        self.organization = organization
        self.numbering = numbering
        self.zone = organization.zone
        self.spring, self.autumn = self._clock_changes(*window)
        self._today = today
        self._made = 0
        self.program = self.add_program(Text("Vie du centre", "Centre life"))
        self.category = Shelf(numbering.shelf(), Text("Ateliers et rencontres", "Workshops and meetings"))
        self.subcategory = Shelf(numbering.shelf(), Text("Tous les âges", "All ages"))
        self.place = next(iter(organization.places.values()))

    def day(self) -> date:
        """The next day to put something on: from twelve days ago onwards, then round again."""
        span = _LAST_OFFSET - _FIRST_OFFSET
        self._made += 1
        return self._today + timedelta(days=_FIRST_OFFSET + self._made % span)

    def add_program(self, name: Text) -> Program:
        return self.keep_program(Program(self.numbering.program(), name))

    def keep_program(self, program: Program) -> Program:
        """File a programme, in place of an earlier version of it."""
        self.organization.programs[program.id] = program
        return program

    def add_place(self, place: Place) -> Place:
        self.organization.places[place.id] = place
        return place

    def activity(self, name: Text | str) -> Activity:
        """An ordinary activity of the bench's programme; ``keep`` files a variation of it."""
        title = same(name) if isinstance(name, str) else name
        return self.keep(
            Activity(
                self.numbering.activity(),
                title,
                self.program,
                self.category,
                self.subcategory,
                self.place,
                price="12.0000",
            )
        )

    def keep(self, activity: Activity) -> Activity:
        """File an activity, in place of an earlier version of it."""
        self.organization.activities[activity.id] = activity
        return activity

    def hour(self, day: date, at: str) -> datetime:
        """A wall-clock time (``HH:MM``) of the organization."""
        return datetime.combine(day, time.fromisoformat(at), self.zone)

    def event(
        self,
        what: Text | str | Activity,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        all_day: bool = False,
        state: str = "Normal",
        wire: dict[str, str] | None = None,
        doubtful: bool = False,
        raw: str | None = None,
        event_id: int | None = None,
    ) -> Event:
        """An occurrence of an activity, or of a new one with the given name; one hour at ten by default."""
        activity = what if isinstance(what, Activity) else self.activity(what)
        begins = start or self.hour(self.day(), "10:00")
        event = Event(
            self.numbering.event() if event_id is None else event_id,
            activity,
            begins,
            end or begins + timedelta(hours=1),
            all_day=all_day,
            state=state,
            wire=wire,
            doubtful=doubtful,
            raw=raw,
        )
        self.organization.timetable.add(event)
        return event

    def variation(self, name: Text | str, **changes: object) -> Activity:
        """A new activity with some of its fields changed."""
        return self.keep(replace(self.activity(name), **changes))  # type: ignore[arg-type]  # names are checked

    def _clock_changes(self, first: date, last: date) -> tuple[date, date]:
        """The first day on which the clock goes forward, and the first on which it goes back."""
        forward = back = None
        for day in days(first, last):
            before, after = (
                datetime.combine(each, time(0), self.zone).utcoffset() or timedelta()
                for each in (day, day + timedelta(days=1))
            )
            if after > before:
                forward = forward or day
            if after < before:
                back = back or day
        if forward is None or back is None:
            raise ValueError(f"The clocks of {self.zone.key} do not change between {first} and {last}.")
        return forward, back
