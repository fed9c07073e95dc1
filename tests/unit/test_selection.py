"""A query becomes one selection, whatever its spelling, or a plain refusal."""

import pytest

from app.domain.errors import InvalidQuery
from app.domain.model import Names, Organization
from app.domain.selection import PARAMETERS, Selection, canonical, folded, parse

CLUB = Organization(
    slug="club", number=8008, name=Names("Club", "Club"), language="fr", timezone="America/Toronto"
)


@pytest.mark.parametrize(
    "query",
    [
        [("programId", "4521,4522"), ("weekday", "sat"), ("q", "d'école été")],
        [("weekday", "SAT"), ("q", "  ÉTÉ   d'ecole "), ("programId", "4522"), ("programId", "4521")],
        [
            ("weekday", "sat,sat"),
            ("q", "d'École ete"),
            ("PROGRAMID", " 04522 , 4521,,4521"),
            ("utm_source", "x"),
        ],
        [("q", "D’école"), ("q", "été"), ("programid", "4522,4521"), ("weekday", "sat"), ("fbclid", "1")],
    ],
)
def test_every_spelling_of_a_selection_is_one_selection(query: list[tuple[str, str]]) -> None:
    selection = parse(query, CLUB)

    assert (
        Selection(
            lang="fr",
            programs=frozenset({4521, 4522}),
            weekdays=frozenset({5}),
            words=("d'ecole", "ete"),
        )
        == selection
    )
    assert canonical(selection, CLUB) == "programId=4521,4522&q=d%27ecole%20ete&weekday=sat"


def test_nothing_asked_is_the_whole_feed_under_the_bare_address() -> None:
    selection = parse([], CLUB)

    assert Selection(lang="fr") == selection
    assert canonical(selection, CLUB) == ""


@pytest.mark.parametrize(
    "query",
    [
        [("lang", "fr")],
        [("cancelled", "status")],
        [("pastDays", "60"), ("futureDays", "400")],
        [("pastDays", "99999999999")],
        [("weekday", "mon,tue,wed,thu,fri,sat,sun")],
        [("programId", ""), ("q", "  "), ("weekday", ","), ("lang", "")],
    ],
)
def test_asking_for_what_is_the_default_changes_nothing(query: list[tuple[str, str]]) -> None:
    assert Selection(lang="fr") == parse(query, CLUB)


def test_what_differs_from_the_default_is_kept_in_a_fixed_order() -> None:
    query = [
        ("alarm", "0"),
        ("cancelled", "SHOW"),
        ("lang", "EN"),
        ("futureDays", "7"),
        ("tagId", "4"),
        ("pastDays", "0"),
    ]

    selection = parse(query, CLUB)

    assert (selection.alarm, selection.past_days, selection.future_days) == (0, 0, 7)
    assert canonical(selection, CLUB) == "tagId=4&lang=en&pastDays=0&futureDays=7&cancelled=show&alarm=0"


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("programId", "swimming", "not-a-number"),
        ("programId", "-1", "not-a-number"),
        ("programId", "1_000", "not-a-number"),
        ("programId", "٣", "not-a-number"),
        ("programId", "4521.0", "not-a-number"),
        ("programId", "9" * 400, "too-large"),
        ("programId", ",".join(map(str, range(500))), "too-many"),
        ("weekday", "lundi", "unknown"),
        ("lang", "de", "unknown"),
        ("lang", "fr,en", "contradiction"),
        ("cancelled", "maybe", "unknown"),
        ("alarm", "10081", "too-large"),
        ("alarm", "-5", "not-a-number"),
        ("pastDays", "many", "not-a-number"),
        ("q", "x" * 201, "too-long"),
    ],
)
def test_what_cannot_be_understood_is_refused_by_name(name: str, value: str, problem: str) -> None:
    with pytest.raises(InvalidQuery) as refusal:
        parse([(name, value)], CLUB)

    assert (refusal.value.parameter, refusal.value.problem) == (name, problem)


def test_a_refusal_does_not_repeat_what_was_sent() -> None:
    with pytest.raises(InvalidQuery) as refusal:
        parse([("programId", "<script>")], CLUB)

    assert "script" not in str(refusal.value) + refusal.value.expected


def test_folding_ignores_case_accents_and_ligatures() -> None:
    assert folded("Cœur d'ÉTÉ – Straße") == "coeur d'ete – strasse"


def test_every_parameter_of_the_contract_is_known() -> None:
    contract = {
        *("programId", "categoryId", "subCategoryId", "activityId", "locationId", "tagId"),
        *("q", "weekday", "lang", "pastDays", "futureDays", "cancelled", "alarm"),
    }

    assert contract == set(PARAMETERS)
