"""What is kept of answers: each form made once, and never more than there is room for."""

import asyncio
import gzip
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeAlias

import pytest
from starlette.types import Scope

from app.ics.calendar import Calendar, compose
from app.telemetry.metrics import Metrics
from app.web.compression import ENCODINGS
from app.web.contents import KEPT_OCTETS, MOST_VALUES, SHARE, Answers
from app.web.representation import NO_BODY, Messages, Representation
from tests.support.fakes import NOON

Compress: TypeAlias = Callable[[Iterable[bytes], int], bytes]
LARGE = b"SUMMARY:Natation\r\n" * 20_000


def answers(*, kept_octets: int = KEPT_OCTETS, compress: Compress | None = None) -> Answers:
    encodings = dict(ENCODINGS)
    if compress is not None:
        encodings["gzip"] = replace(encodings["gzip"], compress=compress)
    return Answers(Metrics(), seconds=NOON.timestamp, kept_octets=kept_octets, encodings=encodings)


def scope(path: str = "/feed.ics", query: str = "", accept: str = "gzip") -> Scope:
    return {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": query.encode(),
        "headers": [(b"accept-encoding", accept.encode())],
    }


def what(body: bytes = LARGE, etag: str = "abc") -> Representation:
    return Representation(body, "text/calendar", etag, None, "fr")


def in_pieces(calendar: Calendar) -> Representation:
    return Representation(calendar, "text/calendar", "abc", None, "fr")


def coding(messages: Messages) -> str | None:
    found: bytes | None = dict(messages[0]["headers"]).get(b"content-encoding")
    return found.decode() if found else None


async def test_who_asks_together_waits_for_one_compressor() -> None:
    made: list[int] = []

    def counted(blocks: Iterable[bytes], _octets: int) -> bytes:
        made.append(sum(map(len, blocks)))
        return b"packed"

    kept = answers(compress=counted)

    found = await asyncio.gather(*(kept.answer(scope(), what(), None) for _ in range(20)))

    assert made == [len(LARGE)]
    assert {messages[1]["body"] for messages in found} == {b"packed"}


async def test_what_cannot_be_compressed_is_sent_as_it_is_and_said_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fails(_blocks: Iterable[bytes], _octets: int) -> bytes:
        raise MemoryError

    kept = answers(compress=fails)

    found = [await kept.answer(scope(), what(), None) for _ in range(3)]

    assert [(coding(messages), messages[1]["body"]) for messages in found] == [(None, LARGE)] * 3
    assert [record.message for record in caplog.records] == ["A content cannot be compressed"]


async def test_nobody_joins_a_calendar_that_is_only_sent_compressed() -> None:
    kept, calendar = answers(), compose(b"HEAD\r\n", [LARGE, LARGE], lang="fr")
    sent = await kept.answer(scope(), in_pieces(calendar), None)
    held_compressed = kept.octets
    again = await kept.answer(scope(accept="identity"), in_pieces(calendar), None)

    assert gzip.decompress(sent[1]["body"]) == again[1]["body"] == calendar.joined()
    assert held_compressed < len(LARGE)
    assert kept.octets > 2 * len(LARGE)


@pytest.mark.parametrize("accept", ["gzip", "identity"])
async def test_nothing_is_made_for_who_asks_for_the_head_alone(accept: str) -> None:
    kept, calendar = answers(), compose(b"HEAD\r\n", [LARGE, LARGE], lang="fr")
    head = await kept.answer({**scope(accept=accept), "method": "HEAD"}, in_pieces(calendar), None)
    held = kept.octets
    whole = await kept.answer(scope(accept=accept), in_pieces(calendar), None)

    assert head == (whole[0], NO_BODY)
    assert held < SHARE + 1 < kept.octets


async def test_a_calendar_that_is_too_large_to_be_kept_as_it_is_is_sent_all_the_same() -> None:
    kept, calendar = answers(kept_octets=200_000), compose(b"HEAD\r\n", [LARGE], lang="fr")

    packed = await kept.answer(scope(), in_pieces(calendar), None)
    plain = await kept.answer(scope(accept="identity"), in_pieces(calendar), None)

    assert coding(packed) == "gzip"
    assert plain[1]["body"] == calendar.joined()
    assert kept.octets == 0


async def test_what_fits_one_packet_is_not_compressed() -> None:
    messages = await answers().answer(scope(), what(b"x" * 999), None)

    assert coding(messages) is None


async def test_two_contents_of_one_tag_are_never_taken_for_each_other() -> None:
    kept = answers()
    one = await kept.answer(scope(accept="identity"), what(b"one"), None)
    two = await kept.answer(scope(accept="identity"), what(b"two"), None)

    assert (one[1]["body"], two[1]["body"]) == (b"one", b"two")


async def test_a_flood_of_selections_is_forgotten_but_not_what_is_read_all_the_time() -> None:
    kept = answers(kept_octets=2**20)
    await kept.answer(scope("/read.ics"), what(LARGE[:100_000], "read"), None)
    hot = kept.addresses["/read.ics", b""]

    sizes = []
    for number in range(300):
        hot.menu.used = True
        body = b"%05d" % number + LARGE[:20_000]
        await kept.answer(scope(query=f"q={number}"), what(body, str(number)), None)
        sizes.append(kept.octets)

    assert max(sizes) <= 2**20
    assert hot.menu.choices
    assert not kept.addresses["/feed.ics", b"q=0"].menu.choices
    assert kept.addresses["/feed.ics", b"q=299"].menu.choices


async def test_what_is_too_large_to_be_kept_is_answered_all_the_same() -> None:
    kept = answers(kept_octets=100_000)

    messages = await kept.answer(scope(), what(), None)

    assert coding(messages) == "gzip"
    assert (kept.octets, len(kept.addresses)) == (0, 0)


async def test_long_addresses_and_headers_are_not_remembered() -> None:
    kept = answers()

    await kept.answer(scope(query="q=" + "x" * 1000), what(), None)
    for number in range(MOST_VALUES + 50):
        kept.wish(b"gzip, x%d" % number, b"agent %d" % number)
    kept.wish(b"gzip," + b" " * 10_000, b"y" * 10_000)

    assert len(kept.addresses) == 0
    assert len(kept.wishes) < 100


async def test_closing_ends_what_is_being_compressed() -> None:
    kept = answers()
    asking = asyncio.ensure_future(kept.answer(scope(), what(LARGE * 20), None))
    await asyncio.sleep(0)

    await kept.aclose()

    with pytest.raises(asyncio.CancelledError):
        await asking
