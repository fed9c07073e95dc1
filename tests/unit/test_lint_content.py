"""Faults of calendars, events and texts: one change in a good feed, found by its rule, on its line."""

import pytest

from app.ics.lint import check
from tests.unit.test_lint_good_feed import (
    CANCELLED_UID,
    DAY,
    HEAD,
    TIMED,
    TIMED_UID,
    TORONTO,
    Fault,
    add,
    fault,
    swap,
    swap_block,
    written,
)

GEO = "GEO:45.508888;-73.561668"
SUMMARY = "SUMMARY:Portes ouvertes"
ALARM = ("BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT30M", "DESCRIPTION:Natation", "END:VALARM")


CALENDAR = [
    fault("no version", swap("VERSION:2.0"), "version-missing", "BEGIN:VCALENDAR"),
    fault("old version", swap("VERSION:2.0", "VERSION:1.0"), "version", "VERSION"),
    fault("no product", swap("PRODID:-//Example Club//Calendar//EN"), "prodid-missing", "BEGIN:VCALENDAR"),
    fault(
        "empty product",
        swap("PRODID:-//Example Club//Calendar//EN", "PRODID:"),
        "prodid-missing",
        "BEGIN:VCAL",
    ),
    fault("other calendar system", swap("CALSCALE:GREGORIAN", "CALSCALE:HEBREW"), "calscale", "CALSCALE"),
    fault(
        "METHOD:PUBLISH",
        add("VERSION:2.0", "METHOD:PUBLISH"),
        "method-present",
        "METHOD",
        "publish-without-organizer",
    ),
    fault("METHOD:REQUEST", add("VERSION:2.0", "METHOD:REQUEST"), "method-not-publish", "METHOD"),
    fault("no component", written((*HEAD, "END:VCALENDAR")), "no-components", "BEGIN:VCALENDAR"),
    fault(
        "time zone alone", written((*HEAD, *TORONTO, "END:VCALENDAR")), "only-timezones", "BEGIN:VCALENDAR"
    ),
    fault("no name", swap("X-WR-CALNAME:Club de natation\\, horaire"), "name-missing", "BEGIN:VCALENDAR"),
    fault(
        "long name",
        swap("X-WR-CALNAME:Club de natation\\, horaire", "X-WR-CALNAME:" + "a" * 256),
        "name-too-long",
        "X-WR-CALNAME",
    ),
    fault(
        "name in a download",
        written((*HEAD[:3], "X-WR-CALNAME:Natation", *TORONTO, *TIMED, "END:VCALENDAR")),
        "name-on-single-event",
        "X-WR-CALNAME",
    ),
    fault(
        "no interval",
        swap_block(("REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H")),
        "refresh-interval-missing",
        "BEGIN:VCALENDAR",
    ),
    fault(
        "interval without VALUE",
        swap("REFRESH-INTERVAL;VALUE=DURATION:PT1H", "REFRESH-INTERVAL:PT1H"),
        "refresh-interval-value",
        "REFRESH-INTERVAL",
    ),
    fault(
        "VALUE after the colon",
        swap("REFRESH-INTERVAL;VALUE=DURATION:PT1H", "REFRESH-INTERVAL:VALUE=DURATION:PT1H"),
        "refresh-interval-value",
        "REFRESH-INTERVAL",
    ),
    fault(
        "interval without T",
        swap("REFRESH-INTERVAL;VALUE=DURATION:PT1H", "REFRESH-INTERVAL;VALUE=DURATION:P1H"),
        "bad-duration",
        "REFRESH-INTERVAL",
    ),
    fault(
        "interval of nothing",
        swap("REFRESH-INTERVAL;VALUE=DURATION:PT1H", "REFRESH-INTERVAL;VALUE=DURATION:PT0S"),
        "bad-duration",
        "REFRESH-INTERVAL",
    ),
    fault("bad TTL", swap("X-PUBLISHED-TTL:PT1H", "X-PUBLISHED-TTL:60"), "bad-duration", "X-PUBLISHED-TTL"),
    fault("hexadecimal colour", swap("COLOR:teal", "COLOR:#00ff00"), "color-name", "COLOR:#"),
    fault(
        "Apple colour by name",
        swap("X-APPLE-CALENDAR-COLOR:#0B7A75", "X-APPLE-CALENDAR-COLOR:teal"),
        "apple-color",
        "X-APPLE-CALENDAR-COLOR",
    ),
    fault(
        "relative source",
        swap(
            "SOURCE;VALUE=URI:https://calendars.example.org/orgs/club/calendar.ics?programId=4521",
            "SOURCE;VALUE=URI:/orgs/club/calendar.ics",
        ),
        "url-not-absolute",
        "SOURCE",
    ),
    fault(
        "more than a megabyte",
        swap_block(
            DAY, *DAY[:-1], *[f"COMMENT:{'a' * 60}"] * 4900, *["X-A:" + "b" * 160_000] * 5, "END:VEVENT"
        ),
        "too-large",
        "BEGIN:VCALENDAR",
    ),
    fault(
        "more than a thousand events",
        written(
            (
                *HEAD,
                *TORONTO,
                *TIMED,
                *(line.replace("3333", f"{number:04}") for number in range(5000, 6000) for line in DAY),
                "END:VCALENDAR",
            )
        ),
        "too-many-events",
        "BEGIN:VCALENDAR",
    ),
]

