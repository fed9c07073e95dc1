"""What the headers of a feed's HTTP answer are judged by; without headers nobody asks."""

import pytest

from app.ics.lint import check
from tests.unit.test_lint_good_feed import GOOD

GOOD_HEADERS = {
    "Content-Type": "text/calendar; charset=utf-8",
    "ETag": '"8c7d6a0e"',
    "Access-Control-Allow-Origin": "*",
}


def test_good_headers_have_no_finding() -> None:
    assert check(GOOD, headers=GOOD_HEADERS) == []


def test_names_and_values_of_headers_may_be_in_any_case() -> None:
    headers = {name.upper(): value for name, value in GOOD_HEADERS.items()}
    headers["CONTENT-TYPE"] = 'TEXT/CALENDAR;COMPONENT=VEVENT;CHARSET="UTF-8"'

    assert check(GOOD, headers=headers) == []


def test_charset_may_be_left_out() -> None:
    assert check(GOOD, headers=GOOD_HEADERS | {"Content-Type": "text/calendar"}) == []


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"Content-Type": "text/html; charset=utf-8"}, "content-type"),
        ({"Content-Type": "text/calendarish"}, "content-type"),
        ({"Content-Type": "text/calendar; charset=iso-8859-1"}, "content-charset"),
    ],
)
def test_wrong_header_is_found_at_line_0(changed: dict[str, str], rule: str) -> None:
    found = check(GOOD, headers=GOOD_HEADERS | changed)

    assert [(rule, 0)] == [(finding.rule, finding.line) for finding in found]


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("Content-Type", "content-type"),
        ("ETag", "etag-missing"),
        ("Access-Control-Allow-Origin", "cors-missing"),
    ],
)
def test_missing_header_is_found_at_line_0(name: str, rule: str) -> None:
    headers = {held: value for held, value in GOOD_HEADERS.items() if held != name}

    found = check(GOOD, headers=headers)

    assert [(rule, 0)] == [(finding.rule, finding.line) for finding in found]


def test_headers_are_judged_even_where_the_body_is_no_calendar() -> None:
    found = check(b"<html>", headers=GOOD_HEADERS | {"Content-Type": "text/html"})

    assert {finding.rule for finding in found} == {"content-type", "html-body"}
