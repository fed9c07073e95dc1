"""Laws of the revision memory that hold for every history."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.model import Lang, Revision
from app.domain.revisions import Fingerprint, Remembered, revise

BORN = datetime(2026, 11, 1, tzinfo=UTC)
LANGS = st.sampled_from(("fr", "en"))
STEPS = st.lists(
    st.tuples(LANGS, st.integers(0, 2), st.integers(0, 2), st.integers(-90, 90)), min_size=1, max_size=30
)


@given(STEPS)
def test_stamps_never_fall_and_move_exactly_when_the_content_does(
    steps: list[tuple[Lang, int, int, int]],
) -> None:
    memory: Remembered | None = None
    published: dict[Lang, tuple[Fingerprint, Revision]] = {}
    now = BORN
    for lang, significant, rest, seconds in steps:
        now += timedelta(seconds=seconds)
        seen = Fingerprint(bytes([significant]), bytes([significant, rest]))

        memory = revise(memory, seen, lang, now=now, born=BORN)

        revision = memory.revision(lang)
        if lang in published:
            before, earlier = published[lang]
            assert revision.sequence >= earlier.sequence
            assert (revision.modified > earlier.modified) == (before != seen)
            assert (revision.sequence > earlier.sequence) == (before.significant != seen.significant)
            assert revision.created == earlier.created
        published[lang] = (seen, revision)
