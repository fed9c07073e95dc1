"""A walk that brings the pages of the last one again says so, and looks into none of them."""

from collections.abc import Callable, Sequence, Set
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app.amilia.client import programs_of
from app.domain.errors import UpstreamUnreadable
from app.domain.records import Harvest
from tests.support.amilia_client import IMPATIENT, ids, talking_to
from tests.support.amilia_server import AmiliaServer, Call, event, program

FIRST, LAST = date(2026, 9, 1), date(2026, 10, 31)
SMALL_PAGES = replace(IMPATIENT, large_page=10, usual_page=10)


def two_months(*, to: int = 25) -> list[dict[str, Any]]:
    """Some events in September, in three pages of ten, and a few in October."""
    return [event(n, f"2026-09-{n:02d}") for n in range(1, to + 1)] + [
        event(n, "2026-10-15") for n in range(91, 94)
    ]


async def walked_twice(
    server: AmiliaServer, change: Callable[[AmiliaServer], None]
) -> tuple[Harvest, Harvest, list[bytes]]:
    """Two walks with a ``change`` of the server in between, and what arrived during the second."""
    handed_on: list[bytes] = []

    async def arrived(records: Sequence[bytes]) -> Set[int]:
        handed_on.extend(records)
        return await programs_of([record for record in records if record not in first.records])

    async with talking_to(server, limits=SMALL_PAGES) as client:
        first = await client.walk("fr", FIRST, LAST)
        change(server)
        second = await client.walk("fr", FIRST, LAST, arrived=arrived, seal=first.seal)
    return first, second, handed_on


async def test_where_nothing_changed_no_record_is_told_again() -> None:
    server = AmiliaServer(two_months(), [program()])

    first, second, handed_on = await walked_twice(server, lambda _: server.calls.clear())

    assert first.seal is not None
    assert not first.unchanged
    assert second == Harvest((), first.programs, first.seal, unchanged=True)
    assert handed_on == []
    assert sorted((call.query["from"], call.page) for call in server.calls_to("events")) == [
        ("2026-09-01", 1),
        ("2026-09-01", 2),
        ("2026-09-01", 3),
        ("2026-10-02", 1),
    ]


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param([*two_months()[:-1], event(93, "2026-10-16")], id="in the last page"),
        pytest.param([event(1, "2026-09-01", Title="New"), *two_months()[1:]], id="in the first page"),
        pytest.param([*two_months()[:14], *two_months()[15:]], id="gone from the middle"),
        pytest.param(two_months(to=10), id="pages fewer"),
        pytest.param(two_months(to=30), id="pages full"),
        pytest.param(
            [*two_months(to=30), *[event(n, "2026-09-30") for n in range(200, 208)]], id="a page more"
        ),
        pytest.param([], id="nothing left"),
    ],
)
async def test_any_change_brings_every_record(changed: list[dict[str, Any]]) -> None:
    def change(server: AmiliaServer) -> None:
        server.events[:] = changed

    _, second, handed_on = await walked_twice(AmiliaServer(two_months(), [program()]), change)
    async with talking_to(AmiliaServer(changed, [program()]), limits=SMALL_PAGES) as client:
        anew = await client.walk("fr", FIRST, LAST)

    assert not second.unchanged
    assert ids(second) == ids(anew)
    assert second == anew
    assert sorted(handed_on) == sorted(second.records)


async def test_no_page_is_asked_for_twice_because_of_a_seal() -> None:
    def change(server: AmiliaServer) -> None:
        server.calls.clear()
        server.events[12]["Title"] = "New"

    server = AmiliaServer(two_months(), [program()])

    await walked_twice(server, change)

    assert len(server.calls_to("events")) == 4


async def test_pages_of_two_moments_are_not_sealed() -> None:
    server = AmiliaServer(two_months(), [program()])

    async def moved_forward_after_the_first_page(call: Call) -> None:
        if call.endpoint == "events" and call.page == 2 and server.events[0]["Id"] == 1:
            moved = server.events.pop(17)
            server.events.insert(0, {**moved, "Start": "2026-09-01T08:00:00-04:00"})

    server.intercept = moved_forward_after_the_first_page

    async with talking_to(server, limits=SMALL_PAGES) as client:
        harvest = await client.walk("fr", FIRST, LAST)

    assert len(harvest.records) == 28
    assert harvest.seal is None


async def test_a_programme_that_the_same_events_name_is_looked_for_again_where_it_is_gone() -> None:
    server = AmiliaServer(two_months(), [program(), program(8)])

    def change(server: AmiliaServer) -> None:
        server.calls.clear()
        del server.programs[0]

    _, second, _ = await walked_twice(server, change)

    assert second.unchanged
    assert [found.id for found in second.programs] == [8]
    assert len(server.calls_to("programs")) == 2


async def test_a_new_event_of_a_new_programme_is_noticed_among_those_that_are_known() -> None:
    server = AmiliaServer(two_months(), [program()])

    async def made_after_the_list_was_read(call: Call) -> None:
        if call.endpoint == "programs" and len(server.calls_to("programs")) > 1:
            server.programs.append(program(8))

    def change(server: AmiliaServer) -> None:
        server.calls.clear()
        server.intercept = made_after_the_list_was_read
        server.events.append(event(94, "2026-10-16", Activity={"Id": 1, "ProgramId": 8}))

    _, second, _ = await walked_twice(server, change)

    assert [found.id for found in second.programs] == [7, 8]
    assert second.seal is not None
    assert second.seal.named == {7, 8}


async def test_where_every_event_is_gone_the_programmes_may_be_gone_too() -> None:
    server = AmiliaServer(two_months(), [program()])

    def change(server: AmiliaServer) -> None:
        server.events.clear()
        server.programs.clear()

    _, second, _ = await walked_twice(server, change)

    assert (second.records, second.programs) == ((), ())


async def test_where_events_are_left_the_programmes_cannot_all_be_gone() -> None:
    server = AmiliaServer(two_months(), [program()])

    def change(server: AmiliaServer) -> None:
        del server.events[0]
        server.programs.clear()

    with pytest.raises(UpstreamUnreadable, match="list of programmes is empty"):
        await walked_twice(server, change)


async def test_other_days_are_another_walk() -> None:
    server = AmiliaServer(two_months(), [program()])

    async with talking_to(server, limits=SMALL_PAGES) as client:
        first = await client.walk("fr", FIRST, LAST)
        second = await client.walk("fr", date(2026, 9, 2), LAST, seal=first.seal)

    assert not second.unchanged
    assert len(second.records) == 27
