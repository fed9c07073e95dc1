"""An organization whose number is configured later goes on as if it had always been there."""

from pathlib import Path
from typing import Any, Final

from app.simulator.model import same
from app.simulator.world import World, build_world
from tests.support.fakes import FakeClock
from tests.support.service import TODAY, running
from tests.support.subscriber import changed, fetched, refetched

FEED: Final = "/orgs/forest-explorers/calendar.ics"
WINDOW: Final[dict[str, Any]] = {"past_days": 20, "future_days": 40}
WITHOUT_NUMBER: Final = {**WINDOW, "number": None}


def rename_one(world: World, title: str) -> None:
    """The first event of the coming days gets another title."""
    organization = world.organizations["forest-explorers"]
    event = min(
        (event for event in organization.timetable if event.start.date() > TODAY), key=lambda it: it.id
    )
    world.rename(event.id, same(title))


async def test_subscribers_notice_nothing(tmp_path: Path) -> None:
    world, clock = build_world(today=TODAY, events=250, seed=11), FakeClock()
    async with running(tmp_path, world=world, clock=clock, forest=WITHOUT_NUMBER) as service:
        first = await fetched(service, FEED)
        rename_one(world, "Bain libre")
        before = await refetched(service, await refetched(service, first))
    clock.advance(minutes=11)

    async with running(tmp_path, world=world, clock=clock, forest=WINDOW) as service:
        at_once = await service.get(FEED)
        by_tag = await service.get(FEED, If_None_Match=before.etag)
        by_date = await service.get(FEED, If_Modified_Since=before.last_modified)
        refreshed = await fetched(service, FEED)
        logins = service.calls("/authenticate")
        rename_one(world, "Bain public")
        after = await refetched(service, refreshed)

    assert (at_once.content, refreshed.body) == (before.body, before.body)
    assert (by_tag.status_code, by_date.status_code) == (304, 304)
    assert logins == 0
    (uid,) = changed(before, after)
    assert [copy.events[uid].sequence - first.events[uid].sequence for copy in (before, after)] == [1, 2]
    assert after.events[uid].created == first.events[uid].created
