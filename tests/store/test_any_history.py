"""Whatever is asked of a store in whatever order, it answers as a few dictionaries would."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    multiple,
    rule,
    run_state_machine_as_test,
)

from app.domain.model import LANGS, Lang
from app.domain.records import Key, Lease, Status, Trouble
from app.domain.revisions import Facts, Fingerprint, Remembered, Told
from app.feeds.ports import Store
from tests.store.places import FilePlace, Place, ServerPlace
from tests.store.samples import LONG
from tests.store.servers import KINDS, RealServer
from tests.support.fakes import NOON

Answer = TypeVar("Answer")

MOMENT = 0.001
ORGANIZATIONS = st.sampled_from(("8008", "été: «日本»"))
KEYS = st.tuples(ORGANIZATIONS, st.sampled_from(LANGS))
HOLDERS = st.sampled_from(("one", "two", "three"))
MOMENTS = st.integers(-(10**6), 10**6).map(lambda seconds: NOON + timedelta(seconds=seconds))
INSTANTS = st.builds(
    lambda moment, microseconds: moment + timedelta(microseconds=microseconds),
    MOMENTS,
    st.integers(0, 999_999),
)
TOLD = st.builds(
    Told,
    st.builds(Fingerprint, st.binary(max_size=20), st.binary(max_size=20)),
    st.integers(0, 2**40),
    MOMENTS,
)
NUMBERS = st.integers(-(2**63), 2**63 - 1)
FACTS = st.builds(Facts, NUMBERS, NUMBERS, st.booleans(), st.booleans(), NUMBERS, st.booleans())
EVENTS = st.dictionaries(
    NUMBERS | st.integers(-3, 3),
    st.builds(Remembered, MOMENTS, st.dictionaries(st.sampled_from(LANGS), TOLD), st.none() | FACTS),
    max_size=5,
)
TROUBLES = st.builds(
    Trouble, st.integers(1, 10**6), INSTANTS, INSTANTS, st.sampled_from(("UpstreamThrottled", "Doubt"))
)


class Histories(RuleBasedStateMachine):
    """A store that two processes have open, beside the dictionaries that it must equal."""

    leases: Bundle[Lease] = Bundle("leases")

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.runner = asyncio.Runner()
        self.stores = [place.open(), place.open()]
        self.asked = 0
        self.memories: dict[str, tuple[int, Lang | None, dict[int, Remembered], bytes]] = {}
        self.standing: dict[Key, Lease] = {}
        self.held: set[Key] = set()
        self.contents: dict[Key, tuple[int, bytes]] = {}
        self.known: dict[Key, Status] = {}
        self.marks: dict[str, int] = {}
        self.tokens: dict[str, str] = {}

    def ask(self, question: Callable[[Store], Coroutine[Any, Any, Answer]]) -> Answer:
        """The answer of either process, in turn."""
        self.asked += 1
        return self.runner.run(question(self.stores[self.asked % 2]))

    def teardown(self) -> None:
        for store in self.stores:
            self.runner.run(store.aclose())
        self.runner.close()

    @rule(organization=ORGANIZATIONS, fresh=st.booleans())
    def recall(self, organization: str, fresh: bool) -> None:
        known = self.memories.get(organization)
        version = None if fresh or known is None else known[0]

        found = self.ask(lambda store: store.recall(organization, version))

        if version is not None:
            assert found is None
            return
        assert found is not None
        if known is None:
            assert (found.born, found.language, dict(found.events)) == (NOON, None, {})
            self.memories[organization] = (found.version, None, {}, b"")
        else:
            assert (found.version, found.language, dict(found.events), found.changes) == known

    @rule(
        organization=ORGANIZATIONS,
        events=EVENTS,
        language=st.sampled_from((None, *LANGS)),
        changes=st.none() | st.binary(max_size=20),
        late=st.booleans(),
    )
    def remember(
        self,
        organization: str,
        events: dict[int, Remembered],
        language: Lang | None,
        changes: bytes | None,
        late: bool,
    ) -> None:
        version, _, before, log = self.memories.get(organization, (0, None, {}, b""))
        known = version - 1 if late else version

        kept = self.ask(
            lambda store: store.remember(
                organization, events, language=language, known=known, changes=changes
            )
        )

        if late or organization not in self.memories:
            assert kept is None
        else:
            assert kept == version + 1
            told = log if changes is None else changes
            self.memories[organization] = (kept, language, {**before, **events}, told)

    @rule(target=leases, key=KEYS, holder=HOLDERS, long=st.booleans())
    def lease(self, key: Key, holder: str, long: bool) -> Any:
        before = self.standing.get(key)
        others = key in self.held and before is not None and before.holder != holder

        lease = self.ask(lambda store: store.lease(key, holder, LONG if long else MOMENT))

        if others:
            assert lease is None
            return multiple()
        assert lease is not None
        assert (lease.key, lease.holder) == (key, holder)
        assert before is None or lease.fence > before.fence
        self.standing[key] = lease
        self.known.setdefault(key, Status())
        self._runs(key, long=long)
        return lease

    @rule(lease=leases, long=st.booleans())
    def renew(self, lease: Lease, long: bool) -> None:
        stands = self.standing.get(lease.key) == lease

        assert self.ask(lambda store: store.renew(lease, LONG if long else MOMENT)) is stands

        if stands:
            self._runs(lease.key, long=long)

    @rule(lease=leases)
    def release(self, lease: Lease) -> None:
        self.ask(lambda store: store.release(lease))

        if self.standing.get(lease.key) == lease:
            # Its fence is remembered, but no holder has it.
            self.standing[lease.key] = replace(lease, holder="")
            self.held.discard(lease.key)

    @rule(lease=leases, content=st.binary(max_size=50), began=INSTANTS, covered=st.integers(0, 9))
    def keep(self, lease: Lease, content: bytes, began: Any, covered: int) -> None:
        before = self.known.get(lease.key, Status()).generation

        generation = self.ask(lambda store: store.keep(lease, content, began=began, covered=covered))

        if self.standing.get(lease.key) != lease:
            assert generation is None
            return
        assert generation is not None
        assert generation == before + 1 or not before
        self.contents[lease.key] = (generation, content)
        self.known[lease.key] = Status(generation=generation, began=began, covered=covered)

    @rule(lease=leases, began=INSTANTS, covered=st.integers(0, 9))
    def confirm(self, lease: Lease, began: Any, covered: int) -> None:
        stands = self.standing.get(lease.key) == lease

        assert self.ask(lambda store: store.confirm(lease, began=began, covered=covered)) is stands

        if stands:
            known = self.known[lease.key]
            self.known[lease.key] = replace(known, began=began, covered=covered, trouble=None)

    @rule(lease=leases, trouble=TROUBLES)
    def complain(self, lease: Lease, trouble: Trouble) -> None:
        stands = self.standing.get(lease.key) == lease

        assert self.ask(lambda store: store.complain(lease, trouble)) is stands

        if stands:
            self.known[lease.key] = replace(self.known[lease.key], trouble=trouble)

    @rule(lease=consumes(leases))
    def forget_lease(self, lease: Lease) -> None:
        """Its holder died."""

    @rule(organization=ORGANIZATIONS)
    def mark(self, organization: str) -> None:
        self.marks[organization] = self.marks.get(organization, 0) + 1

        assert self.ask(lambda store: store.mark(organization)) == self.marks[organization]

    @rule(organization=ORGANIZATIONS, token=st.text(st.characters(exclude_categories=["Cs"]), max_size=9))
    def keep_token(self, organization: str, token: str) -> None:
        self.ask(lambda store: store.keep_token(organization, token))

        self.tokens[organization] = token

    @rule(key=KEYS)
    def look(self, key: Key) -> None:
        expected = dict(self.known)
        for organization in self.marks:
            for lang in LANGS:
                expected.setdefault((organization, lang), Status())
        expected = {key: replace(status, mark=self.marks.get(key[0], 0)) for key, status in expected.items()}

        assert dict(self.ask(lambda store: store.statuses())) == expected
        assert self.ask(lambda store: store.content(key)) == self.contents.get(key)
        assert self.ask(lambda store: store.token(key[0])) == self.tokens.get(key[0])

    def _runs(self, key: Key, *, long: bool) -> None:
        if long:
            self.held.add(key)
        else:
            self.held.discard(key)
            self.runner.run(self.place.pass_time(MOMENT))


@pytest.mark.parametrize("kind", ["sqlite", *KINDS])
def test_a_store_answers_as_a_few_dictionaries_would(
    kind: str, tmp_path: Path, servers: Callable[[str], RealServer]
) -> None:
    class HistoriesHere(Histories):
        def __init__(self) -> None:
            if kind == "sqlite":
                super().__init__(FilePlace(Path(mkdtemp(dir=tmp_path))))
            else:
                super().__init__(ServerPlace(servers(kind)))

    run_state_machine_as_test(
        HistoriesHere,
        settings=settings(
            max_examples=40,
            stateful_step_count=40,
            deadline=None,
            report_multiple_bugs=False,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
