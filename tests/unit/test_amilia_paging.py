"""Where a list ends and whether its pages agree, decided from the pages alone."""

from itertools import count

import pytest

from app.amilia.lists import Answer
from app.amilia.paging import Page, Reading, following, judge, read_page
from app.domain.records import Harvest

FULL = 10


def records(*numbers: int) -> tuple[bytes, ...]:
    return tuple(b'{"Id": %d}' % number for number in numbers)


def page(first: int, last: int, total: int | None = None, more: bool | None = None) -> Page:
    """The page of the records from ``first`` to ``last``."""
    return Page(records(*range(first, last + 1)), total, more)


EMPTY = Page((), 25)


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        ([page(1, 10, total=25)], [2, 3]),
        ([page(1, 10, total=10)], []),
        ([page(1, 4, total=4)], []),
        ([page(1, 4, total=2)], []),
        ([Page((), 0)], []),
        ([Page((), 5)], []),
        # a page cut shorter than asked for, but not shorter than the API's own size
        ([page(1, 12, total=25)], [2, 3]),
        # a short page that claims to be one of several: look at the second alone, then at the others
        ([page(1, 4, total=25)], [2]),
        ([page(1, 4, total=25), page(5, 8, total=25)], [3, 4, 5, 6, 7]),
        ([page(1, 4, total=25), EMPTY], []),
        # the count is reached: only Next can say that there is more
        ([page(1, 10, total=10, more=True)], [2]),
        ([page(1, 10, total=10, more=True), Page((), 10, more=True)], []),
        ([page(1, 10, total=10, more=True), page(1, 10, total=10, more=True)], []),
        ([page(1, 10, total=10, more=True), page(11, 20, total=10, more=True)], []),
        ([page(1, 10, total=20, more=True), page(11, 20, total=20, more=True)], [3]),
        # a count lower than what came is none
        ([page(1, 10, total=5, more=True)], [2]),
        ([page(1, 10, total=0, more=True), page(11, 20, total=0, more=True)], [3]),
        ([page(1, 10, total=0, more=True), page(11, 12, total=0, more=False)], []),
        # no count
        ([page(1, 10, more=True)], [2]),
        ([page(1, 3, more=True)], [2]),
        ([page(1, 10, more=False)], []),
        ([page(1, 10)], [2]),
        ([page(1, 9)], []),
        ([page(1, 10), page(11, 20)], [3]),
        ([page(1, 10), page(11, 13)], []),
        ([page(1, 10), Page(())], []),
        ([page(1, 10), page(1, 10)], []),
        ([page(1, 10, more=True), page(11, 20, more=True), page(1, 10, more=True)], []),
    ],
)
def test_the_next_pages_are_those_that_the_answers_so_far_call_for(
    pages: list[Page], expected: list[int]
) -> None:
    assert expected == list(following(pages, FULL))


@pytest.mark.parametrize("total", [None, 0, 1, 9, 10, 11, 99, 10**12])
@pytest.mark.parametrize("more", [None, True, False])
@pytest.mark.parametrize("size", [1, 9, 10, 11])
def test_a_list_that_repeats_itself_or_runs_dry_always_ends(
    total: int | None, more: bool | None, size: int
) -> None:
    """Each further page is empty: no combination of claims keeps the reading going."""
    pages = [Page(records(*range(size)), total, more)]
    for _ in count():
        numbers = following(pages, FULL)
        if not numbers:
            break
        pages += [Page((), total, more)] * min(len(numbers), 3)

    assert len(pages) <= 4


def whole(*pages: Page) -> tuple[bytes, ...]:
    return tuple(record for page in pages for record in page.records)


AGREEING = [
    [page(1, 4, total=4)],
    [page(1, 4)],
    [Page((), 0)],
    [Page(())],
    [page(1, 4, total=2)],
    [page(1, 10, total=23), page(11, 20, total=23), page(21, 23, total=23)],
    [page(1, 10), page(11, 20), page(21, 23)],
    [page(1, 10, total=13), page(11, 13)],
    [page(1, 10, total=0), page(11, 13, total=3)],
]


@pytest.mark.parametrize("pages", AGREEING)
def test_pages_that_add_up_are_believed(pages: list[Page]) -> None:
    reading = judge(pages, FULL)

    assert (reading.doubt, reading.records) == (None, whole(*pages))


