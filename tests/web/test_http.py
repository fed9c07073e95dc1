"""Validators and dates."""

from datetime import UTC, datetime, timedelta

import pytest

from app.web.http import http_date, listed, not_after, told

CHANGED = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CURRENT = [b'"abc-br"', b'"abc"']


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (b'"abc"', b'"abc"'),
        (b'"abc-br"', b'"abc-br"'),
        (b'W/"abc"', b'"abc"'),
        (b'"x", "abc"', b'"abc"'),
        (b'"abc","abc-br"', b'"abc-br"'),
        (b'W/"x" ,  W/"abc"  ', b'"abc"'),
        (b"*", b'"abc-br"'),
        (b" * ", b'"abc-br"'),
        (b'"abcd"', None),
        (b'"abc-gz"', None),
        (b"abc", None),
        (b'"ABC"', None),
        (b'w/"abc"', None),
        (b"", None),
        (b",,", None),
        (b"\xff\x00", None),
    ],
)
def test_the_tag_of_the_callers_copy(tags: bytes, expected: bytes | None) -> None:
    assert listed(tags, CURRENT) == expected


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        ("Sun, 22 Nov 2026 12:00:00 GMT", True),
        ("Sun, 22 Nov 2026 12:00:01", True),
        ("Sunday, 22-Nov-26 12:00:00 GMT", True),
        ("Sun, 22 Nov 2026 11:59:58 GMT", True),
        ("Sun, 22 Nov 2026 11:59:59 GMT", False),
        ("Sun, 22 Nov 2026 11:59:57 GMT", False),
        ("yesterday", False),
        ("", False),
    ],
)
def test_the_date_that_was_told_or_one_after_the_change_is_of_the_same_copy(
    since: str, expected: bool
) -> None:  # of the table
    assert not_after(told(CHANGED), since) is expected


def test_dates_are_written_as_http_asks() -> None:
    assert http_date(CHANGED) == "Sun, 22 Nov 2026 12:00:00 GMT"


def test_what_changed_is_told_as_earlier_than_any_clock_of_a_server() -> None:
    assert told(CHANGED) <= CHANGED - timedelta(seconds=1)
