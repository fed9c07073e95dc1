"""Pages of lists, and the faults that strike there."""

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias, TypeVar

from app.simulator.awkward.malformed import MALFORMED_RECORDS
from app.simulator.dialect import PastTheEnd
from app.simulator.errors import ApiError
from app.simulator.faults import Fault
from app.simulator.jsontext import encode, encode_object
from app.simulator.parameters import Query

LEAST_PER_PAGE = 5
DEFAULT_PER_PAGE = 200
_KEPT_BY_NULLS = ("Id", "Start", "End")
_IDS_BETWEEN_ANSWERS = 1_000_003

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Window:
    """Which page is asked for: ``number`` from 1, ``size`` items each."""

    number: int
    size: int


@dataclass(frozen=True, slots=True)
class Page:
    """One page: JSON texts of its items, the total that it tells, whether another follows."""

    items: tuple[str, ...]
    total: int
    more: bool


Change: TypeAlias = Callable[[Page, int], Page]


def window_of(query: Query, *, most: int) -> Window:
    """The page that a query asks for. Raises ApiError 400 for perPage beyond ``most`` and the like."""
    number = query.bounded("page", default=1, least=1)
    default = min(DEFAULT_PER_PAGE, most)
    return Window(number, query.bounded("perPage", default=default, least=LEAST_PER_PAGE, most=most))


def page_of(
    rows: Sequence[_Item],
    window: Window,
    render: Callable[[_Item], str],
    *,
    faults: Sequence[Fault] = (),
    past_the_end: PastTheEnd = "empty",
    answer: int = 0,
) -> Page:
    """One page of ``rows``, printed with ``render``, as ``faults`` spoil it. ``answer`` numbers the answers.

    Raises ApiError 404 past the end where that is what ``past_the_end`` says.
    """
    kinds = {fault.kind.name for fault in faults}
    if "moving" in kinds and window.number > 1:
        rows = [*rows[-1:], *rows[:-1]]
    pages = max(1, -(-len(rows) // window.size))
    if "endless" in kinds:
        window = replace(window, number=(window.number - 1) % pages + 1)
    if window.number > pages and past_the_end == "404":
        raise ApiError(404)
    first = (window.number - 1) * window.size
    items = tuple(render(row) for row in rows[first : first + window.size])
    page = Page(items, len(rows), window.number < pages or "endless" in kinds)
    return _spoiled(page, kinds, window.number, answer)


def _spoiled(page: Page, kinds: Collection[str], number: int, answer: int) -> Page:
    """The page with the faults that change what it holds."""
    changes: dict[str, Change] = {"malformed": _malformed, "nulls": _nulls, "churn": _churn}
    for kind, change in changes.items():
        if kind in kinds:
            page = change(page, answer)
    if "totals" in kinds:
        page = replace(page, total=page.total + 3 * number)
    return Page((), 0, more=False) if "empty-page" in kinds else page


def _malformed(page: Page, _: int) -> Page:
    """Records that make no sense in the middle of the others."""
    middle = len(page.items) // 2
    return replace(page, items=(*page.items[:middle], *MALFORMED_RECORDS, *page.items[middle:]))


def _nulls(page: Page, _: int) -> Page:
    return replace(page, items=tuple(_with_nulls(item) for item in page.items))


def _with_nulls(item: str) -> str:
    record = json.loads(item)
    if not isinstance(record, dict):
        return item
    return encode({name: value if name in _KEPT_BY_NULLS else None for name, value in record.items()})


def _churn(page: Page, answer: int) -> Page:
    return replace(page, items=tuple(_with_other_id(item, answer) for item in page.items))


def _with_other_id(item: str, answer: int) -> str:
    record = json.loads(item)
    if isinstance(record, dict) and isinstance(record.get("Id"), int):
        record["Id"] += _IDS_BETWEEN_ANSWERS * answer
    return encode(record)


def envelope(page: Page, following: str) -> str:
    """Items and Paging, as lists were seen; ``following`` is the address of the next page."""
    paging = {"TotalCount": page.total, "Next": following if page.more else ""}
    return encode_object({"Items": bare(page), "Paging": encode(paging)})


def bare(page: Page) -> str:
    """The items alone, as the reference pages print lists."""
    return "[" + ",".join(page.items) + "]"
