"""Validators and conditional requests."""

from datetime import UTC, datetime

import pytest

from app.web.http import http_date, not_modified

CHANGED = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TAG = "abc"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, False),
        ({"if-none-match": '"abc"'}, True),
        ({"if-none-match": 'W/"abc"'}, True),
        ({"if-none-match": '"x", "abc"'}, True),
        ({"if-none-match": "*"}, True),
        ({"if-none-match": '"abcd"'}, False),
        ({"if-none-match": "abc"}, False),
        ({"if-none-match": ""}, False),
        ({"if-modified-since": "Sun, 22 Nov 2026 12:00:00 GMT"}, True),
        ({"if-modified-since": "Sun, 22 Nov 2026 11:59:59 GMT"}, False),
        ({"if-modified-since": "yesterday"}, False),
        ({"if-modified-since": "Sun, 22 Nov 2026 12:00:01"}, True),
        ({"if-none-match": '"old"', "if-modified-since": "Sun, 22 Nov 2026 12:00:00 GMT"}, False),
        ({"if-none-match": '"abc"', "cache-control": "no-cache"}, True),
    ],
)
def test_not_modified(headers: dict[str, str], expected: bool) -> None:  # a parameter of the table
    assert not_modified(headers, TAG, CHANGED) is expected


def test_dates_are_written_as_http_asks() -> None:
    assert http_date(CHANGED) == "Sun, 22 Nov 2026 12:00:00 GMT"
