"""Laws of selections that hold for every query."""

from urllib.parse import parse_qsl

from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import InvalidQuery
from app.domain.model import Names, Organization
from app.domain.selection import PARAMETERS, canonical, parse

CLUB = Organization(slug="club", number=None, name=Names("C", "C"), language="en", timezone="UTC")

numbers = st.integers(0, 2**62).map(str)
VALUES = {
    "q": st.text(max_size=40),
    "weekday": st.sampled_from(["mon", "TUE", "wed,thu", "fri", " sat ", "sun,mon"]),
    "lang": st.sampled_from(["fr"]),
    "pastDays": st.just("12"),
    "futureDays": st.just("30"),
    "cancelled": st.sampled_from(["hide"]),
    "alarm": st.just("15"),
}
pairs = st.sampled_from(PARAMETERS).flatmap(
    lambda name: st.tuples(st.just(name), VALUES.get(name, st.lists(numbers, max_size=4).map(",".join)))
)


@given(st.lists(pairs, max_size=8))
def test_order_and_repetition_do_not_matter(query: list[tuple[str, str]]) -> None:
    words = [pair for pair in query if pair[0] == "q"]
    others = [pair for pair in query if pair[0] != "q"]
    if len(" ".join(value for _, value in words)) > 90:
        words = []

    straight = parse([*others, *words], CLUB)
    reversed_and_doubled = parse([*reversed([*others, *words]), *others, *words], CLUB)

    assert straight == reversed_and_doubled


@given(st.lists(pairs, max_size=8))
def test_the_canonical_query_asks_for_the_same_selection(query: list[tuple[str, str]]) -> None:
    query = [pair for pair in query if pair[0] != "q"] + [pair for pair in query if pair[0] == "q"][:2]
    selection = parse(query, CLUB)

    text = canonical(selection, CLUB)

    assert parse(parse_qsl(text), CLUB) == selection
    assert canonical(parse(parse_qsl(text), CLUB), CLUB) == text


@given(st.lists(st.tuples(st.sampled_from(PARAMETERS), st.text(max_size=30)), max_size=5))
def test_any_text_is_understood_or_refused_by_name(query: list[tuple[str, str]]) -> None:
    try:
        parse(query, CLUB)
    except InvalidQuery as refusal:
        assert refusal.parameter in {name for name, _ in query}  # noqa: PT017  # refusing is one of two good ends
