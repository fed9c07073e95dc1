"""From records to a catalogue: what is read, what is published, and what is left as it was."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app.domain.model import Event, Place, Program, State, Tag, Timed, Topic
from app.domain.records import Harvest, Seal
from app.feeds.catalogue import Catalogue, coming
from app.feeds.choosing import AT_ONCE, choose
from app.feeds.press import Press
from app.feeds.publish import catalogue_of
from app.feeds.reading import Reader
from tests.support.make import make_event
from tests.support.press import (
    CLUB,
    DAY,
    NOW,
    PROGRAM,
    Records,
    catalogue_from,
    finished,
    press_of,
    printed,
)
from tests.support.seeded import chance_of

HIDDEN = replace(PROGRAM, visible=False)
SEAL = Seal({"2026-11-01 2026-11-30": (b"page",)}, frozenset({4521}))
LATER = NOW + timedelta(minutes=10)


def event(number: int, **changes: object) -> Event:
    start = NOW + timedelta(days=number % 300, minutes=5 * (number % 7))
    return make_event(id=1000 + number, when=Timed(start, start + timedelta(hours=1)), **changes)


def test_entries_are_in_the_order_of_their_starts_and_then_of_their_ids() -> None:
    together = [event(3)._replace(id=number) for number in (9, 7, 8)]

    catalogue = catalogue_from(event(40), *together, event(1))

    assert [entry.id for entry in catalogue.entries] == [1001, 7, 8, 9, 1040]


def test_where_nothing_changed_everything_is_handed_on() -> None:
    records = Records()
    told = [*records.of(*map(event, range(1, 30))), b"odd"]
    press = press_of(records)
    before = printed(press, told)
    records.read_again.clear()

    after = printed(press, told, before, at=LATER)

    assert records.read_again == []
    assert after == replace(before, fetched_at=LATER)
    assert all(new is old for new, old in zip(after.entries, before.entries, strict=True))
    assert after.others is before.others
    assert after.names is before.names


def test_only_what_changed_is_read_again() -> None:
    records = Records()
    press = press_of(records)
    before = printed(press, records.of(*map(event, range(1, 30))))
    moved = event(4, title="Moved to the big pool")
    told = records.of(*(moved if number == 4 else event(number) for number in range(1, 30)))
    records.read_again.clear()

    after = printed(press, told, before, at=LATER)

    assert records.read_again == records.of(moved)
    assert after.changed_at == LATER
    assert [new.title for new, old in zip(after.entries, before.entries, strict=True) if new is not old] == [
        "Moved to the big pool"
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"activity": Topic(77, "Another name that no feed tells")},
        {"program": Topic(78, "Autumn")},
        {"tags": (Tag(79, "3 à 5 ans"),)},
    ],
)
def test_what_only_pages_show_or_selections_ask_for_is_a_change_too(changes: dict[str, Any]) -> None:
    records = Records()
    press = press_of(records)
    shelf = {
        "program": Topic(4521, "Autumn"),
        "activity": Topic(77, "Splash"),
        "tags": (Tag(4, "3 à 5 ans"),),
    }
    programs = [PROGRAM, replace(PROGRAM, id=78)]
    before = printed(press, records.of(event(1, **shelf)), programs=programs)

    after = printed(press, records.of(event(1, **shelf | changes)), before, programs=programs, at=LATER)

    assert [row.digest for row in after.entries] == [row.digest for row in before.entries]
    assert after.changed_at == LATER


def test_another_record_of_what_is_shown_alike_is_no_change() -> None:
    records = Records()
    press = press_of(records)
    told = records.of(event(1))
    before = printed(press, told)

    after = printed(press, [b"0" + record for record in told], before, at=LATER)

    assert after.changed_at == NOW
    assert not after.has_what(before)


def test_a_walk_that_brings_its_last_pages_again_needs_no_records() -> None:
    records = Records()
    press = press_of(records)
    before = replace(printed(press, [*records.of(*map(event, range(1, 30))), b"odd"]), seal=SEAL)

    after = again(press, before, [PROGRAM], DAY)

    assert after == replace(before, fetched_at=LATER)
    assert after.has_what(before)
    assert after.seal is before.seal


def test_the_same_pages_are_chosen_from_anew_where_a_programme_closed_or_the_day_is_another() -> None:
    records = Records()
    press = press_of(records)
    twice = records.of(event(1, title="Old"), event(1, title="New"))
    hidden = records.of(event(2, program=Topic(99, "Closed")), event(3, program=Topic(99, "Closed")))
    programs = [PROGRAM, Program(99, "Closed")]
    before = replace(printed(press, [*twice, *hidden], programs=programs), seal=SEAL)
    records.read_again.clear()

    closed = again(press, before, [PROGRAM], DAY)
    tomorrow = again(press, closed, programs, DAY + timedelta(days=1))

    assert [entry.title for entry in closed.entries] == ["New"]
    assert closed.left_out == {"repeated": 1, "programme not public": 2}
    assert [entry.id for entry in tomorrow.entries] == [entry.id for entry in before.entries]
    assert tomorrow.entries[0].title == "New"
    assert records.read_again == []


def again(press: Press, last: Catalogue, programs: Sequence[Program], day: date) -> Catalogue:
    """The catalogue after a walk that brought the pages of the last one."""
    reader = Reader(press, last)
    assert reader.seal is last.seal
    reading = finished(reader.reading(Harvest((), programs, reader.seal, unchanged=True)))
    choice = finished(choose(reading, programs, press, day))
    return finished(
        catalogue_of(reading, choice, choice.entries, programs, press, day=day, at=LATER, previous=last)
    )


def test_what_went_from_a_to_b_and_back_to_a_is_read_again() -> None:
    records = Records()
    press = press_of(records)
    first, second = records.of(event(1)), records.of(event(1, title="B"))
    catalogue = printed(press, second, printed(press, first))
    records.read_again.clear()

    printed(press, first, catalogue)

    assert records.read_again == first


def test_it_does_not_matter_which_records_arrive_early() -> None:
    records = Records()
    press = press_of(records)
    told = [*records.of(*map(event, range(1, 30))), b"odd"]
    at_once = printed(press, told)
    records.read_again.clear()

    early = printed(press, told, early=[told[20], b"odd", told[3], *records.of(event(77))])

    assert early == at_once
    assert sorted(records.read_again) == sorted([*told, *records.of(event(77))])


def test_the_later_of_two_records_of_one_event_counts() -> None:
    records = Records()
    press = press_of(records)
    old, new = event(1, title="Old"), event(1, title="New")

    catalogue = printed(press, records.of(old, event(2), new), early=records.of(new))

    assert [entry.title for entry in catalogue.entries] == ["New", event(2).about.title]
    assert catalogue.left_out == {"repeated": 1}
    assert [entry.title for entry in printed(press, records.of(new, old), catalogue).entries] == ["Old"]


def test_what_is_not_public_is_counted_by_its_reason() -> None:
    records = Records()
    organization = replace(CLUB, programs=frozenset({4521}))
    told = records.of(
        event(1),
        event(2, offered=False),
        event(3, state=State.REPLACED),
        event(4, state=State.SKIPPED),
        event(5, program=Topic(99, "Hidden")),
        event(6, program=Topic(77, "Another")),
        event(7, program=None),
        event(8)._replace(when=Timed(datetime(2030, 1, 1, tzinfo=UTC), datetime(2030, 1, 2, tzinfo=UTC))),
    )
    programs = [PROGRAM, Program(99, "Hidden", archived=True), Program(77, "Another")]

    catalogue = printed(press_of(records, organization), [*told, b"odd"], programs=programs)

    assert [entry.id for entry in catalogue.entries] == [1001]
    assert catalogue.left_out == {
        "activity not offered": 1,
        "replaced or archived": 1,
        "skipped": 1,
        "programme not public": 1,
        "programme not chosen": 2,
        "outside the window": 1,
        "unreadable: odd": 1,
    }


def test_a_programme_that_is_hidden_stays_unnamed_and_has_its_names_when_it_is_shown() -> None:
    records = Records()
    press = press_of(records)
    secret = event(1, category=Topic(5, "Gala"), place=Place(6, "Cellar"), tags=(Tag(7, "Invited"),))
    told = records.of(secret, event(2, program=None, category=Topic(8, "Open")))
    hidden = printed(press, told, programs=[HIDDEN])
    records.read_again.clear()

    shown = printed(press, told, hidden, programs=[PROGRAM])

    assert ("categories", 5) not in hidden.names
    assert (hidden.names["categories", 8], len(hidden.entries)) == ("Open", 1)
    assert records.read_again == []
    assert (shown.names["categories", 5], shown.names["locations", 6]) == ("Gala", "Cellar")
    assert (shown.names["tags", 7], len(shown.entries)) == ("Invited", 2)


def test_another_day_moves_the_window_without_reading_anything_again() -> None:
    records = Records()
    press = press_of(records)
    told = records.of(event(1), event(2))
    before = printed(press, told)
    records.read_again.clear()

    after = printed(press, told, before, day=DAY + timedelta(days=62), at=LATER)

    assert [entry.id for entry in after.entries] == [1002]
    assert (records.read_again, after.left_out) == ([], {"outside the window": 1})


def test_a_change_is_at_least_a_second_after_the_last_one() -> None:
    records = Records()
    press = press_of(records)
    before = printed(press, records.of(event(1)))

    after = printed(press, records.of(event(1, title="At once")), before, at=NOW)

    assert after.changed_at == before.changed_at + timedelta(seconds=1)


def test_no_step_looks_at_more_than_a_few_records() -> None:
    records = Records()
    press = press_of(records)
    told = records.of(*map(event, range(5 * AT_ONCE)))
    before = printed(press, told)

    reader = Reader(press, before)
    known = sum(1 for _ in reader.take(told))
    choosing = choose(finished(Reader(press, None).reading(Harvest(told, [PROGRAM]))), [PROGRAM], press, DAY)

    assert known == 1 + 5
    assert sum(1 for _ in choosing) >= 5 + 5


def test_people_are_shown_clean_texts_without_the_mark() -> None:
    catalogue = catalogue_from(
        event(
            1,
            title=" Yoga &amp;\n  <b>étirements</b> ",
            state=State.CANCELLED,
            place=Place(9, "Salle&nbsp;2", "1 rue\nA", (45.5, -273.5)),
            staff=("Ana  Roy", " "),
        )
    )

    (entry,) = catalogue.entries
    assert (entry.title, entry.called_off, entry.staff) == ("Yoga & étirements", True, ("Ana Roy",))
    assert entry.place == Place(9, "Salle 2", "1 rue A", None)
    assert b"SUMMARY:Cancelled: Yoga & " in entry.marked


def test_the_address_of_an_event_is_read_from_its_bytes_however_it_is_folded() -> None:
    long = "https://app.amilia.com/store/en/club/" + "a" * 200
    catalogue = catalogue_from(event(1, url=long), event(2, url=""))

    assert [entry.url for entry in catalogue.entries] == [long, ""]


def test_events_share_what_they_have_in_common() -> None:
    catalogue = catalogue_from(*(event(number, staff=("Ana",)) for number in range(1, 4)))

    for name in ("title", "place", "tags", "staff"):
        assert len({id(getattr(entry, name)) for entry in catalogue.entries}) == 1, name


def test_what_goes_on_is_still_to_come_and_what_is_over_is_not() -> None:
    chance = chance_of(44)
    for _ in range(20):
        events = [
            make_event(id=number, when=Timed(start, start + timedelta(hours=chance.randrange(1, 90))))
            for number in range(1, 60)
            for start in [NOW + timedelta(hours=chance.randrange(-100, 100))]
        ]
        entries = catalogue_from(*events).entries

        assert coming(entries, NOW) == sum(entry.end > NOW.timestamp() for entry in entries)
