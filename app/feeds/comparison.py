"""A refresh compared with what was told before: what is news of an organization's events. Pure.

What no language matters to (times, place, cancellation) is compared with the ``Facts`` that the revision
memory has of an event, whoever noted them; titles are compared with the last catalogue of their own language.

No news is: what a first fetch finds; what enters or leaves the window as days go by; what other settings
bring in or take out. What goes because its programme is no longer public goes without a word, and takes along
what was told of it before.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from msgspec import structs

from app.domain.model import Lang, Organization, State
from app.domain.revisions import Facts, Remembered
from app.feeds.changes import FORMAT, Change, Kind, Log, Side, Texts, is_public
from app.feeds.entry import Entry
from app.ics.zones import Zone

KEPT: Final = 500
"""Changes in the log, the newest."""
KEPT_SECONDS: Final = 60 * 86_400
AT_ONCE: Final = 100
"""The most additions, and the most removals, that one refresh tells: a new season is not 2,000 news."""
ANY_DAY: Final = 0b111_1111


class Since(NamedTuple):
    """How the entries of a walk differ from those of the last catalogue."""

    fresh: Sequence[int]
    """The places of those that are not in it as they are, ascending."""
    left: Sequence[Entry]
    """Those of the last catalogue that are not among them as they are."""


@dataclass(frozen=True, slots=True)
class Walk:
    """What was seen of an organization in one language, to be compared with what was told before.

    ``previous`` are the entries of this language's last catalogue, if it has one. ``scope`` is what, besides
    the upstream, decides which events are published and when they begin: across a change of it nothing is
    compared. The window reaches from ``first`` to ``close`` (exclusive); ``began`` is when the upstream was
    asked first: all three are seconds since 1970. ``programs`` are the public ones. ``since`` is there where
    it is known without a comparison.
    """

    previous: Sequence[Entry]
    scope: str
    first: int
    close: int
    began: int
    programs: frozenset[int]
    since: Since | None = None


def scope_of(organization: Organization, zone: Zone) -> str:
    """See ``Walk``."""
    return repr((organization.show_skipped, sorted(organization.programs), zone.name))


class Comparison:
    """Compares one walk with what is remembered, event by event, and makes the next log of it."""

    def __init__(self, log: Log | None, walk: Walk, lang: Lang) -> None:
        self._log = log
        self._walk = walk
        self._lang = lang
        self.comparable = log is not None and log.scope == walk.scope
        self._news: list[Change] = []
        self._stand_ins: set[int] = set()
        self.lacking: dict[int, tuple[Entry | None, Entry | None]] = {
            change.event: (None, None) for change in (log.changes if log else ()) if _lacks(change, lang)
        }
        """Of events of whose changes this language has not told yet: the last entry and the new one."""

    def __repr__(self) -> str:
        return f"<Comparison in {self._lang}, {len(self._news)} changes>"

    @property
    def silent(self) -> bool:
        """True where no event is news, and none is waited for: of a new one only the facts are noted."""
        return not self.comparable and not self.lacking

    def seen(
        self, entry: Entry, old: Entry | None, before: Remembered | None, after: Remembered
    ) -> Remembered:
        """What to remember of an event that is published.

        ``old`` is it in the last catalogue. ``before`` is remembered of it; ``after`` is to be, but for the
        facts.
        """
        if entry.id < 0:  # a stand-in for a missing id: another one in each language, and with each change
            return after
        if entry.id in self.lacking:
            self.lacking[entry.id] = (old, entry)
        facts = facts_of(entry)
        told = before.facts if before else None
        risen = before is not None and after.sequence > before.sequence
        if told == facts and not risen:
            return after
        if before is not None and told is not None and told != facts and self._is_late(before):
            return after
        if self.comparable and (before is None or told is not None):
            self._compare(entry, old, told, risen=risen)
        return Remembered(after.created, after.told, facts)

    def vanished(self, old: Entry, before: Remembered) -> Remembered:
        """What to remember of an event of the last catalogue that is not published any more."""
        if old.id in self.lacking:
            self.lacking[old.id] = (old, None)
        if old.id < 0:
            return before
        told = before.facts or facts_of(old)
        hidden = bool(old.program) and old.program not in self._walk.programs
        if not told.published or (self._is_outside(old) and not hidden):
            return before
        if self.comparable and not hidden:
            self._news.append(Change(old.id, 0, (Kind.REMOVED,), self._before(told, old), None))
        return before._replace(facts=told._replace(published=False))

    def log(self, now: datetime) -> Log:
        """The next log: the last one itself where nothing is to be kept that it has not."""
        last = self._log
        moment = int(now.timestamp())
        told = last.changes if last is not None else ()
        if self.lacking:
            told = tuple(map(self._in_both, told))
        changes = [change for change in told if is_public(change, self._walk.programs)]
        at = max(moment, changes[0].at + 1) if changes else moment
        news = _newsworthy(_reunited(self._news, self._stand_ins))
        changes = [*(structs.replace(change, at=at) for change in news), *changes]
        told = tuple(change for change in changes[:KEPT] if change.at > moment - KEPT_SECONDS)
        walk = self._walk
        if last is None:
            return Log(FORMAT, moment, moment, walk.scope, walk.first, walk.close, told)
        touched = last.touched if told == last.changes else at
        log = Log(FORMAT, last.since, touched, walk.scope, walk.first, walk.close, told)
        return last if log == last else log

    def _compare(self, entry: Entry, old: Entry | None, told: Facts | None, *, risen: bool) -> None:
        """Take note of what is news; ``told`` is None for an event that nobody knew."""
        new = side_of(entry, self._lang)
        if told is None or not told.published:
            if self._was_within_reach(entry):
                kind = Kind.ADDED if told is None else Kind.RESTORED
                if told is None and entry.state is State.MOVED:
                    self._stand_ins.add(entry.id)
                self._news.append(Change(entry.id, 0, (kind,), None, new))
            return
        kinds = tuple(_kinds(entry, old, told, risen=risen))
        if kinds:
            self._news.append(Change(entry.id, 0, kinds, self._before(told, old or entry), new))

    def _before(self, told: Facts, source: Entry) -> Side:
        """The event as it was ``told``; ``source`` is the nearest to it that this language has."""
        side = side_of(source, self._lang)
        texts = side.texts[self._lang]
        if source.location != told.place:
            texts = structs.replace(texts, place="")
        return structs.replace(
            side,
            start=told.start,
            end=told.end,
            all_day=told.all_day,
            called_off=told.called_off,
            weekdays=side.weekdays if source.start == told.start else ANY_DAY,
            location=told.place,
            texts={self._lang: texts},
        )

    def _is_late(self, before: Remembered) -> bool:
        """True if the walk began before the other language last told something of the event.

        Then what it saw may be older than that; the next refresh, in whichever language, knows better.
        """
        others = (told.modified for lang, told in before.told.items() if lang != self._lang)
        return any(self._walk.began < modified.timestamp() for modified in others)

    def _was_within_reach(self, entry: Entry) -> bool:
        """True if the last comparison would have seen it: else it only came nearer."""
        log = self._log
        return log is not None and entry.start < log.close and entry.end > log.first

    def _is_outside(self, entry: Entry) -> bool:
        return entry.end <= self._walk.first or entry.start >= self._walk.close

    def _in_both(self, change: Change) -> Change:
        """The change with the texts of this language too, where they can be known now."""
        old, new = self.lacking.pop(change.event, (None, None))
        if not _lacks(change, self._lang):
            return change
        before, after = change.old, change.new
        if after is not None and new is not None and _shows(new, after):
            after = _spoken(after, new, self._lang)
            if before is not None and not {Kind.TITLE, Kind.PLACE}.intersection(change.kinds):
                before = _spoken(before, new, self._lang)
        if before is not None and old is not None and _shows(old, before):
            before = _spoken(before, old, self._lang)
        return structs.replace(change, old=before, new=after)


def facts_of(entry: Entry) -> Facts:
    """What is to be remembered as told."""
    return Facts(entry.start, entry.end, entry.all_day, entry.called_off, entry.location)


def side_of(entry: Entry, lang: Lang) -> Side:
    """The event as it is now."""
    return Side(
        start=entry.start,
        end=entry.end,
        all_day=entry.all_day,
        called_off=entry.called_off,
        weekdays=entry.weekdays,
        program=entry.program,
        category=entry.category,
        subcategory=entry.subcategory,
        activity=entry.activity,
        location=entry.location,
        tags=entry.tags,
        texts={lang: _texts(entry)},
    )


def _kinds(entry: Entry, old: Entry | None, told: Facts, *, risen: bool) -> Iterator[Kind]:
    """What distinguishes an event from what was ``told`` of it.

    Texts are compared with ``old``, where the sequence has ``risen``: else the other language told of it.
    """
    if entry.called_off != told.called_off:
        yield Kind.CANCELLED if entry.called_off else Kind.RESTORED
    if (entry.start, entry.end, entry.all_day) != (told.start, told.end, told.all_day):
        yield Kind.MOVED
    before = old if risen else None
    nameless = before is not None and not entry.location and _place(before) != _place(entry)
    if entry.location != told.place or nameless:
        yield Kind.PLACE
    if before is not None and before.title != entry.title:
        yield Kind.TITLE


def _reunited(news: Iterable[Change], stand_ins: Set[int]) -> list[Change]:
    """One move for what was removed and came back under another number at another time.

    ``stand_ins`` are events that appeared as moved ones: Amilia may replace an occurrence when it is moved.
    """
    gone: defaultdict[tuple[int, frozenset[str]], list[Change]] = defaultdict(list)
    told, arrived = [], []
    for change in sorted(news, key=lambda change: (change.sides[0].start, change.event)):
        if change.old is not None and change.new is None and change.old.activity:
            gone[_course(change.old)].append(change)
        elif change.new is not None and change.event in stand_ins:
            arrived.append((change, change.new))
        else:
            told.append(change)
    for change, new in arrived:
        before = gone[_course(new)]
        if before:
            kinds = (Kind.MOVED, Kind.PLACE) if before[0].sides[0].location != new.location else (Kind.MOVED,)
            told.append(structs.replace(change, kinds=kinds, old=before.pop(0).old))
        else:
            told.append(change)
    return [*told, *(change for changes in gone.values() for change in changes)]


def _course(side: Side) -> tuple[int, frozenset[str]]:
    """What an occurrence and its replacement have in common."""
    return side.activity, frozenset(texts.title for texts in side.texts.values())


def _newsworthy(news: Iterable[Change]) -> list[Change]:
    """In the order of the events, and of additions and removals not too many: those that come soonest."""
    left = dict.fromkeys((Kind.ADDED, Kind.REMOVED), AT_ONCE)
    told = []
    for change in sorted(news, key=lambda change: (change.sides[-1].start, change.event)):
        kind = change.kinds[0]
        if left.get(kind, 1):
            told.append(change)
            if kind in left:
                left[kind] -= 1
    return told


def _lacks(change: Change, lang: Lang) -> bool:
    return any(lang not in side.texts for side in change.sides)


def _shows(entry: Entry, side: Side) -> bool:
    """True if this is the event as that side of a change tells of it."""
    shown = (entry.start, entry.end, entry.called_off, entry.location)
    return shown == (side.start, side.end, side.called_off, side.location)


def _spoken(side: Side, entry: Entry, lang: Lang) -> Side:
    return structs.replace(side, texts={**side.texts, lang: _texts(entry)})


def _texts(entry: Entry) -> Texts:
    return Texts(entry.title, _place(entry), entry.words, entry.url)


def _place(entry: Entry) -> str:
    return (entry.place.name or entry.place.address) if entry.place is not None else ""
