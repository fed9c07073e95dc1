"""Programmes decide what is public; what is unclear about one errs on the side of silence."""

import json

import pytest

from app.amilia.programs import program_named_by, programs_named_by, read_program, read_programs
from app.domain.model import Program

OPEN = {"Id": 7, "Name": "Hiver ", "IsVisible": True, "IsArchived": False, "IsPasswordProtected": False}


def program(**fields: object) -> Program | None:
    return read_program(json.dumps(OPEN | fields).encode())


def test_an_open_programme_is_public() -> None:
    url = "https://app.amilia.com/store/fr/club/shop/programs/7"

    assert program(Url=url, Start="0001-01-01T00:00:00-05:00") == Program(7, "Hiver", url)


@pytest.mark.parametrize(
    "fields",
    [
        {"IsVisible": False},
        {"IsVisible": "false"},
        {"IsVisible": None},
        {"IsVisible": "perhaps"},
        {"IsVisible": {}},
        {"IsArchived": True},
        {"IsArchived": "true"},
        {"IsArchived": "perhaps"},
        {"IsPasswordProtected": 1},
        {"IsPasswordProtected": "perhaps"},
        {"IsPasswordProtected": []},
    ],
    ids=repr,
)
def test_a_programme_that_is_not_clearly_open_is_not_public(fields: dict[str, object]) -> None:
    found = program(**fields)

    assert found is not None
    assert not found.public


@pytest.mark.parametrize(
    "fields",
    [{"IsVisible": "true"}, {"IsVisible": 1}, {"IsArchived": None}, {"IsPasswordProtected": "False"}],
    ids=repr,
)
def test_a_programme_that_is_clearly_open_is_public_in_any_spelling(
    fields: dict[str, object],
) -> None:
    found = program(**fields)

    assert found is not None
    assert found.public


NO_PROGRAMMES = [b"null", b"5", b"[]", b"{}", b'{"Id": 0}', b'{"Id": "x"}', b'{"Id": "\xff"}']


@pytest.mark.parametrize("record", NO_PROGRAMMES)
def test_what_is_no_programme_is_left_out(record: bytes) -> None:
    assert [found.id for found in read_programs([record, b'{"Id": 8}'])] == [8]


def test_a_programme_that_comes_twice_is_kept_once_as_it_came_last() -> None:
    found = read_programs([b'{"Id": 7, "Name": "old"}', b'{"Id": 8}', b'{"Id": 7, "Name": "new"}'])

    assert [(each.id, each.name) for each in found] == [(7, "new"), (8, "")]


NAMING = [
    (b'{"Activity": {"ProgramId": 7}}', 7),
    (b'{"Activity": {"ProgramId": "7"}}', 7),
    (b'{"Activity": {"ProgramId": 0}}', None),
    (b'{"Activity": {}}', None),
    (b'{"Activity": null}', None),
    (b'{"Activity": []}', None),
    (b"{}", None),
    (b"null", None),
    (b'{"Activity": {"ProgramId": "\xff"}}', None),
    (b'{"Activity": {"ProgramId": [8]}}', None),
]


@pytest.mark.parametrize(("record", "expected"), NAMING)
def test_the_programme_of_an_event_is_found_without_reading_the_rest(
    record: bytes, expected: int | None
) -> None:
    assert program_named_by(record) == expected


def test_the_programmes_of_many_events_are_those_of_each() -> None:
    well_formed = [b'{"Activity": {"ProgramId": %d}, "Title": "[,]"}' % number for number in (1, 2, 2, 0, 3)]
    odd = [record for record, _ in NAMING]

    assert programs_named_by(well_formed) == {1, 2, 3}
    assert programs_named_by([*well_formed, b'{"Activity": {"ProgramId": [8]}}']) == {1, 2, 3}
    assert programs_named_by([*well_formed, *odd]) == {1, 2, 3, 7}
    assert programs_named_by([]) == set()
