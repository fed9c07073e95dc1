"""What holds for every text that anybody could type."""

import re
import unicodedata
from html import unescape
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from icalendar.parser import Contentline
from icalendar.prop import vText

from app.ics.text import escaped, fold, one_line, plain
from tests.support.ics_strategies import texts

TAG = re.compile(r"<[A-Za-z/!?]")


def read(value: bytes) -> str:
    """A TEXT value as RFC 5545 §3.3.11 says to read it."""
    return re.sub(r"\\(.)", lambda escape: "\n" if escape[1] in "nN" else escape[1], value.decode())


@given(texts)
def test_cleaning_what_is_clean_changes_nothing(text: str) -> None:
    cleaned, line = plain(text), one_line(text)

    assert plain(cleaned) == cleaned
    assert one_line(line) == plain(line) == line


@given(texts)
def test_no_decoding_makes_markup_of_clean_text(text: str) -> None:
    decoded = plain(text)

    for _ in range(6):
        assert TAG.search(decoded) is None
        decoded = unescape(decoded)


@given(texts)
def test_clean_text_is_normal_encodable_and_visible(text: str) -> None:
    cleaned = plain(text)

    assert unicodedata.is_normalized("NFC", cleaned)
    assert cleaned.encode().decode() == cleaned
    assert not [
        char
        for char in cleaned
        if unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} - {"\n"} and char != "\n"
    ]


@given(texts)
def test_lines_have_no_blank_ends_and_one_line_has_no_breaks(text: str) -> None:
    cleaned, line = plain(text), one_line(text)

    assert all(part == part.strip(" ") for part in cleaned.split("\n"))
    assert "\n\n\n" not in cleaned
    assert "\n" not in line
    assert "  " not in line


@given(texts)
def test_the_short_way_for_clean_text_leads_to_the_same(text: str) -> None:
    # A line break at the end, which falls away, keeps text from taking it.
    assert plain(text) == plain(f"{text}\n")


@given(texts)
def test_what_is_escaped_is_read_back(text: str) -> None:
    cleaned = plain(text)

    assert read(escaped(cleaned)) == cleaned


@given(texts.map(plain).filter(lambda cleaned: r"\N" not in cleaned))
def test_escaping_is_icalendars_but_for_the_fault_that_is_mended(cleaned: str) -> None:
    theirs: bytes = vText(cleaned).to_ical()

    assert escaped(cleaned) == theirs


@given(texts.map(one_line) | st.text("ab\\^é🤸", min_size=60, max_size=400))
def test_a_folded_line_has_short_pieces_and_is_unfolded_to_itself(line: str) -> None:
    folded = fold(line.encode())

    pieces = folded.split(b"\r\n ")
    assert "".join(piece.decode() for piece in pieces) == line
    assert all(len(piece) <= 75 - (n > 0) for n, piece in enumerate(pieces))
    assert folded.count(b"\r\n") == len(pieces) - 1


@given(texts.map(one_line) | st.text("ab\\^é🤸", min_size=60, max_size=400))
def test_icalendar_reads_our_folds_like_its_own(line: str) -> None:
    contentline: Any = Contentline  # untyped

    theirs = contentline(line).to_ical()

    assert contentline.from_ical(fold(line.encode())) == contentline.from_ical(theirs) == line
