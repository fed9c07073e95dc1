"""Reads the records of a walk, each once: what the last catalogue knows is taken over unread.

Pure, and in steps: each yields now and then so that whoever drives it can let other work through.
"""

from collections.abc import Generator, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import compress
from operator import not_
from typing import Final

from app.domain.batches import batches
from app.domain.digests import digest_of
from app.domain.records import Harvest, Seal
from app.feeds.catalogue import Catalogue, Entry, Names, Outcome
from app.feeds.press import UNREADABLE, Press, Printer

AT_ONCE: Final = 200
"""How much is looked at between two yields where one look costs a microsecond."""
RENDERED_AT_ONCE: Final = 4
"""How many events are rendered between two yields: a twentieth of a millisecond's work, or a whole one where
each is the first of its activity."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the records of a walk became, told as what is ``fresh`` and what is ``gone`` since the last one.

    Records go by their digests. ``digests`` are those of all, in the walk's order, in which later ones count;
    there are none where the walk brought nothing but the pages of the last one. ``seal`` is the walk's.
    """

    names: Names
    digests: Sequence[bytes] = field(default=(), repr=False)
    fresh: Mapping[bytes, Outcome] = field(default_factory=dict, repr=False)
    """What became of those that the last catalogue does not know, in the walk's order."""
    gone: Set[bytes] = frozenset()
    """Those that it knows, and that did not come again."""
    previous: Catalogue | None = None
    """The last catalogue, if it says of each of its entries which record that was read from."""
    old: Mapping[bytes, Outcome] = field(default_factory=dict, repr=False)
    """What the last catalogue knows of all of its own, where it was asked."""
    seal: Seal | None = None

    @property
    def unchanged(self) -> Catalogue | None:
        """The last catalogue if it knows every record, and no other."""
        return None if self.fresh or self.gone else self.previous

    @property
    def unreadable(self) -> int:
        """How many records there are, where not one of them could be read, public or not; else 0."""
        outcomes = (self.fresh.get(key) or self.old[key] for key in self.digests)
        readable = any(isinstance(it, Entry) or not it.startswith(UNREADABLE) for it in outcomes)
        return 0 if readable else len(self.digests)

    def known(self) -> Generator[None, None, Mapping[bytes, Outcome]]:
        """What each record became, in the walk's order."""
        if self.previous is not None and self.unchanged is self.previous:
            return (yield from self.previous.knowing())
        if not self.old:
            return self.fresh
        known: dict[bytes, Outcome] = {}
        for some in batches(self.digests, AT_ONCE):
            known.update((key, self.fresh.get(key) or self.old[key]) for key in some)
            yield
        return known


class Reader:
    """Reads the records of one walk; those that arrive early while others are on their way.

    Only the last generation is asked what it knows: a memory of all that ever was would bring back the old
    bytes of an event that went from A to B and back to A.
    """

    def __init__(self, press: Press, previous: Catalogue | None) -> None:
        self._previous = previous if previous is not None and previous.zone == press.zone else None
        last = self._previous
        self._printer = Printer(press, {**last.other_names, **last.names} if last is not None else {})
        self._old: Mapping[bytes, Outcome] | None = None
        self._news: dict[bytes, Outcome] = {}
        """What each record became that the last catalogue does not know, by its digest."""

    def __repr__(self) -> str:
        return f"<Reader {len(self._news)} new records>"

    @property
    def seal(self) -> Seal | None:
        """By which a walk is known that brings nothing but what the last catalogue knows."""
        return self._previous.seal if self._previous is not None else None

    def take(self, records: Sequence[bytes]) -> Generator[None, None, Set[int]]:
        """Read what was not read yet, and return the programmes as ``ports.Arrival`` asks for them.

        Yields after a few that had to be read, and after many that had not.
        """
        old, news = (yield from self._known()), self._news
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

    def reading(self, harvest: Harvest) -> Generator[None, None, Reading]:
        """What the walk amounts to; what arrived early and is not among its records is forgotten."""
        names, seal = self._printer.names, harvest.seal
        if harvest.unchanged:
            return Reading(names, previous=self._previous, seal=seal)
        old, news = (yield from self._known()), self._news
        digests = harvest.digests or tuple(map(digest_of, harvest.records))
        fresh: dict[bytes, Outcome] = {}
        here: set[bytes] = set()
        for some, keys in zip(batches(harvest.records, AT_ONCE), batches(digests, AT_ONCE), strict=True):
            unknown = keys
            if old:
                here.update(keys)
                unknown = [key for key in keys if key not in old]
            if not all(map(news.__contains__, unknown)):
                yield from self.take(some)
            fresh.update(zip(unknown, map(news.__getitem__, unknown), strict=True))
            yield
        gone: set[bytes] = set()
        if len(old) > len(here) - len(fresh):
            for keys in batches(old, AT_ONCE):
                gone.update(key for key in keys if key not in here)
                yield
        last = self._previous
        whole = last is not None and len(old) == len(last.held) + len(last.others)
        return Reading(names, digests, fresh, gone, last if whole else None, old, seal)

    def _render(self, records: Iterable[tuple[bytes, bytes]]) -> Generator[None, None, Set[int]]:
        """Read these records, each behind its digest; the programmes that they are of."""
        read: list[Outcome] = []
        for key, record in records:
            self._news[key] = outcome = self._printer.entry(record, key)
            read.append(outcome)
            if len(read) % RENDERED_AT_ONCE == 0:
                yield
        return _programs(read)

    def _known(self) -> Generator[None, None, Mapping[bytes, Outcome]]:
        """What the last catalogue knows, asked once."""
        if self._old is None:
            self._old = {} if self._previous is None else (yield from self._previous.knowing())
        return self._old


def _programs(outcomes: Iterable[Outcome | None]) -> Set[int]:
    """Those of the entries among them."""
    return {outcome.program for outcome in outcomes if isinstance(outcome, Entry)} - {0}
