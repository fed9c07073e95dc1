"""Makes the catalogue of what was read, chosen and stamped. Pure, and in steps.

Before it, records are read (``reading``), some are chosen (``choosing``), and those get their stamps from the
revision memory (``memory``). Where nothing changed, all of them hand on what the last catalogue has.
"""

from collections.abc import Generator, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Final

from app.domain.batches import batches
from app.domain.model import Program
from app.feeds.catalogue import COLUMNS, Catalogue, Entry, Names, coming
from app.feeds.choosing import Choice, public
from app.feeds.entry import TAGS
from app.feeds.press import Press
from app.feeds.reading import Reading

AT_ONCE: Final = 500
"""How many entries are looked at between two yields: a tenth of a millisecond's work."""
SHOWN: Final = attrgetter(*(name for name in Entry.__struct_fields__ if name != "record"))
"""What people see of an entry, in one form or another, or can ask for."""


def catalogue_of(
    reading: Reading,
    choice: Choice,
    stamped: Sequence[Entry],
    programs: Iterable[Program],
    press: Press,
    *,
    day: date,
    at: datetime,
    previous: Catalogue | None,
) -> Generator[None, None, Catalogue]:
    """The catalogue of what was chosen, ``stamped`` with its revisions, as of the organization's ``day``."""
    listed = public(programs)
    last = reading.unchanged
    entries = stamped if last is not None and stamped is last.entries else tuple(stamped)
    yield
    if last is not None and last.others is choice.others:
        names, other_names = last.names, last.other_names
    else:
        names, other_names = yield from _sorted_out(reading.names, entries)
    catalogue = Catalogue(
        organization=press.organization,
        lang=press.lang,
        zone=press.zone,
        day=day,
        fetched_at=at,
        changed_at=at.replace(microsecond=0),
        entries=entries,
        programs=listed,
        others=choice.others,
        names=names,
        other_names=other_names,
        left_out=choice.left_out,
        seal=reading.seal,
    )
    return catalogue if previous is None else replace(catalogue, changed_at=_changed_at(catalogue, previous))


def believable(old: Catalogue | None, entries: Sequence[Entry], now: datetime) -> bool:
    """False when more than half of the coming events vanished at once: rather a fault than a decision."""
    return old is None or entries is old.entries or 2 * coming(entries, now) >= coming(old.entries, now)


def _sorted_out(names: Names, entries: Sequence[Entry]) -> Generator[None, None, tuple[Names, Names]]:
    """The names of what is published, and all others: what is hidden stays unnamed."""
    different: dict[int, Entry] = {}  # in what they share, of which names are a part: few
    for some in batches(entries, AT_ONCE):
        different.update((id(entry.shared), entry) for entry in some)
        yield
    used: set[tuple[str, int]] = set()
    for some in batches(different.values(), AT_ONCE):
        for kind, column in COLUMNS.items():
            used.update((kind, number) for number in set(map(column, some)))
        used.update((TAGS, tag) for tags in set(map(attrgetter("tags"), some)) for tag in tags)
        yield
    told = {key: name for key, name in names.items() if key in used}
    return told, {key: name for key, name in names.items() if key not in used}


def _changed_at(catalogue: Catalogue, previous: Catalogue) -> datetime:
    """When what is shown last became another; a later change is at least a second later (RFC 9110 §8.8.2)."""
    same = (
        previous.day == catalogue.day
        and previous.programs == catalogue.programs
        and previous.names == catalogue.names
        and _alike(previous.entries, catalogue.entries)
    )
    return (
        previous.changed_at if same else max(catalogue.changed_at, previous.changed_at + timedelta(seconds=1))
    )


def _alike(some: Sequence[Entry], others: Sequence[Entry]) -> bool:
    """True if they are shown alike, in feeds and elsewhere; most are the very same entries."""
    return some is others or (
        len(some) == len(others)
        and all(one is other or SHOWN(one) == SHOWN(other) for one, other in zip(some, others, strict=True))
    )
