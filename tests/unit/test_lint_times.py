"""Faults of times, recurrence and zones: one change in a good feed, found by its rule, on its line."""

import pytest

from app.ics.lint import check
from tests.unit.test_lint_good_feed import (
    CANCELLED,
    DAY,
    GOOD,
    HEAD,
    STANDARD,
    TIMED,
    TORONTO,
    Fault,
    add,
    fault,
    swap,
    swap_block,
    written,
)

START = "DTSTART;TZID=America/Toronto:20261201T180000"
END = "DTEND;TZID=America/Toronto:20261201T193000"
SUMMER_START = "DTSTART;TZID=America/Toronto:20270705T090000"
SUMMER_END = "DTEND;TZID=America/Toronto:20270705T160000"
SPRING = "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU"


def without_zone(*events: str) -> bytes:
    return written((*HEAD, *events, "END:VCALENDAR"))


TIMES = [
    fault("end and duration", add(END, "DURATION:PT1H"), "dtend-and-duration", "DURATION:PT1H\r\nLOC"),
    fault(
        "negative duration", swap(END, "DURATION:-PT1H"), "bad-duration", "DURATION:-", "end-not-after-start"
    ),
    fault(
        "end before start",
        swap(END, "DTEND;TZID=America/Toronto:20261201T170000"),
        "end-not-after-start",
        "DTEND;TZID=America/Toronto:20261201T17",
    ),
    fault(
        "end at start",
        swap(END, END.replace("1930", "1800")),
        "end-not-after-start",
        END.replace("1930", "1800"),
    ),
    fault(
        "end in UTC before start in a zone",
        swap(END, "DTEND:20261201T220000Z"),
        "end-not-after-start",
        "DTEND:20261201T22",
    ),
    fault(
        "all-day end at start",
        swap("DTEND;VALUE=DATE:20261206", "DTEND;VALUE=DATE:20261205"),
        "end-not-after-start",
        "DTEND;VALUE=DATE:20261205",
    ),
    fault(
        "date and date-time",
        swap("DTEND;VALUE=DATE:20261206", "DTEND:20261206T120000Z"),
        "mixed-types",
        "DTEND:20261206",
    ),
    fault("exception of another kind", add(END, "EXDATE;VALUE=DATE:20261208"), "mixed-types", "EXDATE"),
    fault(
        "all-day without VALUE",
        swap("DTSTART;VALUE=DATE:20261205", "DTSTART:20261205"),
        "date-without-value",
        "DTSTART:20261205",
    ),
    fault(
        "date-time with VALUE=DATE",
        swap("DTSTART;VALUE=DATE:20261205", "DTSTART;VALUE=DATE:20261205T000000"),
        "bad-date",
        "DTSTART;VALUE=DATE:20261205T",
    ),
    fault(
        "29 February",
        swap("DTSTART;VALUE=DATE:20261205", "DTSTART;VALUE=DATE:20260229"),
        "bad-date",
        "DTSTART;VALUE=DATE:20260229",
    ),
    fault("two starts in one", swap(START, START + ",20261202T180000"), "bad-date", START),
    fault("ISO date", swap(SUMMER_END, "DTEND:2027-07-05T16:00:00Z"), "bad-date", "DTEND:2027-07"),
    fault(
        "hour of 25",
        swap(SUMMER_END, "DTEND;TZID=America/Toronto:20270705T250000"),
        "bad-date",
        "DTEND;TZID=America/Toronto:20270705T25",
    ),
    fault(
        "midnight to midnight",
        swap_block(
            (SUMMER_START, SUMMER_END),
            "DTSTART;TZID=America/Toronto:20270705T000000",
            "DTEND;TZID=America/Toronto:20270706T000000",
        ),
        "midnight-all-day",
        "DTSTART;TZID=America/Toronto:20270705T00",
    ),
    fault(
        "midnight for a day",
        swap_block((SUMMER_START, SUMMER_END), "DTSTART:20270705T000000Z", "DURATION:P1D"),
        "midnight-all-day",
        "DTSTART:20270705",
    ),
    fault(
        "floating times",
        swap_block((SUMMER_START, SUMMER_END), "DTSTART:20270705T090000", "DTEND:20270705T160000"),
        "floating-time",
        "DTSTART:20270705",
    ),
    fault(
        "floating end",
        swap(SUMMER_END, "DTEND:20270705T160000"),
        "floating-time",
        "DTEND:20270705",
        "mixed-types",
    ),
    fault(
        "TZID on UTC",
        swap(SUMMER_END, "DTEND;TZID=America/Toronto:20270705T200000Z"),
        "tzid-misplaced",
        "DTEND;TZID=America/Toronto:20270705T20",
    ),
    fault(
        "TZID on a date",
        swap("DTSTART;VALUE=DATE:20261205", "DTSTART;VALUE=DATE;TZID=America/Toronto:20261205"),
        "tzid-misplaced",
        "DTSTART;VALUE=DATE;TZID",
    ),
]

