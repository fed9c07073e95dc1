"""Chooses which of the events that were read are published, and puts them in order. Pure, and in steps.

Where little changed since the last catalogue, its choice is amended; that gives what choosing anew gives.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from operator import attrgetter
from typing import Final

from app.domain.batches import batches
from app.domain.model import Program
from app.feeds.catalogue import Catalogue, Entry, LeftOut, Outcome, midnight, window
from app.feeds.comparison import Since
from app.feeds.entry import START
from app.feeds.press import Press
from app.feeds.reading import Reading

AT_ONCE: Final = 200
"""How many entries are looked at between two yields."""
FEW: Final = 1 / 8
"""The share of fresh records up to which it is quicker to put each in its place than to sort all."""
REPEATED: Final = "repeated"
"""Why the earlier of two records of one event is left out."""
ORDER: Final = attrgetter("start", "id")
NUMBER, END, PROGRAM = map(attrgetter, ("id", "end", "program"))
DAY_SECONDS: Final = 86_400


@dataclass(frozen=True, slots=True)
class Choice:
    """The entries to publish, in feed order; what became of other records, and how many for which reason.

    ``since`` as in ``comparison.Walk``.
    """

    entries: Sequence[Entry]
    others: Mapping[bytes, Outcome]
    left_out: Mapping[str, int]
    since: Since | None = None


def choose(
    reading: Reading, programs: Iterable[Program], press: Press, day: date
) -> Generator[None, None, Choice]:
    """Each public event of the window once.

    Where two records have one id, the later one counts: pages that shift while they are read bring an event
    twice, and the later reading is the newer one.
    """
    last, listed = reading.previous, public(programs)
    rules = _Rules(listed, press, day)
    if last is not None and last.day == day and last.programs == listed:
        if reading.unchanged is last:
            return Choice(last.entries, last.others, last.left_out)
        if len(reading.fresh) <= FEW * len(last.entries) and REPEATED not in last.left_out:
            amended = yield from _amended(reading, last, rules)
            if amended is not None:
                return amended
    return (yield from _chosen(reading, rules))


def public(programs: Iterable[Program]) -> tuple[Program, ...]:
    """Those of which anything may be published."""
    return tuple(program for program in programs if program.public)


def _chosen(reading: Reading, rules: "_Rules") -> Generator[None, None, Choice]:
    """The choice, by looking at every record."""
    counts: Counter[str] = Counter()
    by_id: dict[int, Entry] = {}
    others: dict[bytes, Outcome] = {}
    known = yield from reading.known()
    for some in batches(known.items(), AT_ONCE):
        outcomes: Iterable[tuple[bytes, Outcome]] = some
        entries = [outcome for _, outcome in some if isinstance(outcome, Entry)]
        numbers = set(map(NUMBER, entries))
        if len(numbers) == len(entries) and by_id.keys().isdisjoint(numbers) and rules.let_all_pass(entries):
            by_id.update(zip(map(NUMBER, entries), entries, strict=True))
            outcomes = (it for it in some if not isinstance(it[1], Entry)) if len(entries) < len(some) else ()
        for key, outcome in outcomes:
            reason = rules.reason(outcome)
            if reason is None and isinstance(outcome, Entry):
                earlier = by_id.pop(outcome.id, None)
                if earlier is not None:
                    counts[REPEATED] += 1
                    others[earlier.record] = earlier
                by_id[outcome.id] = outcome
            else:
                counts[reason or ""] += 1
                others[key] = outcome
        yield
    ordered = yield from _in_order(by_id.values())
    return Choice(tuple(ordered), others, dict(counts))


def _amended(reading: Reading, last: Catalogue, rules: "_Rules") -> Generator[None, None, Choice | None]:
    """The choice of the last catalogue, made by the same ``rules``, with what came and without what went.

    None where an event would be there twice.
    """
    rows = last.held.rows
    others: dict[bytes, Outcome] = {}
    for others_then in batches(last.others.items(), AT_ONCE):
        others.update(it for it in others_then if it[0] not in reading.gone)
        yield
    fresh: dict[int, Entry] = {}
    for key, outcome in reading.fresh.items():
        if isinstance(outcome, Entry) and rules.reason(outcome) is None:
            if outcome.id in fresh:
                return None
            fresh[outcome.id] = outcome
        else:
            others[key] = outcome
    yield
    stay: list[Entry] = []
    left: list[Entry] = []
    for some in batches(rows, AT_ONCE):
        kept = [row for row in some if row.record not in reading.gone] if reading.gone else some
        if not fresh.keys().isdisjoint(map(NUMBER, kept)):
            return None
        stay += kept
        if len(kept) < len(some):
            left += [row for row in some if row.record in reading.gone]
        yield
    ordered = yield from _in_order(fresh.values())
    entries, places = yield from _merged(stay, ordered)
    counts: Counter[str] = Counter()
    for outcomes in batches(others.values(), AT_ONCE):
        counts.update(rules.reason(it) or "" for it in outcomes)
        yield
    return Choice(tuple(entries), others, dict(counts), Since(places, left))


class _Rules:
    """Which entries are published on a day: those of certain programmes, within the window."""

    def __init__(self, listed: Iterable[Program], press: Press, day: date) -> None:
        self._public = frozenset(program.id for program in listed) | {0}
        self._allowed = self._public & (press.organization.programs or self._public)
        first, last = window(day, press.organization.past_days, press.organization.future_days)
        self._begin, self._close = (midnight(it, press.zone) for it in (first, last + timedelta(days=1)))

    def reason(self, outcome: Outcome) -> LeftOut | None:
        """Why a record is not published, None if it is."""
        if not isinstance(outcome, Entry):
            return outcome
        if outcome.program not in self._public:
            return "programme not public"
        if outcome.program not in self._allowed:
            return "programme not chosen"
        return "outside the window" if outcome.start >= self._close or outcome.end <= self._begin else None

    def let_all_pass(self, entries: Sequence[Entry]) -> bool:
        """True if there is no reason against any of them; in less time than to ask for each."""
        return (
            self._allowed.issuperset(map(PROGRAM, entries))
            and max(map(START, entries), default=self._begin) < self._close
            and min(map(END, entries), default=self._close) > self._begin
        )


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


def _merged(
    many: Sequence[Entry], few: Sequence[Entry]
) -> Generator[None, None, tuple[list[Entry], list[int]]]:
    """Entries that are in feed order, with a few more that are so too, and the places of those."""
    merged: list[Entry] = []
    places: list[int] = []
    done = 0
    for some in batches(few, AT_ONCE):
        for entry in some:
            place = bisect_left(many, ORDER(entry), lo=done, key=ORDER)
            merged += many[done:place]
            places.append(len(merged))
            merged.append(entry)
            done = place
        yield
    merged += many[done:]
    return merged, places
