"""Whether an answer is right: judged by all that was ever true, and by all that readers got before."""

import asyncio
import hashlib
import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from email.utils import parsedate_to_datetime
from typing import Final, Literal, TypeAlias

import httpx

from soak.feed import NoCalendar, Reading, Stamps, read_feed
from soak.history import Fact, History, NeverTrue, Picks, Span

Club: TypeAlias = str
Lang: TypeAlias = str
Condition: TypeAlias = Literal["none", "tag", "date", "both"]

CONDITIONS: Final[tuple[Condition, ...]] = ("none", "tag", "date", "both")
EDGE: Final = timedelta(days=2)
"""Windows move at midnight, each in its own zone: events so near to an edge prove nothing."""
READINGS_KEPT: Final = 400

_CODING: Final = re.compile(r'-[a-z]+"$')


class Wrong(Exception):
    """An answer that no reader may get; the text says why."""


@dataclass(frozen=True, slots=True)
class Address:
    """A feed. ``same`` names what it selects: addresses that share it must give the same bytes."""

    path: str
    club: Club
    lang: Lang
    same: str
    picks: Picks = field(default=lambda _: True, compare=False)


@dataclass(frozen=True, slots=True)
class Question:
    """An address, asked by one reader of one host. ``tag`` and ``since`` are of the copy that he has."""

    address: Address
    reader: str
    host: str
    tag: str = ""
    since: str = ""
    condition: Condition = "none"

    @property
    def headers(self) -> dict[str, str]:
        """The conditions of the request."""
        by_tag = {"If-None-Match": self.tag} if self.condition in ("tag", "both") else {}
        return by_tag | ({"If-Modified-Since": self.since} if self.condition in ("date", "both") else {})


@dataclass(frozen=True, slots=True)
class Window:
    """The days of which answers are judged: those of a feed, but for its edges."""

    first: str
    last: str

    @classmethod
    def around(cls, today: date, *, past_days: int, future_days: int) -> "Window":
        first, last = today - timedelta(days=past_days), today + timedelta(days=future_days)
        return cls((first + EDGE).isoformat(), (last - EDGE).isoformat())

    def holds(self, starts: str) -> bool:
        """Whether something that starts then is judged."""
        return self.first <= starts[:10] <= self.last


@dataclass(frozen=True, slots=True)
class Known:
    """A body that some reader got: its digest, its language and when it last changed."""

    digest: bytes
    lang: Lang
    modified: str


@dataclass(frozen=True, slots=True)
class Heard:
    """What a right answer was: the versions of the truth that it tells of, in which language."""

    span: Span
    lang: Lang
    digest: bytes


@dataclass(slots=True)
class Counts:
    """What was judged."""

    whole: int = 0
    mixed: int = 0
    """Answers of a walk during which something was edited."""
    not_modified: int = 0
    bodies: int = 0
    """Different ones."""


def content_of(tag: str) -> str:
    """An entity tag without what it tells of the coding: a feed has one for each way it is compressed."""
    return _CODING.sub('"', tag)


