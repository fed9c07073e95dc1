r"""Text on its way into a calendar: cleaned, escaped, folded.

What people typed into Amilia arrives with the scars of its travels: HTML from the rich-text editor,
entities (encoded twice, sometimes), control characters, invisible ones. ``plain`` and ``one_line`` make of
it text that every client shows alike, and that no client can take for markup however often it decodes it.
``escaped`` and ``fold`` write it as RFC 5545 wants it: icalendar escapes; the folding is ours, because
icalendar pays for every character of every line, a fifth of all the time it takes to write a calendar.
"""

import re
import unicodedata
from functools import lru_cache

from icalendar.prop import vText

from app.ics.markup import without_markup

# RFC 5545 §3.1 asks for lines of at most 75 octets. A piece has 74: continued, its leading space is the 75th.
_PIECE = 74
_CONTINUED = b"\r\n "
# RFC 3629 §3: the second to fourth octets of a character are 10xxxxxx.
_INSIDE_MASK, _INSIDE = 0b11000000, 0b10000000


def plain(text: str) -> str:
    r"""What a reader of ``text`` would see, on one or more lines separated by ``\n``.

    Unicode in normal form C; no controls, no invisible or reordering characters, no lone surrogates; HTML
    decoded and laid out as lines; no blank ends and no two empty lines in a row. No ``<`` is left that could
    open a tag, so that a client which reads HTML into a description shows the same. Applied again, it changes
    nothing.
    """
    # Printable leaves out all that is invisible; most text is, and this asks no more than a glance.
    innocent = (text.isprintable() and "<" not in text and "&" not in text) or not _SUSPECT.search(text)
    if innocent and unicodedata.is_normalized("NFC", text):
        return text.strip()
    lines = (line.strip(" ") for line in _settled(text).split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()


@lru_cache(maxsize=4096)  # names of places, categories and activities come again and again
def one_line(text: str) -> str:
    """``plain`` on a single line: every run of spaces and line breaks is one space."""
    cleaned = plain(text)
    return cleaned if _UNEVEN.search(cleaned) is None else _UNEVEN.sub(" ", cleaned)


def escaped(text: str) -> bytes:
    r"""``text`` as the value of a TEXT property (RFC 5545 §3.3.11), in UTF-8, not yet folded."""
    if _SPECIAL.search(text) is None:
        return text.encode()
    # icalendar 7.3 takes a backslash before N for an escaped line break, and would make two lines of C:\New.
    pieces: list[bytes] = [vText(piece).to_ical() for piece in text.split(r"\N")]
    return rb"\\N".join(pieces)


def text_line(name: bytes, text: str) -> bytes:
    """The content line of a TEXT property, folded, without the line end behind it."""
    return fold(name + b":" + escaped(text))


def content_lines(*lines: bytes) -> bytes:
    """Folded lines, each with its line end."""
    return b"\r\n".join(lines) + b"\r\n"


def fold(line: bytes) -> bytes:
    """One content line in pieces of at most 75 octets (RFC 5545 §3.1), without the line end behind the last.

    It breaks between characters, and like icalendar never after a backslash or a caret: there it would cut an
    escape sequence in two, and some readers unescape before they unfold.
    """
    if len(line) <= _PIECE:
        return line
    pieces = []
    start = 0
    while len(line) - start > _PIECE:
        end = start + _PIECE
        while line[end] & _INSIDE_MASK == _INSIDE:
            end -= 1
        if line[end - 1] in b"\\^" and end - start > 1:
            end -= 1
        pieces.append(line[start:end])
        start = end
    pieces.append(line[start:])
    return _CONTINUED.join(pieces)


_SPECIAL = re.compile(r"[\\;,\r\n]")
_UNEVEN = re.compile(r"[ \n]{2,}|\n")
_BLANK_LINES = re.compile(r"\n{3,}")

_LINE_BREAKS = "\v\f\u2028\u2029"
_C1 = "\x80-\x9f"
_SURROGATES = "\ud800-\udfff"
_TAGS = "\U000e0000-\U000e007f"
_INVISIBLE = (
    "\x00-\x08\x0e-\x1f\x7f"  # controls; tabs and line breaks are treated apart
    "\xad\u180e\u200b\u2060-\u2064\ufeff"  # soft hyphens, zero-width spaces, invisible operators
    "\u202a-\u202e\u2066-\u206f"  # embeddings, overrides, isolates: what is read is not what is stored
    "\ufff9-\ufffb"  # annotations
    "\ufdd0-\ufdef"  # noncharacters, and after these the last two of every plane
) + "".join(chr(plane + last) for plane in range(0, 0x110000, 0x10000) for last in (0xFFFE, 0xFFFF))

# Most ampersands stand between two words: markup and entities count only where one could begin.
_SUSPECT = re.compile(rf"[\t\r\n{_LINE_BREAKS}{_INVISIBLE}{_SURROGATES}{_TAGS}{_C1}]|&[#A-Za-z]|<[A-Za-z/!?]")
_SURROGATE = re.compile(f"[{_SURROGATES}]")
_BREAK = re.compile(rf"\r\n|[\r{_LINE_BREAKS}]")
# The flag of a part of a country is a black flag, its code in tag characters and an end mark. Without the
# flag, tag characters are an invisible ink.
_UNSEEN = re.compile(rf"(\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f)|[{_INVISIBLE}{_SURROGATES}{_TAGS}]")
# C1 controls are what is left of Windows-1252 read as Latin-1, and HTML reads them so.
_C1_MEANT = {code: bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)}
# Honest text has one layer of markup, pasted text two or three. What is not at rest after these was made to
# spite decoders, and loses the characters that it is made with.
_LAYERS = 5


def _settled(text: str) -> str:
    for _ in range(_LAYERS):
        before, text = text, without_markup(_visible(text))
        if text == before:
            return text
    return _visible(text.replace("<", "").replace("&", ""))


def _visible(text: str) -> str:
    r"""Line ends as ``\n``, tabs as spaces, nothing that cannot be seen, normal form C."""
    if _SURROGATE.search(text) is not None:  # the halves of one character are joined, a half alone is dropped
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")
    text = _BREAK.sub("\n", text).translate(_C1_MEANT).replace("\t", " ")
    return unicodedata.normalize("NFC", _UNSEEN.sub(r"\1", text))
