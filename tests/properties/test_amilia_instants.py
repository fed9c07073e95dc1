"""Laws of reading date-times, over every spelling."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import example, given
from hypothesis import strategies as st

from app.amilia.instants import read_written
from app.domain.errors import UnreadableRecord

OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
LOCALS = st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31, 23, 59, 59)).map(  # noqa: DTZ001  # offsets are added
    lambda moment: moment.replace(microsecond=0)
)


def spelled(local: datetime, offset: timezone, fraction: str, *, colon: bool) -> str:
    sign_and_time = local.replace(tzinfo=offset).strftime("%z")
    written = f"{sign_and_time[:3]}:{sign_and_time[3:5]}" if colon else sign_and_time[:5]
    return f"{local.isoformat()}{fraction}{written}"


@given(local=LOCALS, offset=OFFSETS, colon=st.booleans())
@example(local=datetime(2, 1, 1), offset=timezone(timedelta(hours=14)), colon=True)  # noqa: DTZ001
@example(local=datetime(9998, 12, 31, 23, 59, 59), offset=timezone(timedelta(hours=-14)), colon=True)  # noqa: DTZ001
def test_every_instant_is_read_as_it_was_written(local: datetime, offset: timezone, colon: bool) -> None:
    written = read_written(spelled(local, offset, "", colon=colon), "Start")

    assert written.offset is not None
    assert local.replace(tzinfo=offset).astimezone(UTC) == written.instant(written.offset)
    assert local == written.local


@given(local=LOCALS, offset=OFFSETS, fraction=st.text("0123456789", max_size=12))
def test_rounding_moves_an_instant_by_half_a_second_at_most(
    local: datetime, offset: timezone, fraction: str
) -> None:
    written = read_written(spelled(local, offset, f".{fraction}", colon=True), "Start")

    exact = float(f"0.{fraction or 0}")
    moved = (written.local - local).total_seconds() - exact
    assert -0.5 <= moved <= 0.5
    assert written.local.microsecond == 0


@given(
    text=st.text(max_size=40)
    | st.from_regex(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d*)?)?)?(Z|[+-]\d\d:?\d\d)?")
)
def test_any_text_is_read_or_unreadable_and_nothing_else(text: str) -> None:
    try:
        written = read_written(text, "Start")
    except UnreadableRecord as refusal:
        outcome = refusal.kind
    else:
        outcome = "read"
        written.instant(written.offset or timedelta())

    assert outcome in ("read", "malformed-date", "sentinel-date")
