"""From what a walk brought home to a catalogue: read, choose what is public, and put it in order.

Pure, and in steps: ``read`` yields between events so that whoever drives it can let other work through.
Between ``choose`` and ``catalogue_of`` the entries get their stamps from the revision memory (``memory``).
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.domain.errors import UnreadableRecord
from app.domain.model import Event, Lang, Organization, Program, State
from app.domain.records import Harvest
from app.feeds.catalogue import (
    CALLED_OFF,
    COLUMNS,
    Catalogue,
    Entry,
    LeftOut,
    Names,
    coming,
    entry_for,
    midnight,
    names_in,
    window,
)
from app.ics.event import EventRenderer
from app.ics.zones import Zone

UNREADABLE = "unreadable: "
"""How the reason begins for which a record is left out that makes no sense."""


@dataclass(frozen=True, slots=True)
class Press:
    """What turns one record into one entry, for one organization and language."""

    organization: Organization
    lang: Lang
    zone: Zone
    read: Callable[[bytes], Event]
    on_skipped: Callable[[UnreadableRecord], None]

    def entry(
        self, record: bytes, renderer: EventRenderer, names: dict[tuple[str, int], str]
    ) -> Entry | LeftOut:
        """The entry of a record, not yet stamped, or why there is none; adds the names it tells."""
        try:
            event = self.read(record)
        except UnreadableRecord as problem:
            self.on_skipped(problem)
            return f"{UNREADABLE}{problem.kind}"
        reason = _reason_to_leave_out(event, self.organization)
        if reason is not None:
            return reason
        names.update(names_in(event))
        marked = renderer.content(event, "status")
        shown = renderer.content(event, "show") if event.state in CALLED_OFF else marked
        return entry_for(event, self.zone, marked=marked, shown=shown)


@dataclass(frozen=True, slots=True)
class Reading:
    """What each record of a walk became, by the record's digest, and the names that they tell."""

    known: Mapping[bytes, Entry | LeftOut]
    names: Names

    @property
    def readable(self) -> bool:
        """True if at least one record could be read, public or not."""
        return any(isinstance(it, Entry) or not it.startswith(UNREADABLE) for it in self.known.values())


def read(harvest: Harvest, press: Press, previous: Catalogue | None) -> Generator[None, None, Reading]:
    """Every record as an entry; yields after each that had to be read.

    Records known from ``previous`` are taken over unread. Only the last generation is asked: a memory of all
    that ever was would bring back the old bytes of an event that went from A to B and back to A.
    """
    renderer = EventRenderer(zone=press.zone, lang=press.lang, currency=press.organization.currency)
    old = previous.known if previous is not None and previous.zone == press.zone else {}
    names = dict(previous.names) if old and previous is not None else {}
    known: dict[bytes, Entry | LeftOut] = {}
    for record in harvest.records:
        key = hashlib.blake2b(record, digest_size=16).digest()
        outcome = old.get(key)
        if outcome is None:
            outcome = press.entry(record, renderer, names)
            yield
        known[key] = outcome
    return Reading(known, names)


@dataclass(frozen=True, slots=True)
class Choice:
    """The entries to publish, in feed order, and how many records were left out for which reason."""

    entries: Sequence[Entry]
    left_out: Mapping[str, int]


def choose(reading: Reading, programs: Iterable[Program], press: Press, day: date) -> Choice:
    """Each public event of the window once.

    Where two records have one id, the later one counts: pages that shift while they are read bring an event
    twice, and the later reading is the newer one.
    """
    counts: Counter[str] = Counter()
    by_id: dict[int, Entry] = {}
    public = frozenset(program.id for program in programs if program.public)
    chosen = press.organization.programs
    first, last = window(day, press.organization.past_days, press.organization.future_days)
    begin, close = midnight(first, press.zone), midnight(last + timedelta(days=1), press.zone)
    for outcome in reading.known.values():
        if isinstance(outcome, LeftOut):
            counts[outcome] += 1
        elif outcome.program and outcome.program not in public:
            counts["programme not public"] += 1
        elif chosen and outcome.program not in chosen:
            counts["programme not chosen"] += 1
        elif outcome.start >= close or outcome.end <= begin:
            counts["outside the window"] += 1
        else:
            counts["repeated"] += outcome.id in by_id
            by_id[outcome.id] = outcome
    entries = sorted(by_id.values(), key=lambda entry: (entry.start, entry.id))
    return Choice(entries, {reason: count for reason, count in counts.items() if count})


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
) -> Catalogue:
    """The catalogue of what was chosen, ``stamped`` with its revisions, as of the organization's ``day``."""
    by_id = {entry.id: entry for entry in stamped}
    listed = tuple(program for program in programs if program.public)
    return Catalogue(
        organization=press.organization,
        lang=press.lang,
        zone=press.zone,
        day=day,
        fetched_at=at,
        changed_at=_changed_at(stamped, listed, day, at, previous),
        entries=tuple(stamped),
        programs=listed,
        known={key: _as_stamped(outcome, by_id) for key, outcome in reading.known.items()},
        names=_in_use(reading.names, stamped),
        left_out=choice.left_out,
    )


def _as_stamped(outcome: Entry | LeftOut, stamped: Mapping[int, Entry]) -> Entry | LeftOut:
    """The stamped entry of the same content, so that it is kept once; another of its id stays as it is."""
    if isinstance(outcome, LeftOut):
        return outcome
    entry = stamped.get(outcome.id)
    return entry if entry is not None and entry.fingerprint == outcome.fingerprint else outcome


def believable(old: Catalogue | None, entries: Iterable[Entry], now: datetime) -> bool:
    """False when more than half of the coming events vanished at once: rather a fault than a decision."""
    return old is None or 2 * coming(entries, now) >= coming(old.entries, now)


def _reason_to_leave_out(event: Event, organization: Organization) -> LeftOut | None:
    """Why an event is not public by itself, None if it is."""
    if not event.offered:
        return "activity not offered"
    match event.state:
        case State.REPLACED | State.ARCHIVED:
            return "replaced or archived"
        case State.SKIPPED if not organization.show_skipped:
            return "skipped"
        case State.NORMAL | State.MOVED | State.CANCELLED | State.SKIPPED | State.OTHER:
            return None


def _in_use(names: Names, entries: Iterable[Entry]) -> Names:
    """The names of what is published, and no other: what is hidden stays unnamed."""
    used: set[tuple[str, int]] = set()
    for entry in entries:
        used.update((kind, column(entry)) for kind, column in COLUMNS.items())
        used.update(("tags", tag) for tag in entry.tags)
    return {key: name for key, name in names.items() if key in used}


def _changed_at(
    entries: Sequence[Entry],
    programs: tuple[Program, ...],
    day: date,
    at: datetime,
    previous: Catalogue | None,
) -> datetime:
    """When the content last became another; a later change is at least a second later (RFC 9110 §8.8.2)."""
    now = at.replace(microsecond=0)
    if previous is None:
        return now
    same = (
        previous.day == day
        and previous.programs == programs
        and [entry.digest for entry in previous.entries] == [entry.digest for entry in entries]
    )
    return previous.changed_at if same else max(now, previous.changed_at + timedelta(seconds=1))