RULES_OF_RECURRENCE = [
    fault("COUNT=1", add(END, "RRULE:FREQ=YEARLY;COUNT=1"), "rrule-count-one", "RRULE:FREQ=YEARLY;COUNT"),
    fault(
        "UNTIL as a date", add(END, "RRULE:FREQ=WEEKLY;UNTIL=20270101"), "rrule-until", "RRULE:FREQ=WEEKLY"
    ),
    fault(
        "UNTIL not in UTC",
        add(END, "RRULE:FREQ=WEEKLY;UNTIL=20270101T000000"),
        "rrule-until",
        "RRULE:FREQ=WEEKLY",
    ),
    fault(
        "UNTIL as a time for days",
        add("DTEND;VALUE=DATE:20261206", "RRULE:FREQ=WEEKLY;UNTIL=20270101T000000Z"),
        "rrule-until",
        "RRULE:FREQ=WEEKLY",
    ),
    fault(
        "COUNT and UNTIL",
        add(END, "RRULE:FREQ=DAILY;COUNT=5;UNTIL=20270101T000000Z"),
        "rrule-count-and-until",
        "RRULE:FREQ=DAILY",
    ),
    fault("RSCALE", add(END, "RRULE:RSCALE=GREGORIAN;FREQ=DAILY"), "rrule-rscale", "RRULE:RSCALE"),
    fault("SKIP", add(END, "RRULE:FREQ=MONTHLY;SKIP=FORWARD"), "rrule-rscale", "RRULE:FREQ=MONTHLY"),
    fault("no frequency", add(END, "RRULE:BYDAY=MO"), "bad-rrule", "RRULE:BYDAY"),
    fault("unknown frequency", add(END, "RRULE:FREQ=OFTEN"), "bad-rrule", "RRULE:FREQ=OFTEN"),
    fault(
        "rule twice", add(END, "RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY"), "property-twice", "RRULE:FREQ=WEEKLY"
    ),
    fault("unknown weekday", add(END, "RRULE:FREQ=WEEKLY;BYDAY=XX"), "bad-rrule", "RRULE:FREQ=WEEKLY"),
    fault("interval of 0", add(END, "RRULE:FREQ=DAILY;INTERVAL=0"), "bad-rrule", "RRULE:FREQ=DAILY"),
    fault("empty rule", add(END, "RRULE:"), "bad-rrule", "RRULE:\r\n"),
]

