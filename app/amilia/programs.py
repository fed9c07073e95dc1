"""The programmes of an organization: who may know of them decides what is public."""

from collections.abc import Iterable, Sequence, Set
from typing import Final

import msgspec

from app.amilia.addresses import absolute
from app.amilia.lenient import flag, identifier, text
from app.domain.model import Program


class _Program(msgspec.Struct, gc=False, rename="pascal"):
    id: object = None
    name: object = None
    url: object = None
    is_visible: object = None
    is_archived: object = None
    is_password_protected: object = None


class _Named(msgspec.Struct, gc=False, rename="pascal"):
    program_id: object = None


class _Naming(msgspec.Struct, gc=False, rename="pascal"):
    activity: _Named | None = None


_PROGRAM: Final = msgspec.json.Decoder(_Program)
_NAMING: Final = msgspec.json.Decoder(_Naming)
_ALL_NAMING: Final = msgspec.json.Decoder(list[_Naming])


def read_programs(records: Iterable[bytes]) -> Sequence[Program]:
    """The programmes of the list's records, each once; one that cannot be read is left out.

    To leave a programme out hides its events, so whatever is unclear errs on that side.
    """
    programs = {program.id: program for record in records if (program := read_program(record))}
    return tuple(programs.values())


def read_program(record: bytes) -> Program | None:
    """The programme that a record tells of, None where it has no number. What is unclear counts as closed."""
    try:
        wire = _PROGRAM.decode(record)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    number = identifier(wire.id)
    if number is None:
        return None
    return Program(
        id=number,
        name=text(wire.name),
        url=absolute(text(wire.url)),
        visible=flag(wire.is_visible) is True,
        archived=not _clearly_not(wire.is_archived),
        password_protected=not _clearly_not(wire.is_password_protected),
    )


def program_named_by(record: bytes) -> int | None:
    """The number of the programme that an event's record names, None if it names none."""
    try:
        wire = _NAMING.decode(record)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None  # an event that cannot be read is not published, whatever its programme
    return identifier(wire.activity.program_id) if wire.activity else None


def programs_named_by(records: Sequence[bytes]) -> Set[int]:
    """The same of several records: read as one list, at half the cost, where nothing in them is odd."""
    try:
        told = _ALL_NAMING.decode(b"[%b]" % b",".join(records))
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return {number for record in records if (number := program_named_by(record))}
    named = (it.activity.program_id for it in told if it.activity)
    return {number for it in named if (number := identifier(it))}


def _clearly_not(value: object) -> bool:
    return value is None or flag(value) is False