EVENT = [
    fault("no UID", swap(TIMED_UID), "uid-missing", "BEGIN:VEVENT"),
    fault("empty UID", swap(TIMED_UID, "UID:"), "uid-missing", "UID:\r\n"),
    fault("UID with a host", swap(TIMED_UID, "UID:1234@club.example.org"), "uid-personal", "UID:1234"),
    fault(
        "UID that is an address", swap(TIMED_UID, "UID:https://example.org/1"), "uid-personal", "UID:https"
    ),
    fault("UID twice", swap(CANCELLED_UID, TIMED_UID), "duplicate-uid", TIMED_UID + "\r\nDTSTAMP:20260902"),
    fault("no DTSTAMP", swap("DTSTAMP:20260901T120000Z"), "dtstamp-missing", "BEGIN:VEVENT"),
    fault(
        "to-do without UID",
        add("END:VEVENT", "BEGIN:VTODO", "DTSTAMP:20260901T120000Z", "END:VTODO"),
        "uid-missing",
        "BEGIN:VTODO",
    ),
    fault(
        "no DTSTART",
        swap("DTSTART;VALUE=DATE:20261205"),
        "dtstart-missing",
        "BEGIN:VEVENT\r\nUID:8c7d6a0e-3333",
    ),
    fault("no summary", swap(SUMMARY), "summary-missing", "BEGIN:VEVENT\r\nUID:8c7d6a0e-3333"),
    fault("empty summary", swap(SUMMARY, "SUMMARY:"), "summary-missing", "SUMMARY:\r\n"),
    fault(
        "DTSTAMP of the request",
        swap("DTSTAMP:20260901T120000Z", "DTSTAMP:20261001T080000Z"),
        "stamp-differs",
        "DTSTAMP:20261001",
    ),
    fault(
        "DTSTAMP without Z",
        swap("DTSTAMP:20260901T120000Z", "DTSTAMP:20260901T120000"),
        "utc-required",
        "DTSTAMP:20260901",
        "stamp-differs",
    ),
    fault(
        "CREATED with a zone",
        swap("CREATED:20260801T080000Z", "CREATED;TZID=America/Toronto:20260801T080000"),
        "utc-required",
        "CREATED;",
    ),
    fault(
        "LAST-MODIFIED of the zone without Z",
        add("TZID:America/Toronto", "LAST-MODIFIED:20260101T000000"),
        "utc-required",
        "LAST-MODIFIED",
    ),
    fault(
        "unreadable CREATED",
        swap("CREATED:20260801T080000Z", "CREATED:2026-08-01"),
        "bad-date",
        "CREATED:2026-",
    ),
    fault("CANCELED with one L", swap("STATUS:CANCELLED", "STATUS:CANCELED"), "status", "STATUS:CANCELED"),
    fault("empty status", swap("STATUS:CONFIRMED", "STATUS:"), "status", "STATUS:\r\n"),
    fault("TRANSP:FREE", swap("TRANSP:OPAQUE", "TRANSP:FREE"), "transp", "TRANSP:FREE"),
    fault("negative sequence", swap("SEQUENCE:2", "SEQUENCE:-1"), "sequence", "SEQUENCE:-1"),
    fault(
        "sequence beyond 31 bits",
        swap("SEQUENCE:2", "SEQUENCE:2147483648"),
        "sequence",
        "SEQUENCE:2147483648",
    ),
    fault("sequence in Arabic digits", swap("SEQUENCE:2", "SEQUENCE:٢"), "sequence", "SEQUENCE:٢"),
    fault("priority of 10", add("SEQUENCE:2", "PRIORITY:10"), "priority", "PRIORITY"),
    fault("empty priority", add("SEQUENCE:2", "PRIORITY:"), "priority", "PRIORITY"),
    fault("empty GEO", swap(GEO, "GEO:"), "geo", "GEO:\r\n"),
    fault("attached open bracket", add("SEQUENCE:2", "ATTACH:https://["), "uri-expected", "ATTACH"),
    fault(
        "conference without scheme", add("SEQUENCE:2", "CONFERENCE;VALUE=URI:meet"), "uri-expected", "CONFER"
    ),
    fault("private", add("SEQUENCE:2", "CLASS:PRIVATE"), "class-not-public", "CLASS"),
    fault("GEO with a comma", swap(GEO, "GEO:51.33,6.52"), "geo", "GEO:51.33"),
    fault("GEO escaped", swap(GEO, "GEO:51.33\\;6.52"), "geo", "GEO:51.33"),
    fault("latitude of 95", swap(GEO, "GEO:95.0;6.52"), "geo", "GEO:95"),
    fault("longitude of 181", swap(GEO, "GEO:45.0;-181.0"), "geo", "GEO:45.0"),
    fault("GEO of nowhere", swap(GEO, "GEO:0.0;0.0"), "geo-zero", "GEO:0.0"),
    fault(
        "relative address",
        swap("URL:https://www.example.org/fr/activities/1", "URL:/fr/activities/1"),
        "url-not-absolute",
        "URL:/fr",
    ),
    fault(
        "address without scheme",
        swap("URL:https://www.example.org/fr/activities/1", "URL:www.example.org/1"),
        "url-not-absolute",
        "URL:www",
    ),
    fault(
        "address with an open bracket",
        swap("URL:https://www.example.org/fr/activities/1", "URL:https://[::1/"),
        "url-not-absolute",
        "URL:https://[",
    ),
    fault("organizer", add("SEQUENCE:2", "ORGANIZER:mailto:club@example.org"), "people", "ORGANIZER"),
    fault(
        "attendee without scheme",
        add("SEQUENCE:2", "ATTENDEE:jane@example.org"),
        "people",
        "ATTENDEE",
        "uri-expected",
    ),
    fault(
        "styled description",
        add("SEQUENCE:2", "STYLED-DESCRIPTION;VALUE=TEXT:<p>x</p>"),
        "styled-description",
        "STYLED",
    ),
    fault(
        "attached file",
        add("SEQUENCE:2", "ATTACH;VALUE=BINARY;ENCODING=BASE64:AAAA"),
        "binary-attachment",
        "ATTACH",
    ),
    fault(
        "attached data address",
        add("SEQUENCE:2", "IMAGE;VALUE=URI:data:image/png;base64,AAAA"),
        "binary-attachment",
        "IMAGE",
    ),
    fault(
        "image without VALUE", add("SEQUENCE:2", "IMAGE:https://example.org/a.png"), "image-value", "IMAGE"
    ),
    fault(
        "too many properties",
        swap_block(DAY, *DAY[:-1], *["X-A:b"] * 5001, "END:VEVENT"),
        "too-many-properties",
        "X-A:b\r\n" * 9 + "END:VEVENT",
    ),
]

