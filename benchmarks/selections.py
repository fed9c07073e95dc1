"""Selections that nobody has asked for yet, of a large catalogue, against a filter and naive icalendar.

Both sides end with the joined bytes of a calendar, ours with its ETag and its place among the kept ones. Told
besides: until the pieces are there, which is all that a compressor needs; the whole answer to a client that
takes no compression, with routing and headers, for which the filter has no counterpart.

As in service, an organization is read once and refreshed again and again. In each refresh one event of a
hundred has changed or changed back: the catalogue is another one, and what was made of the last one is made
anew when the same selections are asked for, each time in another order. Bodies are held as the service holds
its answers, until newer ones take their room. In the first rounds that room fills up, and large bodies are
written into memory that the process never touched before: these rounds warm up, and are told in a column of
their own.

Questions begin when the service has made its indexes in the background. What the first question costs that
does not wait for them is a row of its own. The yardstick runs in a process of its own, so that neither side
finds memory that the other has used.
"""

import asyncio
import gc
import time
import unicodedata
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Final

from app.feeds.catalogue import Catalogue
from app.main import local_today
from app.web.contents import KEPT_OCTETS
from benchmarks import naive
from benchmarks.amilia import Amilia, Window, slug
from benchmarks.data import ACTIVITIES, CLUB, FIRST_ACTIVITY
from benchmarks.figures import Figure, Goal, Outcome, Series, Table, milliseconds, number
from benchmarks.inside import Inside, inside
from benchmarks.naive import Parsed
from benchmarks.pipeline import zone_of
from benchmarks.scale import Scale
from benchmarks.service import feed

MANY: Final = 2_500
"""Events of a result that naive icalendar need not render in every round: it takes seconds."""
FILLING: Final = 3
"""Rounds after which the room for answers is full: each takes half of it."""
REFRESHES: Final = 4
"""Rounds for each time that the yardstick is measured."""
STRIDES: Final = (1, 5, 7, 11)
"""In which the selections are gone through, round by round: what was asked just before leaves its traces."""
ROUNDS: Final = 3
OK: Final = 200
SATURDAY: Final = 5
FIRST_ASKED: Final = "one activity"
WHOLE: Final = "everything"
FEW: Final = 20
"""Events of the organization by which the code is warmed."""
PATIENCE_SECONDS: Final = 30


@dataclass(frozen=True, slots=True)
class Wish:
    """A selection as a query, and as a filter of parsed events on a given day."""

    name: str
    query: str
    wanted: Callable[[Parsed, date], bool]


@dataclass(slots=True)
class _Seen:
    ours: list[float] = field(default_factory=list)
    pieces: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    fresh: list[float] = field(default_factory=list)
    theirs: list[float] = field(default_factory=list)
    events: int = 0


@dataclass(frozen=True, slots=True)
class _Made:
    """A calendar: seconds until its pieces were there, and until they were joined."""

    pieces: float
    joined: float
    etag: str
    body: bytes


@dataclass(frozen=True, slots=True)
class _Round:
    """All selections once. ``early`` is the first question after a refresh, ``wholes`` are seconds.

    ``changed`` is in which of its two states the catalogue of the ``answers`` was.
    """

    early: _Made
    answers: Mapping[str, _Made]
    wholes: Mapping[str, float]
    changed: bool


class Different(Exception):
    """The two sides do not select the same events."""


def measure(scale: Scale, directory: Path) -> Outcome:
    """All selections, each with its yardstick."""
    seen, first = asyncio.run(_asked(scale, directory))
    ratios = {
        name: Series([median(it.theirs) / value for value in it.ours], "×") for name, it in seen.items()
    }
    slowest = max(seen, key=lambda name: median(seen[name].ours))
    slowest_fresh = max(seen, key=lambda name: median(seen[name].fresh))
    lowest = min(ratios, key=lambda name: ratios[name].median)
    of = f"of {scale.events:,} events, before compression"
    figures = [
        Figure(
            f"any selection not yet cached {of} (lowest: {lowest})",
            "filter, then icalendar",
            milliseconds(seen[lowest].ours),
            milliseconds(seen[lowest].theirs),
            ratios[lowest],
            Goal(100, 250, least=True),
        ),
        Figure(
            f"any selection not yet cached {of} (slowest: {slowest})",
            "the clock",
            milliseconds(seen[slowest].ours),
            None,
            milliseconds(seen[slowest].ours),
            Goal(2),
        ),
        Figure(
            f"the same into memory that the process never used before (slowest: {slowest_fresh})",
            "the clock",
            milliseconds(seen[slowest_fresh].fresh),
            None,
            milliseconds(seen[slowest_fresh].fresh),
        ),
        Figure(
            f"the same for the first question after a refresh, before the indexes are made ({FIRST_ASKED})",
            "filter, then icalendar",
            milliseconds(first.ours),
            milliseconds(first.theirs),
            Series([median(first.theirs) / value for value in first.ours], "×"),
        ),
    ]
    rows = [
        [
            name,
            f"{it.events:,}",
            str(milliseconds(it.ours)),
            str(milliseconds(it.theirs)),
            f"{number(ratios[name].median)} ×",
            str(milliseconds(it.pieces)),
            str(milliseconds(it.whole)),
            str(milliseconds(it.fresh)),
        ]
        for name, it in seen.items()
    ]
    columns = [
        "selection",
        "events",
        "service",
        "filter + icalendar",
        "times as fast",
        "until its pieces are there",
        "with routing and headers",
        "into fresh memory",
    ]
    return Outcome(figures, [Table(f"Selections not yet cached {of}", columns, rows)])


