"""What calendar programs show and hide of a feed, as far as it is known."""

import pytest

from app.domain.model import Event, Place, State
from app.domain.selection import parse
from app.feeds.budget import LARGEST
from app.feeds.catalogue import Catalogue
from app.feeds.entry import vevents_of
from app.feeds.readers import READERS, View, seen_by
from app.ics.calendar import assemble, head
from tests.support.press import CLUB, ZONE, catalogue_from
from tests.web.catalogues import event, lasting


def view(reader: str, query: str, catalogue: Catalogue) -> View:
    """What the program shows of a selection."""
    pairs = [(key, value) for key, _, value in (pair.partition("=") for pair in query.split("&")) if value]
    selection = parse(pairs, CLUB)
    entries = catalogue.select(selection)
    body = assemble(
        head(None, ZONE),
        vevents_of(entries, selection.cancelled),
        lang="en",
        alarm=selection.alarm,
        silent=[entry.called_off for entry in entries],
    )
    return seen_by(READERS[reader], "club/calendar.ics", body, catalogue, selection)


def lesson(number: int, *, state: State = State.NORMAL, place: Place | None = None) -> Event:
    when = lasting(f"2026-11-{23 + number % 5} 10:00", 60)
    return event(
        number, when, state=state, amilia_state=state.value, place=place, url="https://app.amilia.com/1"
    )


WEEK = catalogue_from(
    lesson(1, place=Place(1, "Gym")), lesson(2, state=State.CANCELLED), lesson(3, place=None)
)


@pytest.mark.parametrize(
    ("reader", "query", "shown", "said"),
    [
        ("google", "", 2, "1 are hidden, because they are cancelled"),
        ("google", "cancelled=show", 3, "1 are cancelled and look like any other but for the mark"),
        ("google", "alarm=30", 2, "2 have a reminder that it ignores"),
        ("google", "cancelled=hide", 2, "1 cancelled ones are left out for everybody"),
        ("outlook", "", 3, "1 are cancelled and look like any other, as free time"),
        ("apple", "", 3, "1 are cancelled and struck through"),
        ("apple", "", 3, "1 have a place without a map"),
        ("thunderbird", "", 3, "1 are cancelled and struck through"),
        ("thunderbird", "alarm=30", 3, "2 have a reminder that rings"),
    ],
)
def test_what_a_program_makes_of_a_week(reader: str, query: str, shown: int, said: str) -> None:
    seen = view(reader, query, WEEK)

    told = [f"{effect.count} {effect.sentence}" for effect in seen.effects]
    assert seen.shown == shown
    assert [sentence for sentence in told if sentence.startswith(said)], told


def test_effects_have_examples_and_a_source() -> None:
    seen = view("google", "", WEEK)

    hidden = seen.effects[0]
    assert hidden.examples == ["Event 2, 2026-11-25"]
    assert all(effect.source for effect in seen.effects)


def test_what_comes_after_googles_megabyte_is_counted() -> None:
    many = catalogue_from(*(lesson(number, place=Place(1, "x" * 200)) for number in range(1, 1800)))
    selection = parse([], CLUB)
    before = len(head(None, ZONE))
    each = len(vevents_of(many.select(selection)[-1:], "status")[0]) + len("END:VEVENT\r\n")

    seen = view("google", "", many)

    lost = [effect for effect in seen.effects if "first megabyte" in effect.sentence]
    fitting = (LARGEST - before) // each
    assert lost
    assert lost[0].count == seen.events - seen.shown
    assert abs(seen.shown - fitting) <= 5  # lines of single events differ by a few octets


def test_thunderbird_reads_all_of_a_large_feed() -> None:
    many = catalogue_from(*(lesson(number) for number in range(1, 50)))

    seen = view("thunderbird", "", many)

    assert seen.shown == seen.events == 49


def test_an_empty_selection_is_said_to_show_one_notice() -> None:
    selection = parse([("programId", "1")], CLUB)
    seen = seen_by(READERS["apple"], "club/calendar.ics", b"", WEEK, selection)

    assert (seen.events, seen.shown) == (0, 0)
    assert "one notice" in seen.effects[-1].sentence
