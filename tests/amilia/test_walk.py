"""A walk brings every event of the days, every programme, and nothing twice."""

import asyncio
from collections.abc import Sequence, Set
from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.amilia.client import programs_of
from app.domain.errors import UpstreamUnreadable
from app.domain.model import Program
from tests.support.amilia_client import IMPATIENT, ids, talking_to
from tests.support.amilia_server import AmiliaServer, Call, Reply, event, program

FIRST, LAST = date(2026, 9, 1), date(2026, 9, 30)
SMALL_PAGES = replace(IMPATIENT, large_page=10, usual_page=10)


async def test_walk_brings_the_events_of_both_edge_days_and_no_other() -> None:
    days = ("2026-08-31", "2026-09-01", "2026-09-30", "2026-10-01")
    server = AmiliaServer([event(number, day) for number, day in enumerate(days, 1)], [program()])

    async with talking_to(server) as client:
        harvest = await client.walk("fr", FIRST, LAST)

    assert ids(harvest) == [2, 3]


async def test_records_are_whole_and_can_be_read() -> None:
    server = AmiliaServer([event(5, Title="Natation ")], [program()])

    async with talking_to(server) as client:
        harvest = await client.walk("fr", FIRST, LAST)
        read = client.read(harvest.records[0])

    assert (read.id, read.about.title) == (5, "Natation")


async def test_days_are_asked_for_in_ranges_of_at_most_31_that_meet_without_overlap() -> None:
    server = AmiliaServer(programs=[program()])
    first, last = date(2026, 1, 1), date(2027, 2, 3)

    async with talking_to(server) as client:
        await client.walk("fr", first, last)

    asked = sorted(
        (date.fromisoformat(call.query["from"]), date.fromisoformat(call.query["to"]))
        for call in server.calls_to("events")
    )
    assert (first, last) == (asked[0][0], asked[-1][1])
    assert all((end - begin).days < 31 for begin, end in asked)
    assert [end + timedelta(days=1) for _, end in asked[:-1]] == [begin for begin, _ in asked[1:]]


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_events_are_asked_for_by_language_with_cancelled_ones_and_without_participants(
    lang: str,
) -> None:
    server = AmiliaServer([event(1)], [program()])

    async with talking_to(server) as client:
        await client.walk("en" if lang == "en" else "fr", FIRST, LAST)

    [call] = server.calls_to("events")
    assert f"/api/v3/{lang}/org/club/events" == call.path
    assert call.query == {
        "from": "2026-09-01",
        "to": "2026-09-30",
        "showCanceled": "true",
        "page": "1",
        "perPage": "1000",
    }


async def test_skipped_events_are_asked_for_only_where_they_are_shown() -> None:
    server = AmiliaServer(programs=[program()])

    async with talking_to(server, show_skipped=True) as client:
        await client.walk("fr", FIRST, LAST)

    assert server.calls_to("events")[0].query["showSkipped"] == "true"


async def test_hidden_and_archived_programmes_are_brought_too() -> None:
    server = AmiliaServer(
        [event(1)],
        [program(7), program(8, IsVisible=False), program(9, IsArchived=True, IsPasswordProtected=True)],
    )

    async with talking_to(server) as client:
        harvest = await client.walk("fr", FIRST, LAST)

    [call] = server.calls_to("programs")
    assert (call.query["showHidden"], call.query["showArchived"]) == ("true", "true")
    assert [found.public for found in harvest.programs] == [True, False, False]
    url = "https://app.amilia.com/store/fr/club/shop/programs/7"
    assert Program(7, "Programme 7", url) == harvest.programs[0]


async def test_a_record_that_two_ranges_bring_is_kept_once() -> None:
    server = AmiliaServer(programs=[program()])
    long_one = event(1, "2026-09-30", End="2026-10-03T11:00:00-04:00")

    async def in_every_range(call: Call) -> Reply | None:
        return server.page(call, [long_one]) if call.endpoint == "events" else None

    server.intercept = in_every_range

    async with talking_to(server) as client:
        harvest = await client.walk("fr", FIRST, date(2026, 11, 30))

    assert len(server.calls_to("events")) == 3
    assert ids(harvest) == [1]


