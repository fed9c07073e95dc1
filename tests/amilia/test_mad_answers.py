"""However mad an answer is, it is given up with a sentence before it fills the memory."""

import tracemalloc
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from itertools import chain, repeat
from typing import TypeAlias

import httpx
import pytest

from app.amilia.limits import MEBIBYTE, Limits
from app.domain.errors import UpstreamUnreadable
from tests.support.amilia_client import IMPATIENT, talking_to

Pieces: TypeAlias = Callable[[], Iterator[bytes]]

YEAR = (date(2026, 1, 1), date(2026, 12, 31))
PIECE = 64 * 1024


class Flood(httpx.AsyncBaseTransport):
    """Answers every call with the same pieces, made one by one while they are read."""

    def __init__(self, pieces: Pieces) -> None:
        self._pieces = pieces
        self.sent = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("authenticate"):
            return httpx.Response(200, stream=httpx.ByteStream(b'{"Token": "token"}'))
        return httpx.Response(200, headers={"Content-Type": "application/json"}, stream=self._stream())

    def _stream(self) -> httpx.AsyncByteStream:
        async def stream() -> AsyncIterator[bytes]:
            for piece in self._pieces():
                self.sent += len(piece)
                yield piece

        return _Stream(stream())


class _Stream(httpx.AsyncByteStream):
    def __init__(self, pieces: AsyncIterator[bytes]) -> None:
        self._pieces = pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._pieces:
            yield piece


@contextmanager
def memory_below(most: int) -> Iterator[None]:
    """What the block allocates at a time stays below so many bytes."""
    tracemalloc.start()
    try:
        yield
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < most


def two_gigabytes() -> Iterator[bytes]:
    """One event with a very long title."""
    return chain([b'{"Items": [{"Id": 1, "Title": "'], repeat(b"x" * PIECE, 2 * 1024 * MEBIBYTE // PIECE))


def ten_million_events() -> Iterator[bytes]:
    """They say nothing, so that they fit into 30 MiB."""
    return chain([b'{"Items": [{}'], repeat(b",{}" * 10_000, 1_000), [b"]}"])


def ten_million_numbers() -> Iterator[bytes]:
    """An error that is no object: it is searched for a TransactionId."""
    return chain([b"[0"], repeat(b",0" * 10_000, 1_000), [b"]"])


def a_page_of_two_mebibytes() -> Iterator[bytes]:
    """A few large events, and Next."""
    items = b'{"Items": [' + b",".join(b'{"Id": %d, "Note": "%s"}' % (n, b"x" * 400_000) for n in range(5))
    return iter([items, b'], "Paging": {"Next": "more"}}'])


@pytest.mark.parametrize(
    ("pieces", "sentence", "most"),
    [
        (two_gigabytes, "the answer is larger than 33554432 bytes", 200 * MEBIBYTE),
        (ten_million_events, "the answer has more than 2000000 values", 200 * MEBIBYTE),
        (ten_million_numbers, "the answer has more than 2000000 values", 200 * MEBIBYTE),
    ],
    ids=["2 GB", "10 million events", "10 million numbers"],
)
async def test_an_answer_beyond_all_measure_is_given_up(pieces: Pieces, sentence: str, most: int) -> None:
    flood = Flood(pieces)

    async with talking_to(flood, limits=IMPATIENT) as client:
        with memory_below(most), pytest.raises(UpstreamUnreadable, match=sentence):
            await client.walk("fr", date(2026, 1, 1), date(2026, 1, 1))

    assert flood.sent < 5 * 32 * MEBIBYTE


async def test_a_walk_whose_answers_never_stop_coming_is_given_up_by_their_size() -> None:
    limits = replace(IMPATIENT, errand_bytes=10 * MEBIBYTE)
    flood = Flood(a_page_of_two_mebibytes)

    async with talking_to(flood, limits=limits) as client:
        for _ in range(2):  # another errand has the whole measure again
            flood.sent = 0
            with pytest.raises(UpstreamUnreadable, match="all answers so far are larger than 10485760 bytes"):
                await client.walk("fr", *YEAR)
            assert 10 * MEBIBYTE < flood.sent < 25 * MEBIBYTE


def test_the_bounds_hold_a_large_organization() -> None:
    usual = Limits()
    events, octets, values = 20_000, 1_500, 50

    assert events * octets < usual.answer_bytes
    assert events * values < usual.answer_values
    assert 4 * events * octets < usual.errand_bytes
