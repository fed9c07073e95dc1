"""What is told to have changed: each kind once, nothing that only seems so, no more than anybody reads."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.model import Days, Event, Lang, Place, State, Timed, Topic
from app.domain.revisions import Facts, Fingerprint, Remembered, Told
from app.feeds.changes import FORMAT, Change, Kind, Log, Side, is_public, packed, unpacked
from app.feeds.comparison import AT_ONCE, KEPT, Comparison, Walk, facts_of, side_of
from app.feeds.entry import Entry, entry_for, mould_of
from app.ics.event import EventRenderer
from app.ics.zones import publish_zone
from tests.support.fakes import NOON
from tests.support.make import make_event

ZONE = publish_zone("America/Toronto", NOON.date(), NOON.date() + timedelta(days=30))
HERE = Place(7, "Gymnase")
THERE = Place(8, "Piscine")
SECONDS = int(NOON.timestamp())
WALK = Walk(previous=(), scope="same", first=0, close=2**40, began=SECONDS, programs=frozenset({4521, 4522}))
EMPTY = Log(FORMAT, SECONDS - 9, SECONDS - 9, "same", 0, 2**40)


def entry(lang: Lang = "fr", **fields: Any) -> Entry:
    event: Event = make_event(**{"place": HERE, **fields})
    renderer = EventRenderer(ZONE, lang, "CAD")
    return entry_for(event, mould_of(event.about, renderer), renderer)


def remembered(of: Entry | Facts | None, sequence: int = 1, **modified: datetime) -> Remembered:
    """A memory with these facts, and with what each of the named languages told, and when."""
    facts = facts_of(of) if isinstance(of, Entry) else of
    print_ = Fingerprint(b"s", b"w")
    return Remembered(
        NOON,
        {lang: Told(print_, sequence, modified.get(lang, NOON)) for lang in ("fr", "en") if lang in modified},
        facts,
    )


def told(
    new: Entry, old: Entry | None, before: Remembered | None, log: Log | None = EMPTY, walk: Walk = WALK
) -> tuple[Change, ...]:
    """The changes that are told of one event; its sequence has risen."""
    comparison = Comparison(log, walk, "fr")
    after = remembered(None, sequence=2, fr=NOON)
    comparison.seen(new, old, before, after._replace(facts=before.facts if before else None))
    return comparison.log(NOON).changes


def kinds(*args: Any, **named: Any) -> list[tuple[Kind, ...]]:
    return [change.kinds for change in told(*args, **named)]


LATER = Timed(datetime(2026, 11, 5, 23, 30, tzinfo=UTC), datetime(2026, 11, 6, 0, 30, tzinfo=UTC))
BEFORE = entry()


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (entry(when=LATER), (Kind.MOVED,)),
        (entry(when=Days(NOON.date(), NOON.date() + timedelta(days=1))), (Kind.MOVED,)),
        (entry(place=THERE), (Kind.PLACE,)),
        (entry(place=None), (Kind.PLACE,)),
        (entry(title="Yoga"), (Kind.TITLE,)),
        (entry(state=State.CANCELLED), (Kind.CANCELLED,)),
        (entry(state=State.SKIPPED), (Kind.CANCELLED,)),
        (
            entry(when=LATER, place=THERE, title="Yoga", state=State.CANCELLED),
            (Kind.CANCELLED, Kind.MOVED, Kind.PLACE, Kind.TITLE),
        ),
    ],
)
def test_each_kind_of_change_is_told_with_both_sides(after: Entry, expected: tuple[Kind, ...]) -> None:
    (change,) = told(after, BEFORE, remembered(BEFORE, fr=NOON))

    assert change == Change(BEFORE.id, SECONDS, expected, side_of(BEFORE, "fr"), side_of(after, "fr"))


def test_what_takes_place_after_all_is_restored() -> None:
    off = entry(state=State.CANCELLED)

    assert kinds(BEFORE, off, remembered(off, fr=NOON)) == [(Kind.RESTORED,)]


@pytest.mark.parametrize(
    "after",
    [
        BEFORE,
        entry(state=State.MOVED),
        entry(price=None),
        entry(url="https://example.org/"),
        entry(program=Topic(4522, "Hiver")),
        entry(place=Place(7, "Gymnase double")),
    ],
)
def test_what_stays_when_and_where_it_was_is_no_news(after: Entry) -> None:
    assert kinds(after, BEFORE, remembered(BEFORE, fr=NOON)) == []


def test_a_place_without_a_number_is_told_by_its_name() -> None:
    old, new = entry(place=Place(None, "Gymnase")), entry(place=Place(None, "Piscine"))

    assert kinds(new, old, remembered(old, fr=NOON)) == [(Kind.PLACE,)]


def test_an_old_time_is_told_even_where_no_catalogue_has_it() -> None:
    (change,) = told(entry(when=LATER), None, remembered(BEFORE, fr=NOON))

    assert change.old is not None
    assert (change.old.start, change.old.end) == (BEFORE.start, BEFORE.end)


def test_what_the_other_language_told_is_told_once() -> None:
    new = entry(when=LATER)

    assert kinds(new, BEFORE, remembered(new, fr=NOON, en=NOON)) == []


def test_a_walk_that_began_before_the_other_language_told_something_is_not_believed() -> None:
    new = entry(when=LATER)
    late = remembered(new, fr=NOON, en=NOON + timedelta(seconds=1))

    assert kinds(BEFORE, BEFORE, late) == []
    assert kinds(BEFORE, BEFORE, remembered(new, fr=NOON, en=NOON)) == [(Kind.MOVED,)]


def test_an_event_that_nobody_knew_is_added() -> None:
    (change,) = told(BEFORE, None, None)

    assert change == Change(BEFORE.id, SECONDS, (Kind.ADDED,), None, side_of(BEFORE, "fr"))


@pytest.mark.parametrize(
    ("log", "walk"),
    [
        (None, WALK),
        (EMPTY, replace(WALK, scope="other")),
        (Log(FORMAT, 0, 0, "same", 0, BEFORE.start), WALK),
        (Log(FORMAT, 0, 0, "same", BEFORE.end, 2**40), WALK),
    ],
)
def test_what_only_came_into_view_is_not_added(log: Log | None, walk: Walk) -> None:
    assert kinds(BEFORE, None, None, log=log, walk=walk) == []


def test_facts_that_were_never_noted_are_noted_without_a_word() -> None:
    comparison = Comparison(EMPTY, WALK, "fr")
    before = remembered(None, fr=NOON)

    after = comparison.seen(BEFORE, None, before, before)

    assert after.facts == facts_of(BEFORE)
    assert comparison.log(NOON).changes == ()


def test_a_stand_in_for_a_missing_id_is_never_told_of() -> None:
    assert kinds(entry(id=-5), None, None) == []


def vanished(old: Entry, before: Remembered, walk: Walk = WALK, log: Log = EMPTY) -> tuple[bool, int]:
    """Whether the event still counts as published, and how many changes are told."""
    comparison = Comparison(log, walk, "fr")
    after = comparison.vanished(old, before)
    return after.facts is None or after.facts.published, len(comparison.log(NOON).changes)


def test_what_vanished_is_removed_once() -> None:
    gone = facts_of(BEFORE)._replace(published=False)

    assert vanished(BEFORE, remembered(BEFORE, fr=NOON)) == (False, 1)
    assert vanished(BEFORE, remembered(gone, fr=NOON)) == (False, 0)


def test_what_left_the_window_was_not_removed() -> None:
    passed = replace(WALK, first=BEFORE.end)

    assert vanished(BEFORE, remembered(BEFORE, fr=NOON), passed) == (True, 0)


def test_what_went_with_its_programme_goes_without_a_word_and_takes_what_was_told_along() -> None:
    hidden = replace(WALK, programs=frozenset({4522}))
    (change,) = told(BEFORE, None, None)
    log = Log(FORMAT, 0, 0, "same", 0, 2**40, (change,))

    assert vanished(BEFORE, remembered(BEFORE, fr=NOON), hidden, log) == (False, 0)


def test_what_comes_back_is_restored_rather_than_added() -> None:
    gone = facts_of(BEFORE)._replace(published=False)

    assert kinds(BEFORE, None, remembered(gone, fr=NOON)) == [(Kind.RESTORED,)]


def side(number: int, **fields: Any) -> Side:
    return side_of(entry(id=number, **fields), "fr")


def test_of_a_new_season_the_soonest_hundred_are_told_and_every_cancellation() -> None:
    comparison = Comparison(EMPTY, WALK, "fr")
    for number in range(3 * AT_ONCE):
        start = datetime(2026, 12, 24, tzinfo=UTC) - timedelta(hours=number)
        new = entry(id=number + 1, when=Timed(start, start + timedelta(hours=1)))
        comparison.seen(new, None, None, remembered(None, fr=NOON))
    for number in range(1000, 1000 + 2 * AT_ONCE):
        off = entry(id=number, state=State.CANCELLED)
        comparison.seen(off, None, remembered(entry(id=number), fr=NOON), remembered(None, 2, fr=NOON))

    log = comparison.log(NOON)

    added = [change for change in log.changes if change.kinds == (Kind.ADDED,)]
    assert sorted(change.event for change in added) == list(range(2 * AT_ONCE + 1, 3 * AT_ONCE + 1))
    assert len(log.changes) - len(added) == 2 * AT_ONCE


def test_a_log_keeps_the_newest_and_forgets_after_sixty_days() -> None:
    old = tuple(
        Change(number, SECONDS - number * 86_400, (Kind.ADDED,), None, side(number))
        for number in range(1, 90)
    )
    many = tuple(Change(n, SECONDS - n, (Kind.ADDED,), None, side(n)) for n in range(1, 2 * KEPT))

    aged = Comparison(replace_changes(old), WALK, "fr").log(NOON).changes
    full = Comparison(replace_changes(many), WALK, "fr").log(NOON).changes

    assert aged == old[:59]
    assert full == many[:KEPT]


def replace_changes(changes: tuple[Change, ...]) -> Log:
    return Log(FORMAT, 0, 0, "same", 0, 2**40, changes)


def test_two_changes_of_one_event_are_at_two_moments() -> None:
    first = told(entry(when=LATER), BEFORE, remembered(BEFORE, fr=NOON))
    second = told(BEFORE, entry(when=LATER), remembered(entry(when=LATER), fr=NOON), replace_changes(first))

    assert [change.at for change in second] == [SECONDS + 1, SECONDS]


def test_where_nothing_changed_the_log_is_the_very_same() -> None:
    log = replace_changes(told(BEFORE, None, None))

    comparison = Comparison(log, WALK, "fr")
    comparison.seen(BEFORE, BEFORE, remembered(BEFORE, fr=NOON), remembered(BEFORE, fr=NOON))

    assert comparison.log(NOON + timedelta(days=1)) is log


def test_the_other_language_lends_its_words_once() -> None:
    log = replace_changes(told(entry(when=LATER), BEFORE, remembered(BEFORE, fr=NOON)))
    english = entry("en", when=LATER, title="Swimming", place=Place(7, "Gym"))
    comparison = Comparison(log, WALK, "en")
    before = remembered(english, fr=NOON)

    comparison.seen(english, entry("en", title="Swimming", place=Place(7, "Gym")), before, before)
    later = comparison.log(NOON)

    (change,) = later.changes
    assert [one.spoken("en").title for one in change.sides] == ["Swimming", "Swimming"]
    assert [one.spoken("fr").title for one in change.sides] == [BEFORE.title, BEFORE.title]
    assert (change.at, later.touched > log.touched) == (log.changes[0].at, True)
    assert not Comparison(later, WALK, "en").lacking


def test_a_log_comes_back_as_it_was() -> None:
    log = replace_changes(told(entry(when=LATER, state=State.CANCELLED), BEFORE, remembered(BEFORE, fr=NOON)))

    assert unpacked(packed(log)) == log


@pytest.mark.parametrize("content", [b"", b"\x91", b"\x91\x63", b"log", packed(EMPTY)[:-3]])
def test_a_log_that_cannot_be_read_is_none(content: bytes) -> None:
    assert unpacked(content) is None


@given(st.integers(0, 3), st.integers(0, 3), st.frozensets(st.integers(1, 3)))
def test_what_is_shown_is_of_public_programmes_only(old: int, new: int, public: frozenset[int]) -> None:
    sides = [side(1, program=Topic(number, "P") if number else None) for number in (old, new)]
    change = Change(1, 0, (Kind.MOVED,), sides[0], sides[1])

    assert is_public(change, public) == ({old, new} - {0} <= public)
