"""Places are found again in their order, whether few or many of them are meant."""

from hypothesis import given
from hypothesis import strategies as st

from app.feeds.places import FEW, bits_of, packed, taken

counts = st.integers(1, 300)


@st.composite
def some_of(draw: st.DrawFn) -> tuple[int, list[frozenset[int]]]:
    """How many entries there are, and some groups of their places."""
    entries = draw(counts)
    group = st.frozensets(st.integers(0, entries - 1))
    return entries, draw(st.lists(group, max_size=4))


@given(some_of())
def test_what_is_meant_by_any_of_some_places_is_taken_once_and_in_order(
    told: tuple[int, list[frozenset[int]]],
) -> None:
    entries, groups = told
    rows = [f"row {place}" for place in range(entries)]

    bits = bits_of([packed(sorted(group), entries) for group in groups], entries)

    assert taken(rows, bits) == [rows[place] for place in sorted(frozenset().union(*groups))]


@given(some_of(), some_of())
def test_bits_in_common_are_places_in_common(
    one: tuple[int, list[frozenset[int]]], other: tuple[int, list[frozenset[int]]]
) -> None:
    entries = max(one[0], other[0])
    groups = [frozenset().union(*it[1]) for it in (one, other)]

    first, second = (bits_of([sorted(group)], entries) for group in groups)

    assert taken(range(entries), first & second) == sorted(groups[0] & groups[1])


def test_few_places_are_kept_as_numbers_and_many_as_bits() -> None:
    few, many = (packed(range(count), 10 * FEW) for count in (9, 10))

    assert not isinstance(few, int)
    assert list(few) == list(range(9))
    assert isinstance(many, int)


def test_of_no_entries_none_is_taken() -> None:
    assert taken([], bits_of([], 0)) == []
