"""Whatever octets come, the checker answers, soon, with few findings that can be printed."""

import json
import random
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.ics.lint import RULES, Finding, as_json, check, report
from app.ics.lint.finding import LISTED
from app.ics.lint.physical import MAX_LINES
from tests.unit.test_lint_good_feed import GOOD, GOOD_LINES, written

HEAD = b"BEGIN:VCALENDAR\r\n"
MEGABYTE = 1_000_000
# Measured: under 0.5 s each. Quadratic time would need minutes.
PATIENCE = 20.0

HOSTILE = {
    "random octets": HEAD + random.Random(1).randbytes(MEGABYTE),  # noqa: S311  # seeded noise, no secret
    "one line without end": HEAD + b"a" * MEGABYTE,
    "one endless text": HEAD + b"SUMMARY:" + b"\\" * MEGABYTE,
    "folds alone": HEAD + b"SUMMARY:a" + b"\r\n " * (MEGABYTE // 3),
    "CR alone": HEAD + b"\r" * MEGABYTE,
    "LF alone": HEAD + b"\n" * MEGABYTE,
    "blanks": HEAD + b" " * MEGABYTE,
    "half beginnings": (HEAD.strip() + b" " * 80 + b"x") * (MEGABYTE // 96),
    "deep nesting": HEAD + b"BEGIN:X\r\n" * (MEGABYTE // 9),
    "ends alone": HEAD + b"END:X\r\n" * (MEGABYTE // 7),
    "calendars without end": HEAD * (MEGABYTE // 17),
    "empty events": HEAD + b"BEGIN:VEVENT\r\nEND:VEVENT\r\n" * (MEGABYTE // 26),
    "one event of many properties": HEAD + b"BEGIN:VEVENT\r\n" + b"A:b\r\n" * (MEGABYTE // 5),
    "many parameters": HEAD + b"A" + b";B=c" * (MEGABYTE // 4) + b":d\r\n",
    "commas in a parameter": HEAD + b"A;B=" + b"," * MEGABYTE + b":d\r\n",
    "quotes": HEAD + b"A;B=" + b'"' * MEGABYTE + b":d\r\n",
    "open tags": HEAD + b"SUMMARY:" + b"<a " * (MEGABYTE // 3) + b"\r\nEND:VCALENDAR\r\n",
    "open entities": HEAD + b"SUMMARY:" + b"&a" * (MEGABYTE // 2) + b"\r\nEND:VCALENDAR\r\n",
    "combining accents": HEAD + b"SUMMARY:a" + "\u0316\u0301".encode() * (MEGABYTE // 4) + b"\r\n",
    "Latin-1 in folds": HEAD + b"SUMMARY:" + b"\xe9\r\n " * (MEGABYTE // 4),
    "many exceptions": HEAD
    + b"BEGIN:VEVENT\r\nEXDATE:"
    + b"20260101T000000Z," * (MEGABYTE // 17)
    + b"\r\nEND:VEVENT\r\n",
    "many time zones": HEAD
    + b"".join(
        b"BEGIN:VEVENT\r\nDTSTART;TZID=A/B%d:20260101T000000\r\nEND:VEVENT\r\n" % number
        for number in range(14_000)
    )
    + b"END:VCALENDAR\r\n",
    "many observances": HEAD
    + b"BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\n"
    + b"BEGIN:STANDARD\r\nEND:STANDARD\r\n" * (MEGABYTE // 30)
    + b"END:VTIMEZONE\r\n",
}

MUTATIONS = st.lists(
    st.tuples(
        st.integers(0, len(GOOD)),
        st.integers(0, 40),
        st.binary(max_size=12)
        | st.sampled_from([b"\r\n", b"\r\n ", b"\n", b":", b";", b'"', b"\\", b"\xc3", b"T"]),
    ),
    min_size=1,
    max_size=6,
)
VALUES = st.sampled_from(
    [
        *(
            "",
            "0",
            "-1",
            "00000101",
            "99991231T235959Z",
            "00010101T000000",
            "20260230",
            "P",
            "PT",
            "-P9999W",
            "1;2",
        ),
        *("FREQ=YEARLY;BYMONTH=1;BYDAY=-5SU;UNTIL=99991231T235959Z", "FREQ=YEARLY;BYMONTH=12;BYDAY=5SA"),
        *("+1400", "-2359", "https://[", "\u202e", "America", "../../etc/passwd", "{0}", "%s", "٣٣٣"),
        *("a" * 300, "9" * 5000),
    ]
) | st.text(max_size=20)


def assert_sound(feed: bytes, findings: list[Finding]) -> None:
    """Findings are of known rules, bounded, on lines of the file, and can be printed and sent."""
    last = len(feed.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n"))
    counts = {rule: sum(1 for finding in findings if finding.rule == rule) for rule in RULES}
    assert sum(counts.values()) == len(findings)
    assert max(counts.values()) <= LISTED
    assert all(1 <= finding.line <= last for finding in findings)
    assert all(finding.message.isprintable() for finding in findings)
    assert len(as_json(findings)) == len(json.loads(json.dumps(as_json(findings))))
    assert report(findings).encode()


@given(st.binary(max_size=400))
@settings(deadline=None)
def test_any_octets_are_answered(feed: bytes) -> None:
    assert_sound(feed, check(feed))


@given(st.binary(max_size=400))
@settings(deadline=None)
def test_any_octets_in_a_calendar_are_answered(feed: bytes) -> None:
    inside = HEAD + feed + b"\r\nEND:VCALENDAR\r\n"

    assert_sound(inside, check(inside))


@given(MUTATIONS)
@settings(deadline=None)
def test_damaged_feed_is_answered(mutations: list[tuple[int, int, bytes]]) -> None:
    feed = GOOD
    for at, length, octets in mutations:
        feed = feed[:at] + octets + feed[at + length :]

    assert_sound(feed, check(feed))


@given(st.lists(st.tuples(st.integers(0, len(GOOD_LINES) - 1), VALUES), min_size=1, max_size=8))
@settings(deadline=None)
def test_feed_with_odd_values_is_answered(changes: list[tuple[int, str]]) -> None:
    lines = list(GOOD_LINES)
    for index, value in changes:
        lines[index] = lines[index].partition(":")[0] + ":" + value

    feed = written(lines)

    assert_sound(feed, check(feed))


@given(st.permutations(GOOD_LINES))
@settings(deadline=None, max_examples=50)
def test_lines_in_any_order_are_answered(lines: list[str]) -> None:
    feed = written(lines)

    assert_sound(feed, check(feed))


@given(st.integers(0, len(GOOD)))
@settings(deadline=None)
def test_feed_cut_anywhere_has_a_finding(length: int) -> None:
    """A cut at the very end of the last line is no cut."""
    findings = check(GOOD[:length])

    assert_sound(GOOD[:length], findings)
    assert bool(findings) == (length < len(GOOD))


@pytest.mark.parametrize("feed", HOSTILE.values(), ids=HOSTILE.keys())
def test_megabyte_of_malice_is_answered_in_bounded_time(feed: bytes) -> None:
    began = perf_counter()

    findings = check(feed)

    assert perf_counter() - began < PATIENCE
    assert findings
    assert_sound(feed, findings)


def test_lines_beyond_the_limit_are_not_read_and_that_is_said() -> None:
    feed = HEAD + b"X-A:b\r\n" * MAX_LINES + b"STATUS:GONE\r\n"

    findings = check(feed)

    assert [finding.line for finding in findings if finding.rule == "not-examined"] == [MAX_LINES + 1]
    assert not {"truncated", "no-components"} & {finding.rule for finding in findings}
