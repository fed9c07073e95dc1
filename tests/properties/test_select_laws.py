"""A selection finds what a plain look at every entry finds, in the same order, whatever way it takes."""

from collections.abc import Iterator
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.model import Days, Event, Place, State, Tag, Timed, Topic
from app.domain.selection import Selection
from app.feeds.catalogue import Catalogue, Entry
from tests.support.make import make_event
from tests.support.press import DAY, NOW, PROGRAM, Records, finished, press_of, printed
from tests.support.seeded import chance_of

TITLES = ("Yoga doux", "École de natation", "Hockey", "")


def an_event(number: int, seed: int) -> Event:
    chance = chance_of(seed * 1000 + number)
    start = NOW + timedelta(minutes=15 * chance.randrange(-4 * 24 * 62, 4 * 24 * 401))
    length = timedelta(minutes=chance.choice([0, 45, 60, 300, 3_000, 60_000]))
    first = DAY + timedelta(days=chance.randrange(-61, 401))
    return make_event(
        id=number,
        title=chance.choice(TITLES),
        when=Days(first, first + timedelta(days=chance.randint(1, 9)))
        if chance.random() < 0.2
        else Timed(start, start + length),
        state=chance.choice([State.NORMAL, State.NORMAL, State.CANCELLED]),
        program=chance.choice([None, Topic(4521, "Autumn")]),
        category=chance.choice([None, Topic(1, "Été"), Topic(2, "Hiver")]),
        activity=Topic(chance.randint(1, 4), "A"),
        place=chance.choice([None, Place(1, "Salle 1"), Place(2, "Salle 2")]),
        tags=tuple(Tag(n, "T") for n in range(1, chance.randint(1, 4))),
    )


def catalogue(seed: int, *, prepared: bool) -> Catalogue:
    records = Records()
    made = printed(press_of(records), records.of(*(an_event(number, seed) for number in range(1, 120))))
    if prepared:
        finished(made.held.lookup.preparing())
    return made


CATALOGUES = [catalogue(seed, prepared=prepared) for seed in range(2) for prepared in (True, False)]

some = st.frozensets(st.integers(0, 3), max_size=2)
days = st.none() | st.integers(0, 70)
selections = st.builds(
    Selection,
    lang=st.just("en"),
    cancelled=st.sampled_from(["status", "show", "hide"]),
    programs=st.frozensets(st.sampled_from([PROGRAM.id, 7]), max_size=2),
    categories=some,
    activities=some,
    locations=some,
    tags=some,
    words=st.lists(st.sampled_from(["yoga", "ecole", "ete", "salle", "1", "zz"]), max_size=2).map(tuple),
    weekdays=st.frozensets(st.integers(0, 6), max_size=3),
    past_days=days,
    future_days=days,
)


def looked_at(catalogue: Catalogue, selection: Selection) -> Iterator[Entry]:
    first, after = catalogue.bounds(selection)
    for row in catalogue.entries:
        wishes = (
            (selection.programs, {row.program}),
            (selection.categories, {row.category}),
            (selection.activities, {row.activity}),
            (selection.locations, {row.location}),
            (selection.tags, row.tags),
            (selection.weekdays, {day for day in range(7) if row.weekdays >> day & 1}),
        )
        if (
            row.start < after
            and row.end > first
            and all(not wanted or wanted & found for wanted, found in wishes)
            and all(word in row.words for word in selection.words)
            and not (selection.cancelled == "hide" and row.called_off)
        ):
            yield row


@given(st.sampled_from(CATALOGUES), selections)
@settings(max_examples=150)
def test_a_selection_finds_what_a_look_at_every_entry_finds(
    catalogue: Catalogue, selection: Selection
) -> None:
    assert list(catalogue.select(selection)) == list(looked_at(catalogue, selection))
