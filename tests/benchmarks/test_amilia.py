"""The imitated API tells each event once, as the real one pages them, and as our client reads them."""

import json
from contextlib import closing
from datetime import timedelta

import pytest

from benchmarks.amilia import USUAL_PAGE, Amilia, Window, slug
from benchmarks.data import FUTURE_DAYS, PAST_DAYS, TODAY, records, with_changes
from benchmarks.pipeline import Pipeline, joined

EVENTS = 450


def _events(amilia: Amilia, query: str) -> list[int]:
    status, body = amilia.answer(f"/api/v3/fr/org/{slug(EVENTS, 3)}/events?{query}")
    assert status == 200
    return [event["Id"] for event in json.loads(body)["Items"]]


def test_the_pages_of_a_range_hold_each_of_its_events_once() -> None:
    amilia = Amilia(Window(TODAY), largest_page=USUAL_PAGE)
    first, last = TODAY - timedelta(days=PAST_DAYS), TODAY + timedelta(days=FUTURE_DAYS)

    pages = [_events(amilia, f"from={first}&to={last}&page={n}&perPage=1000") for n in (1, 2, 3, 4)]

    assert [len(page) for page in pages] == [200, 200, 50, 0]
    assert len({number for page in pages for number in page}) == EVENTS


def test_ranges_side_by_side_hold_each_event_once() -> None:
    amilia = Amilia(Window(TODAY))
    first = TODAY - timedelta(days=PAST_DAYS)
    days = [(first + timedelta(days=n), first + timedelta(days=n + 30)) for n in range(0, 310, 31)]

    ranges = [_events(amilia, f"from={begin}&to={end}&page=1&perPage=1000") for begin, end in days]

    assert [len(some) for some in ranges] == [45] * 10
    assert len({number for some in ranges for number in some}) == EVENTS


def test_organizations_share_no_text() -> None:
    amilia = Amilia(Window(TODAY))

    one, other = (json.loads(amilia.pages(EVENTS, number)[0])["Items"][0] for number in (1, 2))

    same = {key for key in one if isinstance(one[key], str) and one[key] == other[key]}
    assert same == {"Start", "End", "State", "EventType"}
    assert one["Location"]["Name"] != other["Location"]["Name"]


def test_an_unknown_address_is_not_answered() -> None:
    assert Amilia(Window(TODAY)).answer("/api/v3/fr/org/elsewhere/events").status == 404


def test_the_service_reads_every_event_of_it() -> None:
    with closing(Pipeline(Amilia(Window(TODAY)), slug(EVENTS, 1))) as pipeline:
        catalogue = pipeline.refresh()

    assert len(catalogue.entries) == EVENTS
    assert catalogue.left_out == {}


def test_one_event_of_a_hundred_changes_and_no_other() -> None:
    told, changed = Amilia(Window(TODAY)), Amilia(Window(TODAY), changed=True)
    with closing(Pipeline(told, slug(EVENTS, 1))) as pipeline:
        before = {entry.id: entry.digest for entry in pipeline.refresh().entries}
        pipeline.tell(changed)
        after = {entry.id: entry.digest for entry in pipeline.refresh().entries}

    assert len([number for number in before if before[number] != after[number]]) == EVENTS // 100 + 1


def test_changed_records_are_other_bytes_of_the_same_events() -> None:
    raw = records(300)

    changed = with_changes(raw)

    assert [n for n, record in enumerate(raw) if changed[n] != record] == [0, 100, 200]
    assert [json.loads(it)["Id"] for it in changed] == [json.loads(it)["Id"] for it in raw]


def test_a_refresh_of_nothing_new_gives_the_same_feed() -> None:
    with closing(Pipeline(Amilia(Window(TODAY)), slug(EVENTS, 1))) as pipeline:
        first = joined(pipeline.refresh())
        second = joined(pipeline.refresh())

    assert first == second


@pytest.mark.parametrize("number", [0, 7, 999_999])
def test_every_organization_has_pages_of_one_length(number: int) -> None:
    amilia = Amilia(Window(TODAY))

    assert [len(page) for page in amilia.pages(EVENTS, number)] == [
        len(page) for page in amilia.pages(EVENTS, 1)
    ]
