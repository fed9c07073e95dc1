"""A logical line becomes a property: name, parameters, value (RFC 5545 §3.1 and §3.2)."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.ics.lint.finding import Client, Notes, error, warning
from app.ics.lint.physical import Logical

_NAME = re.compile(r"[A-Za-z0-9-]+")
_PARAMETER = re.compile(r";([A-Za-z0-9-]+)=")
_PART = re.compile(r'"[^"]*"|[^";:,]*')
_MAX_PARTS = 1000

_LISTS = frozenset({"MEMBER", "DELEGATED-FROM", "DELEGATED-TO", "DISPLAY", "FEATURE"})
# Values that no blank belongs to; texts may begin and end with one.
_EXACT = frozenset(
    {"ACTION", "BEGIN", "CALSCALE", "CLASS", "COLOR", "CREATED", "DTEND", "DTSTAMP", "DTSTART", "DURATION"}
    | {"END", "EXDATE", "GEO", "LAST-MODIFIED", "METHOD", "PRIORITY", "RDATE", "RECURRENCE-ID"}
    | {"REFRESH-INTERVAL", "RRULE", "SEQUENCE", "STATUS", "TRANSP", "TRIGGER", "TZID", "TZOFFSETFROM"}
    | {"TZOFFSETTO", "UID", "URL", "VERSION", "X-PUBLISHED-TTL", "X-WR-TIMEZONE"}
)
_ALWAYS_QUOTED = frozenset({"ALTREP", "DIR", "SENT-BY", "MEMBER", "DELEGATED-FROM", "DELEGATED-TO"})

NOT_A_PROPERTY = error(
    "not-a-property",
    "This line is no property (NAME:value) and reads {text}; "
    "write a line break in a text as \\n, and begin a folded line with a space.",
    "RFC 5545 §3.1; measured with ical 14.3, vobject 0.9.9, libical 3.0.16 and ical.js 2.2",
    Client.HOME_ASSISTANT,
    Client.FULLCALENDAR,
)
PARAMETER_UNQUOTED = error(
    "parameter-unquoted",
    "{name} has the parameter {parameter}, which is not NAME=value; "
    "put parameter values that hold a colon, semicolon or comma in double quotes.",
    "RFC 5545 §3.2; measured with ical 14.3",
    Client.HOME_ASSISTANT,
)
QUOTES_UNBALANCED = error(
    "quotes-unbalanced",
    "The double quotes in the parameters of {name} do not pair; "
    "put the whole value of a parameter between two, and none inside.",
    "RFC 5545 §3.2",
    Client.HOME_ASSISTANT,
)
NAME_CASE = warning(
    "property-name-case",
    "{name} is not in upper case; write names in upper case, as some readers compare them letter by letter.",
    "reported for Home Assistant (home-assistant/core#146716)",
    Client.HOME_ASSISTANT,
)

BLANKS = error(
    "blank-around-value",
    "{name} has blanks around its value, which strict readers take as part of it; take them out.",
    "RFC 5545 §3.1; measured with ical 14.3 and icalendar 7.3",
    Client.HOME_ASSISTANT,
)

_NO_PARAMETERS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Property:
    """One property: ``name`` and the names in ``parameters`` in upper case, values as written, unquoted."""

    line: int
    name: str
    parameters: Mapping[str, str]
    value: str


def read_properties(lines: Iterable[Logical], notes: Notes) -> Iterator[Property]:
    """The properties of a file in their order; what is none is noted and left out."""
    for logical in lines:
        if read := _read(logical, notes):
            yield read


def _read(logical: Logical, notes: Notes) -> Property | None:
    line, text = logical.line, logical.text
    named = _NAME.match(text)
    if not named or text[named.end() : named.end() + 1] not in {":", ";"}:
        notes.add(NOT_A_PROPERTY, line, text=text)
        return None
    name, end = named.group(), named.end()
    if text[end] == ":":
        parameters, colon = _NO_PARAMETERS, end
    else:
        parameters, colon = _read_parameters(logical, name, end, notes)
    if colon < 0:
        return None
    value = text[colon + 1 :]
    _judge_case(line, name, value, notes)
    if name.upper() in _EXACT and value.strip() != value:
        notes.add(BLANKS, line, name=name)
    return Property(line, name.upper(), parameters, value)


def _judge_case(line: int, name: str, value: str, notes: Notes) -> None:
    if name != name.upper():
        notes.add(NAME_CASE, line, name=name)
    elif name in {"BEGIN", "END"} and value != value.upper():
        notes.add(NAME_CASE, line, name=value)


def _read_parameters(
    logical: Logical, name: str, position: int, notes: Notes
) -> tuple[Mapping[str, str], int]:
    """The parameters from ``position`` on, and where the colon before the value is (-1: nowhere)."""
    text, parameters = logical.text, dict[str, str]()
    while text[position : position + 1] == ";":
        named = _PARAMETER.match(text, position)
        if not named:
            notes.add(PARAMETER_UNQUOTED, logical.line, name=name, parameter=text[position + 1 :])
            return parameters, text.find(":", position)
        parts, position = _read_parts(text, named.end())
        key = named.group(1).upper()
        parameters.setdefault(key, ",".join(parts).replace('"', ""))
        if _needs_quotes(key, parts):
            notes.add(PARAMETER_UNQUOTED, logical.line, name=name, parameter=text[named.start(1) : position])
    if position >= len(text):
        notes.add(NOT_A_PROPERTY, logical.line, text=text)
        return parameters, -1
    if text[position] != ":":
        notes.add(QUOTES_UNBALANCED, logical.line, name=name)
        return parameters, text.find(":", position)
    return parameters, position


def _read_parts(text: str, position: int) -> tuple[list[str], int]:
    """The comma-separated parts of one parameter's value, quotes kept, and where they end."""
    parts = list[str]()
    while len(parts) < _MAX_PARTS and (part := _PART.match(text, position)):
        parts.append(part.group())
        position = part.end()
        if text[position : position + 1] != ",":
            break
        position += 1
    return parts, position


def _needs_quotes(key: str, parts: list[str]) -> bool:
    if key in _ALWAYS_QUOTED:
        return not all(part.startswith('"') for part in parts)
    return len(parts) > 1 and key not in _LISTS
