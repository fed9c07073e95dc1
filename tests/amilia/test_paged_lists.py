"""Lists in pages: read to their end and no further, and never believed when their pages disagree."""

import logging
from dataclasses import replace
from datetime import date

import pytest

from app.amilia.limits import Limits
from app.domain.errors import UpstreamRefused, UpstreamUnreadable
from tests.support.amilia_client import IMPATIENT, ids, talking_to
from tests.support.amilia_server import AmiliaServer, Call, Record, Reply, event, program

FIRST, LAST = date(2026, 9, 1), date(2026, 9, 30)
SMALL_PAGES = replace(IMPATIENT, large_page=10, usual_page=10)
"""Pages of ten, so that a few dozen events are several pages."""


def month_of(count: int) -> list[Record]:
    """Events 1 to ``count``, spread over September in the order of their numbers."""
    return [event(n, f"2026-09-{1 + (n - 1) * 30 // count:02d}") for n in range(1, count + 1)]


def server_of(events: list[Record]) -> AmiliaServer:
    return AmiliaServer(events, [program()])


async def walked(server: AmiliaServer, limits: Limits = SMALL_PAGES, last: date = LAST) -> list[int]:
    async with talking_to(server, limits=limits) as client:
        return ids(await client.walk("fr", FIRST, last))


async def test_all_pages_are_read_the_others_after_the_first_at_the_same_time() -> None:
    server = server_of(month_of(47))

    found = await walked(server)

    assert list(range(1, 48)) == found
    assert sorted(call.page for call in server.calls_to("events")) == [1, 2, 3, 4, 5]
    assert server.most_under_way >= 4


async def test_a_thousand_records_are_asked_for_at_a_time() -> None:
    server = server_of(month_of(1001))

    found = await walked(server, IMPATIENT)

    assert (len(found), len(server.calls_to("events"))) == (1001, 2)


async def test_a_refused_page_size_is_tried_by_each_call_of_the_first_walk_and_never_again() -> None:
    server = server_of([event(n, f"2026-{9 + n % 3:02d}-05") for n in range(1, 301)])
    server.largest_page = 200

    async with talking_to(server) as client:
        first = ids(await client.walk("fr", FIRST, date(2026, 11, 30)))
        calls_of_the_first = len(server.calls_to("events"))
        second = ids(await client.walk("fr", FIRST, date(2026, 11, 30)))

    sizes = [call.query["perPage"] for call in server.calls_to("events")]
    assert (300, first) == (len(first), second)
    assert sorted(sizes[:calls_of_the_first]) == ["1000"] * 3 + ["200"] * 3
    assert sizes[calls_of_the_first:] == ["200"] * 3


async def test_a_400_that_no_page_size_cures_is_a_refusal() -> None:
    server = server_of([])

    async def nothing_pleases(call: Call) -> Reply | None:
        return Reply({"message": "no", "transactionid": "t-400"}, 400) if call.endpoint == "events" else None

    server.intercept = nothing_pleases

    with pytest.raises(UpstreamRefused, match=r"400.*TransactionId t-400"):
        await walked(server, IMPATIENT)

    assert [call.query["perPage"] for call in server.calls_to("events")] == ["1000", "200"]


async def test_a_server_that_gives_smaller_pages_than_asked_for_loses_nothing() -> None:
    server = server_of(month_of(450))

    async def at_most_200(call: Call) -> Reply | None:
        if call.endpoint != "events":
            return None
        return server.page(replace(call, query={**call.query, "perPage": "200"}), server.events)

    server.intercept = at_most_200

    assert list(range(1, 451)) == await walked(server, IMPATIENT)


async def test_bare_arrays_are_read_until_a_short_page() -> None:
    server = server_of(month_of(25))
    server.bare = True

    found = await walked(server)

    assert list(range(1, 26)) == found
    assert [call.page for call in server.calls_to("events")] == [1, 2, 3]


async def test_a_bare_array_of_exactly_one_page_ends_with_the_empty_one() -> None:
    server = server_of(month_of(10))
    server.bare = True

    assert list(range(1, 11)) == await walked(server)


@pytest.mark.parametrize("bare", [True, False])
async def test_a_server_that_ignores_the_page_number_is_read_once(bare: bool) -> None:
    server = server_of(month_of(30))

    async def always_everything(call: Call) -> Reply | None:
        if call.endpoint != "events":
            return None
        return Reply(server.events if bare else {"Items": server.events, "Paging": None})

    server.intercept = always_everything

    assert list(range(1, 31)) == await walked(server)


@pytest.mark.parametrize("total", [None, "missing", "many", -1, {"odd": 1}])
async def test_a_count_that_is_missing_or_odd_leaves_the_pages_to_next(total: object) -> None:
    server = server_of(month_of(25))

    async def without_a_count(call: Call) -> Reply | None:
        if call.endpoint != "events":
            return None
        body = server.page(call, server.events).body
        assert isinstance(body, dict)
        paging = {"Next": body["Paging"]["Next"]} | ({} if total == "missing" else {"TotalCount": total})
        return Reply({"Items": body["Items"], "Paging": paging})

    server.intercept = without_a_count

    assert list(range(1, 26)) == await walked(server)