def wishes(some: Parsed) -> list[Wish]:
    """What people ask for, from little to everything; ``some`` is an event that is among the results."""
    one, another = _program(some), 20_000 + (_program(some) + 1) % 25
    several = (one, *(20_000 + (one + step) % 25 for step in (5, 10)))
    place, tag = some["Location"]["Id"], _tag(some)
    activity = some["Activity"]["Id"]
    next_activity = FIRST_ACTIVITY + (activity + 1 - FIRST_ACTIVITY) % ACTIVITIES
    month, season = timedelta(days=30), timedelta(days=90)
    every = range(20_000, 20_025)

    def in_several(it: Parsed, today: date) -> bool:
        return _program(it) in several and _tag(it) == tag and _day(it) - today <= season

    return [
        Wish("one programme", f"programId={one}", lambda it, _: _program(it) == one),
        Wish("another programme", f"programId={another}", lambda it, _: _program(it) == another),
        Wish("one place", f"locationId={place}", lambda it, _: bool(it["Location"]["Id"] == place)),
        Wish("one activity", f"activityId={activity}", lambda it, _: bool(it["Activity"]["Id"] == activity)),
        Wish(
            "another activity",
            f"activityId={next_activity}",
            lambda it, _: bool(it["Activity"]["Id"] == next_activity),
        ),
        Wish("one tag", f"tagId={tag}", lambda it, _: _tag(it) == tag),
        Wish("two words", "q=natation%20ete", lambda it, _: _says(it, "natation", "ete")),
        Wish("weekends", "weekday=sat,sun", lambda it, _: _day(it).weekday() >= SATURDAY),
        Wish(
            "the next 30 days",
            "pastDays=0&futureDays=30",
            lambda it, today: timedelta() <= _day(it) - today <= month,
        ),
        Wish(
            "three programmes, a tag and 90 days",
            f"programId={_commas(several)}&tagId={tag}&futureDays=90",
            in_several,
        ),
        Wish(
            "every programme by its number",
            f"programId={_commas(every)}",
            lambda it, _: _program(it) in every,
        ),
        Wish(WHOLE, "", lambda _, __: True),
    ]


def _commas(numbers: Iterable[int]) -> str:
    return ",".join(map(str, numbers))


class _Held:
    """The last bodies, as many as the service would hold."""

    def __init__(self) -> None:
        self._bodies: deque[bytes] = deque()
        self._octets = 0

    def add(self, body: bytes) -> None:
        self._bodies.append(body)
        self._octets += len(body)
        while self._octets > KEPT_OCTETS:
            self._octets -= len(self._bodies.popleft())


async def _asked(scale: Scale, directory: Path) -> tuple[Mapping[str, _Seen], _Seen]:
    today = local_today(CLUB.timezone or "UTC")
    one, small = slug(scale.events, 0), slug(FEW, 1)
    every = _wishes(scale.events, today)
    seen, first = {wish.name: _Seen() for wish in every}, _Seen()
    compared = range(FILLING, FILLING + REFRESHES * min(scale.rounds, ROUNDS), REFRESHES)
    held, tags = _Held(), set[str]()
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(1, get_context("spawn")) as aside:
        async with inside(directory, [one, small]) as service:
            for wish in every:  # warms what depends on no organization
                await _made(service, small, wish)
                await _good(service.get(feed(small), wish.query))
            await service.get(f"/orgs/{one}/events/1.ics")  # reads the organization; asks for no feed
            for number in range(FILLING + REFRESHES * scale.rounds):
                told = await _round(service, one, _shuffled(every, number), held)
                tags.add(told.answers[WHOLE].etag)
                if len(tags) != number + 1:
                    raise Different("the whole feed was the same after a refresh")
                _note(seen, told, filling=number < FILLING)
                if number >= FILLING:
                    first.ours.append(told.early.joined)
                for name, it in seen.items():
                    if number in compared and (it.events <= MANY or not it.theirs):
                        body = told.answers[name].body
                        call = partial(_yardstick, body, scale.events, name, today, changed=told.changed)
                        it.theirs.append(await loop.run_in_executor(aside, call))
                del told  # ``held`` alone says how long a body is held
    first.theirs = seen[FIRST_ASKED].theirs
    return seen, first