ZONES = [
    fault("TZID without VTIMEZONE", without_zone(*TIMED, *DAY), "tzid-without-vtimezone", START),
    fault(
        "Windows name without VTIMEZONE",
        swap_block((SUMMER_START, SUMMER_END), "DTSTART;TZID=W. Europe Standard Time:20270705T090000"),
        "tzid-windows",
        "DTSTART;TZID=W. Europe",
        "tzid-without-vtimezone",
    ),
    fault(
        "Windows name with VTIMEZONE",
        GOOD.replace(b"America/Toronto", b"Eastern Standard Time").replace(
            b"X-WR-TIMEZONE:Eastern Standard Time\r\n", b""
        ),
        "tzid-windows",
        "BEGIN:VTIMEZONE",
    ),
    fault(
        "slash before the name",
        GOOD.replace(b"America/Toronto", b"/America/Toronto"),
        "tzid-prefix",
        "BEGIN:VTIMEZONE",
        "x-wr-timezone",
    ),
    fault(
        "invented name",
        GOOD.replace(b"America/Toronto", b"America/Laval"),
        "tzid-not-iana",
        "BEGIN:VTIMEZONE",
        "x-wr-timezone",
    ),
    fault(
        "name that is a folder",
        GOOD.replace(b"America/Toronto", b"America"),
        "tzid-not-iana",
        "BEGIN:VTIMEZONE",
        "x-wr-timezone",
    ),
    fault(
        "calendar's zone by a folder",
        swap("X-WR-TIMEZONE:America/Toronto", "X-WR-TIMEZONE:America"),
        "x-wr-timezone",
        "X-WR-TIMEZONE",
    ),
    fault(
        "name that is a path out of the zone database",
        swap_block((SUMMER_START, SUMMER_END), "DTSTART;TZID=../../etc/passwd:20270705T090000"),
        "tzid-not-iana",
        "DTSTART;TZID=../",
        "tzid-without-vtimezone",
    ),
    fault(
        "no TZID in the zone",
        without_zone("BEGIN:VTIMEZONE", *STANDARD, "END:VTIMEZONE", *CANCELLED, *DAY),
        "vtimezone-tzid-missing",
        "BEGIN:VTIMEZONE",
    ),
    fault(
        "no STANDARD",
        swap_block(STANDARD),
        "vtimezone-no-standard",
        "BEGIN:VTIMEZONE",
        "vtimezone-wrong-offset",
    ),
    fault(
        "second STANDARD",
        add("END:DAYLIGHT", *(line.replace("1970", "2007") for line in STANDARD)),
        "vtimezone-several-parts",
        "BEGIN:STANDARD\r\nDTSTART:1970",
    ),
    fault("part without DTSTART", swap("DTSTART:19700308T020000"), "vtimezone-dtstart", "BEGIN:DAYLIGHT"),
    fault(
        "part with DTSTART in UTC",
        swap("DTSTART:19700308T020000", "DTSTART:19700308T070000Z"),
        "vtimezone-dtstart",
        "BEGIN:DAYLIGHT",
    ),
    fault("no TZOFFSETTO", swap("TZOFFSETTO:-0400"), "vtimezone-offset-missing", "BEGIN:DAYLIGHT"),
    fault("no TZOFFSETFROM", swap("TZOFFSETFROM:-0500"), "vtimezone-offset-missing", "BEGIN:DAYLIGHT"),
    fault(
        "offset with a colon",
        swap("TZOFFSETTO:-0400", "TZOFFSETTO:-04:00"),
        "vtimezone-bad-offset",
        "TZOFFSETTO:-04:",
    ),
    fault(
        "changes listed", swap(SPRING, "RDATE:20260308T020000,20270314T020000"), "vtimezone-rdate", "RDATE"
    ),
    fault("no yearly rule", swap(SPRING), "vtimezone-no-rrule", "BEGIN:DAYLIGHT", "vtimezone-wrong-offset"),
    fault(
        "rule without month",
        swap(SPRING, "RRULE:FREQ=YEARLY;BYDAY=2SU"),
        "vtimezone-rrule",
        "RRULE:FREQ=YEARLY;BYDAY",
    ),
    fault(
        "rule with an uncounted day",
        swap(SPRING, "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=SU"),
        "vtimezone-rrule",
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=SU",
    ),
    fault(
        "monthly rule", swap(SPRING, "RRULE:FREQ=MONTHLY;BYDAY=2SU"), "vtimezone-rrule", "RRULE:FREQ=MONTHLY"
    ),
    fault(
        "rule by the day of the month",
        swap(SPRING, "RRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=8,9,10;BYDAY=SU"),
        "vtimezone-bymonthday",
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY",
    ),
    fault(
        "zone after events",
        written((*HEAD, *TIMED, *TORONTO, *DAY, "END:VCALENDAR")),
        "vtimezone-after-events",
        "BEGIN:VTIMEZONE",
    ),
    fault(
        "unused zone",
        add("X-WR-TIMEZONE:America/Toronto", *(line.replace("Toronto", "New_York") for line in TORONTO)),
        "vtimezone-unused",
        "BEGIN:VTIMEZONE",
    ),
    fault(
        "zone twice",
        add("X-WR-TIMEZONE:America/Toronto", *TORONTO),
        "vtimezone-duplicate",
        "END:VTIMEZONE\r\nBEGIN:VTIMEZONE",
        below=1,
    ),
    fault(
        "summer an hour off",
        swap("TZOFFSETTO:-0400", "TZOFFSETTO:-0300"),
        "vtimezone-wrong-offset",
        SUMMER_START,
    ),
    fault(
        "summer begins in August",
        swap(SPRING, "RRULE:FREQ=YEARLY;BYMONTH=8;BYDAY=2SU"),
        "vtimezone-wrong-offset",
        SUMMER_START,
    ),
    fault(
        "summer ended in 2007",
        swap(SPRING, SPRING + ";UNTIL=20070311T070000Z"),
        "vtimezone-wrong-offset",
        SUMMER_START,
    ),
    fault(
        "zone of another city",
        swap_block(
            TORONTO[1:],
            "TZID:America/Toronto",
            *(line.replace("-0500", "-0600").replace("-0400", "-0500") for line in TORONTO[2:]),
        ),
        "vtimezone-wrong-offset",
        START,
    ),
]

FAULTS = [*TIMES, *RULES_OF_RECURRENCE, *ZONES]


@pytest.mark.parametrize("seeded", FAULTS, ids=lambda seeded: seeded.name)
def test_fault_of_time_is_found_by_its_rule_and_no_other(seeded: Fault) -> None:
    found = {finding.rule for finding in check(seeded.feed)}

    assert set(seeded.rules) == found


@pytest.mark.parametrize("seeded", FAULTS, ids=lambda seeded: seeded.name)
def test_fault_of_time_is_found_on_its_line(seeded: Fault) -> None:
    lines = [finding.line for finding in check(seeded.feed) if finding.rule == seeded.rules[0]]

    assert seeded.line == lines[0]