async def test_next_is_never_called_as_an_address() -> None:
    server = server_of(month_of(25))

    await walked(server)

    assert {"amilia.example"} == {call.headers["host"] for call in server.calls}


async def test_next_without_end_over_empty_pages_ends_at_the_first_of_them() -> None:
    server = server_of(month_of(25))

    async def always_more(call: Call) -> Reply | None:
        if call.endpoint != "events":
            return None
        body = server.page(call, server.events).body
        assert isinstance(body, dict)
        return Reply({"Items": body["Items"], "Paging": {**body["Paging"], "Next": "https://x.example/more"}})

    server.intercept = always_more

    assert list(range(1, 26)) == await walked(server)


async def test_next_without_end_over_pages_that_begin_anew_ends_with_the_first_repetition() -> None:
    server = server_of(month_of(25))

    async def in_circles(call: Call) -> Reply | None:
        if call.endpoint != "events":
            return None
        again = {**call.query, "page": str((call.page - 1) % 3 + 1)}
        body = server.page(replace(call, query=again), server.events).body
        assert isinstance(body, dict)
        return Reply({"Items": body["Items"], "Paging": {**body["Paging"], "Next": "https://x.example/more"}})

    server.intercept = in_circles

    found = await walked(server)

    assert found == list(range(1, 26))
    assert len(server.calls_to("events")) == 4


@pytest.mark.parametrize("bare", [True, False])
async def test_a_404_past_the_last_page_is_the_end_of_the_list(bare: bool) -> None:
    server = server_of(month_of(20))
    server.bare = bare

    async def not_found(call: Call) -> Reply | None:
        if call.endpoint != "events":
            return None
        reply = server.page(call, server.events)
        if call.page > 2:
            return Reply({"Message": "Entity was not found"}, 404)
        if isinstance(reply.body, dict):
            reply.body["Paging"]["Next"] = "always"
        return reply

    server.intercept = not_found

    assert await walked(server) == list(range(1, 21))


@pytest.mark.parametrize("bound", ["records", "pages"])
async def test_a_list_without_end_is_given_up_with_a_sentence(bound: str) -> None:
    server = server_of([])

    async def ever_new(call: Call) -> Reply | None:
        if call.endpoint != "events":
            return None
        items = [event(call.page * 100 + n) for n in range(10)]
        return Reply({"Items": items, "Paging": {"Next": "https://x.example/more"}})

    server.intercept = ever_new
    limits = replace(SMALL_PAGES, records=100) if bound == "records" else replace(SMALL_PAGES, pages=11)

    with pytest.raises(UpstreamUnreadable, match="seems to have no end"):
        await walked(server, limits)

    assert len(server.calls_to("events")) <= 12


async def test_a_count_beyond_belief_is_given_up_before_its_pages_are_asked_for() -> None:
    server = server_of([])

    async def boastful(call: Call) -> Reply | None:
        items = [event(n) for n in range(1, 11)]
        return (
            Reply({"Items": items, "Paging": {"TotalCount": 10**15}}) if call.endpoint == "events" else None
        )

    server.intercept = boastful

    with pytest.raises(UpstreamUnreadable, match="seems to have no end"):
        await walked(server)

    assert len(server.calls_to("events")) == 1


async def test_a_walk_of_more_events_than_anybody_publishes_is_given_up() -> None:
    server = server_of([event(1, "2026-09-05"), event(2, "2026-10-05"), event(3, "2026-11-05")])

    with pytest.raises(UpstreamUnreadable, match="more than 2 events"):
        await walked(server, replace(SMALL_PAGES, records=2), date(2026, 11, 30))