async def _round(service: Inside, name: str, order: Sequence[Wish], held: _Held) -> _Round:
    await service.refreshed(name)
    early = await _made(service, name, next(wish for wish in order if wish.name == FIRST_ASKED))
    await _ready(await service.refreshed(name))
    answers = {}
    for wish in order:
        answers[wish.name] = made = await _made(service, name, wish)
        held.add(made.body)
    changed = service.told.changed
    await _ready(await service.refreshed(name))
    wholes = {wish.name: await _timed(_good(service.get(feed(name), wish.query))) for wish in order}
    return _Round(early, answers, wholes, changed)


def _note(seen: Mapping[str, _Seen], told: _Round, *, filling: bool) -> None:
    for name, it in seen.items():
        made = told.answers[name]
        it.events = made.body.count(b"BEGIN:VEVENT")
        if filling:
            it.fresh.append(made.joined)
        else:
            it.ours.append(made.joined)
            it.pieces.append(made.pieces)
            it.whole.append(told.wholes[name])


def _shuffled(every: Sequence[Wish], number: int) -> list[Wish]:
    """All of them in the order of one round: each is first in turn, and follows others each time."""
    stride = STRIDES[number % len(STRIDES)]
    return [every[(number + place * stride) % len(every)] for place in range(len(every))]


async def _made(service: Inside, slug: str, wish: Wish) -> _Made:
    begin = time.perf_counter()
    feed = await service.feed(slug, wish.query)
    there = time.perf_counter()
    body = feed.calendar.joined()
    return _Made(there - begin, time.perf_counter() - begin, feed.etag, body)


async def _ready(catalogue: Catalogue) -> None:
    """Wait until the service has made its indexes, in the background."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not catalogue.held.lookup.prepared:  # noqa: ASYNC110  # the service tells nobody
            await asyncio.sleep(0.001)
    gc.collect()  # once: it empties caches that no answer finds empty in service


async def _timed(answer: Awaitable[object]) -> float:
    begin = time.perf_counter()
    await answer
    return time.perf_counter() - begin


async def _good(answer: Awaitable[tuple[int, bytes]]) -> bytes:
    status, body = await answer
    if status != OK:
        raise Different(f"{status} instead of a calendar")
    return body


def _yardstick(body: bytes, events: int, name: str, today: date, *, changed: bool) -> float:
    """Seconds of the filter and icalendar; raises ``Different`` where another number of events comes out."""
    told = _told(events, today, changed=changed)
    wish = next(wish for wish in _wishes(events, today) if wish.name == name)
    opening, zone = naive.opening_of(body), zone_of(CLUB, today)
    gc.collect()
    begin = time.perf_counter()
    written = naive.rendered(opening, (event for event in told if wish.wanted(event, today)), zone)
    seconds = time.perf_counter() - begin
    ours, theirs = (calendar.count(b"BEGIN:VEVENT") for calendar in (body, written))
    # A selection of nothing is published as one event that says so.
    if (ours, theirs) != (1, 0) and ours != theirs:
        raise Different(f"{wish.name}: {ours} events against {theirs}")
    return seconds


@cache
def _told(events: int, today: date, *, changed: bool) -> list[Parsed]:
    return naive.parsed(Amilia(Window(today), changed=changed).pages(events, 0))


def _wishes(events: int, today: date) -> list[Wish]:
    return wishes(next(event for event in _told(events, today, changed=False) if _day(event) >= today))


def _program(event: Parsed) -> int:
    number: int = event["Activity"]["ProgramId"]
    return number


def _tag(event: Parsed) -> int:
    number: int = event["Tags"][0]["Id"]
    return number


def _day(event: Parsed) -> date:
    return date.fromisoformat(event["Start"][:10])


def _says(event: Parsed, *words: str) -> bool:
    activity = event["Activity"]
    names = (activity[f"{level}Name"] for level in ("Program", "Category", "SubCategory"))
    text = "\n".join([event["Title"], *names, event["Location"]["Name"]]).casefold()
    bare = "".join(it for it in unicodedata.normalize("NFKD", text) if not unicodedata.combining(it))
    return all(word in bare for word in words)
