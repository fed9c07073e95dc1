"""From what a walk brought home to a catalogue: read, choose what is public, and put it in order.

Pure, and in steps: each yields now and then so that whoever drives it can let other work through. Between
``choose`` and ``catalogue_of`` the entries get their stamps from the revision memory (``memory``). What did
not change is not made again: where nothing did, all three hand on what the last catalogue has.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from operator import attrgetter
from typing import Final

from app.domain.digests import digest_of
from app.domain.model import Program
from app.domain.records import Harvest, Seal
from app.feeds.catalogue import (
    COLUMNS,
    Catalogue,
    Entry,
    LeftOut,
    Names,
    Outcome,
    coming,
    midnight,
    window,
)
from app.feeds.debut import UNKNOWN, Debut
from app.feeds.entry import TAGS
from app.feeds.press import UNREADABLE, Press, Printer
from app.feeds.slices import batches

AT_ONCE: Final = 200
"""How much is looked at between two yields where one look costs a microsecond."""
RENDERED_AT_ONCE: Final = 8
"""How many events are rendered between two yields: a third of a millisecond's work."""
ORDER: Final = attrgetter("start", "id")
SHOWN: Final = attrgetter(*(name for name in Entry.__struct_fields__ if name != "record"))
"""What people see of an entry, in one form or another, or can ask for."""
DAY_SECONDS: Final = 86_400


@dataclass(frozen=True, slots=True)
class Reading:
    """What each record of a walk became, by the record's digest, and the names that they tell.

    ``unchanged`` is the last catalogue if it knew every one of them, and no other; where that is known
    without looking at any, ``fresh`` is None. ``seal`` is the walk's.
    """

    fresh: Mapping[bytes, Outcome] | None
    names: Names
    unchanged: Catalogue | None = None
    seal: Seal | None = None

    @property
    def known(self) -> Mapping[bytes, Outcome]:
        """What each record became, in an order in which later ones count."""
        if self.fresh is not None:
            return self.fresh
        return self.unchanged.known if self.unchanged is not None else {}

    @property
    def unreadable(self) -> int:
        """How many records there are, where not one of them could be read, public or not; else 0."""
        if self.unchanged is not None:
            return 0
        known = self.known
        readable = any(isinstance(it, Entry) or not it.startswith(UNREADABLE) for it in known.values())
        return 0 if readable else len(known)


class Reader:
    """Reads the records of one walk, each once; those that arrive early while others are on their way.

    Records known from ``previous`` are taken over unread. Only the last generation is asked: a memory of all
    that ever was would bring back the old bytes of an event that went from A to B and back to A. What is new
    gets the revision lines of its ``debut``.
    """

    def __init__(self, press: Press, previous: Catalogue | None, debut: Debut = UNKNOWN) -> None:
        self._previous = previous if previous is not None and previous.zone == press.zone else None
        last = self._previous
        self._printer = Printer(press, {**last.other_names, **last.names} if last is not None else {})
        self._debut = debut
        self._outcomes: dict[bytes, Outcome] = {}
        """What each record became, by its digest."""
        self._news = 0
        """How many of them the last catalogue does not know."""

    def __repr__(self) -> str:
        return f"<Reader {len(self._outcomes)} records, {self._news} new>"

    @property
    def seal(self) -> Seal | None:
        """By which a walk is known that brings nothing but what the last catalogue knows."""
        return self._previous.seal if self._previous is not None else None

    @cached_property
    def _old(self) -> Mapping[bytes, Outcome]:
        return self._previous.known if self._previous is not None else {}

    def take(self, records: Sequence[bytes]) -> Generator[None, None, Set[int]]:
        """Read what was not read yet, and return the programmes as ``ports.Arrival`` asks for them.

        Yields after a few that had to be read, and after many that had not.
        """
        yield from self._old_at_hand()
        programs: set[int] = set()
        for some in batches(records, AT_ONCE):
            keys = list(map(digest_of, some))
            outcomes = map(self._old.get, keys)
            old = {key: outcome for key, outcome in zip(keys, outcomes, strict=True) if outcome is not None}
            self._outcomes.update(old)
            if self.seal is None:
                programs |= _programs(old.values())
            yield
            if len(old) < len(keys):
                unknown = (pair for pair in zip(keys, some, strict=True) if pair[0] not in self._outcomes)
                programs |= yield from self._render(unknown)
        return programs

    def _render(self, records: Iterable[tuple[bytes, bytes]]) -> Generator[None, None, Set[int]]:
        """Read these records, each behind its digest; the programmes that they are of."""
        read: list[Outcome] = []
        stamp = self._debut.lines()
        for key, record in records:
            self._outcomes[key] = outcome = self._printer.entry(record, key, stamp)
            read.append(outcome)
            if len(read) % RENDERED_AT_ONCE == 0:
                yield
        self._news += len(read)
        return _programs(read)

    def reading(self, harvest: Harvest) -> Generator[None, None, Reading]:
        """What the walk amounts to; what arrived early and is not among its records is forgotten."""
        if harvest.unchanged:
            return Reading(None, self._printer.names, self._previous, harvest.seal)
        yield from self._old_at_hand()
        known: dict[bytes, Outcome] = {}
        for some in batches(harvest.records, AT_ONCE):
            keys = list(map(digest_of, some))
            if not all(map(self._outcomes.__contains__, keys)):
                yield from self.take(some)
            known.update(zip(keys, map(self._outcomes.__getitem__, keys), strict=True))
            yield
        same = not self._news and len(known) == len(self._old)
        return Reading(known, self._printer.names, self._previous if same else None, harvest.seal)

    def _old_at_hand(self) -> Generator[None, None, None]:
        if self._previous is not None:
            yield from self._previous.held.unfolding()