class Judge:
    """Holds every answer against the histories; ``editing`` is held while one of them is being changed."""

    def __init__(
        self, histories: Mapping[tuple[Club, Lang], History], window: Window, editing: asyncio.Lock
    ) -> None:
        self.counts = Counts()
        self.served: set[Club] = set()
        """The organizations of which a copy exists."""
        self._histories = histories
        self._window = window
        self._editing = editing
        self._known: dict[tuple[str, str], Known] = {}
        self._tags: dict[tuple[str, bytes], str] = {}
        self._readings: OrderedDict[bytes, Reading] = OrderedDict()
        self._contents: dict[tuple[Lang, str, Stamps], int] = {}
        self._floors: dict[tuple[str, str, Club, Lang], Heard] = {}
        self._stamps: dict[tuple[str, str, Lang, str], Stamps] = {}

    async def hear(self, question: Question, answer: httpx.Response) -> Heard | None:
        """What the answer tells, None where there is nothing to tell yet. Raises ``Wrong``."""
        if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
            if question.address.club in self.served:
                raise Wrong("503, though there is a copy")
            if not answer.headers.get("retry-after", "").isdigit():
                raise Wrong("503 without a time to come back")
            return None
        known = self._body(question, answer)
        self.served.add(question.address.club)
        try:
            return self._explained(question, known)
        except NeverTrue:
            async with self._editing:  # what was edited just now is known in a moment
                pass
        try:
            return self._explained(question, known)
        except NeverTrue as error:
            raise Wrong(str(error)) from error

    def differences(self, address: Address, heard: Heard) -> list[str]:
        """Where an answer is not what is true now."""
        if heard.lang != address.lang:
            return [f"it speaks {heard.lang}"]
        reading = self._readings[heard.digest]
        told = {uid: told for uid, told in reading.told.items() if self._window.holds(told.starts)}
        return self._histories[address.club, heard.lang].differences(told, self._picks(address))

    def _body(self, question: Question, answer: httpx.Response) -> Known:
        """The body that the answer is or stands for."""
        tag = content_of(answer.headers.get("etag", ""))
        if answer.status_code == httpx.codes.NOT_MODIFIED:
            return self._unchanged(question, tag)
        if answer.status_code != httpx.codes.OK:
            raise Wrong(f"status {answer.status_code}")
        if tag == content_of(question.tag) and question.condition in ("tag", "both"):
            raise Wrong(f"200 with {tag}, which the reader has")
        return self._read(question.address, tag, answer)

    def _unchanged(self, question: Question, tag: str) -> Known:
        self.counts.not_modified += 1
        known = self._known.get((question.address.same, tag))
        if known is None:
            raise Wrong(f"304 with {tag}, which nobody ever got")
        match question.condition:
            case "none":
                raise Wrong("304, and no condition was given")
            case "tag" | "both":
                if tag != content_of(question.tag):
                    raise Wrong(f"304 for {question.tag}, and the feed is {tag}")
            case "date":
                ages = [parsedate_to_datetime(date) for date in (known.modified, question.since)]
                if ages[0] > ages[1] or (ages[0] == ages[1] and tag != content_of(question.tag)):
                    raise Wrong(f"304 since {question.since}, and the feed is of {known.modified}")
        return known

    def _read(self, address: Address, tag: str, answer: httpx.Response) -> Known:
        digest = hashlib.blake2b(answer.content, digest_size=16).digest()
        lang = answer.headers.get("content-language", "")
        known = Known(digest, lang, answer.headers.get("last-modified", ""))
        before = self._known.setdefault((address.same, tag), known)
        if before.digest != digest:
            raise Wrong(f"{tag} stands for two bodies")
        if self._tags.setdefault((address.same, digest), tag) != tag:
            raise Wrong(f"the same bytes as {self._tags[address.same, digest]} and {tag}")
        if digest not in self._readings:
            self.counts.bodies += 1
            try:
                reading = read_feed(answer.content)
            except NoCalendar as error:
                raise Wrong(f"no calendar: {error}") from error
            self._remember_contents(lang, reading)
            self._readings[digest] = reading
            if len(self._readings) > READINGS_KEPT:
                self._readings.popitem(last=False)
        return before

    def _remember_contents(self, lang: Lang, reading: Reading) -> None:
        """The same stamps must always stand for the same content, whoever tells it."""
        for uid, seen in reading.events.items():
            content = hash(seen.content)
            if self._contents.setdefault((lang, uid, seen.stamps), content) != content:
                raise Wrong(f"{uid} says two things under {seen.stamps}")

    def _explained(self, question: Question, known: Known) -> Heard:
        address, lang = question.address, known.lang
        whose = (question.reader, question.host, address.club, lang)
        floor = self._floors.get(whose)
        reading = self._readings.get(known.digest)
        if reading is None:
            raise Wrong("304 for a body from long ago")
        self._readings.move_to_end(known.digest)
        # What came from a walk during an edit may tell of its end here and of its beginning there.
        since = floor.span.first if floor else 0
        told = {uid: told for uid, told in reading.told.items() if self._window.holds(told.starts)}
        span = self._histories[address.club, lang].explain(told, self._picks(address), since=since)
        self._ensure_rising(question, lang, reading)
        heard = Heard(span, lang, known.digest)
        self._floors[whose] = replace(heard, span=Span(max(span.first, since), span.last))
        self.counts.whole += span.first == span.last
        self.counts.mixed += span.first != span.last
        return heard

    def _ensure_rising(self, question: Question, lang: Lang, reading: Reading) -> None:
        for uid, seen in reading.events.items():
            whose = (question.reader, question.host, lang, uid)
            before = self._stamps.get(whose)
            if before is not None and seen.stamps < before:
                raise Wrong(f"{uid} fell from {before} to {seen.stamps}")
            self._stamps[whose] = seen.stamps

    def _picks(self, address: Address) -> Picks:
        def picks(fact: Fact) -> bool:
            return self._window.holds(fact.told.starts) and address.picks(fact)

        return picks
