"""A body is unpacked no further than its bound."""

import gzip
import tracemalloc

import httpx
import pytest

from app.amilia.body import read_body
from app.domain.errors import UpstreamUnreadable

MEBIBYTE = 1024 * 1024


def response(body: bytes, coding: str | None = None) -> httpx.Response:
    headers = {"Content-Encoding": coding} if coding else {}
    return httpx.Response(200, headers=headers, stream=httpx.ByteStream(body))


async def test_a_body_of_exactly_the_bound_is_read() -> None:
    assert await read_body(response(b"x" * 100), 100, "GET x") == b"x" * 100


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "GZIP "])
async def test_a_packed_body_of_exactly_the_bound_is_read(coding: str) -> None:
    assert await read_body(response(gzip.compress(b"x" * 100, mtime=0), coding), 100, "GET x") == b"x" * 100


@pytest.mark.parametrize("coding", [None, "identity"])
async def test_a_byte_more_is_refused(coding: str | None) -> None:
    with pytest.raises(UpstreamUnreadable, match="GET x: the answer is larger than 100 bytes"):
        await read_body(response(b"x" * 101, coding), 100, "GET x")


async def test_a_packed_byte_more_is_refused() -> None:
    with pytest.raises(UpstreamUnreadable, match="larger than 100 bytes"):
        await read_body(response(gzip.compress(b"x" * 101, mtime=0), "gzip"), 100, "GET x")


async def test_a_bomb_takes_no_more_memory_than_the_bound() -> None:
    bomb = gzip.compress(b"\0" * (64 * MEBIBYTE), 1)

    tracemalloc.start()
    with pytest.raises(UpstreamUnreadable, match="larger than"):
        await read_body(response(bomb, "gzip"), MEBIBYTE, "GET x")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 4 * MEBIBYTE


@pytest.mark.parametrize(
    ("body", "coding", "words"),
    [
        (b"plain", "gzip", "is not"),
        (gzip.compress(b"x" * 100, mtime=0)[:-4], "gzip", "in the middle"),
        (b"", "gzip", "in the middle"),
        (b"x", "br", "not asked for"),
        (b"x", "gzip, gzip", "not asked for"),
        (b"x", "deflate", "not asked for"),
    ],
)
async def test_a_body_that_is_not_packed_as_it_says_is_refused(body: bytes, coding: str, words: str) -> None:
    with pytest.raises(UpstreamUnreadable, match=f"GET x: .*{words}"):
        await read_body(response(body, coding), 1000, "GET x")
