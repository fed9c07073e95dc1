"""What is kept of a catalogue comes back whole, or not at all with a sentence."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import product

import pytest

from app.domain.model import Organization, Place, State, Timed
from app.feeds.catalogue import Catalogue
from app.feeds.keeping import AT_ONCE, NotKept, packed, unpacked
from tests.support.make import make_event
from tests.support.press import CLUB, NOW, Records, finished, press_of, printed

RECORDS = Records()


def catalogue_of(count: int) -> Catalogue:
    """Events of all states, some of them not published, one record that makes no sense."""
    states = (State.NORMAL, State.CANCELLED, State.MOVED, State.REPLACED)
    starts = [NOW + timedelta(hours=number) for number in range(count)]
    events = [
        make_event(
            id=number, when=Timed(start, start + timedelta(hours=1)), state=states[number % len(states)]
        )
        for number, start in enumerate(starts, 1)
    ]
    return printed(press_of(RECORDS), [*RECORDS.of(*events), b"odd"])


def kept(catalogue: Catalogue, organization: Organization = CLUB, presentation: str = "p") -> Catalogue:
    content = finished(packed(catalogue, "p"))
    return finished(unpacked(content, organization, "en", presentation, NOW + timedelta(days=1)))


def test_a_catalogue_comes_back_as_it_was() -> None:
    catalogue = replace(catalogue_of(10), changes=b"what changed")

    again = kept(catalogue)

    assert again == catalogue
    assert finished(again.knowing()) == finished(catalogue.knowing())


def test_large_catalogues_are_written_and_read_in_small_steps() -> None:
    catalogue = catalogue_of(3 * AT_ONCE)

    writing = sum(1 for _ in packed(catalogue, "p"))
    content = finished(packed(catalogue, "p"))
    reading = sum(1 for _ in unpacked(content, CLUB, "en", "p", NOW))

    assert min(writing, reading) >= 4
    assert finished(unpacked(content, CLUB, "en", "p", NOW)).entries == catalogue.entries


def test_what_events_have_in_common_is_one_object_again() -> None:
    again = kept(catalogue_of(40))

    one = dict.fromkeys(("title", "place", "tags", "staff", "stamp", "words"), 1)
    for name, distinct in {**one, "price": 3, "shared": 3}.items():  # one for each state
        assert len({id(getattr(entry, name)) for entry in again.entries}) == distinct, name


def test_what_events_have_in_common_takes_hardly_any_room() -> None:
    catalogue = catalogue_of(300)

    content = finished(packed(catalogue, "p"))

    assert len(content) < sum(len(entry.marked) for entry in catalogue.entries) / 4


def test_what_every_event_has_for_itself_comes_back_too() -> None:
    catalogue = printed(
        press_of(RECORDS),
        RECORDS.of(
            *(
                make_event(id=number, place=Place(number, f"Hall {number}"), price=Decimal(number))
                for number in range(1, AT_ONCE + 2)
            )
        ),
    )

    assert kept(catalogue) == catalogue


def test_another_presentation_is_a_change_of_every_feed() -> None:
    catalogue = catalogue_of(1)

    assert kept(catalogue, presentation="another").changed_at == NOW + timedelta(days=1)
    assert kept(catalogue).changed_at == catalogue.changed_at


@pytest.mark.parametrize(
    "organization",
    [
        replace(CLUB, show_staff=True),
        replace(CLUB, show_skipped=True),
        replace(CLUB, programs=frozenset({4521})),
    ],
)
def test_other_rules_of_what_is_public_are_refused(organization: Organization) -> None:
    with pytest.raises(NotKept, match="what is public was configured otherwise"):
        kept(catalogue_of(1), organization)


@pytest.mark.parametrize(
    "organization", [replace(CLUB, currency="USD"), replace(CLUB, timezone=None), replace(CLUB, past_days=30)]
)
def test_under_other_settings_it_is_served_and_every_record_is_read_again(organization: Organization) -> None:
    catalogue = catalogue_of(5)

    again = kept(catalogue, organization)

    assert [entry.marked for entry in again.entries] == [entry.marked for entry in catalogue.entries]
    assert finished(again.knowing()) == {}


def test_another_format_is_refused() -> None:
    content = finished(packed(catalogue_of(1), "p"))

    for first in (b"\x00", b"\x01", b"\x02", b"\x9d", b"\xff"):
        with pytest.raises(NotKept, match="by another version"):
            finished(unpacked(first + content[1:], CLUB, "en", "p", NOW))


def test_what_is_cut_off_anywhere_is_refused() -> None:
    content = finished(packed(catalogue_of(3), "p"))

    for end in range(len(content)):
        with pytest.raises(NotKept):
            finished(unpacked(content[:end], CLUB, "en", "p", NOW))


def test_what_is_damaged_anywhere_is_refused_unless_nothing_comes_of_it() -> None:
    catalogue = catalogue_of(3)
    content = finished(packed(catalogue, "p"))
    harmless = 0

    for at, bit in product(range(len(content)), (1, 16, 128)):
        damaged = bytearray(content)
        damaged[at] ^= bit
        with suppress(NotKept):
            assert finished(unpacked(bytes(damaged), CLUB, "en", "p", NOW)) == catalogue
            harmless += 1

    assert harmless < 20
