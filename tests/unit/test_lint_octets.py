"""Faults of octets, lines and nesting: one change in a good feed, found by its rule, on its line."""

import pytest

from app.ics.lint import check
from tests.unit.test_lint_good_feed import (
    CANCELLED_UID,
    DAY,
    GOOD,
    HEAD,
    TIMED,
    TIMED_UID,
    TORONTO,
    Fault,
    add,
    fault,
    swap,
    swap_block,
    swap_octets,
    written,
)

START = "DTSTART;TZID=America/Toronto:20261201T180000"
SUMMER_END = "DTEND;TZID=America/Toronto:20270705T160000"
SUMMARY = "SUMMARY:Portes ouvertes"
ALARM = ("BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT30M", "DESCRIPTION:Natation", "END:VALARM")


OCTETS = [
    fault("LF alone", swap_octets(b"SEQUENCE:2\r\n", b"SEQUENCE:2\n"), "line-end", "SEQUENCE:2"),
    fault("LF in the whole file", GOOD.replace(b"\r\n", b"\n"), "line-end", "BEGIN:VCALENDAR"),
    fault("CR in the whole file", GOOD.replace(b"\r\n", b"\r"), "line-end", "BEGIN:VCALENDAR"),
    fault("CR LF written in text mode", GOOD.replace(b"\r\n", b"\r\r\n"), "line-end", "BEGIN:VCALENDAR"),
    fault(
        "line of 400 characters",
        swap_octets(b"SUMMARY:Portes", b"SUMMARY:" + b"a" * 400),
        "line-length",
        "SUMMARY:aaaa",
    ),
    fault(
        "line of 76 octets and fewer characters",
        swap_octets(b"SUMMARY:Portes ouvertes", b"SUMMARY:" + "é".encode() * 34),
        "line-length",
        "SUMMARY:éé",
    ),
    fault(
        "fold within ü",
        swap_octets(b"SUMMARY:Portes ouvertes", b"SUMMARY:Sch\xc3\r\n \xbcler"),
        "fold-splits-character",
        "ler\r\nDTSTART;VALUE=DATE",
    ),
    fault("Latin-1", swap_octets(b"SUMMARY:Portes", b"SUMMARY:\xc9cole"), "not-utf-8", "cole ouvertes"),
    fault(
        "Latin-1 after a fold",
        swap_octets(b"SUMMARY:Portes", b"SUMMARY:Une\r\n  \xe9cole"),
        "not-utf-8",
        "cole ouvertes",
    ),
    fault("byte order mark", b"\xef\xbb\xbf" + GOOD, "bom", "BEGIN:VCALENDAR"),
    fault("vertical tab", swap_octets(b"Portes", b"Por\x0btes"), "control-character", "SUMMARY:Por"),
    fault("NUL", swap_octets(b"Portes", b"Por\x00tes"), "control-character", "SUMMARY:Por"),
    fault("delete", swap_octets(b"Portes", b"Por\x7ftes"), "control-character", "SUMMARY:Por"),
    fault(
        "blank line inside",
        swap_octets(b"SEQUENCE:2\r\n", b"\r\nSEQUENCE:2\r\n"),
        "blank-line",
        "\r\n\r\n",
        below=1,
    ),
    fault("blank line at the end", GOOD + b"\r\n", "blank-line", "\r\n\r\n", below=1),
    fault("no line end at the end", GOOD[:-2], "no-final-line-end", "END:VCALENDAR"),
]

BODIES = [
    fault("empty body", b"", "empty-body", ""),
    fault("blank body", b"\r\n  \r\n", "empty-body", ""),
    fault("maintenance page", b"<!DOCTYPE html>\n<title>Maintenance</title>\n", "html-body", "<!DOCTYPE"),
    fault("web page about a feed", b"\n<pre>\nBEGIN:VCALENDAR\n</pre>", "html-body", "\n<pre>"),
    fault("JSON", b'{"error": "BEGIN:VCALENDAR"}', "not-a-calendar", "{"),
    fault("UTF-16", GOOD.decode().encode("utf-16"), "utf-16", ""),
]

STRUCTURE = [
    fault("text before the calendar", b"PHP Notice: x\r\n" + GOOD, "not-a-property", "PHP Notice"),
    fault("property before the calendar", b"X-A:b\r\n" + GOOD, "outside-calendar", "X-A"),
    fault(
        "event before the calendar",
        written(DAY)
        + written((*HEAD, *TIMED[:6], START, "SUMMARY:x", "END:VEVENT", *TORONTO, "END:VCALENDAR")),
        "outside-calendar",
        "BEGIN:VEVENT",
        "vtimezone-after-events",
    ),
    fault("text after the calendar", GOOD + b"<!-- cached -->\r\n", "not-a-property", "<!--"),
    fault("property after the calendar", GOOD + b"X-A:b\r\n", "outside-calendar", "X-A:b"),
    fault(
        "second end of the calendar",
        GOOD + b"END:VCALENDAR\r\n",
        "outside-calendar",
        "END:VCALENDAR\r\nEND:",
        below=1,
    ),
    fault("two calendars", GOOD + GOOD, "several-calendars", "END:VCALENDAR\r\nBEGIN:", below=1),
    fault("calendar without its end", swap("END:VCALENDAR"), "truncated", SUMMER_END, below=1),
    fault("file cut in an event", GOOD[: GOOD.index(b"DTEND;VALUE")], "truncated", "DTSTART;VALUE=DATE"),
    fault(
        "file cut in a line",
        GOOD[: GOOD.index(b"ouvertes")],
        "no-final-line-end",
        "SUMMARY:Portes",
        "truncated",
    ),
    fault("event without its end", swap("END:VEVENT"), "unbalanced", "BEGIN:VEVENT\r\n" + CANCELLED_UID),
    fault(
        "event without its beginning",
        swap_block(("BEGIN:VEVENT", CANCELLED_UID)),
        "unbalanced",
        "END:VEVENT\r\nBEGIN:VEVENT\r\nUID:8c7d6a0e-3333",
    ),
    fault(
        "alarm without its end",
        add("X-AMILIA-STATE:Normal", *ALARM[:-1]),
        "unbalanced",
        "END:VEVENT\r\nBEGIN:VEVENT\r\n" + CANCELLED_UID,
    ),
    fault(
        "calendar in a calendar",
        swap("END:VCALENDAR") + GOOD,
        "unbalanced",
        "END:VEVENT\r\nBEGIN:VCALENDAR",
        "several-calendars",
        below=1,
    ),
    fault("end of what did not begin", add("END:VEVENT", "END:VTODO"), "unbalanced", "END:VTODO"),
    fault(
        "nested 20 deep",
        add("SEQUENCE:2", *["BEGIN:X-PART"] * 20, *["END:X-PART"] * 20),
        "nested-too-deep",
        "BEGIN:X-PART\r\n" * 6 + "END:X-PART",
    ),
]

