"""The simulated world: some organizations with everything they offer, and the edits that staff make to it.

``build_world`` is deterministic: the same seed, day and size give the same organizations, ids and texts.
Edits tell whoever listens (the webhooks) which activity changed, and how.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Literal, TypeAlias

from app.simulator.awkward import scatter
from app.simulator.awkward.bench import Bench
from app.simulator.awkward.malformed import MALFORMED_RECORDS
from app.simulator.forest import FOREST
from app.simulator.lakeside import LAKESIDE
from app.simulator.model import Activity, Event, Program, Text, same
from app.simulator.numbering import Numbering
from app.simulator.organization import Organization
from app.simulator.planting import found, sow, window

SMALLEST_AWKWARD_WORLD = 300
"""Below this many events a world is plain; from it on it holds every awkward case."""

_LAKESIDE_SHARE = 5
_LAKESIDE_MOST = 240
_DAY_MINUTES = 24 * 60
_TIMES_OF_THE_WIRE = ("Start", "End", "AllDay")

Action: TypeAlias = Literal["Create", "Update", "Delete"]


class NoSuchEvent(LookupError):
    """No organization has an event of this id."""

    def __init__(self, event_id: int) -> None:
        super().__init__(f"There is no event {event_id}.")


class ImpossibleEdit(ValueError):
    """An edit that staff could not make either; its message says in one sentence why."""


@dataclass(frozen=True, slots=True)
class Change:
    """What an edit did to an activity: what webhooks tell of."""

    organization: Organization
    activity: Activity
    action: Action
    schedule_changed: bool = False


Listener: TypeAlias = Callable[[Change], None]


@dataclass(slots=True, eq=False)
class World:
    """Organizations by slug. ``awkward``: name of each awkward case → ids of its events."""

    today: date
    seed: int
    numbering: Numbering
    organizations: Mapping[str, Organization]
    awkward: Mapping[str, tuple[int, ...]]
    listeners: list[Listener] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"<World of {self.today} seed {self.seed}: {list(self.organizations.values())}>"

    def organization(self, identifier: str) -> Organization | None:
        """The organization with this slug or number, upper or lower case."""
        for organization in self.organizations.values():
            if identifier.lower() in {organization.slug, str(organization.number)}:
                return organization
        return None

    def find(self, event_id: int) -> tuple[Organization, Event]:
        """The event of this id, and whose it is. Raises NoSuchEvent."""
        for organization in self.organizations.values():
            event = organization.timetable.get(event_id)
            if event is not None:
                return organization, event
        raise NoSuchEvent(event_id)

    def cancel(self, event_id: int) -> Event:
        """Call an occurrence off. Raises NoSuchEvent, as all edits do."""
        return self._set_state(event_id, "Cancelled")

    def restore(self, event_id: int) -> Event:
        """Hold an occurrence after all."""
        return self._set_state(event_id, "Normal")

    def rename(self, event_id: int, title: Text | str) -> Event:
        """Give one occurrence a title of its own."""
        organization, event = self.find(event_id)
        event.title = same(title) if isinstance(title, str) else title
        event.wire = _without(event.wire, "Title")
        self._tell(Change(organization, event.activity, "Update"))
        return event

    def move(
        self, event_id: int, *, minutes: int = 0, to: datetime | None = None, new_id: bool = False
    ) -> Event:
        """Hold an occurrence at another time, as long as before: ``minutes`` later, or at ``to``.

        ``to`` without a zone is the organization's wall clock. An all-day event moves by whole days. With
        ``new_id`` the moved occurrence gets a new id, and what had the old id stays as Replaced.
        Raises ImpossibleEdit when an all-day event would move by less than a day.
        """
        organization, event = self.find(event_id)
        start, end = _moved(organization, event, minutes=minutes, to=to)
        if new_id:
            event.state = "Replaced"
            event = replace(event, id=self.numbering.event())
        else:
            organization.timetable.discard(event)
        event.start, event.end, event.state = start, end, "Moved"
        event.wire = _without(event.wire, *_TIMES_OF_THE_WIRE)
        organization.timetable.add(event)
        self._tell(Change(organization, event.activity, "Update", schedule_changed=True))
        return event

    def remove(self, event_id: int) -> None:
        """Delete an occurrence, and its activity with the last one."""
        organization, event = self.find(event_id)
        organization.timetable.discard(event)
        activity = event.activity
        if organization.timetable.of_activity(activity.id):
            self._tell(Change(organization, activity, "Update", schedule_changed=True))
            return
        del organization.activities[activity.id]
        self._tell(Change(organization, activity, "Delete"))

    def add(
        self,
        identifier: str,
        title: Text | str,
        start: datetime,
        *,
        minutes: int = 60,
        all_day: bool = False,
        program_id: int | None = None,
        place_id: int | None = None,
        price: str = "0.0",
    ) -> Event:
        """A new activity with one occurrence, in the given programme or the organization's first public one.

        ``start`` without a zone is the organization's wall clock; all day, ``minutes`` counts whole days, at
        least one. Raises ImpossibleEdit when the organization, programme or place does not exist.
        """
        organization = self.organization(identifier)
        if organization is None:
            raise ImpossibleEdit(f"There is no organization {identifier}.")
        if place_id is not None and place_id not in organization.places:
            raise ImpossibleEdit(f"{organization.slug} has no place {place_id}.")
        activity = Activity(
            self.numbering.activity(),
            same(title) if isinstance(title, str) else title,
            _program(organization, program_id),
            None,
            None,
            None if place_id is None else organization.places[place_id],
            price=price,
        )
        organization.activities[activity.id] = activity
        begins = _local(organization, start)
        ends = _later(begins, timedelta(minutes=minutes))
        if all_day:
            begins = begins.replace(hour=0, minute=0, second=0)
            ends = begins + timedelta(days=max(1, minutes // _DAY_MINUTES), seconds=-1)
        event = Event(self.numbering.event(), activity, begins, ends, all_day=all_day)
        organization.timetable.add(event)
        self._tell(Change(organization, activity, "Create"))
        return event

    def _set_state(self, event_id: int, state: str) -> Event:
        organization, event = self.find(event_id)
        event.state = state
        event.wire = _without(event.wire, "State")
        self._tell(Change(organization, event.activity, "Update"))
        return event

    def _tell(self, change: Change) -> None:
        for listener in self.listeners:
            listener(change)


def build_world(*, today: date, events: int = 600, seed: int = 1, malformed: bool = False) -> World:
    """A world around ``today``, from 75 days before it to 420 days after it.

    ``forest-explorers`` (number 8008) has exactly ``events`` events, from SMALLEST_AWKWARD_WORLD on with
    every awkward case among them; ``lakeside`` (number 9117) has a fifth as many, 240 at most. ``malformed``
    adds records that make no sense, beyond that number.
    """
    numbering = Numbering(seed)
    forest, lakeside = found(FOREST, numbering), found(LAKESIDE, numbering)
    bench = Bench(forest, numbering, today=today, window=window(today))
    awkward = scatter(bench) if events >= SMALLEST_AWKWARD_WORLD else {}
    ordinary = events - len(forest.timetable)
    sow(forest, FOREST, today=today, events=ordinary, numbering=numbering, seed=seed)
    share = min(_LAKESIDE_MOST, max(1, events // _LAKESIDE_SHARE))
    sow(lakeside, LAKESIDE, today=today, events=share, numbering=numbering, seed=seed)
    if malformed:
        awkward["malformed"] = tuple(bench.event("Malformed", raw=raw).id for raw in MALFORMED_RECORDS)
    organizations = {organization.slug: organization for organization in (forest, lakeside)}
    return World(today, seed, numbering, organizations, awkward)


def _moved(
    organization: Organization, event: Event, *, minutes: int, to: datetime | None
) -> tuple[datetime, datetime]:
    """The new start and end. Timed events keep their length as elapsed time, all-day ones as days."""
    if event.all_day:
        offset = timedelta(days=minutes // _DAY_MINUTES) if to is None else to.date() - event.first_day
        if not offset:
            raise ImpossibleEdit("An all-day event moves by whole days.")
        return event.start + offset, event.end + offset
    if to is None:
        offset = timedelta(minutes=minutes)
    else:
        offset = _local(organization, to).astimezone(UTC) - event.start.astimezone(UTC)
    start, end = (moment.astimezone(organization.zone) for moment in (event.start, event.end))
    return _later(start, offset), _later(end, offset)


def _later(moment: datetime, elapsed: timedelta) -> datetime:
    """The moment after some time has really gone by; adding to a wall clock forgets its changes."""
    return (moment.astimezone(UTC) + elapsed).astimezone(moment.tzinfo)


def _local(organization: Organization, moment: datetime) -> datetime:
    """The moment with the organization's zone; without a zone it is taken as the wall clock there."""
    if moment.tzinfo is None:
        return moment.replace(tzinfo=organization.zone)
    return moment.astimezone(organization.zone)


def _program(organization: Organization, program_id: int | None) -> Program:
    if program_id is None:
        return next(program for program in organization.programs.values() if program.public)
    if program_id not in organization.programs:
        raise ImpossibleEdit(f"{organization.slug} has no programme {program_id}.")
    return organization.programs[program_id]


def _without(wire: dict[str, str] | None, *names: str) -> dict[str, str] | None:
    """What stays replaced on the wire when some fields have been edited."""
    return {name: text for name, text in wire.items() if name not in names} or None if wire else None