def read(harvest: Harvest, press: Press, previous: Catalogue | None) -> Generator[None, None, Reading]:
    """Every record as an entry, where all of them are at hand."""
    return Reader(press, previous).reading(harvest)


def _programs(outcomes: Iterable[Outcome]) -> Set[int]:
    """Those of the entries among them."""
    return {outcome.program for outcome in outcomes if isinstance(outcome, Entry)} - {0}


@dataclass(frozen=True, slots=True)
class Choice:
    """The entries to publish, in feed order; what became of other records, and how many for which reason."""

    entries: Sequence[Entry]
    others: Mapping[bytes, Outcome]
    left_out: Mapping[str, int]


def choose(
    reading: Reading, programs: Iterable[Program], press: Press, day: date
) -> Generator[None, None, Choice]:
    """Each public event of the window once.

    Where two records have one id, the later one counts: pages that shift while they are read bring an event
    twice, and the later reading is the newer one.
    """
    last = reading.unchanged
    if last is not None and last.day == day and last.programs == _public(programs):
        return Choice(last.entries, last.others, last.left_out)
    if last is not None:
        yield from last.held.unfolding()
    reason_of = _reasons(programs, press, day)
    counts: Counter[str] = Counter()
    by_id: dict[int, Entry] = {}
    others: dict[bytes, Outcome] = {}
    for outcomes in batches(reading.known.items(), AT_ONCE):
        for key, outcome in outcomes:
            reason = outcome if isinstance(outcome, LeftOut) else reason_of(outcome)
            if reason is None and isinstance(outcome, Entry):
                earlier = by_id.pop(outcome.id, None)
                if earlier is not None:
                    counts["repeated"] += 1
                    others[earlier.record] = earlier
                by_id[outcome.id] = outcome
            else:
                counts[reason or ""] += 1
                others[key] = outcome
        yield
    entries = yield from _in_order(by_id.values())
    return Choice(tuple(entries), others, dict(counts))


def _reasons(programs: Iterable[Program], press: Press, day: date) -> Callable[[Entry], LeftOut | None]:
    """What tells why an entry is not published on this day, None if it is."""
    public = frozenset(program.id for program in programs if program.public) | {0}
    chosen = press.organization.programs or public
    first, last = window(day, press.organization.past_days, press.organization.future_days)
    begin, close = midnight(first, press.zone), midnight(last + timedelta(days=1), press.zone)

    def reason(entry: Entry) -> LeftOut | None:
        if entry.program not in public:
            return "programme not public"
        if entry.program not in chosen:
            return "programme not chosen"
        return "outside the window" if entry.start >= close or entry.end <= begin else None

    return reason


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
    listed = _public(programs)
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


def _public(programs: Iterable[Program]) -> tuple[Program, ...]:
    return tuple(program for program in programs if program.public)


def _in_order(entries: Iterable[Entry]) -> Generator[None, None, list[Entry]]:
    """The entries in feed order, sorted a day at a time: all of them at once would take too long."""
    days: defaultdict[int, list[Entry]] = defaultdict(list)
    for some in batches(entries, AT_ONCE):
        for entry in some:
            days[entry.start // DAY_SECONDS].append(entry)
        yield
    ordered: list[Entry] = []
    for day in sorted(days):
        ordered += sorted(days[day], key=ORDER)
        yield
    return ordered


def believable(old: Catalogue | None, entries: Iterable[Entry], now: datetime) -> bool:
    """False when more than half of the coming events vanished at once: rather a fault than a decision."""
    return old is None or entries is old.entries or 2 * coming(entries, now) >= coming(old.entries, now)


def _sorted_out(names: Names, entries: Sequence[Entry]) -> Generator[None, None, tuple[Names, Names]]:
    """The names of what is published, and all others: what is hidden stays unnamed."""
    used: set[tuple[str, int]] = set()
    for kind, column in COLUMNS.items():
        used.update((kind, number) for number in set(map(column, entries)))
        yield
    used.update((TAGS, tag) for tags in set(map(attrgetter("tags"), entries)) for tag in tags)
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
