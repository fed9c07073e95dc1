"""A feed as it should be draws no remark, and neither does what others may rightly publish.

The other tests of the checker change exactly one thing in ``GOOD`` and say which line it then stands on.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import pytest

from app.ics.lint import check

TIMED_UID = "UID:8c7d6a0e-1111-5b6f-9a55-0c3f9a3a1a01"
CANCELLED_UID = "UID:8c7d6a0e-2222-5b6f-9a55-0c3f9a3a1a02"
DAY_UID = "UID:8c7d6a0e-3333-5b6f-9a55-0c3f9a3a1a03"
SUMMER_UID = "UID:8c7d6a0e-4444-5b6f-9a55-0c3f9a3a1a04"

APPLE_LOCATION = (
    'X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-TITLE="Piscine: bassin 1";'
    'X-ADDRESS="5 rue de l’Église, Montréal";X-APPLE-RADIUS=72:geo:45.508888,-73.561668'
)
DESCRIPTION = (
    "DESCRIPTION:Activités aquatiques › Natation › Enfants\\nGratuit\\n5 < 6 & 7 > 2\\; voir\\n"
    "https://www.example.org/fr/a?b=1&c=2"
)

HEAD = (
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Example Club//Calendar//EN",
    "CALSCALE:GREGORIAN",
    "NAME:Club de natation\\, horaire",
    "X-WR-CALNAME:Club de natation\\, horaire",
    "DESCRIPTION:Tout l’horaire du centre récréatif\\, tenu à jour plusieurs fois par jour pour les membres.",
    "X-WR-CALDESC:Tout l’horaire du centre",
    "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
    "X-PUBLISHED-TTL:PT1H",
    "COLOR:teal",
    "X-APPLE-CALENDAR-COLOR:#0B7A75",
    "SOURCE;VALUE=URI:https://calendars.example.org/orgs/club/calendar.ics?programId=4521",
    "URL:https://calendars.example.org/orgs/club",
    "X-WR-TIMEZONE:America/Toronto",
)
DAYLIGHT = (
    "BEGIN:DAYLIGHT",
    "DTSTART:19700308T020000",
    "TZOFFSETFROM:-0500",
    "TZOFFSETTO:-0400",
    "TZNAME:EDT",
    "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU",
    "END:DAYLIGHT",
)
STANDARD = (
    "BEGIN:STANDARD",
    "DTSTART:19701101T020000",
    "TZOFFSETFROM:-0400",
    "TZOFFSETTO:-0500",
    "TZNAME:EST",
    "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU",
    "END:STANDARD",
)
TORONTO = ("BEGIN:VTIMEZONE", "TZID:America/Toronto", *DAYLIGHT, *STANDARD, "END:VTIMEZONE")
TIMED = (
    "BEGIN:VEVENT",
    TIMED_UID,
    "DTSTAMP:20260901T120000Z",
    "CREATED:20260801T080000Z",
    "LAST-MODIFIED:20260901T120000Z",
    "SEQUENCE:2",
    "SUMMARY:Natation 🤸 niveau 2 – Île-des-Sœurs",
    "DTSTART;TZID=America/Toronto:20261201T180000",
    "DTEND;TZID=America/Toronto:20261201T193000",
    "LOCATION:Piscine municipale\\, 5 rue de l’Église\\, Montréal",
    "GEO:45.508888;-73.561668",
    APPLE_LOCATION,
    DESCRIPTION,
    "URL:https://www.example.org/fr/activities/1",
    "CATEGORIES:Natation,Enfants\\, débutants",
    "STATUS:CONFIRMED",
    "TRANSP:OPAQUE",
    "X-MICROSOFT-CDO-BUSYSTATUS:BUSY",
    "X-AMILIA-STATE:Normal",
    "END:VEVENT",
)
CANCELLED = (
    "BEGIN:VEVENT",
    CANCELLED_UID,
    "DTSTAMP:20260902T120000Z",
    "CREATED:20260801T080000Z",
    "LAST-MODIFIED:20260902T120000Z",
    "SEQUENCE:3",
    "SUMMARY:Annulé : Judo",
    "DTSTART:20261203T230000Z",
    "DTEND:20261204T003000Z",
    "DESCRIPTION:Annulé. L’entraîneur est malade.",
    "STATUS:CANCELLED",
    "TRANSP:TRANSPARENT",
    "X-MICROSOFT-CDO-BUSYSTATUS:FREE",
    "X-AMILIA-STATE:Cancelled",
    "END:VEVENT",
)
DAY = (
    "BEGIN:VEVENT",
    DAY_UID,
    "DTSTAMP:20260903T120000Z",
    "LAST-MODIFIED:20260903T120000Z",
    "SEQUENCE:0",
    "SUMMARY:Portes ouvertes",
    "DTSTART;VALUE=DATE:20261205",
    "DTEND;VALUE=DATE:20261206",
    "TRANSP:TRANSPARENT",
    "END:VEVENT",
)
SUMMER = (
    "BEGIN:VEVENT",
    SUMMER_UID,
    "DTSTAMP:20260904T120000Z",
    "LAST-MODIFIED:20260904T120000Z",
    "SEQUENCE:0",
    "SUMMARY:Camp de jour",
    "DTSTART;TZID=America/Toronto:20270705T090000",
    "DTEND;TZID=America/Toronto:20270705T160000",
    "END:VEVENT",
)
GOOD_LINES = (*HEAD, *TORONTO, *TIMED, *CANCELLED, *DAY, *SUMMER, "END:VCALENDAR")


def folded(line: str) -> bytes:
    """One content line as octets, folded between characters."""
    pieces, width = [b""], 75
    for char in line:
        octets = char.encode()
        if len(pieces[-1]) + len(octets) > width:
            pieces.append(b" ")
        pieces[-1] += octets
    return b"\r\n".join(pieces) + b"\r\n"


def written(lines: Iterable[str]) -> bytes:
    return b"".join(folded(line) for line in lines)


GOOD = written(GOOD_LINES)


def swap(old: str, *new: str) -> bytes:
    """The good feed with its first line ``old`` replaced by other lines, or by none."""
    at = GOOD_LINES.index(old)
    return written((*GOOD_LINES[:at], *new, *GOOD_LINES[at + 1 :]))


def add(after: str, *new: str) -> bytes:
    """The good feed with lines put behind its first line ``after``."""
    return swap(after, after, *new)


def swap_block(old: tuple[str, ...], *new: str) -> bytes:
    """The good feed with a run of lines replaced by other lines, or by none."""
    at = GOOD_LINES.index(old[0])
    while GOOD_LINES[at : at + len(old)] != old:
        at = GOOD_LINES.index(old[0], at + 1)
    return written((*GOOD_LINES[:at], *new, *GOOD_LINES[at + len(old) :]))


def swap_octets(old: bytes, new: bytes) -> bytes:
    """The good feed with one run of octets replaced by another, and nothing folded anew."""
    assert old in GOOD
    return GOOD.replace(old, new, 1)


@dataclass(frozen=True, slots=True)
class Fault:
    """A feed with one fault, the rules that speak of it, and the line at which the first of them points.

    That is the line on which the text ``at`` begins, or so many lines ``below``.
    """

    name: str
    feed: bytes
    rules: tuple[str, ...]
    at: str
    below: int

    @property
    def line(self) -> int:
        before = self.feed[: self.feed.index(self.at.encode())]
        return 1 + before.count(b"\n") + self.below


def fault(name: str, feed: bytes, rule: str, at: str, *others: str, below: int = 0) -> Fault:
    return Fault(name, feed, (rule, *others), at, below)


def test_good_feed_has_no_finding() -> None:
    assert check(GOOD) == []


def test_good_feed_is_long_enough_to_have_folded_lines_before_its_first_event() -> None:
    head = GOOD[: GOOD.index(b"BEGIN:VEVENT")]

    assert b"\r\n " in head


def test_feed_of_an_empty_selection_has_no_finding() -> None:
    """One all-day event tells that there is nothing; the calendar keeps its name, interval and time zone."""
    feed = written((*HEAD, *TORONTO, *DAY, "END:VCALENDAR"))

    assert check(feed) == []


def test_download_of_an_all_day_event_may_keep_the_time_zone() -> None:
    feed = written((*HEAD[:4], *TORONTO, *DAY, "END:VCALENDAR"))

    assert check(feed) == []


def test_download_of_one_event_without_name_and_interval_has_no_finding() -> None:
    feed = written((*HEAD[:4], *TORONTO, *TIMED, "END:VCALENDAR"))

    assert check(feed) == []


ALARM = ("BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT30M", "DESCRIPTION:Natation", "END:VALARM")
PHOENIX = (
    "BEGIN:VTIMEZONE",
    "TZID:America/Phoenix",
    "BEGIN:STANDARD",
    "DTSTART:19700101T000000",
    "TZOFFSETFROM:-0700",
    "TZOFFSETTO:-0700",
    "TZNAME:MST",
    "END:STANDARD",
    "END:VTIMEZONE",
)
SERIES = (
    "BEGIN:VEVENT",
    "UID:8c7d6a0e-5555-5b6f-9a55-0c3f9a3a1a05",
    "DTSTAMP:20260904T120000Z",
    "SUMMARY:Yoga",
    "DTSTART;TZID=America/Toronto:20260907T180000",
    "DURATION:PT1H30M",
    "RRULE:FREQ=WEEKLY;UNTIL=20270101T000000Z",
    "EXDATE;TZID=America/Toronto:20260914T180000,20260921T180000",
    "END:VEVENT",
    "BEGIN:VEVENT",
    "UID:8c7d6a0e-5555-5b6f-9a55-0c3f9a3a1a05",
    "RECURRENCE-ID;TZID=America/Toronto:20260928T180000",
    "DTSTAMP:20260904T120000Z",
    "SUMMARY:Yoga",
    "DTSTART;TZID=America/Toronto:20260928T190000",
    "DTEND;TZID=America/Toronto:20260928T203000",
    "END:VEVENT",
)


@pytest.mark.parametrize(
    "feed",
    [
        pytest.param(add("X-AMILIA-STATE:Normal", *ALARM), id="display alarm"),
        pytest.param(add("END:VEVENT", *SERIES), id="series with an exception and a moved occurrence"),
        pytest.param(add("TRANSP:OPAQUE", "CLASS:PUBLIC"), id="class public"),
        pytest.param(add("TRANSP:OPAQUE", "PRIORITY:0"), id="property without a rule"),
        pytest.param(swap("GEO:45.508888;-73.561668", "GEO;X-A=b:1.5;-2"), id="geo without fraction"),
        pytest.param(swap("GEO:45.508888;-73.561668", "GEO:0;-73.561668"), id="geo on the equator"),
        pytest.param(swap("STATUS:CONFIRMED", "STATUS:tentative"), id="status in lower case"),
        pytest.param(swap("COLOR:teal", "COLOR:DarkSeaGreen"), id="colour name in mixed case"),
        pytest.param(swap("X-PUBLISHED-TTL:PT1H", "X-PUBLISHED-TTL:P1W"), id="weekly"),
        pytest.param(
            swap(
                "DESCRIPTION:Annulé. L’entraîneur est malade.",
                'DESCRIPTION;ALTREP="data:text/html,<b>Annulé</b>";LANGUAGE=fr:Annulé',
            ),
            id="alternative representation",
        ),
        pytest.param(
            add("SEQUENCE:2", "IMAGE;VALUE=URI;DISPLAY=BADGE,GRAPHIC:https://example.org/a.png"), id="image"
        ),
        pytest.param(
            add("SEQUENCE:2", "ATTACH;FMTTYPE=image/png:https://example.org/a.png"), id="attachment"
        ),
        pytest.param(add("TRANSP:OPAQUE", 'X-EMPTY-LIST;X-A=b;X-C="d:e;f,g":h;i,j'), id="quoted parameter"),
        pytest.param(
            swap("DTEND;TZID=America/Toronto:20261201T193000", "DTEND:20261202T003000Z"), id="end in UTC"
        ),
        pytest.param(
            swap("DTEND;TZID=America/Toronto:20261201T193000", "DURATION:PT90M"), id="duration instead of end"
        ),
        pytest.param(
            written(
                line.replace("DTSTART;TZID=America/Toronto:2027", "DTSTART;TZID=America/Phoenix:2027")
                for line in (*HEAD, *TORONTO, *PHOENIX, *TIMED, *SUMMER, "END:VCALENDAR")
            ),
            id="second zone that has no daylight time",
        ),
        pytest.param(
            add("SUMMARY:Camp de jour", "COMMENT:R&D\\; AT&T\\; a <- b <3 <nobody@example.org>"),
            id="ampersands and angle brackets that are no HTML",
        ),
        pytest.param(
            swap("SUMMARY:Camp de jour", "SUMMARY:Tom & Jerry\\; R&D\\; a <- b <3 <nom> x&y\\;"),
            id="summary with ampersands and angle brackets",
        ),
    ],
)
def test_what_may_rightly_be_published_has_no_finding(feed: bytes) -> None:
    assert check(feed) == []


def test_both_hours_of_a_clock_change_may_be_told_by_either_offset() -> None:
    """02:30 does not exist on the day the clock goes forward; readers differ, and neither is wrong."""
    lost = swap(
        "DTSTART;TZID=America/Toronto:20270705T090000", "DTSTART;TZID=America/Toronto:20270314T023000"
    )
    twice = swap(
        "DTSTART;TZID=America/Toronto:20270705T090000", "DTSTART;TZID=America/Toronto:20261101T013000"
    )

    assert check(lost) == []
    assert check(twice) == []
