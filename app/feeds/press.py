"""Makes entries of the records of a walk; what many occurrences have in common is made once for all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from app.domain.errors import UnreadableRecord
from app.domain.model import Event, Lang, Organization, Particulars, State
from app.feeds.catalogue import LeftOut, Names, Outcome
from app.feeds.entry import Mould, Naming, entry_for, mould_of
from app.ics.event import EventRenderer
from app.ics.zones import Zone

UNREADABLE: Final = "unreadable: "
"""How the reason begins for which a record is left out that makes no sense."""
MOST_MOULDS: Final = 1024
"""Of a centre's activities; where every event differs, more would only fill the processor's caches."""


@dataclass(frozen=True, slots=True)
class Press:
    """What turns one record into one entry, for one organization and language."""

    organization: Organization
    lang: Lang
    zone: Zone
    read: Callable[[bytes], Event]
    on_skipped: Callable[[UnreadableRecord], None]


class _Cast(NamedTuple):
    """What became of particulars: a mould of entries, or why there are none.

    They are known again by where they are in memory, so they are held on to.
    """

    about: Particulars
    into: Mould | LeftOut


class Printer:
    """Prints the entries of one walk, and gathers the names that they tell, beside those ``known``."""

    def __init__(self, press: Press, known: Names) -> None:
        self._press = press
        self._naming = Naming(known)
        self._renderer = EventRenderer(press.zone, press.lang, press.organization.currency)
        self._casts: dict[int, _Cast] = {}

    def __repr__(self) -> str:
        return f"<Printer for {self._press.organization.slug}, {len(self._casts)} moulds>"

    @property
    def names(self) -> Mapping[tuple[str, int], str]:
        """As in ``Naming``."""
        return self._naming.names

    def entry(self, record: bytes, key: bytes) -> Outcome:
        """The entry of a record with that digest, not yet stamped, or why there is none."""
        try:
            event = self._press.read(record)
        except UnreadableRecord as problem:
            self._press.on_skipped(problem)
            return f"{UNREADABLE}{problem.kind}"
        cast = self._casts.get(id(event.about)) or self._cast(event.about)
        if isinstance(cast.into, LeftOut):
            return cast.into
        return entry_for(event, cast.into, self._renderer, key)

    def _cast(self, about: Particulars) -> _Cast:
        if len(self._casts) >= MOST_MOULDS:
            self._casts.clear()
        reason = _reason_to_leave_out(about, self._press.organization)
        if reason is None:
            self._naming.hear(about)
        cast = self._casts[id(about)] = _Cast(about, reason or mould_of(about, self._renderer))
        return cast


def _reason_to_leave_out(about: Particulars, organization: Organization) -> LeftOut | None:
    """Why an event is not public by itself, None if it is."""
    if not about.offered:
        return "activity not offered"
    match about.state:
        case State.REPLACED | State.ARCHIVED:
            return "replaced or archived"
        case State.SKIPPED if not organization.show_skipped:
            return "skipped"
        case State.NORMAL | State.MOVED | State.CANCELLED | State.SKIPPED | State.OTHER:
            return None
