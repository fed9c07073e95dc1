"""From what a walk brought home to a catalogue: read, choose what is public, and put it in order.

Pure, and in steps: each yields now and then so that whoever drives it can let other work through. Between
``choose`` and ``catalogue_of`` the entries get their stamps from the revision memory (``memory``). What did
not change is not made again: where nothing did, all three hand on what the last catalogue has.
"""

from collections import Counter, defaultdict
from collections.abc import Generator, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import compress
from operator import attrgetter, not_
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
from app.feeds.entry import LOCATIONS, TAGS
from app.feeds.press import UNREADABLE, Press, Printer
from app.feeds.slices import batches

AT_ONCE: Final = 200
"""How much is looked at between two yields where one look costs a microsecond."""
RENDERED_AT_ONCE: Final = 4
"""How many events are rendered between two yields: a twentieth of a millisecond's work, or a whole one where
each is the first of its activity."""
ORDER: Final = attrgetter("start", "id")
NUMBER, START, END, PROGRAM = map(attrgetter, ("id", "start", "end", "program"))
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
    that ever was would bring back the old bytes of an event that went from A to B and back to A.
    """

    def __init__(self, press: Press, previous: Catalogue | None) -> None:
        self._previous = previous if previous is not None and previous.zone == press.zone else None
        last = self._previous
        self._printer = Printer(press, {**last.other_names, **last.names} if last is not None else {})
        self._news: dict[bytes, Outcome] = {}
        """What each record became that the last catalogue does not know, by its digest."""

    def __repr__(self) -> str:
        return f"<Reader {len(self._news)} new records>"

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
        old, news = self._old, self._news
        programs: set[int] = set()
        for some in batches(records, AT_ONCE):
            keys = list(map(digest_of, some))
            outcomes = list(map(old.get, keys))
            if self.seal is None:
                programs |= _programs(outcomes)
            yield
            if not all(outcomes):
                unknown = compress(zip(keys, some, strict=True), map(not_, outcomes))
                programs |= yield from self._render(pair for pair in unknown if pair[0] not in news)
        return programs

    def _render(self, records: Iterable[tuple[bytes, bytes]]) -> Generator[None, None, Set[int]]:
        """Read these records, each behind its digest; the programmes that they are of."""
        read: list[Outcome] = []
        for key, record in records:
            self._news[key] = outcome = self._printer.entry(record, key)
            read.append(outcome)
            if len(read) % RENDERED_AT_ONCE == 0:
                yield
        return _programs(read)

    def reading(self, harvest: Harvest) -> Generator[None, None, Reading]:
        """What the walk amounts to; what arrived early and is not among its records is forgotten."""
        if harvest.unchanged:
            return Reading(None, self._printer.names, self._previous, harvest.seal)
        yield from self._old_at_hand()
        known: dict[bytes, Outcome] = {}
        digests = harvest.digests or map(digest_of, harvest.records)
        for some, keys in zip(batches(harvest.records, AT_ONCE), batches(digests, AT_ONCE), strict=True):
            outcomes = [it for it in map(self._old.get, keys) if it is not None]
            if len(outcomes) < len(keys):
                outcomes = yield from self._outcomes(some, keys)
            known.update(zip(keys, outcomes, strict=True))
            yield
        same = not self._news and len(known) == len(self._old)
        return Reading(known, self._printer.names, self._previous if same else None, harvest.seal)

    def _outcomes(
        self, records: Sequence[bytes], keys: Sequence[bytes]
    ) -> Generator[None, None, list[Outcome]]:
        """What these records became, whose digests are ``keys``; those that did not arrive are read now."""
        old, news = self._old, self._news
        if not all(news.get(key) or key in old for key in keys):
            yield from self.take(records)
        return [news.get(key) or old[key] for key in keys]

    def _old_at_hand(self) -> Generator[None, None, None]:
        if self._previous is not None:
            yield from self._previous.held.unfolding()


def _programs(outcomes: Iterable[Outcome | None]) -> Set[int]:
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
    rules = _Rules(programs, press, day)
    counts: Counter[str] = Counter()
    by_id: dict[int, Entry] = {}
    others: dict[bytes, Outcome] = {}
    for some in batches(reading.known.items(), AT_ONCE):
        outcomes: Iterable[tuple[bytes, Outcome]] = some
        entries = [outcome for _, outcome in some if isinstance(outcome, Entry)]
        numbers = set(map(NUMBER, entries))
        if len(numbers) == len(entries) and by_id.keys().isdisjoint(numbers) and rules.let_all_pass(entries):
            by_id.update(zip(map(NUMBER, entries), entries, strict=True))
            outcomes = (it for it in some if not isinstance(it[1], Entry)) if len(entries) < len(some) else ()
        for key, outcome in outcomes:
            reason = outcome if isinstance(outcome, LeftOut) else rules.reason(outcome)
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
    ordered = yield from _in_order(by_id.values())
    return Choice(tuple(ordered), others, dict(counts))


class _Rules:
    """Which entries are published on a day: those of certain programmes, within the window."""

    def __init__(self, programs: Iterable[Program], press: Press, day: date) -> None:
        self._public = frozenset(program.id for program in programs if program.public) | {0}
        self._allowed = self._public & (press.organization.programs or self._public)
        first, last = window(day, press.organization.past_days, press.organization.future_days)
        self._begin, self._close = (midnight(it, press.zone) for it in (first, last + timedelta(days=1)))

    def reason(self, entry: Entry) -> LeftOut | None:
        """Why an entry is not published, None if it is."""
        if entry.program not in self._public:
            return "programme not public"
        if entry.program not in self._allowed:
            return "programme not chosen"
        return "outside the window" if entry.start >= self._close or entry.end <= self._begin else None

    def let_all_pass(self, entries: Sequence[Entry]) -> bool:
        """True if there is no reason for any of them; in less time than to ask for each."""
        return (
            self._allowed.issuperset(map(PROGRAM, entries))
            and max(map(START, entries), default=self._begin) < self._close
            and min(map(END, entries), default=self._close) > self._begin
        )


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
    # Entries share their places: to look at each place once is to look at few.
    placed = {id(entry.place): entry for entry in entries}.values()
    for kind, column in COLUMNS.items():
        numbers = set(map(column, placed if kind == LOCATIONS else entries))
        used.update((kind, number) for number in numbers)
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
