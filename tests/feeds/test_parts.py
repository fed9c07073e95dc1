"""Parts come back one by one, and whatever is not as it was written is refused before it does harm."""

import msgspec
import pytest
import zstandard

from app.feeds.parts import MOST_BYTES, SIZE_BYTES, Broken, Writer, parts_in

OPENING = b"opening"


def written(*parts: object) -> memoryview:
    """The bytes of these parts, without the opening."""
    writer = Writer(OPENING)
    for part in parts:
        writer.add(part)
    return memoryview(writer.finished())[len(OPENING) :]


def framed(content: bytes) -> memoryview:
    """Any content as a frame behind its size."""
    frame = zstandard.compress(content)
    return memoryview(len(frame).to_bytes(SIZE_BYTES) + frame)


def test_parts_come_back_in_their_order() -> None:
    parts = [b"a" * 1_000_000, "é", {"b": 1}, b"a" * 1_000_000]

    again = [msgspec.msgpack.decode(part) for part in parts_in(written(*parts))]

    assert again == parts


def test_the_opening_comes_first() -> None:
    writer = Writer(OPENING)
    writer.add("part")

    assert writer.finished().startswith(OPENING)


def test_what_repeats_in_another_part_takes_no_room() -> None:
    part = bytes(number * number % 251 for number in range(10_000))

    assert len(written(part, part, part)) < len(written(part)) + 100


def test_a_part_that_says_it_is_endless_is_not_waited_for() -> None:
    content = framed((MOST_BYTES + 1).to_bytes(SIZE_BYTES) + b"x")

    with pytest.raises(Broken, match="larger than anything"):
        list(parts_in(content))


@pytest.mark.parametrize("content", [b"\x00", b"\x00\x00\x00\x02x", (MOST_BYTES).to_bytes(SIZE_BYTES) + b"x"])
def test_a_part_that_is_not_whole_is_refused(content: bytes) -> None:
    with pytest.raises(Broken, match="not whole"):
        list(parts_in(framed(content)))


@pytest.mark.parametrize("content", [b"", b"\x00\x00", bytes(written("part")) + b"\x00"])
def test_another_size_than_was_written_is_refused(content: bytes) -> None:
    with pytest.raises(Broken, match="end is missing"):
        list(parts_in(memoryview(content)))


def test_a_frame_that_wants_more_memory_than_ours_is_refused() -> None:
    wide = zstandard.ZstdCompressionParameters(window_log=27)
    coder = zstandard.ZstdCompressor(compression_params=wide).compressobj()
    frame = coder.compress(b"\x00\x00\x00\x01x") + coder.flush()

    with pytest.raises(Broken, match="damaged"):
        list(parts_in(memoryview(len(frame).to_bytes(SIZE_BYTES) + frame)))
