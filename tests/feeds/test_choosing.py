"""Which events are published: what little changed gives what choosing anew gives."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest
from msgspec import structs

from app.domain.digests import digest_of
from app.domain.model import Event, Program, Timed, Topic
from app.domain.records import Harvest
from app.feeds.catalogue import Catalogue, Entry
from app.feeds.changes import unpacked
from app.feeds.choosing import AT_ONCE, Choice, choose
from app.feeds.comparison import Walk
from app.feeds.memory import RevisionMemory
from app.feeds.press import Press
from app.feeds.publish import catalogue_of
from app.feeds.reading import Reader, Reading
from app.store.sqlite import SqliteStore
from tests.support.fakes import FakeClock
from tests.support.make import make_event
from tests.support.press import DAY, NOW, PROGRAM, Records, chosen, finished, press_of, printed
from tests.support.seeded import chance_of

PROGRAMS = (PROGRAM, Program(99, "Closed", archived=True))
SHELVES = (None, Topic(4521, "Autumn"), Topic(4521, "Autumn"), Topic(99, "Closed"))


def any_event(chance: Random, number: int) -> Event:
    """One of many; now and then hidden, not offered or far away."""
    start = NOW + timedelta(days=chance.choice([1, 2, 40, 40, 5000]), minutes=5 * chance.randrange(4))
    return make_event(
        id=number,
        when=Timed(start, start + timedelta(hours=1)),
        title=f"Level {chance.randrange(3)}",
        program=chance.choice(SHELVES),
        offered=chance.random() < 0.9,
    )


def choice_of(
    press: Press, told: Sequence[bytes], last: Catalogue | None, day: date = DAY
) -> tuple[Reading, Choice]:
    return chosen(press, told, last, programs=PROGRAMS, day=day)


def shown(choice: Choice) -> tuple[list[tuple[int, bytes]], set[bytes], dict[str, int]]:
    return [(it.id, it.record) for it in choice.entries], set(choice.others), dict(choice.left_out)


def finished_catalogue(press: Press, reading: Reading, choice: Choice, last: Catalogue | None) -> Catalogue:
    steps = catalogue_of(reading, choice, choice.entries, PROGRAMS, press, day=DAY, at=NOW, previous=last)
    return finished(steps)


def walks(chance: Random) -> Iterator[tuple[Press, list[bytes]]]:
    """What one organization tells, walk after walk."""
    records = Records()
    press = press_of(records)
    events = {number: any_event(chance, number) for number in range(1, 150)}
    for _ in range(8):
        for _ in range(chance.choice([0, 1, 3, 12, 40])):
            number = chance.randrange(1, 170)
            if chance.random() < 0.3:
                events.pop(number, None)
            else:
                events[number] = any_event(chance, number)
        twice = [any_event(chance, 7)] if chance.random() < 0.1 else []
        yield press, records.of(*events.values(), *twice)


def test_walk_after_walk_the_choice_is_what_it_were_without_a_last_one() -> None:
    chance = chance_of(41)
    amended = 0
    for _ in range(15):
        last: Catalogue | None = None
        for press, told in walks(chance):
            reading, choice = choice_of(press, told, last)
            _, anew = choice_of(press, told, None)

            assert shown(choice) == shown(anew)
            if last is not None and choice.since is not None:
                amended += 1
                before, here = set(map(id, last.entries)), set(map(id, choice.entries))
                fresh = [at for at, entry in enumerate(choice.entries) if id(entry) not in before]
                assert choice.since.fresh == fresh
                assert choice.since.left == [entry for entry in last.entries if id(entry) not in here]
            last = finished_catalogue(press, reading, choice, last)
    assert amended > 30


async def test_revisions_and_news_are_the_same_whether_or_not_it_is_known_what_changed(
    tmp_path: Path,
) -> None:
    chance = chance_of(43)
    clock = FakeClock()
    stores = [SqliteStore(tmp_path / name, clock=clock) for name in ("a.db", "b.db")]
    told_of_changes = RevisionMemory(stores[0], clock=clock)
    left_to_find_them = RevisionMemory(stores[1], clock=clock)
    news = 0
    for number in range(6):
        last: Catalogue | None = None
        for press, told in walks(chance):
            clock.advance(minutes=1)
            organization = replace(press.organization, number=number + 1)
            reading, choice = choice_of(press, told, last)
            walk = Walk(
                previous=last.entries if last is not None else (),
                scope="same",
                first=0,
                close=2**40,
                began=int(clock().timestamp()),
                programs=frozenset({4521}),
                since=choice.since,
            )

            one = await told_of_changes.stamp(organization, "en", choice.entries, walk)
            other = await left_to_find_them.stamp(
                organization, "en", choice.entries, replace(walk, since=None)
            )

            assert list(one.entries) == list(other.entries)
            assert one.changes == other.changes
            log = unpacked(one.changes)
            news += len(log.changes) if log else 0
            last = finished_catalogue(press, reading, replace(choice, entries=one.entries), last)
    assert news > 100
    for store in stores:
        await store.aclose()


def a_club(count: int) -> tuple[Records, Press, list[Event]]:
    records = Records()
    events = [
        make_event(id=number, when=Timed(NOW + timedelta(hours=number), NOW + timedelta(hours=number + 1)))
        for number in range(1, count + 1)
    ]
    return records, press_of(records), events


def test_what_went_and_what_came_are_told_where_little_changed() -> None:
    records, press, events = a_club(40)
    last = printed(press, records.of(*events), programs=PROGRAMS)
    events[3] = replaced(events[3], "Moved to the pool")
    told = records.of(*events[1:])

    reading, choice = choice_of(press, told, last)

    assert choice.since is not None
    assert [choice.entries[at].title for at in choice.since.fresh] == ["Moved to the pool"]
    assert [entry.id for entry in choice.since.left] == [1, 4]
    assert list(reading.fresh) == list(map(digest_of, records.of(events[3])))


def replaced(event: Event, title: str) -> Event:
    return event._replace(about=event.about._replace(title=title))


@pytest.mark.parametrize("what", ["day", "programme", "much", "twice", "to be read again"])
def test_otherwise_everything_is_looked_at(what: str) -> None:
    records, press, events = a_club(40)
    last = printed(press, records.of(*events), programs=PROGRAMS)
    more = [replaced(events[3], "Another")]
    day = DAY
    match what:
        case "day":
            day += timedelta(days=1)
        case "programme":
            last = replace(last, programs=())
        case "much":
            more = [replaced(event, "Another") for event in events[:6]]
        case "twice":
            pass
        case _:
            rows: list[Entry] = [structs.replace(entry, record=b"") for entry in last.entries]
            last = replace(last, entries=tuple(rows))
    stay = events if what == "twice" else [it for it in events if it.id not in {new.id for new in more}]
    told = records.of(*stay, *more)

    _, choice = choice_of(press, told, last, day)
    _, anew = choice_of(press, told, None, day)

    assert choice.since is None
    assert shown(choice) == shown(anew)


def test_what_is_to_be_read_again_goes_where_it_does_not_come_again() -> None:
    records, press, events = a_club(3)
    last = printed(press, records.of(*events), programs=PROGRAMS)
    rows = tuple(structs.replace(entry, record=b"") for entry in last.entries)

    _, choice = choice_of(press, [], replace(last, entries=rows))

    assert choice.entries == ()


def test_what_is_chosen_does_not_depend_on_what_comes_along() -> None:
    chance = chance_of(26)
    for _ in range(20):
        records = Records()
        press = press_of(records)
        told = records.of(*(any_event(chance, chance.randrange(1, 3 * AT_ONCE)) for _ in range(2 * AT_ONCE)))
        chance.shuffle(told)
        reading = finished(Reader(press, None).reading(Harvest(told, [PROGRAM])))

        together = finished(choose(reading, [PROGRAM], press, DAY))

        one_by_one: dict[int, object] = {}
        known = finished(reading.known())
        for outcome in known.values():
            alone = finished(choose(Reading({}, fresh={b"": outcome}), [PROGRAM], press, DAY))
            for entry in alone.entries:
                one_by_one[entry.id] = entry
        assert {entry.id: entry for entry in together.entries} == one_by_one
        assert len(together.entries) + sum(together.left_out.values()) == len(known)
