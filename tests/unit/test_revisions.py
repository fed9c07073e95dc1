"""What CREATED, LAST-MODIFIED and SEQUENCE become when an event changes."""

from datetime import UTC, datetime, timedelta

from app.domain.model import Lang, Revision
from app.domain.revisions import Fingerprint, Remembered, first_sequence, revise

BORN = datetime(2026, 11, 1, tzinfo=UTC)
LATER = datetime(2026, 11, 22, 9, 30, 15, 123456, tzinfo=UTC)
FIRST = first_sequence(BORN)


def seen(significant: str = "s", rest: str = "r") -> Fingerprint:
    return Fingerprint(significant.encode(), (significant + rest).encode())


def after(*steps: tuple[Fingerprint, Lang, datetime]) -> Remembered:
    """What is remembered after publishing these contents one after the other."""
    memory: Remembered | None = None
    for fingerprint, lang, now in steps:
        memory = revise(memory, fingerprint, lang, now=now, born=BORN)
    assert memory is not None
    return memory


def test_a_new_event_is_created_now_in_whole_seconds() -> None:
    memory = after((seen(), "fr", LATER))

    whole = LATER.replace(microsecond=0)
    assert memory.revision("fr") == Revision(whole, whole, FIRST)


def test_what_did_not_change_keeps_its_stamps_for_ever() -> None:
    memory = after((seen(), "fr", LATER))

    again = revise(memory, seen(), "fr", now=LATER + timedelta(days=300), born=BORN)

    assert again is memory


def test_a_change_of_time_place_title_or_state_is_one_step_of_the_sequence() -> None:
    memory = after((seen("a"), "fr", LATER), (seen("b"), "fr", LATER + timedelta(hours=1)))

    revision = memory.revision("fr")
    assert (revision.sequence, revision.created) == (FIRST + 1, LATER.replace(microsecond=0))
    assert revision.modified == (LATER + timedelta(hours=1)).replace(microsecond=0)


def test_a_change_of_anything_else_moves_last_modified_only() -> None:
    memory = after((seen("a", "12 $"), "fr", LATER), (seen("a", "15 $"), "fr", LATER + timedelta(hours=1)))

    revision = memory.revision("fr")
    assert revision.sequence == FIRST
    assert revision.modified == (LATER + timedelta(hours=1)).replace(microsecond=0)


def test_two_changes_within_a_second_are_told_apart() -> None:
    memory = after((seen("a"), "fr", LATER), (seen("b"), "fr", LATER), (seen("a"), "fr", LATER))

    revision = memory.revision("fr")
    assert revision.sequence == FIRST + 2
    assert revision.modified == LATER.replace(microsecond=0) + timedelta(seconds=2)


def test_a_clock_that_was_set_back_moves_no_stamp_back() -> None:
    memory = after((seen("a"), "fr", LATER), (seen("b"), "fr", LATER - timedelta(days=30)))

    assert memory.revision("fr").modified == LATER.replace(microsecond=0) + timedelta(seconds=1)


def test_one_change_told_in_two_languages_is_one_step() -> None:
    memory = after(
        (seen("a"), "fr", LATER),
        (seen("a!"), "en", LATER),
        (seen("b"), "fr", LATER + timedelta(minutes=1)),
        (seen("b!"), "en", LATER + timedelta(minutes=2)),
    )

    assert memory.revision("fr").sequence == FIRST + 1
    assert memory.revision("en").sequence == FIRST + 1


def test_each_further_change_goes_beyond_what_either_language_told() -> None:
    memory = after(
        (seen("a"), "fr", LATER),
        (seen("a!"), "en", LATER),
        (seen("b"), "fr", LATER),
        (seen("c"), "fr", LATER),
        (seen("c!"), "en", LATER),
        (seen("d!"), "en", LATER),
    )

    assert memory.revision("fr").sequence == FIRST + 2
    assert memory.revision("en").sequence == FIRST + 3


def test_a_language_asked_for_later_starts_where_the_other_is() -> None:
    memory = after((seen("a"), "fr", LATER), (seen("b"), "fr", LATER), (seen("b!"), "en", LATER))

    assert memory.revision("en").sequence == FIRST + 1
    assert memory.revision("en").modified == memory.revision("fr").modified


def test_an_address_that_switches_its_language_tells_everybody() -> None:
    memory = after((seen("a"), "fr", LATER), (seen("b"), "fr", LATER))

    switched = revise(memory, seen("b!"), "en", now=LATER, born=BORN, switched=True)

    assert switched.revision("en").sequence == memory.revision("fr").sequence + 1
    assert switched.revision("en").modified > memory.revision("fr").modified


def test_a_lost_memory_starts_above_whatever_the_old_one_reached() -> None:
    memory = after(*((seen(str(n)), "fr", BORN + timedelta(seconds=n)) for n in range(500)))
    reborn = BORN + timedelta(seconds=501)

    anew = revise(None, seen("x"), "fr", now=reborn, born=reborn)

    assert anew.revision("fr").sequence > memory.revision("fr").sequence
    assert anew.revision("fr").modified > memory.revision("fr").modified
