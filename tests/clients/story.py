"""What happens in the club while people are subscribed: step after step, the same for every client."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, Literal, TypeAlias

from tests.clients.club import Club, at

Kind: TypeAlias = Literal["changed", "same", "away", "cut", "unasked"]
"""What a client meets: another feed, the same feed, nobody, half of an answer; or it isn't told to ask."""


@dataclass(slots=True)
class Stage:
    """The club and the events that the story is about."""

    club: Club
    events: dict[str, int] = field(default_factory=dict)

    def day(self, days: int) -> date:
        """So many days from today."""
        return self.club.today + timedelta(days=days)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens, and what clients meet after it. ``sentence`` is for the matrix."""

    name: str
    sentence: str
    act: Callable[[Stage], None]
    kind: Kind = "changed"


def week_of_two_clocks(today: date) -> date:
    """The next Wednesday on which America has changed its clocks for the summer and Europe has not yet."""
    for year in (today.year, today.year + 1):
        first = date(year, 3, 1)
        second_sunday = first + timedelta(days=(6 - first.weekday()) % 7 + 7)
        if second_sunday + timedelta(days=3) > today:
            break
    return second_sunday + timedelta(days=3)


def plan(stage: Stage) -> None:
    """What is on the programme before anybody subscribes."""
    club = stage.club
    stage.events["aqua"] = club.add(
        "Aquaforme en eau profonde", at(stage.day(3), 18, 30), place="Piscine – bassin de 25 m"
    )
    stage.events["crawl"] = club.add(
        "Natation : crawl, dos; niveaux 2 & 3 🏊",
        at(week_of_two_clocks(club.today), 18, 30),
        minutes=45,
        place="Piscine – bassin récréatif",
    )
    stage.events["camp"] = club.add(
        "Camp de la relâche", at(stage.day(10), 0), minutes=3 * 24 * 60, place="Gymnase double", all_day=True
    )
    stage.events["night"] = club.add(
        "Nuit au chalet", at(stage.day(20), 22), minutes=9 * 60, place="Chalet du mont Saint-Bruno"
    )


def _wait(stage: Stage) -> None:
    """Nothing happens."""


def _move(stage: Stage) -> None:
    aqua, to = stage.events["aqua"], at(stage.day(4), 17, 15)
    stage.club.await_published(lambda: stage.club.move(aqua, to))


def _rename(stage: Stage) -> None:
    aqua = stage.events["aqua"]
    stage.club.await_published(lambda: stage.club.rename(aqua, "Aquaforme et détente"))


def _cancel(stage: Stage) -> None:
    stage.club.await_published(lambda: stage.club.cancel(stage.events["aqua"]))


def _restore(stage: Stage) -> None:
    stage.club.await_published(lambda: stage.club.restore(stage.events["aqua"]))


def _add(stage: Stage) -> None:
    def add() -> None:
        stage.events["dive"] = stage.club.add(
            "Plongeon", at(stage.day(6), 9), minutes=90, place="Piscine – bassin de 25 m"
        )

    stage.club.await_published(add)


def _remove(stage: Stage) -> None:
    stage.club.await_published(lambda: stage.club.remove(stage.events["camp"]))


def _amilia_fails(stage: Stage) -> None:
    stage.club.fail("500@/events")


def _amilia_returns(stage: Stage) -> None:
    def heal() -> None:
        stage.club.cancel(stage.events["dive"])
        stage.club.heal()

    stage.club.await_published(heal)


def _restart(stage: Stage) -> None:
    stage.club.stop()
    stage.club.start()


def _stop(stage: Stage) -> None:
    stage.club.stop()


def _start(stage: Stage) -> None:
    stage.club.start()


def _move_again(stage: Stage) -> None:
    night, to = stage.events["night"], at(stage.day(21), 21)
    stage.club.await_published(lambda: stage.club.move(night, to))


def _remove_all(stage: Stage) -> None:
    for name in ("aqua", "crawl", "night", "dive"):
        stage.club.await_published(lambda name=name: stage.club.remove(stage.events[name]))  # type: ignore[misc]  # mypy cannot infer a lambda's default


def _plan_again(stage: Stage) -> None:
    def add() -> None:
        stage.events["spring"] = stage.club.add(
            "Aquaforme du printemps", at(stage.day(30), 10), place="Piscine – bassin de 25 m"
        )

    stage.club.await_published(add)


def _rename_last(stage: Stage) -> None:
    spring = stage.events["spring"]
    stage.club.await_published(lambda: stage.club.rename(spring, "Aquaforme du printemps – complet"))


STEPS: Final = (
    Step(
        "subscribed",
        "the feed is added: four events, one of whole days, one across midnight, one far ahead",
        _wait,
    ),
    Step("unchanged", "nothing has happened", _wait, "same"),
    Step("moved", "an event is on another day, at another hour", _move),
    Step("renamed", "it has another title", _rename),
    Step("cancelled", "it is cancelled", _cancel),
    Step("restored", "it takes place after all", _restore),
    Step("added", "there is one event more", _add),
    Step("removed", "an event is deleted", _remove),
    Step("amilia-down", "Amilia answers 500; the service serves its last good copy", _amilia_fails, "same"),
    Step("restarted-blind", "the service is restarted meanwhile; the copy is in its store", _restart, "same"),
    Step("amilia-back", "Amilia answers again, with an event cancelled meanwhile", _amilia_returns),
    Step("away", "the service is stopped: nobody listens there", _stop, "away"),
    Step("restarted", "the service runs again, with the same store", _start, "same"),
    Step("cut", "an event is moved, and the service is killed while it tells of it", _move_again, "cut"),
    Step("recovered", "the service runs again, with the same store", _start),
    Step("emptied", "the last events are deleted: one all-day notice says so", _remove_all),
    Step("refilled", "the next season is published", _plan_again),
    Step("by-itself", "one more change, and nobody tells the client to look", _rename_last, "unasked"),
)
