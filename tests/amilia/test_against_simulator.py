"""The client against the project's own simulator of the API, which shares no code with it."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from app.amilia.credentials import Credentials, KeyCredentials, UserCredentials
from app.amilia.limits import Limits
from app.amilia.translate import event_from
from app.domain.errors import (
    UnreadableRecord,
    UpstreamError,
    UpstreamRefused,
    UpstreamThrottled,
    UpstreamUnavailable,
    UpstreamUnreadable,
)
from app.domain.model import Days, Event, Lang, State, When
from app.domain.records import Harvest
from app.simulator.app import create_simulator
from app.simulator.dialect import Dialect
from app.simulator.faults import KINDS, Faults, parse_fault
from app.simulator.truth import Truth, truth
from app.simulator.world import World, build_world
from tests.support.amilia_client import IMPATIENT, talking_to

NOW = datetime(2026, 10, 20, 12, tzinfo=UTC)
FIRST, LAST = date(2026, 8, 21), date(2027, 11, 24)
SMALL_PAGES = replace(IMPATIENT, large_page=20, usual_page=10)
FOREST = ("forest-explorers", UserCredentials("demo@example.org", "forest-demo"))
LAKESIDE = ("lakeside", KeyCredentials("lakeside-key-0001", "lakeside-secret"))
UNPUBLISHED = (State.REPLACED, State.ARCHIVED, State.SKIPPED)


@pytest.fixture
def world() -> World:
    return build_world(today=NOW.date(), events=400)


async def walked(
    world: World,
    organization: tuple[str, Credentials] = FOREST,
    lang: Lang = "fr",
    *,
    fault: str | None = None,
    dialect: Dialect | None = None,
    limits: Limits = IMPATIENT,
) -> Harvest:
    """One walk through the whole window."""
    simulator = create_simulator(
        world,
        Faults([parse_fault(fault)] if fault else []),
        clock=lambda: NOW,
        dialect=dialect or Dialect(calls_per_second=0),  # its clock stands still: a second never ends
        sleep=asyncio.sleep,
    )
    slug, credentials = organization
    transport = httpx.ASGITransport(simulator)
    async with talking_to(transport, organization=slug, credentials=credentials, limits=limits) as client:
        return await client.walk(lang, FIRST, LAST)


Fact = tuple[object, ...]


def published(harvest: Harvest) -> Counter[Fact]:
    """What of a harvest anybody may know: when, what, and in which programme."""
    public = {program.id for program in harvest.programs if program.public}
    facts: Counter[Fact] = Counter()
    for record in harvest.records:
        try:
            event = event_from(record, show_staff=False)
        except UnreadableRecord:
            continue
        if (
            event.about.offered
            and event.about.state not in UNPUBLISHED
            and event.id > 0
            and _is_in(public, event)
        ):
            facts[
                (*_edges(event.when), event.about.title, event.about.program.id if event.about.program else 0)
            ] += 1
    return facts


def _is_in(public: set[int], event: Event) -> bool:
    return event.about.program is None or event.about.program.id in public


def _edges(when: When) -> tuple[str, str]:
    if isinstance(when, Days):
        return when.first.isoformat(), (when.after - timedelta(days=1)).isoformat()
    return f"{when.start:%Y-%m-%dT%H:%M:%SZ}", f"{when.end:%Y-%m-%dT%H:%M:%SZ}"


def told_by(truth: Truth) -> Counter[Fact]:
    """The same of what the simulator wants published; an end before the start counts as the start."""
    facts: Counter[Fact] = Counter()
    for event in truth.events:
        start, end = str(event["Start"]), max(str(event["Start"]), str(event["End"]))
        edges = (event["FirstDay"], event["LastDay"]) if event["AllDay"] else (start, end)
        facts[(*edges, str(event["Title"]).strip(), event["ProgramId"])] += 1
    return facts


def lacking(world: World, organization: str, lang: Lang, found: Counter[Fact]) -> tuple[Counter[Fact], int]:
    """What should be published and was not found, and how much was found beyond it."""
    told = world.organization(organization)
    assert told is not None
    expected = truth(told, lang, first=FIRST, last=LAST, skipped=False)
    wanted = told_by(expected)
    untitled = Counter({fact: count for fact, count in wanted.items() if fact[2] == "None"})
    missing = (wanted - untitled) - found
    return missing, found.total() - wanted.total() - len(expected.doubtful)


def impatient_with(kind: str, limits: Limits) -> Limits:
    """Little patience where there is nothing to wait for."""
    return replace(limits, call_seconds=0.3) if kind == "hang" else limits


DIALECTS = {
    "enveloped": (Dialect(calls_per_second=0), IMPATIENT),
    "bare": (Dialect(calls_per_second=0, events_wrapped=False), IMPATIENT),
    "paged": (Dialect(calls_per_second=0), SMALL_PAGES),
    "bare and paged": (Dialect(calls_per_second=0, events_wrapped=False), SMALL_PAGES),
    "refusing large pages": (Dialect(calls_per_second=0, events_per_page=200), IMPATIENT),
    "404 past the end": (
        Dialect(calls_per_second=0, events_wrapped=False, past_the_end="404"),
        replace(IMPATIENT, large_page=5, usual_page=5),
    ),
    "like version 2": (Dialect(calls_per_second=0, events_range_days=50, archived_events=True), IMPATIENT),
}


@pytest.mark.parametrize(("dialect", "limits"), DIALECTS.values(), ids=DIALECTS)
@pytest.mark.parametrize("organization", [FOREST, LAKESIDE], ids=["token", "keys"])
async def test_every_publishable_event_is_brought_in_any_dialect(
    world: World, organization: tuple[str, Credentials], dialect: Dialect, limits: Limits
) -> None:
    harvest = await walked(world, organization, dialect=dialect, limits=limits)

    found = published(harvest)
    missing, beyond = lacking(world, organization[0], "fr", found)
    assert missing == Counter()
    assert beyond <= 0
    assert found.total() > 50


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_every_publishable_event_is_brought_in_either_language(world: World, lang: Lang) -> None:
    harvest = await walked(world, lang=lang)

    missing, beyond = lacking(world, "forest-explorers", lang, published(harvest))
    assert (missing, beyond <= 0) == (Counter(), True)


PASSING = ["400*1", "401*1", "429*1", "429=0*2", "500*2", "502*1", "503=1*1", "504*3", "cut*1", "hang*1"]
TRANSPARENT = ["latency=0.01", "malformed", "endless", "moving*9", "500~0.1"]


@pytest.mark.parametrize("fault", PASSING + TRANSPARENT)
@pytest.mark.parametrize("limits", [IMPATIENT, SMALL_PAGES], ids=["large pages", "small pages"])
async def test_a_fault_that_passes_or_can_be_seen_through_costs_no_event(
    world: World, fault: str, limits: Limits
) -> None:
    kind, _, rest = fault.partition("*")
    where = f"{kind}@events*{rest}" if rest else f"{kind}@events".replace("~0.1@events", "@events~0.1")

    harvest = await walked(world, fault=where, limits=impatient_with(kind, limits))

    missing, beyond = lacking(world, "forest-explorers", "fr", published(harvest))
    assert (missing, beyond <= 0) == (Counter(), True)


async def test_ids_that_are_new_in_each_answer_cost_no_event(world: World) -> None:
    harvest = await walked(world, fault="churn@events", limits=SMALL_PAGES)

    missing, _ = lacking(world, "forest-explorers", "fr", published(harvest))
    assert missing == Counter()


FATAL: dict[str, type[UpstreamError]] = {
    "400": UpstreamRefused,
    "401": UpstreamRefused,
    "403": UpstreamRefused,
    "404": UpstreamRefused,
    "422": UpstreamRefused,
    "429": UpstreamThrottled,
    "500": UpstreamUnavailable,
    "502": UpstreamUnavailable,
    "503": UpstreamUnavailable,
    "504": UpstreamUnavailable,
    "cut": UpstreamUnavailable,
    "hang": UpstreamUnavailable,
    "truncated": UpstreamUnreadable,
    "html": UpstreamUnreadable,
    "empty-body": UpstreamUnreadable,
    "huge": UpstreamUnreadable,
    "deep": UpstreamUnreadable,
}


@pytest.mark.parametrize(("kind", "expected"), FATAL.items(), ids=FATAL)
@pytest.mark.parametrize("path", ["events", "programs"])
async def test_a_lasting_fault_fails_the_walk_with_the_error_that_says_what_to_do(
    world: World, kind: str, expected: type[UpstreamError], path: str
) -> None:
    with pytest.raises(expected):
        await walked(world, fault=f"{kind}@{path}", limits=impatient_with(kind, IMPATIENT))


@pytest.mark.parametrize("kind", KINDS)
async def test_no_fault_gets_past_our_own_errors(world: World, kind: str) -> None:
    try:
        harvest = await walked(world, fault=f"{kind}~0.5", limits=replace(SMALL_PAGES, call_seconds=0.2))
    except UpstreamError as error:
        outcome = str(error)
    else:
        outcome = f"{len(harvest.records)} records"

    assert "forest-demo" not in outcome
    assert outcome


async def test_the_zone_of_each_organization_is_found(world: World) -> None:
    simulator = create_simulator(world, clock=lambda: NOW, dialect=Dialect(calls_per_second=0))

    async with (
        talking_to(httpx.ASGITransport(simulator), organization=FOREST[0], credentials=FOREST[1]) as forest,
        talking_to(httpx.ASGITransport(simulator), organization="9117", credentials=LAKESIDE[1]) as lakeside,
    ):
        zones = (await forest.timezone(), await lakeside.timezone())

    assert zones == ("America/New_York", "America/Los_Angeles")
