"""Selections that nobody has asked for yet, of a large catalogue, against a filter and naive icalendar.

Both sides end with the joined bytes of a calendar, ours with its ETag and its place among the kept ones. Told
besides: until the pieces are there, which is all that a compressor needs; the whole answer to a client that
takes no compression, with routing and headers, for which the filter has no counterpart.

Each round reads other organizations, so that nothing was asked before. Questions begin a moment after an
organization was read, when the service has made its indexes in the background. What the first question costs
that does not wait for them is a row of its own.
"""

import asyncio
import gc
import time
import unicodedata
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Final, TypeVar

from app.main import local_today
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
ROUNDS: Final = 3
OK: Final = 200
SATURDAY: Final = 5
FIRST_ASKED: Final = "one activity"
Answer = TypeVar("Answer")
SETTLING_SECONDS: Final = 0.3
"""In which the service makes itself ready for questions, in the background."""


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
    theirs: list[float] = field(default_factory=list)
    events: int = 0


@dataclass(frozen=True, slots=True)
class _Made:
    """A calendar: seconds until its pieces were there, and until they were joined."""

    pieces: float
    joined: float
    body: bytes


class Different(Exception):
    """The two sides do not select the same events."""


def measure(scale: Scale, directory: Path) -> Outcome:
    """All selections, each with its yardstick."""
    seen, first = asyncio.run(_asked(scale, directory))
    ratios = {
        name: Series([median(it.theirs) / value for value in it.ours], "×") for name, it in seen.items()
    }
    slowest = max(seen, key=lambda name: median(seen[name].ours))
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
        Wish("everything", "", lambda _, __: True),
    ]


def _commas(numbers: Iterable[int]) -> str:
    return ",".join(map(str, numbers))


async def _asked(scale: Scale, directory: Path) -> tuple[Mapping[str, _Seen], _Seen]:
    today = local_today(CLUB.timezone or "UTC")
    rounds = min(scale.rounds, ROUNDS)
    names = [slug(scale.events, n) for n in range(3 * rounds + 3)]
    told = naive.parsed(Amilia(Window(today)).pages(scale.events, 0))
    every = wishes(next(event for event in told if _day(event) >= today))
    at_once = next(wish for wish in every if wish.name == FIRST_ASKED)
    seen = {wish.name: _Seen() for wish in every}
    first = _Seen()
    async with inside(directory, names) as service:
        for round_number in range(rounds + 1):
            one, other, third = names[3 * round_number : 3 * round_number + 3]
            await service.get(f"/orgs/{third}/events/1.ics")
            early = await _made(service, third, at_once)
            for name in (one, other):
                await service.get(f"/orgs/{name}/events/1.ics")  # reads the organization; asks for no feed
            await asyncio.sleep(SETTLING_SECONDS)
            gc.collect()  # once: it empties caches that no answer finds empty in service
            answers = [await _made(service, one, wish) for wish in every]
            wholes = [await _timed(_good(service.get(feed(other), wish.query))) for wish in every]
            if round_number == 0:  # the first organization warms what does not depend on it
                continue
            first.ours.append(early.joined)
            for wish, made, (whole, _) in zip(every, answers, wholes, strict=True):
                body = made.body
                it = seen[wish.name]
                it.ours.append(made.joined)
                it.pieces.append(made.pieces)
                it.whole.append(whole)
                it.events = body.count(b"BEGIN:VEVENT")
                if it.events <= MANY or not it.theirs:
                    it.theirs.append(_yardstick(body, told, wish, today))
    first.theirs = seen[FIRST_ASKED].theirs
    return seen, first


async def _made(service: Inside, slug: str, wish: Wish) -> _Made:
    begin = time.perf_counter()
    calendar = await service.calendar(slug, wish.query)
    there = time.perf_counter()
    body = calendar.joined()
    return _Made(there - begin, time.perf_counter() - begin, body)


async def _timed(answer: Awaitable[Answer]) -> tuple[float, Answer]:
    begin = time.perf_counter()
    told = await answer
    return time.perf_counter() - begin, told


async def _good(answer: Awaitable[tuple[int, bytes]]) -> bytes:
    status, body = await answer
    if status != OK:
        raise Different(f"{status} instead of a calendar")
    return body


def _yardstick(body: bytes, told: list[Parsed], wish: Wish, today: date) -> float:
    """Seconds of the filter and icalendar; raises ``Different`` where another number of events comes out."""
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
