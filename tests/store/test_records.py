"""Records of the revision memory as bytes: what goes in comes out, and the form is the same for ever."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.model import LANGS
from app.domain.revisions import Fingerprint, Remembered, Told
from app.store.moments import Moments, first_number
from app.store.redis.codec import records, remembered
from tests.store.samples import memory
from tests.support.fakes import NOON

MOMENTS = st.integers(-(10**10), 10**10).map(lambda seconds: NOON + timedelta(seconds=seconds))
TOLD = st.builds(
    Told,
    st.builds(Fingerprint, st.binary(max_size=255), st.binary(max_size=255)),
    st.integers(0, 2**63 - 1),
    MOMENTS,
)
EVENTS = st.dictionaries(
    st.integers(-(2**63), 2**63 - 1),
    st.builds(Remembered, MOMENTS, st.dictionaries(st.sampled_from(LANGS), TOLD)),
)


@given(EVENTS)
def test_what_is_written_is_read(events: dict[int, Remembered]) -> None:
    assert dict(remembered(records(events.items()), Moments())) == events


def test_no_events_are_no_bytes() -> None:
    assert records([]) == b""
    assert list(remembered(b"", Moments())) == []


def test_an_event_with_digests_of_eight_bytes_takes_86_bytes() -> None:
    told = Told(Fingerprint(bytes(8), bytes(8)), 28_000_000, NOON)

    assert len(records([(7, Remembered(NOON, {"fr": told, "en": told}))])) == 86


def test_a_record_is_the_same_for_ever() -> None:
    expected = (
        "0048 0000000000000007 0000000068f3c790"
        "0000000001ab3f00 000000006b031f90 0b05 7369676e69666963616e74 77686f6c65"
        "0000000001ab3f01 000000006b031fcc 0200 00ff"
    )

    assert records([(7, memory())]).hex() == expected.replace(" ", "")


def test_equal_instants_are_one_object() -> None:
    moments = Moments()

    assert moments[NOON.timestamp()] is moments[int(NOON.timestamp())]
    assert moments[0].utcoffset() == timedelta(0)


def test_a_count_that_begins_anew_is_beyond_what_an_earlier_one_can_have_reached() -> None:
    later = first_number(NOON + timedelta(seconds=1))

    assert later - first_number(NOON) == 1000
