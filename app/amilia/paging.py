"""A list that comes in pages: where it ends, and whether its pages can be of one moment. Pure.

Amilia pages by position, so a change between two calls shifts records from one page to another: one comes
twice, another not at all. A single page is one moment and cannot be wrong in this way, whatever TotalCount
says; of several pages every contradiction is evidence. What cannot be seen is one record going and another
coming between two calls: the counts agree, and the next walk brings what was missed.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec

from app.amilia.answers import transaction_of
from app.amilia.lenient import identifier, whole_number
from app.domain.errors import UpstreamUnreadable


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its records as they were sent, each on its own.

    ``total`` is TotalCount where it is a count; ``more`` whether Paging.Next names another page, None where
    nothing is said. Next itself is an address that the answer chose, and is never called.
    """

    records: tuple[bytes, ...] = field(repr=False)
    total: int | None = None
    more: bool | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A list that was read to its end. ``doubt`` says how its pages contradict each other, if they do.

    ``paged`` is True when it takes several pages, so that asking for less at a time can help; ``seal`` are
    the digests of the answers that it was read from.
    """

    records: tuple[bytes, ...] = field(repr=False)
    doubt: str | None = None
    paged: bool = False
    seal: tuple[bytes, ...] = ()


class _Envelope(msgspec.Struct):
    Items: list[msgspec.Raw]
    Paging: object = None


class _Identified(msgspec.Struct, gc=False):
    Id: object = None


_PAGE: Final = msgspec.json.Decoder(_Envelope | list[msgspec.Raw])
_IDENTIFIED: Final = msgspec.json.Decoder(_Identified)

_ESCAPES: Final = re.compile(
    rb"\\\\"  # an escaped backslash, consumed so that what follows it is not taken for an escape
    rb"|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"  # a whole pair
    rb"|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})"  # half a pair
)


def read_page(body: bytes, call: str) -> Page:
    """The page that answers ``call``: enveloped, or a bare array. Raises ``UpstreamUnreadable``."""
    try:
        try:
            answer = _PAGE.decode(body)
        except msgspec.DecodeError:
            answer = _PAGE.decode(_without_half_pairs(body))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        text = f"{call}: the answer is no page of a list: {_reason(error)}"
        raise UpstreamUnreadable(text, transaction=transaction_of((), body)) from error
    if not isinstance(answer, _Envelope):
        return Page(_copied(answer))
    paging = answer.Paging if isinstance(answer.Paging, dict) else {}
    total = whole_number(paging.get("TotalCount"))
    more = bool(paging["Next"]) if "Next" in paging else None
    return Page(_copied(answer.Items), total if total is not None and total >= 0 else None, more)


def following(pages: Sequence[Page], full: int) -> range:
    """The numbers of the pages to read next, given those read so far, from the first on; empty at the end.

    A page of fewer than ``full`` records was not cut: that is perPage, or the API's own limit if lower.
    """
    first, last, read = pages[0], pages[-1], len(pages)
    the_next = range(read + 1, read + 2)
    nothing = range(0)
    if not last.records or _is_repetition(pages):
        return nothing
    short = len(last.records) < full
    total = _total(pages)
    if total is None:
        goes_on = last.more if last.more is not None else not short
        return the_next if goes_on else nothing
    expected = math.ceil(total / len(first.records))
    if read >= expected:
        return the_next if last.more and read == expected else nothing
    # A short first page that claims to be one of several: rather a wrong total than so small a page.
    return the_next if read == 1 and short else range(read + 1, expected + 1)


def judge(pages: Sequence[Page], full: int) -> Reading:
    """What the pages of a list, read to its end, amount to; ``full`` as for ``following``."""
    pages = _without_tail(pages)
    records = tuple(record for page in pages for record in page.records)
    return Reading(records, _contradiction(pages, len(records)), len(pages) > 1 or len(records) >= full)


def _total(pages: Sequence[Page]) -> int | None:
    """How many records the list says it has; a count lower than the first page's own records is none."""
    first = pages[0]
    return first.total if first.total is not None and first.total >= len(first.records) else None


def _contradiction(pages: Sequence[Page], count: int) -> str | None:
    total = _total(pages)
    totals = {page.total for page in pages} - {None}
    if total is not None and len(totals) > 1:
        return f"TotalCount went from {total} to {pages[-1].total}"
    if total not in (None, count):
        return f"{count} of {total} came"
    if len(pages) == 1:
        return None
    seen: set[int] = set()
    for page in pages:
        ids = {number for number in map(_number, page.records) if number is not None}
        if not seen.isdisjoint(ids):
            return "a record came on two pages"
        seen |= ids
    return None


def _without_tail(pages: Sequence[Page]) -> Sequence[Page]:
    """The pages without what was only read to find the end: an empty page, or an earlier one over again."""
    if len(pages) == 1:
        return pages
    *others, last = pages
    total = _total(pages)
    beyond = total is None or len(others) * len(others[0].records) >= total
    if not last.records or (beyond and _is_repetition(pages)):
        return _without_tail(others)
    return pages


def _is_repetition(pages: Sequence[Page]) -> bool:
    """True when the last page came before: the server ignores the page number, or begins anew at the end."""
    *others, last = pages
    return any(last.records == page.records for page in others)


def _number(record: bytes) -> int | None:
    """The Id of a record; None for placeholders, which are alike and yet not the same."""
    try:
        return identifier(_IDENTIFIED.decode(record).Id)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None  # whoever reads the record will say what is wrong with it


def _copied(records: Sequence[msgspec.Raw]) -> tuple[bytes, ...]:
    """The records on their own: a ``Raw`` keeps its whole page in memory."""
    return tuple(map(bytes, records))


def _without_half_pairs(body: bytes) -> bytes:
    r"""The text with U+FFFD for each ``\ud83d`` without its other half.

    A title cut after so many UTF-16 units may end within an emoji. One such title must not cost the page.
    """
    return _ESCAPES.sub(lambda match: rb"\ufffd" if match[1] else match[0], body)


def _reason(error: Exception) -> str:
    """What is wrong with a text, without any of it."""
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return "it has another shape" if isinstance(error, msgspec.ValidationError) else "it is no JSON"
