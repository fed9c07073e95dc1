"""Entries out of moulds: what occurrences have in common is made once, and never for anything else."""

from collections import Counter

from app.domain.model import Event, State, Topic
from app.feeds.entry import Entry, entry_for, mould_of
from app.feeds.press import MOST_MOULDS, Printer
from app.ics.event import EventRenderer
from tests.support.make import altered, make_event
from tests.support.press import CLUB, ZONE, Records, press_of

RENDERER = EventRenderer(ZONE, "en", "CAD")


def entries(*events: Event) -> list[object]:
    records = Records()
    printer = Printer(press_of(records), {})
    return [printer.entry(record, record) for record in records.of(*events)]


def alone(event: Event, key: bytes) -> Entry:
    return entry_for(event, mould_of(event.about, RENDERER), RENDERER, key)


def test_occurrences_of_one_activity_are_what_each_would_be_alone() -> None:
    course = [make_event(id=number) for number in range(1, 6)]
    shared = [it._replace(about=course[0].about) for it in course]

    assert entries(*shared) == [alone(it, str(at).encode()) for at, it in enumerate(course)]


def test_what_differs_has_a_mould_of_its_own() -> None:
    states = [altered(make_event(id=number), state=state) for number, state in enumerate(State, 1)]

    printed = entries(*states)

    assert Counter(map(type, printed)) == {Entry: 4, str: 3}
    kept = [it for it in printed if isinstance(it, Entry)]
    assert [entry.state for entry in kept] == [State.NORMAL, State.MOVED, State.CANCELLED, State.OTHER]
    assert [entry.unmarked is not None for entry in kept] == [False, False, True, False]


def test_moulds_do_not_pile_up_where_every_event_differs() -> None:
    records = Records()
    events = [make_event(id=number, title=f"Title {number}") for number in range(1, MOST_MOULDS + 20)]
    printer = Printer(press_of(records), {})

    printed = [printer.entry(key, key) for key in records.of(*events)]

    assert [it.title for it in printed if isinstance(it, Entry)] == [it.about.title for it in events]
    assert repr(printer) == "<Printer for club, 19 moulds>"


def test_what_is_left_out_tells_no_names() -> None:
    records = Records()
    hidden = altered(make_event(), offered=False, activity=Topic(77, "Secret"))
    printer = Printer(press_of(records), {})

    reasons = [printer.entry(key, key) for key in records.of(hidden, make_event())]

    assert reasons[0] == "activity not offered"
    assert ("activities", 77) not in printer.names
    assert ("activities", 5836165) in printer.names
    assert CLUB.slug in repr(printer)