@pytest.mark.parametrize(
    ("pages", "doubt"),
    [
        ([page(1, 10, total=20), page(11, 20, total=19)], "TotalCount went from 20 to 19"),
        ([page(1, 10, total=20), page(11, 19, total=20)], "19 of 20 came"),
        ([page(1, 10, total=20), page(10, 19, total=20)], "a record came on two pages"),
        ([page(1, 10), page(10, 15)], "a record came on two pages"),
        ([page(1, 10, total=25), Page((), 25), page(21, 25, total=25)], "15 of 25 came"),
        ([page(1, 10, total=15), page(1, 10, total=15)], "20 of 15 came"),
    ],
)
def test_pages_that_contradict_each_other_are_doubted(pages: list[Page], doubt: str) -> None:
    assert judge(pages, FULL) == Reading(whole(*pages), doubt, paged=True)


def test_an_event_that_moved_comes_twice_under_one_id_though_its_bytes_differ() -> None:
    moved = Page((b'{"Id": "3", "Start": "later"}', *records(11)), 12)

    assert judge([page(1, 10, total=12), moved], FULL).doubt == "a record came on two pages"


def test_repetitions_within_one_page_are_no_contradiction() -> None:
    twice = Page(records(1, 1, 2, 3, 4, 5, 6, 7, 8, 9), 12)

    assert judge([twice, page(11, 12, total=12)], FULL).doubt is None


PLACEHOLDERS = [b'{"Id": 0}', b'{"Id": null}', b"{}", b"5", b"null", b'{"Id": "\xff"}']


@pytest.mark.parametrize("placeholder", PLACEHOLDERS)
def test_placeholders_may_come_on_every_page(placeholder: bytes) -> None:
    pages = [Page((placeholder,) * 10, 12), Page((placeholder,) * 2, 12)]

    assert judge(pages, FULL).doubt is None


@pytest.mark.parametrize("size", [0, 4])
def test_a_short_page_that_lacks_some_is_doubted_and_takes_no_smaller_range(size: int) -> None:
    reading = judge([page(1, size, total=5), Page((), 5)], FULL)

    assert (reading.doubt, reading.paged) == (f"{size} of 5 came", False)


def test_a_full_page_that_lacks_some_calls_for_a_smaller_range() -> None:
    assert judge([page(1, 10, total=25), EMPTY, EMPTY], FULL).paged


@pytest.mark.parametrize("repeated", [page(1, 10), page(11, 20)], ids=["first", "last"])
@pytest.mark.parametrize("total", [None, 20])
def test_a_page_past_the_end_that_only_repeats_is_no_part_of_the_list(
    repeated: Page, total: int | None
) -> None:
    pages = [page(1, 10, total=total), page(11, 20, total=total), repeated]

    assert judge(pages, FULL) == Reading(whole(*pages[:2]), None, paged=True)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"[]", Page(())),
        (b'[{"Id": 1}, {"Id": 2}]', page(1, 2)),
        (b'{"Items": [{"Id": 1}], "Paging": {"TotalCount": 1, "Next": ""}}', page(1, 1, total=1, more=False)),
        (b'{"Items": [{"Id": 1}], "Paging": {"TotalCount": 9, "Next": "u"}}', page(1, 1, total=9, more=True)),
        (b'{"Items": [{"Id": 1}], "Paging": {"TotalCount": "1", "Next": null}}', page(1, 1, 1, more=False)),
        (b'{"Items": [{"Id": 1}], "Paging": {"TotalCount": -1}}', page(1, 1)),
        (b'{"Items": [{"Id": 1}], "Paging": []}', page(1, 1)),
        (b'{"Items": [{"Id": 1}], "Paging": null, "Extra": [[]]}', page(1, 1)),
        (b'{"Items": [{"Id": 1}]}', page(1, 1)),
        (b'{"Items": [null, 5, "x"]}', Page((b"null", b"5", b'"x"'))),
    ],
)
def test_a_page_is_read_with_or_without_envelope(body: bytes, expected: Page) -> None:
    assert expected == read_page(body, "GET events")


def test_records_do_not_keep_their_page_in_memory() -> None:
    [record] = read_page(b'[{"Id": 1}]', "GET events").records

    assert type(record) is bytes


def test_nothing_prints_what_the_records_say() -> None:
    told = read_page(b'{"Items": [{"Id": 1, "Staff": [{"FullName": "Marie Tremblay"}]}]}', "GET events")
    answer = Answer(b'[{"FullName": "Marie Tremblay"}]', b"digest")
    printed = [repr(it) for it in (told, judge([told], 1000), Harvest(told.records, ()), answer)]

    assert [text for text in printed if "Marie" in text] == []
