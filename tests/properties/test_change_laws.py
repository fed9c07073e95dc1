"""A change concerns a selection exactly where the calendar of that selection has, or had, the event."""

from hypothesis import given
from hypothesis import strategies as st

from app.domain.model import Event, State, Tag, Topic
from app.domain.selection import Selection
from app.feeds.changes import Change, Kind, concerns
from app.feeds.comparison import side_of
from app.feeds.entry import Entry
from tests.web.catalogues import TODAY, catalogue_of, club, days, event, lasting

NUMBERS = st.integers(1, 3)
TIMES = st.builds(
    lambda day, hour, minutes: lasting(f"2026-11-{day:02} {hour:02}:30", minutes),
    st.integers(16, 29),
    st.integers(0, 23),
    st.sampled_from((0, 60, 3000)),
)
DATES = st.integers(16, 28).map(lambda day: days(f"2026-11-{day:02}", f"2026-11-{day + 1:02}"))


def topic(number: int) -> Topic:
    return Topic(number, f"Topic {number}")


EVENTS = st.lists(
    st.builds(
        lambda when, title, state, numbers, tags: event(
            1,
            when,
            title,
            state=state,
            program=topic(numbers[0]),
            category=topic(numbers[1]),
            subcategory=topic(numbers[2]),
            activity=None,
            tags=tuple(Tag(tag, f"Tag {tag}") for tag in tags),
        ),
        TIMES | DATES,
        st.sampled_from(("Yoga", "Été", "Natation libre")),
        st.sampled_from((State.NORMAL, State.MOVED, State.CANCELLED)),
        st.tuples(NUMBERS, NUMBERS, NUMBERS),
        st.sets(NUMBERS),
    ),
    min_size=1,
    max_size=6,
)
SOME = st.frozensets(NUMBERS, max_size=2)
SELECTIONS = st.builds(
    Selection,
    lang=st.just("en"),
    cancelled=st.sampled_from(("status", "show", "hide")),
    programs=SOME,
    categories=SOME,
    subcategories=SOME,
    locations=st.sampled_from((frozenset[int](), frozenset({9009}), frozenset({1}))),
    tags=SOME,
    words=st.sampled_from(((), ("yoga",), ("ete",), ("libre", "natation"))),
    weekdays=st.frozensets(st.integers(0, 6), max_size=3),
    past_days=st.none() | st.integers(0, 6),
    future_days=st.none() | st.integers(0, 6),
)


def numbered(events: list[Event]) -> list[Event]:
    return [it._replace(id=number) for number, it in enumerate(events, 1)]


def change(old: Entry | None, new: Entry | None) -> Change:
    before = None if old is None else side_of(old, "en")
    return Change(1, 0, (Kind.MOVED,), before, None if new is None else side_of(new, "en"))


@given(EVENTS, SELECTIONS)
def test_a_change_concerns_the_selections_that_have_the_event(
    events: list[Event], selection: Selection
) -> None:
    catalogue = catalogue_of(numbered(events), organization=club(past_days=7, future_days=7), day=TODAY)
    chosen = {row.id for row in catalogue.select(selection)}
    bounds = catalogue.bounds(selection)
    within = [row for row in catalogue.entries if row.start < bounds[1] and row.end > bounds[0]]

    for row in within:
        assert concerns(change(None, row), selection, bounds) == (row.id in chosen)
        for other in within:
            either = row.id in chosen or other.id in chosen
            assert concerns(change(row, other), selection, bounds) == either


def test_what_the_window_does_not_reach_concerns_nobody() -> None:
    catalogue = catalogue_of([event(1, lasting("2026-11-22 18:30", 60))])
    (row,) = catalogue.entries

    assert not concerns(change(None, row), Selection(lang="en"), (row.end, row.end + 1))
    assert not concerns(change(None, row), Selection(lang="en"), (0, row.start))
    assert concerns(change(None, row), Selection(lang="en"), (row.start, row.end))
