"""The truth and its past: what a faithful feed told at each moment, and of which moment an answer is.

A walk of the upstream takes a while, and edits go on meanwhile: its catalogue may tell of one edit and not
yet of an earlier one, because they are in different answers. So an answer is of a *span* of versions: each of
its events was true in one of them. Of a walk that nobody disturbed the span is one version.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, TypeAlias
from uuid import UUID, uuid5

from soak.feed import Told

NAMESPACE: Final = UUID("41882f6a-f34c-4bdc-8a20-45a7b9920462")
"""Of the UIDs, for ever: said here once more, so that a change of it is noticed."""
WALK_SECONDS: Final = 100.0
"""No walk lasts longer, so no answer may mix truths that are further apart."""


class NeverTrue(ValueError):
    """An answer that no span of versions explains; the text names the events."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One event as Amilia has it."""

    id: int
    program: int
    told: Told


Facts: TypeAlias = Mapping[str, Fact]
"""All events of an organization that are public, by UID."""
Picks: TypeAlias = Callable[[Fact], bool]
"""Whether a selection holds an event."""


@dataclass(frozen=True, slots=True)
class Span:
    """Versions from ``first`` to ``last``, both included."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Version:
    """What was true from the moment ``began`` on (seconds of a monotonic clock)."""

    began: float
    facts: Facts


class History:
    """All versions of one organization's truth in one language, the first is number 0."""

    def __init__(self, facts: Facts, *, began: float) -> None:
        self._versions = [Version(began, facts)]
        self._changes: dict[str, list[tuple[int, Fact | None]]] = {
            uid: [(0, fact)] for uid, fact in facts.items()
        }

    def __repr__(self) -> str:
        return f"<History {len(self._versions)} versions, {len(self.facts)} events now>"

    @property
    def latest(self) -> int:
        """The number of the version that is true now."""
        return len(self._versions) - 1

    @property
    def facts(self) -> Facts:
        """What is true now."""
        return self._versions[-1].facts

    def record(self, facts: Facts, *, began: float) -> None:
        """From ``began`` on this is true; the same truth again makes no version."""
        changed = [uid for uid in {*self.facts, *facts} if self.facts.get(uid) != facts.get(uid)]
        if changed:
            self._versions.append(Version(began, facts))
            for uid in changed:
                self._changes.setdefault(uid, [(0, None)]).append((self.latest, facts.get(uid)))

    def explain(self, told: Mapping[str, Told], picks: Picks, *, since: int = 0) -> Span:
        """The earliest version that explains an answer, else the shortest span; none ends before ``since``.

        Raises ``NeverTrue``.
        """
        possible = {uid: list(self._true(uid, told.get(uid), picks)) for uid in {*self._changes, *told}}
        begins: set[int] = {since}
        earliest = since
        for uid, spans in possible.items():
            later = [max(span.first, since) for span in spans if span.last >= since]
            if not later:
                raise NeverTrue(self._contradiction(uid, told.get(uid), since))
            begins.update(later)
            earliest = max(earliest, min(later))
        best = self._ending(earliest, possible)
        # What came back after a while (cancelled, restored) is told by a later version as well.
        for last in sorted(begin for begin in begins if begin > earliest):
            if best.first == best.last:
                break
            best = min(best, self._ending(last, possible), key=self._seconds)
        if self._seconds(best) > WALK_SECONDS:
            raise NeverTrue(f"it mixes what was true in version {best.first} with version {best.last}")
        return best

    def _ending(self, last: int, possible: Mapping[str, Sequence[Span]]) -> Span:
        """The shortest span up to a version in which each event was true at some time."""
        latest = (max(min(it.last, last) for it in spans if it.first <= last) for spans in possible.values())
        first = min(latest, default=last)
        return Span(min(first, last), last)

    def _seconds(self, span: Span) -> float:
        """How long a walk must have taken that tells of a span: from its first edit to its last."""
        if span.first == span.last:
            return 0.0
        return self._versions[span.last].began - self._versions[span.first + 1].began

    def differences(self, told: Mapping[str, Told], picks: Picks) -> list[str]:
        """Where an answer is not what is true now, one sentence each."""
        facts = {uid: fact.told for uid, fact in self.facts.items() if picks(fact)}
        return [
            f"{uid} is {_words(told.get(uid))} instead of {_words(facts.get(uid))}"
            for uid in sorted({*facts, *told})
            if facts.get(uid) != told.get(uid)
        ]

    def _true(self, uid: str, told: Told | None, picks: Picks) -> Iterator[Span]:
        """The versions in which an event was as it is told; None is told of what is not there."""
        changes = self._changes.get(uid, [(0, None)])
        ends = [number - 1 for number, _ in changes[1:]] + [self.latest]
        before: Fact | None = None
        for (number, fact), end in zip(changes, ends, strict=True):
            if (fact.told if fact and picks(fact) else None) == told:
                yield Span(number, end)
            elif told is None and before and fact and before.told.starts != fact.told.starts:
                yield Span(number, number)  # read in the old month after it moved, in the new one before
            before = fact

    def _contradiction(self, uid: str, told: Told | None, since: int) -> str:
        known = "; ".join(
            f"version {number}: {_words(fact.told if fact else None)}"
            for number, fact in self._changes.get(uid, [(0, None)])
        )
        return f"{uid} is {_words(told)}, not older than version {since} is allowed, true was {known}"


def _words(told: Told | None) -> str:
    return "absent" if told is None else f"«{told.title}» {told.state} {told.starts}–{told.ends}"


def facts_of(events: Iterable[Mapping[str, object]]) -> Facts:
    """The facts that the simulated Amilia tells of (``/control/truth``)."""
    return {uid_of(int(str(event["Id"]))): _fact(event) for event in events}


def uid_of(number: int) -> str:
    """The UID of an event."""
    return str(uuid5(NAMESPACE, str(number)))


def _fact(event: Mapping[str, object]) -> Fact:
    starts, ends = str(event["Start"]), str(event["End"])
    if event["AllDay"]:
        starts = str(event["FirstDay"])
        ends = (date.fromisoformat(str(event["LastDay"])) + timedelta(days=1)).isoformat()
    told = Told(starts, ends, " ".join(str(event["Title"]).split()), str(event["State"]))
    return Fact(int(str(event["Id"])), int(str(event["ProgramId"])), told)
