"""Texts that people read: escaped as RFC 5545 §3.3.11 says, plain, and showing what they hold."""

import re
import unicodedata
from html.entities import name2codepoint

from app.ics.lint.content import Property
from app.ics.lint.finding import Client, Notes, error, warning

_READ = 100_000
"""Characters of one value that are looked at; no client shows more."""

_TEXTS = frozenset(
    {"COMMENT", "CONTACT", "DESCRIPTION", "LOCATION", "NAME", "SUMMARY", "X-WR-CALDESC", "X-WR-CALNAME"}
)
_LISTS = frozenset({"CATEGORIES", "RESOURCES"})
_PLAIN = frozenset({"DESCRIPTION", "LOCATION", "NAME", "SUMMARY", "X-WR-CALDESC", "X-WR-CALNAME"})

_ESCAPED = re.compile(r"\\[\\;,Nn]")
_BAD_ESCAPE = re.compile(r"\\.?", re.DOTALL)
_TAG = re.compile(
    r"</?(?:a|b|body|br|div|em|font|h[1-6]|hr|html|i|img|li|ol|p|script|span|strong|style|table|td|tr|u|ul)"
    r"(?:\s[^<>]{0,500})?/?>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,9})\\?;")
_INVISIBLE = re.compile("[\u0080-\u009f\u200b\u2028-\u202e\u2066-\u2069\ufeff]")
# UTF-8 read as Latin-1 and written again: é becomes U+00C3 U+00A9.
_DAMAGED = re.compile("\ufffd|[\u00c2\u00c3][\u0080-\u00bf]")

UNESCAPED = error(
    "text-unescaped",
    "{name} holds a bare {char}; write \\; and \\, in texts.",
    "RFC 5545 §3.3.11",
)
ESCAPE = error(
    "text-escape",
    "{name} holds the escape {escape}, which does not exist; only \\\\ \\; \\, and \\n do.",
    "RFC 5545 §3.3.11",
)
HTML = warning(
    "text-html",
    "{name} holds HTML ({markup}), which most readers show as it is written; publish plain text.",
    "RFC 5545 §3.8.1.5; Thunderbird and Apple Calendar show the raw tags",
    Client.APPLE,
    Client.THUNDERBIRD,
    Client.EVOLUTION,
    Client.ICSX5,
)
NOT_NFC = warning(
    "text-not-nfc",
    "{name} writes accents as characters of their own; normalize it to NFC, or searches will miss it.",
    "RFC 5198 §3",
)
INVISIBLE = warning(
    "text-invisible",
    "{name} holds the invisible character {char}, which can hide or reorder what is read; take it out.",
    "Unicode Standard Annex #9",
)
DAMAGED = warning(
    "text-damaged",
    "{name} holds {chars}, the mark of text that was decoded with the wrong charset; mend it at its source.",
    "RFC 5545 §3.1.4",
)


def check_text(item: Property, notes: Notes) -> None:
    """Judge one property's value if it is a text; other value types have other escapes."""
    if item.name in _TEXTS or item.name in _LISTS:
        text = item.value[:_READ]
        _check_escapes(item, text, notes)
        if not text.isascii():
            _check_characters(item, text, notes)
        if item.name in _PLAIN and (markup := _markup(text)):
            notes.add(HTML, item.line, name=item.name, markup=markup)


def _check_escapes(item: Property, text: str, notes: Notes) -> None:
    rest = _ESCAPED.sub("", text)
    # In a list the comma stands between two texts, and in a text cut at _READ the last escape may be.
    bare = ";" if item.name in _LISTS else ";,"
    if char := next((char for char in bare if char in rest), None):
        notes.add(UNESCAPED, item.line, name=item.name, char={";": "semicolon", ",": "comma"}[char])
    if (bad := _BAD_ESCAPE.search(rest)) and len(item.value) <= _READ:
        notes.add(ESCAPE, item.line, name=item.name, escape=bad.group())


def _check_characters(item: Property, text: str, notes: Notes) -> None:
    if damaged := _DAMAGED.search(text):
        notes.add(DAMAGED, item.line, name=item.name, chars=f"U+{ord(damaged.group()[0]):04X}")
    elif invisible := _INVISIBLE.search(text):
        notes.add(INVISIBLE, item.line, name=item.name, char=f"U+{ord(invisible.group()):04X}")
    if not unicodedata.is_normalized("NFC", text):
        notes.add(NOT_NFC, item.line, name=item.name)


def _markup(text: str) -> str:
    """The first tag or character entity of HTML, empty when there is none."""
    if "<" in text and (tag := _TAG.search(text)):
        return tag.group()
    if "&" in text:
        for entity in _ENTITY.finditer(text):
            if entity.group(1).startswith("#") or entity.group(1) in name2codepoint:
                return entity.group()
    return ""
