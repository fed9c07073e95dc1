"""The address of a page, read and written again."""

from datetime import date
from urllib.parse import parse_qs, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from app.domain.model import Names, Organization
from app.domain.selection import parse
from app.web.query import pairs
from app.web.visit import FIELDS, VIEWS, Visit, visit_of

CLUB = Organization(slug="club", number=1, name=Names("Club", "Club"), language="fr", timezone=None)
IDS = st.lists(st.integers(0, 99_999), max_size=4).map(lambda ids: ",".join(map(str, ids)))
QUERIES = st.fixed_dictionaries(
    {},
    optional={
        "programId": IDS,
        "tagId": IDS,
        "activityId": IDS,
        "q": st.text(max_size=20),
        "weekday": st.sampled_from(["sat", "sun,mon", "FRI"]),
        "lang": st.sampled_from(["fr", "en"]),
        "view": st.sampled_from([*VIEWS, "dance"]),
        "day": st.dates(min_value=date(1000, 1, 1)).map(str) | st.text(max_size=10),
        "alarm": st.integers(0, 10080).map(str),
        "pastDays": st.integers(0, 90).map(str),
    },
)


def visited(query: dict[str, str]) -> Visit:
    return visit_of(list(query.items()), CLUB)


def again(address: str) -> Visit:
    return visit_of(pairs(urlsplit(address).query), CLUB)


@given(QUERIES)
def test_the_address_of_a_visit_leads_to_the_same_visit(query: dict[str, str]) -> None:
    visit = visited(query)

    found = again(visit.address())

    assert (found.selection, found.view, found.day) == (visit.selection, visit.view, visit.day)
    assert found.address() == visit.address()


@given(QUERIES, st.sampled_from(VIEWS), st.dates())
def test_view_day_and_language_change_nothing_else(query: dict[str, str], view: str, day: date) -> None:
    visit = visited(query)

    assert again(visit.in_view(view)).selection == visit.selection
    assert again(visit.on(day)).day == day
    assert again(visit.on(None)).day is None
    spoken = again(visit.speaking("en"))
    assert spoken.selection.lang == "en"
    assert again(spoken.speaking(visit.selection.lang)).selection == visit.selection


@given(QUERIES)
def test_what_the_form_sends_and_what_it_keeps_are_the_whole_selection(query: dict[str, str]) -> None:
    visit = visited(query)

    sent = [(name, value) for name, value in pairs(urlsplit(visit.address()).query) if name in FIELDS]

    assert parse([*sent, *visit.kept], CLUB) == visit.selection


def test_words_stand_in_the_address_as_they_were_written() -> None:
    visit = visited({"q": " Été  à l’École "})

    assert parse_qs(urlsplit(visit.address()).query)["q"] == ["Été  à l’École"]
    assert "q=" not in visit.choosing(parse([], CLUB))
