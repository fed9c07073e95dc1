"""What people type into Amilia, and what a calendar may hold of it."""

import time

import pytest
from icalendar.prop import vText

from app.ics.text import content_lines, escaped, fold, one_line, plain, text_line

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"


@pytest.mark.parametrize(
    "text",
    [
        "Natation – Étoile de mer",
        "a < b",
        "5 < 6 > 3",
        "I <3 dodgeball",
        "Arts & crafts, R&D, AT&T",
        "Yoga 🧘‍♀️ doux",
        f"Famille {FAMILY}",
        f"Écosse {SCOTLAND}",
        "שלום\u200f!",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        f"18{chr(0x202F)}h{chr(0xA0)}30",
        "C:\\New; 50 %, \"quoted\" 'so' ^n",
        "first\n\nsecond\n- third",
    ],
)
def test_honest_text_stays_as_it_is(text: str) -> None:
    assert text == plain(text)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (
            "<p>Bonjour&nbsp;!</p>\n<p>L&#39;&eacute;t&eacute; &amp; l&#x27;hiver</p>",
            "Bonjour !\n\nL'été & l'hiver",
        ),
        ("one<br>two<br/>three<BR />four", "one\ntwo\nthree\nfour"),
        (
            "To bring:\n<ul>\n<li>towel</li>\n<li>cap</li>\n</ul>\nSee you",
            "To bring:\n- towel\n- cap\nSee you",
        ),
        ("<div>one</div><div>two</div>", "one\ntwo"),
        ("<div>one</div><div><br></div><div>two</div>", "one\n\ntwo"),
        ("<table><tr><td>Mon</td><td>18:00</td></tr></table>", "Mon 18:00"),
        ('<a href="https://x.org/?a=1&amp;b=2" title="a > b">Register</a> <b>now</b>', "Register now"),
        ("<span style='color:red'>F</span>ree", "Free"),
        ("<style>p { color: red }</style>Yoga<script>alert(1 < 2)</script><!-- no > more -->", "Yoga"),
        ("Judo <!-- never closed <b>", "Judo"),
        ("<o:p></o:p>From Word<?xml version='1.0'?>", "From Word"),
        ("&lt;b&gt;Yoga&lt;/b&gt;", "Yoga"),
        ("&amp;amp;amp;lt;b&amp;gt;Yoga", "Yoga"),
        ("<<b>b>Yoga<</b>/b>", "Yoga"),
    ],
)
def test_markup_becomes_what_a_browser_would_show(html: str, expected: str) -> None:
    assert expected == plain(html)


def test_markup_within_markup_within_markup_loses_what_it_is_made_of() -> None:
    assert plain("<" * 9 + "b>" * 9) == "b>b>b>b>"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Natation <Débutants>", "Natation \u2039Débutants\u203a"),
        ("Marie <marie@example.org>", "Marie \u2039marie@example.org\u203a"),
        ("level<expert", "level< expert"),
        ("Smith &LTD", "Smith & LTD"),
        ("&#60;b onclick=x>", ""),
        ("&#60b>", "& #60b>"),
        ("&unheard; of &copy=2", "&unheard; of &copy=2"),
    ],
)
def test_what_is_no_markup_stays_readable_and_cannot_become_some(typed: str, expected: str) -> None:
    assert expected == plain(typed)


