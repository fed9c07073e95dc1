"""Plain values are understood however Amilia writes them."""

from decimal import Decimal

import pytest

from app.amilia.lenient import decimal, flag, identifier, text, whole_number


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("  Natation  ", "Natation"),
        ("a | b ", "a | b"),
        ("", ""),
        (None, ""),
        (12, "12"),
        (12.0, "12"),
        (12.5, "12.5"),
        (True, ""),
        ({}, ""),
        (["x"], ""),
        (float("inf"), ""),
        (float("nan"), ""),
        (10**100, ""),
    ],
    ids=repr,
)
def test_text_is_trimmed_and_never_none(value: object, expected: str) -> None:
    assert expected == text(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, Decimal(0)),
        (55, Decimal(55)),
        (0.1, Decimal("0.1")),
        ("55.00", Decimal(55)),
        ("12,50", Decimal("12.5")),
        (" 7 ", Decimal(7)),
        ("-3", Decimal(-3)),
    ],
    ids=repr,
)
def test_decimals_come_as_numbers_or_as_strings_with_point_or_comma(value: object, expected: Decimal) -> None:
    assert expected == decimal(value)


@pytest.mark.parametrize(
    "value",
    [None, True, "", "free", "1,234", "1_0", "NaN", "Infinity", "1e9", "٣", "1" * 31, 1e300, [], {}],
    ids=repr,
)
def test_what_is_no_plain_number_is_none(value: object) -> None:
    assert decimal(value) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [(7, 7), ("7", 7), (7.0, 7), (-7, -7), (7.5, None), (True, None), (2**63, None), ("AC-138583648", None)],
    ids=repr,
)
def test_whole_numbers_fit_64_bits(value: object, expected: int | None) -> None:
    assert expected == whole_number(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(5836165, 5836165), ("5836165", 5836165), (0, None), (-1, None), (None, None), ("", None)],
    ids=repr,
)
def test_zero_null_and_nothing_identify_nothing(value: object, expected: int | None) -> None:
    assert expected == identifier(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, True),
        (False, False),
        ("true", True),
        ("False", False),
        (1, True),
        (0, False),
        ("1", True),
        (None, None),
        ("maybe", None),
        (2, None),
        ([], None),
    ],
    ids=repr,
)
def test_truth_comes_as_boolean_word_or_number(value: object, expected: bool | None) -> None:
    assert expected is flag(value)
