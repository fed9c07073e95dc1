"""What strict parsers refuse does not get past the checker: Home Assistant's, and icalendar's."""

import logging
from contextlib import suppress

import icalendar
import pytest
from ical.calendar_stream import IcsCalendarStream
from ical.compat import enable_compat_mode
from ical.exceptions import CalendarParseError

from app.ics.lint import RULES, Client, check
from tests.unit import test_lint_content, test_lint_octets, test_lint_times
from tests.unit.test_lint_good_feed import GOOD, GOOD_LINES, add, swap

SEEDED = [*test_lint_octets.FAULTS, *test_lint_content.FAULTS, *test_lint_times.FAULTS]
BY_NAME = {line.partition(":")[0]: line for line in GOOD_LINES}
ODD = (
    *(
        "",
        " ",
        "0",
        "-1",
        "a",
        "1;2",
        "x@y",
        "P1D",
        "-P1D",
        "America",
        "VEVENT",
        "true",
        "+1400",
        "https://[",
    ),
    *(
        "20261201",
        "20261201T180000",
        "20261201T180000Z",
        "20261201T180000,20261202T180000",
        "20260230",
        "00000101",
    ),
    *(
        "FREQ=DAILY",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;INTERVAL=x",
        "FREQ=DAILY;BYMONTH=13",
        "FREQ=WEEKLY;BYDAY=XX",
    ),
)


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """The compatibility mode warns of each thing it mends."""
    caplog.set_level(logging.ERROR)


def home_assistant_refuses(feed: bytes) -> bool:
    """True when remote_calendar would drop the whole feed (``ical`` in its compatibility mode)."""
    try:
        with enable_compat_mode(feed.decode()) as text:
            IcsCalendarStream.calendar_from_ics(text)
    except (CalendarParseError, ValueError, OSError):
        return True
    return False


def icalendar_complains(feed: bytes) -> bool:
    """True when icalendar cannot read the feed or keeps errors in a component."""
    with suppress(ValueError):
        return any(part.errors for part in icalendar.Calendar.from_ical(feed).walk())
    return True


def is_text(feed: bytes) -> bool:
    try:
        return bool(feed.decode())
    except UnicodeDecodeError:
        return False


def has_error(feed: bytes) -> bool:
    return any(finding.severity == "error" for finding in check(feed))


def variants(line: str) -> list[bytes]:
    """The good feed with one line damaged in every way that is known here."""
    name, _, value = line.partition(":")
    return [
        *(swap(line, f"{name}:{odd}") for odd in ODD),
        *(
            swap(line, changed)
            for changed in (f"{line} ", f"{name}: {value}", name, f"{name};{value}", f";{line}")
        ),
        swap(line),
        add(line, line),
    ]


def test_both_parsers_read_the_good_feed() -> None:
    assert not home_assistant_refuses(GOOD)
    assert not icalendar_complains(GOOD)


@pytest.mark.parametrize("line", BY_NAME.values(), ids=BY_NAME.keys())
def test_feed_without_an_error_is_read_by_home_assistant_and_icalendar(line: str) -> None:
    passed = [feed for feed in variants(line) if not has_error(feed)]

    refused = [feed for feed in passed if home_assistant_refuses(feed) or icalendar_complains(feed)]

    assert refused == []


def test_rules_name_home_assistant_where_it_refuses_the_feed() -> None:
    """But for names in lower case, which only releases of 2025 refuse, and octets that are no text."""
    small = [fault for fault in SEEDED if len(fault.feed) < 100_000 and is_text(fault.feed)]
    named = {rule.id for rule in RULES.values() if Client.HOME_ASSISTANT in rule.clients}

    refused = {fault.rules[0] for fault in small if home_assistant_refuses(fault.feed)}

    assert named - refused == {"property-name-case", "utf-16"}
