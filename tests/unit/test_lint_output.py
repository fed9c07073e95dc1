"""What the checker's findings look like to a person and to a program, and how many there may be."""

import json

from app.ics.lint import Finding, as_json, check, report
from app.ics.lint.finding import LISTED, shown
from tests.unit.test_lint_good_feed import GOOD, add, swap

LATE = Finding("line-length", "error", 40, "This line is long.", ("Google Calendar",), "RFC 5545 §3.1")
EARLY = Finding(
    "line-length", "error", 12, "This line is longer.", ("Google Calendar",), "RFC 5545 §3.1", more=7
)
HEADER = Finding("etag-missing", "warning", 0, "There is no ETag.", (), "RFC 9110 §8.8.3")


def test_report_groups_by_rule_with_errors_first() -> None:
    expected = (
        "9 errors, 1 warning.\n"
        "\n"
        "error: line-length\n"
        "  line 12: This line is longer.\n"
        "  line 40: This line is long.\n"
        "  and 7 more\n"
        "  Hurts Google Calendar. Source: RFC 5545 §3.1.\n"
        "\n"
        "warning: etag-missing\n"
        "  headers: There is no ETag.\n"
        "  Source: RFC 9110 §8.8.3.\n"
    )

    assert expected == report([HEADER, LATE, EARLY])


def test_report_of_nothing_says_so() -> None:
    assert report([]) == "No fault found.\n"


def test_report_shows_some_places_of_a_rule_and_counts_the_others() -> None:
    text = report(check(GOOD.replace(b"\r\n", b"\n")))

    lines = GOOD.count(b"\r\n")
    assert text.startswith(f"{lines} errors, 0 warnings.\n")
    assert f"  and {lines - 5} more\n" in text


def test_json_has_the_fields_of_a_finding_and_survives_json() -> None:
    expected = {
        "rule": "line-length",
        "severity": "error",
        "line": 12,
        "message": "This line is longer.",
        "clients": ["Google Calendar"],
        "source": "RFC 5545 §3.1",
        "more": 7,
    }

    assert [expected] == json.loads(json.dumps(as_json([EARLY])))


def test_places_beyond_the_limit_are_counted_on_the_last_one() -> None:
    found = check(add("SEQUENCE:2", *["X-EMPTY:"] * 100))

    assert len(found) == LISTED
    assert [finding.more for finding in found] == [0] * (LISTED - 1) + [100 - LISTED]


def test_findings_come_by_line() -> None:
    feed = swap("STATUS:CANCELLED", "STATUS:GONE").replace(b"VERSION:2.0", b"VERSION:3.0")

    assert [finding.rule for finding in check(feed)] == ["version", "status"]


def test_finding_tells_rule_clients_and_source() -> None:
    (found,) = check(swap("STATUS:CANCELLED", "STATUS:CANCELED"))

    assert found.severity == "error"
    assert found.message.startswith("STATUS:CANCELED is not a status of an event")
    assert found.clients == ("Home Assistant", "ICSx5")
    assert found.source.startswith("RFC 5545 §3.8.1.11")


def test_excerpts_from_a_file_are_short_and_safe_on_a_terminal() -> None:
    (found,) = check(swap("STATUS:CANCELLED", "STATUS:\u202e\u009b31m" + "{0}" * 20))

    assert "STATUS:\\u202e\\u009b31m{0}{0}" in found.message
    assert "…" in found.message
    assert found.message.isprintable()


def test_shown_text_keeps_what_can_be_read() -> None:
    assert shown("Île 🤸") == "Île 🤸"
    assert shown("a\r\nb\x1b[0m\ud800") == "a\\u000d\\u000ab\\u001b[0m\\ud800"
