"""A catalogue as bytes for the store, and back. The format may change at any time: it has a version.

What is kept is served before the first fetch after a restart, so it must not show what the operator has
stopped publishing in between: content made under other rules of what is public is not taken back.
"""

from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Final

import msgspec

from app.domain.model import Lang, Organization, Program
from app.domain.revisions import Fingerprint
from app.feeds.catalogue import Catalogue, Entry, LeftOut, window
from app.ics.zones import publish_zone

FORMAT: Final = 1
RENDERING: Final = 1
"""To be raised when the same event is rendered to other bytes; then every record is read again."""


class _Row(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One entry; ``shown`` is None where it equals ``marked``."""

    id: int
    start: int
    end: int
    weekdays: int
    program: int
    category: int
    subcategory: int
    activity: int
    location: int
    tags: tuple[int, ...]
    words: str
    called_off: bool
    marked: bytes
    shown: bytes | None
    significant: bytes
    whole: bytes
    stamp: bytes
    digest: bytes


class _Content(msgspec.Struct, array_like=True, frozen=True):
    format: int
    policy: str
    rendering: str
    zone: str
    day: date
    fetched_at: datetime
    changed_at: datetime
    presentation: str
    rows: list[_Row]
    programs: list[dict[str, str | int | bool]]
    known: list[tuple[bytes, int | str]]
    names: list[tuple[str, int, str]]
    left_out: dict[str, int]


class _Head(msgspec.Struct, array_like=True):
    """The beginning of any format."""

    format: int


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Content)


class NotKept(ValueError):
    """What was kept cannot be used by this version, or must not be under these settings."""


def packed(catalogue: Catalogue, presentation: str) -> bytes:
    """The bytes of a catalogue; ``presentation`` is what its feeds say besides their events."""
    position = {id(entry): number for number, entry in enumerate(catalogue.entries)}
    known: list[tuple[bytes, int | str]] = []
    for key, outcome in catalogue.known.items():
        if isinstance(outcome, LeftOut):
            known.append((key, outcome))
        elif id(outcome) in position:
            known.append((key, position[id(outcome)]))
    content = _Content(
        format=FORMAT,
        policy=_policy(catalogue.organization),
        rendering=_rendering(catalogue.organization),
        zone=catalogue.zone.name,
        day=catalogue.day,
        fetched_at=catalogue.fetched_at,
        changed_at=catalogue.changed_at,
        presentation=presentation,
        rows=[_row(entry) for entry in catalogue.entries],
        programs=[asdict(program) for program in catalogue.programs],
        known=known,
        names=[(kind, number, name) for (kind, number), name in catalogue.names.items()],
        left_out=dict(catalogue.left_out),
    )
    return _encoder.encode(content)


def unpacked(
    content: bytes, organization: Organization, lang: Lang, presentation: str, now: datetime
) -> Catalogue:
    """The catalogue that was kept. Raises ``NotKept``.

    Where its feeds now say something else besides their events, they changed ``now``.
    """
    try:
        if msgspec.msgpack.decode(content, type=_Head).format != FORMAT:
            raise NotKept("it was kept by another version")
        kept = _decoder.decode(content)
    except msgspec.DecodeError as error:
        raise NotKept("it is damaged") from error
    if kept.policy != _policy(organization):
        raise NotKept("what is public was configured otherwise")
    entries = [_entry(row) for row in kept.rows]
    changed_at = kept.changed_at if kept.presentation == presentation else now.replace(microsecond=0)
    usable = kept.rendering == _rendering(organization)
    around = window(kept.day, organization.past_days + 1, organization.future_days + 1)
    return Catalogue(
        organization=organization,
        lang=lang,
        zone=publish_zone(kept.zone, *around),
        day=kept.day,
        fetched_at=kept.fetched_at.astimezone(UTC),
        changed_at=changed_at.astimezone(UTC),
        entries=tuple(entries),
        programs=tuple(msgspec.convert(kept.programs, list[Program])),
        known={key: entries[at] if isinstance(at, int) else at for key, at in kept.known} if usable else {},
        names={(kind, number): name for kind, number, name in kept.names},
        left_out=kept.left_out,
    )


def _policy(organization: Organization) -> str:
    """The settings that decide what is public."""
    chosen = (organization.show_skipped, organization.show_staff, sorted(organization.programs))
    return repr(chosen)


def _rendering(organization: Organization) -> str:
    """What, besides the event itself, its bytes depend on."""
    return repr((RENDERING, organization.currency, organization.timezone))


def _row(entry: Entry) -> _Row:
    return _Row(
        id=entry.id,
        start=entry.start,
        end=entry.end,
        weekdays=entry.weekdays,
        program=entry.program,
        category=entry.category,
        subcategory=entry.subcategory,
        activity=entry.activity,
        location=entry.location,
        tags=tuple(sorted(entry.tags)),
        words=entry.words,
        called_off=entry.called_off,
        marked=entry.marked,
        shown=None if entry.shown is entry.marked else entry.shown,
        significant=entry.fingerprint.significant,
        whole=entry.fingerprint.whole,
        stamp=entry.stamp,
        digest=entry.digest,
    )


def _entry(row: _Row) -> Entry:
    return Entry(
        id=row.id,
        start=row.start,
        end=row.end,
        weekdays=row.weekdays,
        program=row.program,
        category=row.category,
        subcategory=row.subcategory,
        activity=row.activity,
        location=row.location,
        tags=frozenset(row.tags),
        words=row.words,
        called_off=row.called_off,
        marked=row.marked,
        shown=row.marked if row.shown is None else row.shown,
        fingerprint=Fingerprint(row.significant, row.whole),
        stamp=row.stamp,
        digest=row.digest,
    )