@pytest.mark.parametrize(
    ("dirty", "expected"),
    [
        ("bell\x07, null\x00, delete\x7f", "bell, null, delete"),
        ("a\r\nb\rc\vd\fe\u2028f\u2029g", "a\nb\nc\nd\ne\nf\ng"),
        ("tab\there", "tab here"),
        ("L\x92\xe9t\xe9\x85", "L’été…"),
        ("\ufeffzero\u200bwidth\u2060 soft\xadhyphen", "zerowidth softhyphen"),
        ("\u202eevil\u202c \u2066isolated\u2069", "evil isolated"),
        ("secret\U000e0041\U000e0042 ink", "secret ink"),
        ("half \ud83d emoji, whole \ud83d\ude00", "half  emoji, whole 😀"),
        ("non\ufdd0char\uffffacters\U0010fffe", "noncharacters"),
        ("e\u0301te\u0301", "été"),
        ("e\u200b\u0301", "é"),
        ("  blanks \n  around \n\n\n\n\n lines\u00a0 ", "blanks\naround\n\nlines"),
    ],
)
def test_what_nobody_sees_does_not_get_into_a_calendar(dirty: str, expected: str) -> None:
    assert expected == plain(dirty)


def test_one_line_has_no_breaks_and_no_double_spaces() -> None:
    text = "<p>Gym   A</p><ul><li>ground\tfloor</li></ul>\r\n \r\n left"

    assert one_line(text) == "Gym A - ground floor left"


@pytest.mark.parametrize(
    "evil",
    [
        "&amp;" * 20_000,
        "&#3" * 10_000 + "&#56;;" * 10_000,
        "<!--" * 25_000,
        "<script>" * 12_000,
        '<p "' * 25_000,
        "<b" * 50_000 + ">" * 50_000,
        " \n" * 50_000,
        "<a " + "'" * 100_000,
    ],
    ids=lambda evil: evil[:8],
)
def test_no_text_takes_long_to_clean(evil: str) -> None:
    started = time.process_time()

    cleaned = plain(evil)

    assert cleaned == plain(cleaned)
    assert time.process_time() - started < 2  # hundredths of a second; minutes, if something were quadratic


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", b"plain"),
        ("a;b,c\\d", rb"a\;b\,c\\d"),
        ("one\ntwo", rb"one\ntwo"),
        ("été", "été".encode()),
        ("", b""),
    ],
)
def test_text_is_escaped_as_rfc_5545_says(text: str, expected: bytes) -> None:
    assert expected == escaped(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [(r"C:\New", rb"C:\\New"), (r"\\N", rb"\\\\N"), (r"\N\N;", rb"\\N\\N\;"), (r"\n", rb"\\n")],
)
def test_a_backslash_before_an_n_is_no_line_break(text: str, expected: bytes) -> None:
    assert expected == escaped(text)


def test_icalendar_still_needs_that_mending() -> None:
    broken: bytes = vText(r"C:\New").to_ical()

    assert broken == rb"C:\new"


def test_a_line_of_74_octets_is_whole_and_one_of_75_is_not() -> None:
    whole, long = b"x" * 74, b"x" * 75

    assert whole == fold(whole)
    assert fold(long) == b"x" * 74 + b"\r\n " + b"x"


def test_a_character_is_never_cut_in_two() -> None:
    line = "x" * 72 + "🤸" + "é" * 40

    pieces = fold(line.encode()).split(b"\r\n ")

    assert line == "".join(piece.decode() for piece in pieces)
    assert [len(piece) for piece in pieces] == [72, 74, 10]


def test_an_escape_sequence_is_never_cut_in_two() -> None:
    text = b"x" * 73 + rb"\n" + b"y" * 80
    parameter = b"x" * 73 + b"^n" + b"y" * 80

    assert fold(text).split(b"\r\n ") == [b"x" * 73, rb"\n" + b"y" * 72, b"y" * 8]
    assert fold(parameter).split(b"\r\n ") == [b"x" * 73, b"^n" + b"y" * 72, b"y" * 8]


def test_a_property_is_named_escaped_and_folded() -> None:
    line = text_line(b"SUMMARY", "a, b " * 20)

    assert line.startswith(rb"SUMMARY:a\, b a\, b")
    assert b"\r\n " in line
    assert not line.endswith(b"\r\n")


def test_content_lines_all_end_with_crlf() -> None:
    assert content_lines(b"BEGIN:VEVENT", b"UID:1") == b"BEGIN:VEVENT\r\nUID:1\r\n"