async def test_an_event_that_moves_to_a_page_already_read_is_not_lost(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Its move pushes another one down, which then comes twice: the sign that something is missing."""
    server = server_of(month_of(25))
    caplog.set_level(logging.INFO, logger="app.amilia")

    async def moved_forward_after_the_first_page(call: Call) -> None:
        if call.endpoint == "events" and call.page == 2 and server.events[0]["Id"] == 1:
            moved = server.events.pop(17)
            server.events.insert(0, {**moved, "Start": "2026-09-01T08:00:00-04:00"})

    server.intercept = moved_forward_after_the_first_page

    found = await walked(server)

    assert list(range(1, 26)) == sorted(found)
    [record] = [record for record in caplog.records if record.name == "app.amilia.client"]
    assert record.levelname == "INFO"
    assert vars(record)["reason"] == "a record came on two pages"


async def test_an_event_deleted_while_paging_does_not_take_another_one_with_it() -> None:
    server = server_of(month_of(25))

    async def deleted_after_the_first_page(call: Call) -> None:
        if call.endpoint == "events" and call.page == 2 and len(server.events) == 25:
            del server.events[0]

    server.intercept = deleted_after_the_first_page

    assert list(range(2, 26)) == await walked(server)


async def test_an_event_added_while_paging_is_brought_once() -> None:
    server = server_of(month_of(25))

    async def added_after_the_first_page(call: Call) -> None:
        if call.endpoint == "events" and call.page == 2 and len(server.events) == 25:
            server.events.insert(0, event(100))

    server.intercept = added_after_the_first_page

    assert [100, *range(1, 26)] == await walked(server)


async def test_an_event_whose_id_changes_while_paging_comes_under_its_new_id() -> None:
    server = server_of(month_of(25))

    async def renumbered(call: Call) -> None:
        if call.endpoint == "events" and call.page == 2 and server.events[0]["Id"] == 1:
            del server.events[0]
            server.events[20:20] = [event(101, "2026-09-29"), event(102, "2026-09-29")]

    server.intercept = renumbered

    assert [*range(2, 26), 101, 102] == sorted(await walked(server))


async def test_one_empty_page_among_full_ones_is_asked_for_again() -> None:
    server = server_of(month_of(25))

    async def once_empty(call: Call) -> Reply | None:
        if call.endpoint == "events" and call.page == 2 and len(server.calls_to("events")) < 4:
            return Reply({"Items": [], "Paging": {"TotalCount": 25, "Next": ""}})
        return None

    server.intercept = once_empty

    assert list(range(1, 26)) == await walked(server)


async def test_empty_later_pages_are_never_believed_but_asked_for_by_smaller_ranges() -> None:
    server = server_of(month_of(25))

    async def only_first_pages(call: Call) -> Reply | None:
        if call.endpoint == "events" and call.page > 1:
            return Reply({"Items": [], "Paging": {"TotalCount": 25, "Next": ""}})
        return None

    server.intercept = only_first_pages

    assert list(range(1, 26)) == await walked(server)


async def test_days_that_never_add_up_are_unreadable() -> None:
    server = server_of([event(n) for n in range(1, 26)])

    async def restless(call: Call) -> None:
        if call.endpoint == "events" and call.page == 1:
            server.events.append(event(1000 + len(server.calls)))
        elif call.endpoint == "events":
            del server.events[0]

    server.intercept = restless

    with pytest.raises(UpstreamUnreadable, match="pages contradict each other"):
        await walked(server)


async def test_an_empty_answer_that_counts_events_is_never_an_empty_calendar() -> None:
    server = server_of(month_of(5))

    async def counted_but_not_sent(call: Call) -> Reply | None:
        empty = {"Items": [], "Paging": {"TotalCount": 5, "Next": ""}}
        return Reply(empty) if call.endpoint == "events" else None

    server.intercept = counted_but_not_sent

    with pytest.raises(UpstreamUnreadable, match="0 of 5 came"):
        await walked(server)

    assert 1 + SMALL_PAGES.rereadings == len(server.calls_to("events"))


async def test_an_empty_answer_that_passes_is_asked_for_again() -> None:
    server = server_of(month_of(5))

    async def empty_at_first(call: Call) -> Reply | None:
        empty = {"Items": [], "Paging": {"TotalCount": 5, "Next": ""}}
        return Reply(empty) if call.endpoint == "events" and len(server.calls_to("events")) == 1 else None

    server.intercept = empty_at_first

    assert await walked(server) == [1, 2, 3, 4, 5]


async def test_a_single_page_whose_count_is_always_too_high_is_complete() -> None:
    server = server_of(month_of(6))

    async def counting_hidden_ones_too(call: Call) -> Reply | None:
        if call.endpoint != "events":
            return None
        items = server.events if call.page == 1 else []
        return Reply({"Items": items, "Paging": {"TotalCount": 9, "Next": ""}})

    server.intercept = counting_hidden_ones_too

    assert list(range(1, 7)) == await walked(server)


async def test_a_single_page_whose_count_is_too_low_is_complete() -> None:
    server = server_of(month_of(6))

    async def counting_too_few(call: Call) -> Reply | None:
        paging = {"TotalCount": 2, "Next": ""}
        return Reply({"Items": server.events, "Paging": paging}) if call.endpoint == "events" else None

    server.intercept = counting_too_few

    found = await walked(server)

    assert (list(range(1, 7)), 1) == (found, len(server.calls_to("events")))


async def test_placeholders_with_the_same_id_on_several_pages_are_no_contradiction() -> None:
    server = server_of([event(0, Title=f"Placeholder {number}") for number in range(25)])

    found = await walked(server)

    assert (len(found), len(server.calls_to("events"))) == (25, 3)


async def test_a_list_of_programmes_that_shifts_is_read_again() -> None:
    server = AmiliaServer([event(1)], [program(number) for number in range(1, 26)])

    async def archived_for_good(call: Call) -> None:
        if call.endpoint == "programs" and call.page == 2 and len(server.programs) == 25:
            del server.programs[0]

    server.intercept = archived_for_good

    async with talking_to(server, limits=SMALL_PAGES) as client:
        harvest = await client.walk("fr", FIRST, LAST)

    assert list(range(2, 26)) == [found.id for found in harvest.programs]