ALARMS = [
    fault(
        "alarm without description",
        add("X-AMILIA-STATE:Normal", *ALARM[:3], ALARM[-1]),
        "alarm-incomplete",
        "BEGIN:VALARM",
    ),
    fault(
        "alarm without action",
        add("X-AMILIA-STATE:Normal", ALARM[0], *ALARM[2:]),
        "alarm-incomplete",
        "BEGIN:VALARM",
    ),
    fault(
        "alarm without trigger",
        add("X-AMILIA-STATE:Normal", *ALARM[:2], *ALARM[3:]),
        "alarm-incomplete",
        "BEGIN:VALARM",
    ),
    fault(
        "trigger that is no duration",
        add("X-AMILIA-STATE:Normal", *ALARM[:2], "TRIGGER:30", *ALARM[3:]),
        "bad-duration",
        "TRIGGER",
    ),
]

TEXTS = [
    fault("bare semicolon", swap(SUMMARY, "SUMMARY:Yoga; doux"), "text-unescaped", "SUMMARY:Yoga"),
    fault("bare comma", swap(SUMMARY, "SUMMARY:Yoga, doux"), "text-unescaped", "SUMMARY:Yoga"),
    fault(
        "bare semicolon in a list",
        swap("CATEGORIES:Natation,Enfants\\, débutants", "CATEGORIES:Natation;Enfants"),
        "text-unescaped",
        "CATEGORIES",
    ),
    fault("unknown escape", swap(SUMMARY, "SUMMARY:Yoga \\x"), "text-escape", "SUMMARY:Yoga"),
    fault("backslash at the end", swap(SUMMARY, "SUMMARY:Yoga \\\\\\"), "text-escape", "SUMMARY:Yoga"),
    fault("tag", swap(SUMMARY, "SUMMARY:Yoga<br/>doux"), "text-html", "SUMMARY:Yoga"),
    fault("tag with an attribute", swap(SUMMARY, 'SUMMARY:<A HREF="x">Yoga</A>'), "text-html", "SUMMARY:<A"),
    fault("entity", swap(SUMMARY, "SUMMARY:Yoga &amp\\; Judo"), "text-html", "SUMMARY:Yoga"),
    fault("entity by number", swap(SUMMARY, "SUMMARY:L&#39\\;école"), "text-html", "SUMMARY:L"),
    fault("accents apart", swap(SUMMARY, "SUMMARY:E\u0301cole"), "text-not-nfc", "SUMMARY:E"),
    fault("reversed text", swap(SUMMARY, "SUMMARY:Yoga \u202eoduj"), "text-invisible", "SUMMARY:Yoga"),
    fault("zero-width space", swap(SUMMARY, "SUMMARY:Yo\u200bga"), "text-invisible", "SUMMARY:Yo"),
    fault("UTF-8 encoded twice", swap(SUMMARY, "SUMMARY:Ã©cole"), "text-damaged", "SUMMARY:Ã©"),
    fault("replacement character", swap(SUMMARY, "SUMMARY:\ufffdcole"), "text-damaged", "SUMMARY:\ufffd"),
]

FAULTS = [*CALENDAR, *EVENT, *ALARMS, *TEXTS]


@pytest.mark.parametrize("seeded", FAULTS, ids=lambda seeded: seeded.name)
def test_fault_of_content_is_found_by_its_rule_and_no_other(seeded: Fault) -> None:
    found = {finding.rule for finding in check(seeded.feed)}

    assert set(seeded.rules) == found


@pytest.mark.parametrize("seeded", FAULTS, ids=lambda seeded: seeded.name)
def test_fault_of_content_is_found_on_its_line(seeded: Fault) -> None:
    lines = [finding.line for finding in check(seeded.feed) if finding.rule == seeded.rules[0]]

    assert seeded.line == lines[0]
