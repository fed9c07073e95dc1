"""Date-times are understood in every spelling that .NET has for them, and no other."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.amilia.instants import in_any_form, in_usual_form, read_written
from app.domain.errors import UnreadableRecord


def instant(text: str) -> datetime:
    written = read_written(text, "Start")
    assert written.offset is not None
    return written.instant(written.offset)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-12-22T21:50:00-06:00", datetime(2026, 12, 23, 3, 50, tzinfo=UTC)),
        ("2026-09-25T12:46:00-07:00", datetime(2026, 9, 25, 19, 46, tzinfo=UTC)),
        ("2022-09-01T12:47:33.540258-04:00", datetime(2022, 9, 1, 16, 47, 34, tzinfo=UTC)),
        ("2022-09-01T12:47:33.4999999-04:00", datetime(2022, 9, 1, 16, 47, 33, tzinfo=UTC)),
        ("2022-09-01T12:47:33.5-04:00", datetime(2022, 9, 1, 16, 47, 34, tzinfo=UTC)),
        ("2022-12-31T23:59:59.9999999Z", datetime(2023, 1, 1, tzinfo=UTC)),
        ("2022-09-01T20:00:00.01-04:00", datetime(2022, 9, 2, tzinfo=UTC)),
        ("2022-09-01T20:00:00.123456789-04:00", datetime(2022, 9, 2, tzinfo=UTC)),
        ("2022-09-01T20:00:00.-04:00", datetime(2022, 9, 2, tzinfo=UTC)),
        ("2022-09-01T20:00:00,5-04:00", datetime(2022, 9, 2, 0, 0, 1, tzinfo=UTC)),
        ("2022-09-01T20:00-04:00", datetime(2022, 9, 2, tzinfo=UTC)),
        ("2022-09-01T20:00:00Z", datetime(2022, 9, 1, 20, tzinfo=UTC)),
        ("2022-09-01t20:00:00z", datetime(2022, 9, 1, 20, tzinfo=UTC)),
        ("2022-09-01 20:00:00 +0530", datetime(2022, 9, 1, 14, 30, tzinfo=UTC)),
        ("2022-09-01T20:00:00-03", datetime(2022, 9, 1, 23, tzinfo=UTC)),
        (" 2022-09-01T20:00:00-00:00\n", datetime(2022, 9, 1, 20, tzinfo=UTC)),
        ("2024-02-29T12:00:00+14:00", datetime(2024, 2, 28, 22, tzinfo=UTC)),
    ],
)
def test_the_instant_is_that_of_the_offset_to_the_whole_second(text: str, expected: datetime) -> None:
    assert expected == instant(text)


def test_the_day_is_the_one_that_is_written() -> None:
    assert read_written("2026-03-01T23:59:59-12:00", "Start").day == date(2026, 3, 1)


def test_a_time_without_offset_has_none() -> None:
    assert read_written("2026-03-01T20:00:00.01", "Start").offset is None


def test_a_mere_date_has_neither_time_nor_offset() -> None:
    written = read_written("2026-03-01", "Start")

    assert (written.day, written.has_time, written.offset) == (date(2026, 3, 1), False, None)


def test_an_offset_west_of_greenwich_is_behind() -> None:
    assert read_written("2026-03-01T20:00:00-03:30", "Start").offset == timedelta(hours=-3, minutes=-30)


@pytest.mark.parametrize(
    "text",
    [
        "tomorrow",
        "2026-02-30T10:00:00Z",
        "2026-13-01T10:00:00Z",
        "2026-01-01T25:00:00Z",
        "2026-01-01T10:60:00Z",
        "2026-01-01T10:00:60Z",
        "2026-01-01T10:00:00+15:00",
        "2026-01-01T10:00:00+05:60",
        "2026-01-01T10:00:00 EST",
        "2026-01-01T10",
        "2026-01-01Z",
        "26-01-01T10:00:00Z",
        "20260101T100000Z",
        "12026-01-01T10:00:00Z",
        "٢٠٢٦-01-01T10:00:00Z",
        "/Date(1662050853540)/",
    ],
)
def test_what_is_no_date_time_is_unreadable_and_says_where(text: str) -> None:
    with pytest.raises(UnreadableRecord, match="Start of event 5") as raised:
        read_written(text, "Start of event 5")

    assert raised.value.kind == "malformed-date"


@pytest.mark.parametrize(
    "text",
    ["0001-01-01T00:00:00-05:00", "9999-12-31T18:59:59.9999999-05:00", "9999-12-31", "0000-00-00T00:00:00"],
)
def test_the_extremes_of_dot_net_stand_for_no_date(text: str) -> None:
    with pytest.raises(UnreadableRecord) as raised:
        read_written(text, "End")

    assert raised.value.kind == "sentinel-date"


OFFSETS = ["-05:00", "+14:00", "+14:60", "-15:00", "+00:00", "Z", "", "+0530"]
NEARLY = st.builds(
    lambda moment, offset, at, other: (
        f"{moment:%Y-%m-%dT%H:%M:%S}{offset}"[:at] + other + f"{moment:%Y-%m-%dT%H:%M:%S}{offset}"[at + 1 :]
    ),
    st.datetimes(),
    st.sampled_from(OFFSETS),
    st.integers(0, 26),
    st.sampled_from(["", "0", "9", "W", "T", " ", "_", ".", ",", "-", ":", "٣", "Z"]),
)
"""Date-times of which at most one character is another."""


@given(NEARLY)
@settings(max_examples=1500)
def test_the_short_way_reads_what_the_long_way_reads(text: str) -> None:
    try:
        expected = in_any_form(text, "Start")
    except UnreadableRecord:
        expected = None

    assert in_usual_form(text) in (None, expected)


def test_what_amilia_writes_takes_the_short_way() -> None:
    text = "2026-11-30T18:30:00-05:00"

    assert in_usual_form(text) == in_any_form(text, "Start") is not None
