"""From an offer to an organization with dated occurrences.

The offer is gone through group by group, most important course first, each group through every session of the
window; of the last group only as many occurrences are kept, evenly spread, as make the wanted number exact.
So a small centre has few classes all year round, and a large one many.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import TypeAlias
from zoneinfo import ZoneInfo

from app.simulator.model import Activity, Event, Person, Place, Program, Shelf, Tag, Text, same
from app.simulator.numbering import Numbering
from app.simulator.offer import Camp, Course, Feast, Offer
from app.simulator.organization import Organization
from app.simulator.people import staff
from app.simulator.seasons import Season, closed, days, seasons

_PAST_DAYS = 75
_FUTURE_DAYS = 420

_CANCELLED_SHARE = 0.02
_MOVED_SHARE = 0.03
_ALL_DAY_END = time(23, 59, 59)


@dataclass(frozen=True, slots=True)
class _Session:
    """One activity to be: a course, camp or feast, its how-manieth group, its season (or year) and days."""

    item: Course | Camp | Feast
    group: int
    season: Season | None
    days: tuple[date, ...]


_Group: TypeAlias = list[_Session]


def found(offer: Offer, numbering: Numbering) -> Organization:
    """The organization of an offer with its places and tags, and nothing held there yet."""
    organization = Organization(
        offer.number, offer.slug, offer.name, ZoneInfo(offer.zone), offer.windows_zone, offer.account
    )
    for site, place in _places(offer, numbering).items():
        organization.places[place.id] = organization.sites[site] = place
    organization.tags = {tag.id: tag for tag in offer.tags.values()}
    return organization


def sow(
    organization: Organization, offer: Offer, *, today: date, events: int, numbering: Numbering, seed: int
) -> None:
    """Add exactly ``events`` occurrences of the offer around ``today``."""
    gardener = _Gardener(organization, offer, numbering, random.Random(f"{offer.slug} {seed}"))
    left = events
    for group in _groups(offer, *window(today)):
        size = sum(len(session.days) for session in group)
        for session in group if size <= left else _thinned(group, left):
            gardener.plant(session)
        left -= min(size, left)
        if not left:
            break


def window(today: date) -> tuple[date, date]:
    """The first and the last day on which a world made on ``today`` holds something."""
    return today - timedelta(days=_PAST_DAYS), today + timedelta(days=_FUTURE_DAYS)


def _places(offer: Offer, numbering: Numbering) -> dict[str, Place]:
    places: dict[str, Place] = {}
    for site in offer.sites:
        parent = places[site.within].id if site.within else None
        places[site.key] = Place(numbering.place(), site.name, site.address, parent)
    return places


def _groups(offer: Offer, first: date, last: date) -> Iterator[_Group]:
    sessions = seasons(first, last)
    for number in count():
        for rank, course in enumerate(offer.courses):
            yield [
                _Session(course, number, season, held)
                for season in sessions
                if season.name in course.seasons and (held := _held(course, number, season, first, last))
            ]
            if rank == number == 0:
                yield [
                    _Session(feast, 0, None, held)
                    for feast in offer.feasts
                    if (held := _yearly(feast, first, last))
                ]


def _held(course: Course | Camp, group: int, season: Season, first: date, last: date) -> tuple[date, ...]:
    """The days of one session on which an occurrence begins."""
    weekdays = (0,) if isinstance(course, Camp) else course.days[group % len(course.days)]
    inside = days(max(first, season.first), min(last, season.last))
    return tuple(day for day in inside if day.weekday() in weekdays)


def _yearly(feast: Feast, first: date, last: date) -> tuple[date, ...]:
    dates = (date(year, feast.month, feast.day) for year in range(first.year, last.year + 1))
    return tuple(day for day in dates if first <= day <= last)


def _thinned(group: _Group, keep: int) -> _Group:
    """The group with ``keep`` of its days, evenly spread."""
    all_days = [(session, day) for session in group for day in session.days]
    kept = {all_days[position * len(all_days) // keep] for position in range(keep)}
    thin = [replace(each, days=tuple(day for day in each.days if (each, day) in kept)) for each in group]
    return [session for session in thin if session.days]


@dataclass(slots=True)
class _Gardener:
    """Makes activities and events for one organization, sharing programmes and shelves between them."""

    organization: Organization
    offer: Offer
    numbering: Numbering
    random: random.Random
    _programs: dict[str, Program] = field(default_factory=dict)
    _shelves: dict[tuple[str, ...], Shelf] = field(default_factory=dict)
    _team: tuple[Person, ...] = staff(14)

    def plant(self, session: _Session) -> None:
        match session.item:
            case Course() as course:
                self._course(course, session)
            case Camp() as camp:
                self._camp(camp, session)
            case Feast() as feast:
                self._feast(feast, session)

    def _course(self, course: Course, session: _Session) -> None:
        activity = self._activity(
            course,
            session,
            level=course.levels[session.group % len(course.levels)],
            turn=session.group // len(course.levels),
            places=course.places,
            drop_in=course.drop_in,
        )
        begins = time.fromisoformat(course.times[session.group // len(course.days) % len(course.times)])
        for day in session.days:
            start = datetime.combine(day, begins, self.organization.zone)
            state = "Skipped" if closed(day) else self._state()
            if state == "Moved":
                start += timedelta(hours=1)
            self._event(activity, start, start + timedelta(minutes=course.minutes), state=state)

    def _camp(self, camp: Camp, session: _Session) -> None:
        activity = self._activity(
            camp,
            session,
            level=camp.groups[session.group % len(camp.groups)],
            turn=session.group // len(camp.groups),
            places=camp.places,
        )
        for monday in session.days:
            self._all_day(activity, monday, monday + timedelta(days=4))

    def _feast(self, feast: Feast, session: _Session) -> None:
        for day in session.days:
            activity = Activity(
                self.numbering.activity(),
                feast.name,
                self._program(self.offer.feast_family, same(str(day.year))),
                self._shelf(self.offer.feast_family),
                None,
                self.organization.sites[feast.site],
                price=feast.price,
                tags=self._tags(feast.tags),
                description=_paragraph(feast.blurb),
            )
            self.organization.activities[activity.id] = activity
            if not feast.time:
                self._all_day(activity, day, day)
                continue
            start = datetime.combine(day, time.fromisoformat(feast.time), self.organization.zone)
            self._event(activity, start, start + timedelta(minutes=feast.minutes))

    def _activity(
        self,
        item: Course | Camp,
        session: _Session,
        *,
        level: Text,
        turn: int,
        places: int | None,
        drop_in: bool = False,
    ) -> Activity:
        season = session.season
        activity = Activity(
            self.numbering.activity(),
            item.name + level + _group_name(turn),
            self._program(item.family, season.title if season else same(""), season),
            self._shelf(item.category),
            self._shelf(item.category, item.subcategory),
            self.organization.sites[item.sites[session.group % len(item.sites)]],
            price=item.price,
            tags=self._tags(item.tags),
            staff=tuple(self.random.sample(self._team, k=self.random.choice((0, 1, 1, 2)))),
            description=_paragraph(item.blurb),
            picture=item.picture,
            places=places,
            drop_in=drop_in,
        )
        self.organization.activities[activity.id] = activity
        return activity

    def _event(self, activity: Activity, start: datetime, end: datetime, *, state: str = "Normal") -> None:
        self.organization.timetable.add(Event(self.numbering.event(), activity, start, end, state=state))

    def _all_day(self, activity: Activity, first: date, last: date) -> None:
        zone = self.organization.zone
        start, end = datetime.combine(first, time(), zone), datetime.combine(last, _ALL_DAY_END, zone)
        self.organization.timetable.add(Event(self.numbering.event(), activity, start, end, all_day=True))

    def _state(self) -> str:
        chance = self.random.random()
        if chance < _CANCELLED_SHARE:
            return "Cancelled"
        return "Moved" if chance < _MOVED_SHARE else "Normal"

    def _program(self, family: Text, period: Text, season: Season | None = None) -> Program:
        name = Text(f"{family.fr} – {period.fr}", f"{family.en} – {period.en}")
        if name.en not in self._programs:
            program = Program(self.numbering.program(), name)
            if season:
                start, end = (
                    datetime.combine(day, time(), self.organization.zone).isoformat()
                    for day in (season.first, season.last)
                )
                program = replace(program, start=start, end=end)
            self._programs[name.en] = self.organization.programs[program.id] = program
        return self._programs[name.en]

    def _shelf(self, *path: Text) -> Shelf:
        key = tuple(name.en for name in path)
        if key not in self._shelves:
            self._shelves[key] = Shelf(self.numbering.shelf(), path[-1])
        return self._shelves[key]

    def _tags(self, keys: tuple[str, ...]) -> tuple[Tag, ...]:
        return tuple(self.offer.tags[key] for key in keys)


def _group_name(turn: int) -> Text:
    return Text(f" (groupe {turn + 1})", f" (group {turn + 1})") if turn else same("")


def _paragraph(blurb: Text) -> Text:
    """What the back office's editor makes of one sentence."""
    fr, en = (words.replace("'", "&#39;") for words in (blurb.fr, blurb.en))
    return Text(f"<p>{fr}</p>\n", f"<p>{en}</p>\n")
