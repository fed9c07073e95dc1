"""Octets become lines: line ends, folds and encoding (RFC 5545 §3.1), which no parser reports.

A physical line ends at a line end; a logical line is a physical one with the folded ones after it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.ics.lint.body import BOM
from app.ics.lint.finding import Client, Notes, error, warning

MAX_LINES = 500_000
"""Physical lines read; a feed within Google's limit of 1,000,000 octets has some 30,000."""

_MAX_OCTETS = 75
_CONTINUATION = 0b1000_0000

# A doubled carriage return is what Windows text mode makes of CRLF: one line end, written wrongly.
_PHYSICAL = re.compile(rb"([^\r\n]*)(\r\n|\n|\r{1,2}\n?|\Z)")
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

BYTE_ORDER_MARK = error(
    "bom",
    "The file begins with a byte order mark; write UTF-8 without it.",
    "RFC 5545 §3.1.4; measured with ical 14.3, vobject 0.9.9 and ical.js 2.2",
    Client.HOME_ASSISTANT,
    Client.FULLCALENDAR,
)
LINE_END = error("line-end", "This line ends with {ending}; end every line with CR LF.", "RFC 5545 §3.1")
NO_FINAL_LINE_END = error(
    "no-final-line-end",
    "The last line has no line end (is the file cut off?); end it with CR LF.",
    "RFC 5545 §3.1",
)
BLANK_LINE = error(
    "blank-line", "This line is blank; take it out, and write a line break in a text as \\n.", "RFC 5545 §3.1"
)
LINE_LENGTH = error(
    "line-length",
    "This line has {octets} octets; fold it so that none has more than 75 before its line end.",
    "RFC 5545 §3.1; bad folding is reported to make Google Calendar ignore the file",
    Client.GOOGLE,
)
FOLD_SPLITS_CHARACTER = error(
    "fold-splits-character",
    "The fold before this line cuts a UTF-8 character in two; fold between characters, counting octets.",
    "RFC 5545 §3.1; bad folding is reported to make Google Calendar ignore the file",
    Client.GOOGLE,
)
NOT_UTF_8 = error(
    "not-utf-8",
    "This line is not UTF-8 (octet {octet}), as in Latin-1 or Windows-1252; write the file as UTF-8.",
    "RFC 5545 §3.1.4",
)
CONTROL_CHARACTER = error(
    "control-character",
    "This line holds the control character {octet}; take it out.",
    "RFC 5545 §3.1; measured with ical 14.3",
    Client.HOME_ASSISTANT,
)
NOT_EXAMINED = warning(
    "not-examined",
    f"The file has more than {MAX_LINES:,} lines and was not read from here on; publish a smaller one.",
    "limit of this checker",
)


@dataclass(frozen=True, slots=True)
class Logical:
    """An unfolded line; ``line`` is the physical line on which it begins."""

    line: int
    text: str


def unfold(feed: bytes, notes: Notes) -> Iterator[Logical]:
    """The logical lines of a feed, blank ones left out; octets that are not UTF-8 are noted and left out."""
    first, segments = 1, list[bytes]()
    for number, (content, ending) in enumerate(_physical(feed), start=1):
        if number > MAX_LINES:
            notes.add(NOT_EXAMINED, number)
            break
        _judge(number, content, ending, notes)
        if segments and content.startswith((b" ", b"\t")):
            segments.append(content[1:])
            continue
        if segments:
            yield Logical(first, _decode(first, segments, notes))
        first, segments = number, [content] if content else []
    if segments:
        yield Logical(first, _decode(first, segments, notes))


def _physical(feed: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each line's content and its line end, which is empty only where the file ends without one."""
    for match in _PHYSICAL.finditer(feed, len(BOM) if feed.startswith(BOM) else 0):
        content, ending = match.groups()
        if content or ending:
            yield content, ending


def check_byte_order_mark(feed: bytes, notes: Notes) -> None:
    if feed.startswith(BOM):
        notes.add(BYTE_ORDER_MARK, 1)


def _judge(number: int, content: bytes, ending: bytes, notes: Notes) -> None:
    if not ending:
        notes.add(NO_FINAL_LINE_END, number)
    elif ending != b"\r\n":
        notes.add(LINE_END, number, ending=_spelt(ending))
    if not content:
        notes.add(BLANK_LINE, number)
    elif len(content) > _MAX_OCTETS:
        notes.add(LINE_LENGTH, number, octets=len(content))
    if control := _CONTROL.search(content):
        notes.add(CONTROL_CHARACTER, number, octet=f"0x{control.group()[0]:02X}")


def _spelt(ending: bytes) -> str:
    return {b"\n": "LF alone", b"\r": "CR alone"}.get(ending, "more than one CR")


def _decode(first: int, segments: list[bytes], notes: Notes) -> str:
    raw = b"".join(segments)
    if raw.isascii():
        return raw.decode("ascii")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as wrong:
        line = first + _segment_of(wrong.start, segments)
        notes.add(NOT_UTF_8, line, octet=f"0x{raw[wrong.start]:02X}")
        return raw.decode("utf-8", "ignore")
    for index, segment in enumerate(segments):
        if segment and _is_inside_character(segment[0]):
            notes.add(FOLD_SPLITS_CHARACTER, first + index)
    return text


def _is_inside_character(octet: int) -> bool:
    """True for the second to fourth octet of a UTF-8 sequence (RFC 3629 §3: 10xxxxxx)."""
    return octet & 0b1100_0000 == _CONTINUATION


def _segment_of(position: int, segments: list[bytes]) -> int:
    """The index of the segment that holds an octet of the joined segments."""
    for index, segment in enumerate(segments):
        if position < len(segment):
            return index
        position -= len(segment)
    return len(segments) - 1
