"""When an event's published content last changed, and how often: what clients compare (RFC 5545 §3.8.7).

The API has no revision fields, so each event's content is remembered by its digests. Pure: what was
remembered and what is seen now go in, what to remember and to publish comes out.

* ``SEQUENCE`` rises by one when time, place, title or state changed, ``LAST-MODIFIED`` when anything did.
* Each language tells its own texts, so each has stamps of its own; a step of the sequence goes beyond what
  either has told, so that it rises whichever of them a subscriber reads next.
* Nothing ever falls. A memory that begins anew (a first start, or a lost store) gives events a first sequence
  that no earlier memory can have reached, because a change takes at least a second: ``first_sequence``.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple

from app.domain.model import Lang, Revision

_ERA: Final = datetime(2026, 1, 1, tzinfo=UTC)
_TICK: Final = timedelta(seconds=1)


class Fingerprint(NamedTuple):
    """Digests of what is published in one language: of time, place, title and state, and of all of it."""

    significant: bytes
    whole: bytes


class Told(NamedTuple):
    """What was last published in one language, and under which stamps."""

    fingerprint: Fingerprint
    sequence: int
    modified: datetime


class Facts(NamedTuple):
    """What was last told of an event in any language, as far as no language matters.

    ``start`` and ``end`` are seconds since 1970, ``place`` is Amilia's number or 0. Once it is no longer
    ``published`` the rest says what it was.
    """

    start: int
    end: int
    all_day: bool
    called_off: bool
    place: int
    published: bool = True


class Remembered(NamedTuple):
    """All that is remembered of one event; ``facts`` are None where nobody took note of them yet."""

    created: datetime
    told: Mapping[Lang, Told] = MappingProxyType({})
    facts: Facts | None = None

    @property
    def sequence(self) -> int:
        """The highest sequence that any language told."""
        return max((told.sequence for told in self.told.values()), default=0)

    def revision(self, lang: Lang) -> Revision:
        """What to publish in ``lang``, which has been told."""
        told = self.told[lang]
        return Revision(created=self.created, modified=told.modified, sequence=told.sequence)


@lru_cache(maxsize=64)  # all events of a refresh have one moment
def _whole(now: datetime) -> datetime:
    return now.replace(microsecond=0)


@lru_cache(maxsize=256)
def first_sequence(born: datetime) -> int:
    """The sequence of an event's first publication by a memory that began at ``born``: seconds since 2026."""
    return max(int((born - _ERA).total_seconds()), 0)


def revise(
    previous: Remembered | None,
    seen: Fingerprint,
    lang: Lang,
    *,
    now: datetime,
    born: datetime,
    switched: bool = False,
) -> Remembered:
    """What to remember once ``seen`` is published at ``now``; ``previous`` itself where nothing changed.

    ``now`` and ``born`` (of the memory) are aware UTC. ``switched`` says that the organization's addresses
    spoke the other language until now, so that every text changed for whoever subscribed to them.
    """
    moment = _whole(now)
    if previous is None:
        return Remembered(moment, {lang: Told(seen, first_sequence(born), moment)})
    told = previous.told.get(lang)
    newest = max(other.modified for other in previous.told.values())
    if switched:
        return _telling(previous, lang, Told(seen, previous.sequence + 1, max(moment, newest + _TICK)))
    if told is None:
        return _telling(previous, lang, Told(seen, previous.sequence, newest))
    if told.fingerprint == seen:
        return previous
    sequence = told.sequence
    if told.fingerprint.significant != seen.significant:
        # Where the other language has told of a change since, this is that change: one change, one step.
        sequence = max(previous.sequence, told.sequence + 1)
    return _telling(previous, lang, Told(seen, sequence, max(moment, told.modified + _TICK)))


def _telling(previous: Remembered, lang: Lang, told: Told) -> Remembered:
    return previous._replace(told={**previous.told, lang: told})