async def test_order_is_that_of_days_and_pages_whichever_answer_comes_first() -> None:
    numbers = range(1, 2701)
    days = [date(2026, 9, 1) + timedelta(days=number // 30) for number in numbers]
    server = AmiliaServer(
        [event(n, day.isoformat()) for n, day in zip(numbers, days, strict=True)], [program()]
    )
    server.largest_page = 200

    async def later_first(call: Call) -> None:
        await asyncio.sleep(0.02 / (1 + call.page) / (1 + int(call.query.get("from", "0000-00")[5:7])))

    server.intercept = later_first

    async with talking_to(server) as client:
        harvest = await client.walk("fr", date(2026, 9, 1), date(2026, 12, 31))

    assert list(numbers) == ids(harvest)


async def test_an_answer_without_any_event_is_an_empty_harvest() -> None:
    async with talking_to(AmiliaServer(programs=[program()])) as client:
        harvest = await client.walk("fr", FIRST, LAST)

    assert (harvest.records, len(harvest.programs)) == ((), 1)


async def test_a_programme_made_during_the_walk_is_found_by_reading_the_list_again() -> None:
    server = AmiliaServer([event(1)], [program(6)])

    async def made_after_the_first_list(call: Call) -> None:
        if len(server.calls_to("programs")) > 1 and len(server.programs) == 1:
            server.programs.append(program(7))

    server.intercept = made_after_the_first_list

    async with talking_to(server) as client:
        harvest = await client.walk("fr", FIRST, LAST)

    assert [found.id for found in harvest.programs] == [6, 7]


async def test_a_programme_that_stays_unknown_does_not_fail_the_walk() -> None:
    server = AmiliaServer([event(1)], [program(6)])

    async with talking_to(server) as client:
        harvest = await client.walk("fr", FIRST, LAST)

    assert (len(server.calls_to("programs")), [found.id for found in harvest.programs]) == (2, [6])


async def test_an_empty_list_of_programmes_fails_the_walk_where_events_name_programmes() -> None:
    async with talking_to(AmiliaServer([event(1)])) as client:
        with pytest.raises(UpstreamUnreadable, match="list of programmes is empty"):
            await client.walk("fr", FIRST, LAST)


async def test_an_empty_list_of_programmes_is_believed_where_no_event_names_one() -> None:
    without = {"Id": 70, "Name": "Class", "ProgramId": 0, "Status": "Normal"}

    async with talking_to(AmiliaServer([event(1, Activity=without)])) as client:
        harvest = await client.walk("fr", FIRST, LAST)

    assert (ids(harvest), harvest.programs) == ([1], ())


async def test_a_failing_list_of_programmes_fails_the_walk_at_once() -> None:
    server = AmiliaServer([event(1)], [program()])

    async def broken_list(call: Call) -> Reply | None:
        if call.endpoint == "programs":
            return Reply({"Programs": []})
        if call.endpoint == "events":
            await asyncio.sleep(30)
        return None

    server.intercept = broken_list

    async with talking_to(server) as client:
        with pytest.raises(UpstreamUnreadable, match="programs"):
            await client.walk("fr", FIRST, LAST)


async def test_calls_carry_origin_and_token_and_no_cookie_of_an_earlier_answer() -> None:
    server = AmiliaServer([event(1)], [program()])

    async def with_a_cookie(call: Call) -> Reply | None:
        reply = server.answer(call)
        return Reply(
            reply.body, reply.status, {**reply.headers, "Set-Cookie": "session=of-this-club; Path=/"}
        )

    server.intercept = with_a_cookie

    async with talking_to(server, origin="Loisirs Été, Montréal") as client:
        await client.walk("fr", FIRST, LAST)
        await client.walk("fr", FIRST, LAST)

    assert {"Loisirs Ete, Montreal"} == {call.headers["x-amilia-origin"] for call in server.calls}
    assert {"token-1"} == {call.token for call in server.calls if call.endpoint != "authenticate"}
    assert not any("cookie" in call.headers for call in server.calls)


async def test_an_organization_name_stays_one_segment_of_the_path() -> None:
    server = AmiliaServer(programs=[program()])

    async with talking_to(server, organization="a/../b?c") as client:
        await client.walk("fr", FIRST, LAST)

    paths = {call.path for call in server.calls if "/org/" in call.path}
    assert {f"/api/v3/fr/org/a%2F..%2Fb%3Fc/{endpoint}" for endpoint in ("events", "programs")} == paths


async def test_state_of_the_client_tells_the_organization_only() -> None:
    async with talking_to(AmiliaServer()) as client:
        assert repr(client) == "<AmiliaClient club>"


async def test_pages_are_handed_on_while_others_are_on_their_way() -> None:
    server = AmiliaServer([event(number) for number in range(1, 26)], [program()])
    server.largest_page = 10
    first_page_is_here = asyncio.Event()
    handed_on: list[bytes] = []

    async def the_last_page_waits_for_the_first(call: Call) -> None:
        if call.endpoint == "events" and call.page == 3:
            await first_page_is_here.wait()

    async def arrived(records: Sequence[bytes]) -> Set[int]:
        handed_on.extend(records)
        first_page_is_here.set()
        return await programs_of(records)

    server.intercept = the_last_page_waits_for_the_first

    async with talking_to(server, limits=SMALL_PAGES) as client:
        harvest = await client.walk("fr", FIRST, LAST, arrived=arrived)

    assert sorted(handed_on) == sorted(harvest.records)
    assert len(harvest.records) == 25


async def test_what_goes_wrong_with_records_that_arrived_ends_the_walk() -> None:
    server = AmiliaServer([event(1)], [program()])

    async def arrived(_records: Sequence[bytes]) -> Set[int]:
        raise LookupError("a fault of the reader")

    async with talking_to(server) as client:
        with pytest.raises(LookupError):
            await client.walk("fr", FIRST, LAST, arrived=arrived)
