"""Pages: their limits, the way from one to the next, and what comes after the last."""

from urllib.parse import parse_qs, urlsplit

import pytest

from app.simulator.errors import ApiError
from app.simulator.paging import Page, Window, page_of, window_of
from app.simulator.parameters import Query
from app.simulator.simulator import Simulator
from tests.simulator.support import WHOLE_WORLD, Api


@pytest.mark.parametrize(
    "path", ["events", "programs", "locations", "activities", "reservations", "webhooks"]
)
async def test_fewer_than_five_items_cannot_be_asked_for(api: Api, path: str) -> None:
    answer = await api.ask(path, {"perPage": "1"})

    assert answer.status_code == 400
    assert "must be a whole number between 5 and" in answer.json()["Message"]


async def test_more_than_a_thousand_activities_of_a_programme_cannot_be_asked_for(api: Api) -> None:
    program = (await api.items("programs"))[0]["Id"]

    answer = await api.ask(f"programs/{program}/activities", {"perPage": "2000"})

    assert answer.status_code == 400
    assert "must be a whole number between 5 and 1000" in answer.json()["Message"]


@pytest.mark.parametrize("path", ["programs", "activities", "reservations"])
async def test_other_lists_give_two_thousand(api: Api, path: str) -> None:
    assert (await api.ask(path, {"perPage": "2000", "Page": "1"})).status_code == 200


async def test_most_events_of_a_page_can_be_lowered(api: Api, simulator: Simulator) -> None:
    simulator.dialect.events_per_page = 50

    default = await api.ask("events", WHOLE_WORLD)
    refused = await api.ask("events", WHOLE_WORLD | {"perPage": "51"})

    assert (len(default.json()["Items"]), refused.status_code) == (50, 400)


async def test_page_has_two_hundred_items_unless_told_otherwise(api: Api) -> None:
    assert len((await api.ask("events", WHOLE_WORLD)).json()["Items"]) == 200


async def test_next_is_absolute_and_carries_the_filters(api: Api) -> None:
    answer = await api.ask("events", WHOLE_WORLD | {"perPage": "100", "showHidden": "true", "page": "2"})

    following = urlsplit(answer.json()["Paging"]["Next"])
    query = parse_qs(following.query)
    assert following[:3] == ("https", "app.amilia.com", "/api/v3/fr/org/forest-explorers/events")
    assert (["3"], ["100"], ["true"], [WHOLE_WORLD["from"]]) == (
        query["page"],
        query["perPage"],
        query["showHidden"],
        query["from"],
    )


async def test_following_next_gives_every_event_once(api: Api) -> None:
    whole = [event["Id"] for event in await api.items("events", WHOLE_WORLD | {"perPage": "1000"})]

    paged = [event["Id"] for event in await api.items("events", WHOLE_WORLD | {"perPage": "37"})]

    assert whole == paged
    assert len(set(paged)) == len(paged)


async def test_past_the_end_there_are_no_items_and_the_same_total(api: Api) -> None:
    first = (await api.ask("events", WHOLE_WORLD)).json()["Paging"]["TotalCount"]

    beyond = (await api.ask("events", WHOLE_WORLD | {"page": "99"})).json()

    assert {"Items": [], "Paging": {"TotalCount": first, "Next": ""}} == beyond


async def test_past_the_end_can_be_404(api: Api, simulator: Simulator) -> None:
    simulator.dialect.past_the_end = "404"

    last = await api.ask("events", WHOLE_WORLD | {"page": "1", "perPage": "1000"})
    beyond = await api.ask("events", WHOLE_WORLD | {"page": "2", "perPage": "1000"})

    assert (last.status_code, beyond.status_code) == (200, 404)


@pytest.mark.parametrize(
    ("number", "items", "more"),
    [(1, ("0", "1", "2", "3", "4"), True), (2, ("5", "6", "7", "8", "9"), False), (3, (), False)],
)
def test_full_last_page_is_the_last(number: int, items: tuple[str, ...], more: bool) -> None:
    assert Page(items, 10, more) == page_of(range(10), Window(number, 5), str)


def test_only_the_items_of_the_page_are_printed() -> None:
    printed: list[int] = []

    def printing(row: int) -> str:
        printed.append(row)
        return str(row)

    page_of(range(100_000), Window(2, 5), printing)

    assert printed == [5, 6, 7, 8, 9]


def test_empty_list_has_one_empty_page_even_where_404_follows_the_end() -> None:
    rows: list[int] = []

    assert Page((), 0, more=False) == page_of(rows, Window(1, 5), str, past_the_end="404")


def test_default_of_a_page_gives_way_to_a_lower_maximum() -> None:
    assert Window(1, 50) == window_of(Query([]), most=50)


def test_first_of_repeated_parameters_counts() -> None:
    assert Window(3, 200) == window_of(Query([("page", "3"), ("PAGE", "4")]), most=1000)


def test_page_that_is_no_number_is_refused() -> None:
    with pytest.raises(ApiError, match="page"):
        window_of(Query([("page", "1.5")]), most=1000)
