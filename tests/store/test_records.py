"""Records of the revision memory as bytes: what goes in comes out, and the form is the same for ever."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.digests import DIGEST_BYTES
from app.domain.memories import Beginnings, Memories, joined, memories_of, record_of, records_in
from app.domain.model import LANGS, Lang
from app.domain.revisions import Facts, Fingerprint, Remembered, Told
from app.store.moments import first_number, instant
from tests.store.samples import memory
from tests.support.fakes import NOON

NUMBERS = st.integers(-(2**63), 2**63 - 1)
MOMENTS = st.integers(-(10**10), 10**10).map(lambda seconds: NOON + timedelta(seconds=seconds))
TOLD = st.builds(
    Told,
    st.builds(Fingerprint, st.binary(max_size=255), st.binary(max_size=255)),
    st.integers(0, 2**63 - 1),
    MOMENTS,
)
PUBLISHED = st.builds(Facts, NUMBERS, NUMBERS, st.booleans(), st.booleans(), NUMBERS, st.just(True))
FACTS = PUBLISHED | PUBLISHED.map(lambda facts: facts._replace(published=False))
MEMORIES = st.builds(Remembered, MOMENTS, st.dictionaries(st.sampled_from(LANGS), TOLD), st.none() | FACTS)
TOLD_BY_EVENTS = st.builds(
    Told,
    st.builds(Fingerprint, *[st.binary(min_size=DIGEST_BYTES, max_size=DIGEST_BYTES)] * 2),
    st.integers(0, 2**63 - 1),
    MOMENTS,
)
EVENTS = st.dictionaries(NUMBERS, MEMORIES)
TAKEN = Facts(1_762_212_600, 1_762_216_200, all_day=False, called_off=True, place=9009)


@given(EVENTS)
def test_what_is_written_is_read(events: dict[int, Remembered]) -> None:
    assert dict(memories_of(events)) == events
    assert dict(Memories(dict(records_in(joined(memories_of(events).records().values()))))) == events


@given(EVENTS, EVENTS)
def test_what_is_remembered_later_counts(first: dict[int, Remembered], later: dict[int, Remembered]) -> None:
    memories = memories_of(first)

    memories.update(memories_of(later))

    assert dict(memories) == {**first, **later}


@given(NUMBERS, st.sampled_from(LANGS), TOLD_BY_EVENTS, PUBLISHED)
def test_an_event_that_begins_is_remembered_like_any_other(
    number: int, lang: Lang, told: Told, facts: Facts
) -> None:
    memories, beginnings = Memories(), Beginnings(lang, told.sequence, int(told.modified.timestamp()))
    start, end, all_day, called_off, place, _ = facts

    memories.begin(
        number,
        beginnings.record(
            number,
            *told.fingerprint,
            start=start,
            end=end,
            all_day=all_day,
            called_off=called_off,
            place=place,
        ),
    )

    assert memories.records() == {number: record_of(number, Remembered(told.modified, {lang: told}, facts))}


def test_no_events_are_no_bytes() -> None:
    assert joined(Memories().records().values()) == b""
    assert list(records_in(b"")) == []


def test_an_event_that_nobody_remembers_is_not_there() -> None:
    memories = memories_of({7: memory()})

    assert (7 in memories, 8 in memories, memories.get(8), len(memories)) == (True, False, None, 1)
    with pytest.raises(KeyError):
        memories[8]


def test_an_event_with_digests_of_eight_bytes_and_its_facts_takes_111_bytes() -> None:
    told = Told(Fingerprint(bytes(8), bytes(8)), 28_000_000, NOON)

    assert len(record_of(7, Remembered(NOON, {"fr": told, "en": told}, TAKEN))) == 111


def test_a_record_is_the_same_for_ever() -> None:
    expected = (
        "0048 0000000000000007 0000000068f3c790"
        "0000000001ab3f00 000000006b031f90 0b05 7369676e69666963616e74 77686f6c65"
        "0000000001ab3f01 000000006b031fcc 0200 00ff"
    )
    with_facts = "05 0000000069093af8 0000000069094908 0000000000002331"

    plain = record_of(7, memory())
    told = memory()
    full = record_of(7, Remembered(told.created, told.told, TAKEN))

    assert plain.hex() == expected.replace(" ", "")
    assert full.hex() == (expected.replace("0048", "0061", 1) + with_facts).replace(" ", "")


def test_what_a_later_version_puts_behind_the_facts_is_passed_over() -> None:
    told = Remembered(NOON, facts=TAKEN)
    record = record_of(7, told) + b"later"
    longer = len(record).to_bytes(2) + record[2:]

    memories = Memories(dict(records_in(longer + record_of(8, memory()))))

    assert dict(memories) == {7: told, 8: memory()}


def test_an_instant_is_aware_and_in_utc() -> None:
    assert instant(NOON.timestamp()) == NOON
    assert instant(0).utcoffset() == timedelta(0)


def test_a_count_that_begins_anew_is_beyond_what_an_earlier_one_can_have_reached() -> None:
    later = first_number(NOON + timedelta(seconds=1))

    assert later - first_number(NOON) == 1000
