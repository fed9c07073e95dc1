"""A year in the life of a centre, five hundred edits long: what its subscribers may rely on in every week.

Edits, steps of the clock and what is asked come from one seeded generator: a failure repeats itself.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Final

from app.ics.lint import check
from app.simulator.forest import FOREST
from app.simulator.model import Activity, Event, same
from app.simulator.organization import Organization
from app.simulator.world import World, build_world
from tests.support.fakes import NOON, FakeClock
from tests.support.seeded import chance_of
from tests.support.service import TODAY, Service, running
from tests.support.subscriber import Copy, Seen, ensure_truth, fetched

EDITS: Final = 500
YEAR: Final = timedelta(days=365)
PATHS: Final = ("/orgs/forest-explorers/calendar.ics", "/orgs/forest-explorers/calendar.ics?lang=en")
WINDOW: Final = {"past_days": 20, "future_days": 60}
ROUNDS_BETWEEN_RESTARTS: Final = 11
DAY_MINUTES: Final = 24 * 60


@dataclass(slots=True)
class Centre:
    """The staff of one organization: each of its methods is something that they do to one event or class."""

    world: World
    clock: FakeClock
    chance: Random
    away: list[Event] = field(default_factory=list)
    """Events that vanished and may come back."""
    numbers: Iterator[int] = field(default_factory=lambda: count(900_000_001))

    @property
    def organization(self) -> Organization:
        return self.world.organizations[FOREST.slug]

    def someone(self) -> Event:
        """An event of the coming weeks or the last days."""
        today = self.organization.today(self.clock.now)
        near = self.organization.timetable.between(today - timedelta(days=25), today + timedelta(days=70))
        return self.chance.choice(near) if near else self.add()

    def move(self) -> None:
        event = self.someone()
        days = self.chance.choice([-3, -1, 1, 2, 10])
        minutes = (
            days * DAY_MINUTES if event.all_day else self.chance.choice([-60, 15, 90, days * DAY_MINUTES])
        )
        self.world.move(event.id, minutes=minutes, new_id=self.chance.random() < 0.1)

    def rename(self) -> None:
        title = self.chance.choice(["Yoga", "Natation – débutants", "Hockey; 7 à 9 ans, mixte", "Été 🏊"])
        self.world.rename(self.someone().id, f"{title} {self.chance.randrange(3)}")

    def cancel(self) -> None:
        self.world.cancel(self.someone().id)

    def restore(self) -> None:
        event = self.someone()
        event.title = None
        self.world.restore(event.id)

    def skip(self) -> None:
        self.someone().state = "Skipped"

    def remove(self) -> None:
        self.world.remove(self.someone().id)

    def vanish(self) -> None:
        event = self.someone()
        self.organization.timetable.discard(event)
        self.away.append(event)

    def come_back(self) -> None:
        if self.away:
            self.organization.timetable.add(self.away.pop(self.chance.randrange(len(self.away))))

    def add(self) -> Event:
        days = self.chance.randrange(-2, 55)
        start = self.clock.now.astimezone(self.organization.zone).replace(minute=0, second=0, microsecond=0)
        place = self.chance.choice([None, *self.organization.places])
        all_day = self.chance.random() < 0.2
        return self.world.add(
            FOREST.slug,
            f"Atelier {next(self.numbers)}",
            start + timedelta(days=days),
            minutes=3 * DAY_MINUTES if all_day else self.chance.choice([45, 60, 90]),
            all_day=all_day,
            place_id=place,
            price=self.chance.choice(["0.0", "12.5", "null"]),
        )

    def reprice(self) -> None:
        price = self.chance.choice(["0.0", "15.0", "92.50", "1200.0"])
        self.amend(lambda activity: replace(activity, price=price))

    def relocate(self) -> None:
        place = self.chance.choice(list(self.organization.places.values()))
        self.amend(lambda activity: replace(activity, place=place))

    def recategorize(self) -> None:
        name = same(self.chance.choice(["Plein air", "Aquatique", "Arts & culture"]))

        def renamed(activity: Activity) -> Activity:
            category = activity.category
            return activity if category is None else replace(activity, category=replace(category, name=name))

        self.amend(renamed)

    def withdraw(self) -> None:
        status = self.chance.choice(["Normal", "Hidden", "Normal"])
        self.amend(lambda activity: replace(activity, status=status))

    def amend(self, change: Callable[[Activity], Activity]) -> None:
        """Edit the class of somebody's event, with all its occurrences."""
        activity = self.someone().activity
        amended = change(activity)
        self.organization.activities[activity.id] = amended
        for event in self.organization.timetable.of_activity(activity.id):
            event.activity = amended

    def work(self) -> None:
        """Do one of these things."""
        usual: list[Callable[[], object]] = [self.move, self.rename, self.cancel, self.restore, self.add]
        others: list[Callable[[], object]] = [
            *(self.skip, self.remove, self.vanish, self.come_back),
            *(self.reprice, self.relocate, self.recategorize, self.withdraw),
        ]
        self.chance.choice([*usual, *usual, *others])()


@dataclass(slots=True)
class Diary:
    """All that subscribers of one address ever saw."""

    copies: list[Copy] = field(default_factory=list)
    last: dict[str, Seen] = field(default_factory=dict)
    """What was told of an event the last time it was told of."""
    steps: int = 0
    touches: int = 0

    def write(self, copy: Copy) -> None:
        for uid, new in copy.events.items():
            assert new.stamped == new.modified >= new.created
            old = self.last.get(uid)
            if old is not None:
                self._compare(old, new)
            self.last[uid] = new
        self.copies.append(copy)

    def _compare(self, old: Seen, new: Seen) -> None:
        assert new.created == old.created
        assert new.sequence >= old.sequence
        if new.content == old.content:
            assert new.lines == old.lines
        else:
            assert new.modified > old.modified
            self.touches += 1
            self.steps += new.sequence > old.sequence


async def read(service: Service, diary: Diary, path: str, chance: Random) -> None:
    """One visit: the copy of now, checked against the last one and an earlier one."""
    copy = await fetched(service, path)
    if diary.copies:
        for earlier in (diary.copies[-1], chance.choice(diary.copies)):
            await ensure_truth(service, earlier, copy)
    if not diary.copies or copy.body != diary.copies[-1].body:
        assert [] == check(copy.body)
    diary.write(copy)


def ends(moment: datetime) -> bool:
    return moment >= NOON + YEAR


async def test_a_year_of_edits_keeps_every_promise(tmp_path: Path) -> None:
    chance, clock = chance_of(2026), FakeClock()
    centre = Centre(build_world(today=TODAY, events=280, seed=3), clock, chance)
    diaries = {path: Diary() for path in PATHS}
    edits = restarts = rounds = 0
    while edits < EDITS or not ends(clock.now):
        async with running(tmp_path, world=centre.world, clock=clock, forest=WINDOW) as service:
            for _ in range(ROUNDS_BETWEEN_RESTARTS):
                for path, diary in diaries.items():
                    await read(service, diary, path, chance)
                clock.advance(minutes=11 + min(chance.expovariate(1 / 5_000), 30_000))
                for _ in range(chance.randrange(9)):
                    centre.work()
                    edits += 1
                rounds += 1
        restarts += 1

    for diary in diaries.values():
        assert diary.touches > diary.steps > 100
        assert len({copy.etag for copy in diary.copies}) == len({copy.body for copy in diary.copies}) > 50
    assert (edits >= EDITS, restarts >= 5, ends(clock.now)) == (True, True, True)