PROPERTIES = [
    fault(
        "raw newline in a text",
        add("DESCRIPTION:Annulé. L’entraîneur est malade.", "line two"),
        "not-a-property",
        "line two",
    ),
    fault("name without value", swap("SEQUENCE:2", "SEQUENCE"), "not-a-property", "SEQUENCE\r\n"),
    fault("parameters without value", swap("SEQUENCE:2", "SEQUENCE;X-A=b"), "not-a-property", "SEQUENCE;"),
    fault(
        "lower-case property", add("SEQUENCE:2", "X-Link:https://example.org"), "property-name-case", "X-Link"
    ),
    fault("blank after a date", swap("SEQUENCE:2", "SEQUENCE:2 "), "blank-around-value", "SEQUENCE:2 "),
    fault(
        "blank before a component's name",
        swap("BEGIN:VEVENT", "BEGIN: VEVENT"),
        "blank-around-value",
        "BEGIN: ",
    ),
    fault("lower-case component", swap("BEGIN:VEVENT", "BEGIN:vevent"), "property-name-case", "BEGIN:vevent"),
    fault(
        "unquoted comma",
        add("SEQUENCE:2", "ATTENDEE;CN=Doe, Jane:mailto:jane@example.org"),
        "parameter-unquoted",
        "ATTENDEE",
        "people",
    ),
    fault(
        "unquoted semicolon",
        add("SEQUENCE:2", "ATTENDEE;CN=Doe; Jane:mailto:jane@example.org"),
        "parameter-unquoted",
        "ATTENDEE",
        "people",
    ),
    fault(
        "unquoted colon",
        add("SEQUENCE:2", "X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-TITLE=Hall: 1:geo:45.5,-73.5"),
        "uri-expected",
        "X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-TITLE=Hall",
    ),
    fault(
        "unquoted address",
        swap("SUMMARY:Camp de jour", "SUMMARY;ALTREP=cid:a:Camp de jour"),
        "parameter-unquoted",
        "SUMMARY;ALTREP",
    ),
    fault(
        "unbalanced quotes",
        swap("SUMMARY:Camp de jour", 'SUMMARY;X-A="b:Camp de jour'),
        "quotes-unbalanced",
        "SUMMARY;X-A",
    ),
    fault(
        "quote inside a parameter",
        swap("SUMMARY:Camp de jour", 'SUMMARY;X-A=b"c":Camp de jour'),
        "quotes-unbalanced",
        "SUMMARY;X-A",
    ),
    fault(
        "empty address",
        swap("URL:https://www.example.org/fr/activities/1", "URL:"),
        "empty-property",
        "URL:\r\n",
    ),
    fault("empty place", add("SEQUENCE:3", "LOCATION:"), "empty-property", "LOCATION:\r\n"),
    fault(
        "blank description",
        swap("DESCRIPTION:Annulé. L’entraîneur est malade.", "DESCRIPTION: "),
        "empty-property",
        "DESCRIPTION: \r\n",
    ),
    fault("summary twice", add(SUMMARY, "SUMMARY:Fermé"), "property-twice", "SUMMARY:Fermé"),
    fault("version twice", add("VERSION:2.0", "VERSION:2.0"), "property-twice", "VERSION:2.0\r\nPRODID"),
    fault("UID twice in one event", add(TIMED_UID, TIMED_UID), "property-twice", TIMED_UID + "\r\nDTSTAMP"),
]

FAULTS = [*OCTETS, *BODIES, *STRUCTURE, *PROPERTIES]


@pytest.mark.parametrize("seeded", FAULTS, ids=lambda seeded: seeded.name)
def test_fault_of_form_is_found_by_its_rule_and_no_other(seeded: Fault) -> None:
    found = {finding.rule for finding in check(seeded.feed)}

    assert set(seeded.rules) == found


@pytest.mark.parametrize("seeded", FAULTS, ids=lambda seeded: seeded.name)
def test_fault_of_form_is_found_on_its_line(seeded: Fault) -> None:
    lines = [finding.line for finding in check(seeded.feed) if finding.rule == seeded.rules[0]]

    assert seeded.line == lines[0]
