"""A decision counts until a fact or the time can change it, and not a moment longer."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.model import Names, Organization
from app.domain.records import Trouble
from app.feeds.catalogue import Catalogue
from app.feeds.freshness import Decision, Facts, decide
from app.feeds.shelf import Shelf
from app.feeds.standing import Standing, next_change, standing
from app.ics.zones import publish_zone

NOW = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
LIFE = timedelta(minutes=10)
CLUB = Organization(slug="club", number=None, name=Names("C", "C"), language="fr", timezone="UTC")
seconds = st.floats(-90_000, 90_000).map(lambda number: timedelta(seconds=number))


def catalogue() -> Catalogue:
    return Catalogue(
        organization=CLUB,
        lang="fr",
        zone=publish_zone("America/Toronto", date(2026, 1, 1), date(2027, 12, 31)),
        day=date(2026, 11, 22),
        fetched_at=NOW,
        changed_at=NOW,
        entries=(),
        programs=(),
        others={},
        names={},
    )


def stocked(**facts: object) -> Shelf:
    shelf = Shelf(CLUB, "fr", catalogue=catalogue(), generation=1, began=NOW)
    for name, value in facts.items():
        setattr(shelf, name, value)
    return shelf


def taken(shelf: Shelf, refresh: asyncio.Task[None] | None = None) -> Standing:
    assert shelf.catalogue is not None
    return standing(shelf, shelf.catalogue, NOW, LIFE, refresh)


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    retry = draw(st.none() | seconds)
    return Facts(
        copy_from=NOW - draw(seconds),
        other_day=draw(st.booleans()),
        marked=draw(st.booleans()),
        asked_at=NOW,
        retry_at=NOW + retry if retry is not None else None,
    )


@given(facts(), st.floats(0.001, 90_000), st.floats(1, 86_400), st.floats(0, 0.999))
def test_no_decision_changes_before_the_moment_that_was_told(
    known: Facts, midnight: float, life: float, share: float
) -> None:
    tomorrow, time_to_live = NOW + timedelta(seconds=midnight), timedelta(seconds=life)

    until = next_change(known, NOW, time_to_live, tomorrow)

    assert NOW < until <= tomorrow
    later = NOW + (until - NOW) * share
    assert decide(known, later, time_to_live) == decide(known, NOW, time_to_live)


def test_who_asks_meanwhile_is_noted() -> None:
    shelf = stocked()
    decided = taken(shelf)

    assert decided.asked((NOW + timedelta(minutes=9)).timestamp())

    assert shelf.asked_at == NOW + timedelta(minutes=9)


@pytest.mark.parametrize("step", [timedelta(minutes=10), timedelta(days=1), timedelta(seconds=-1)])
def test_it_ends_with_the_life_of_the_copy_and_before_its_own_beginning(step: timedelta) -> None:
    shelf = stocked()
    decided = taken(shelf)

    assert not decided.asked((NOW + step).timestamp())
    assert shelf.asked_at is None


def test_it_ends_with_the_organizations_day() -> None:
    evening = datetime(2026, 11, 23, 4, 55, tzinfo=UTC)
    shelf = stocked(began=evening)
    assert shelf.catalogue is not None

    decided = standing(shelf, shelf.catalogue, evening, LIFE, None)

    assert decided.asked((evening + timedelta(minutes=4, seconds=59)).timestamp())
    assert not decided.asked((evening + timedelta(minutes=5)).timestamp())


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("catalogue", catalogue()),
        ("mark", 1),
        ("covered", 1),
        ("began", NOW + timedelta(seconds=1)),
        ("attempted", True),
        ("trouble", Trouble(1, NOW, NOW, "UpstreamUnavailable")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_it_ends_with_any_fact_that_it_rested_on(fact: str, value: object) -> None:
    shelf = stocked()
    decided = taken(shelf)

    setattr(shelf, fact, value)

    assert not decided.asked(NOW.timestamp())


def test_facts_that_are_told_again_end_nothing() -> None:
    shelf = stocked(trouble=Trouble(1, NOW, NOW + LIFE, "UpstreamUnavailable"))
    decided = taken(shelf)

    shelf.began = NOW.replace()
    shelf.trouble = replace(shelf.trouble) if shelf.trouble else None

    assert decided.asked(NOW.timestamp())


async def test_a_decision_to_refresh_counts_while_that_refresh_runs() -> None:
    shelf = stocked(began=NOW - timedelta(hours=1))
    gate = asyncio.Event()

    async def refreshing() -> None:
        await gate.wait()

    async with asyncio.TaskGroup() as tasks:
        decided = taken(shelf, tasks.create_task(refreshing()))
        during = decided.asked(NOW.timestamp())
        gate.set()
    after = decided.asked(NOW.timestamp())

    assert decide(shelf.facts(NOW), NOW, LIFE) == Decision.SERVE_AND_REFRESH
    assert (during, after) == (True, False)
