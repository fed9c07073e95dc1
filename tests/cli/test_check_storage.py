"""Whether a store can be relied on: a file and its disk, a server and its memory."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.cli.doctor.storage import on_store
from app.domain.errors import StoreUnavailable
from app.domain.records import Key, Status
from app.store.examination import FileFacts, ServerFacts, examine
from app.store.sqlite import SqliteStore
from tests.store.servers import KINDS, serving
from tests.support.fakes import FakeClock

NOW = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
COPY: Mapping[Key, Status] = {("8008", "fr"): Status(generation=1, began=NOW - timedelta(hours=3))}
FILE = FileFacts("data/feeds.db", 2_000_000, 10**10, 0.01, COPY)
SERVER = ServerFacts(
    place="redis://cache:6379/0",
    software="Redis 7.0.15",
    octets=5 * 10**6,
    most_octets=10**8,
    policy="noeviction",
    appends=True,
    snapshots=True,
    snapshot_failed=False,
    write_seconds=0.001,
    statuses={},
)


def said(facts: FileFacts | ServerFacts) -> Sequence[str]:
    return [f"{remark.level}: {remark.sentence} {remark.cure}".strip() for remark in on_store(facts, NOW)]


def test_a_good_file_is_told_with_its_size_and_the_age_of_its_copies() -> None:
    assert said(FILE) == [
        "ok: data/feeds.db can be read and written: 1 copy, the newest 3 hours old; 2.0 MB, 10,000 MB free."
    ]


@pytest.mark.parametrize(
    ("facts", "warning"),
    [
        (replace(FILE, free=5_000_000), "The disk of data/feeds.db has 5 MB left. Make room"),
        (replace(FILE, write_seconds=2.5), "Writing took 2.5 s. Use a local disk"),
        (replace(SERVER, policy="allkeys-lru"), "redis://cache:6379/0 may forget what it keeps"),
        (replace(SERVER, octets=95 * 10**6), "redis://cache:6379/0 uses 95 % of its memory. Raise"),
        (replace(SERVER, appends=False, snapshots=False), "redis://cache:6379/0 keeps nothing on disk"),
        (replace(SERVER, snapshot_failed=True), "redis://cache:6379/0 could not save its last snapshot."),
    ],
    ids=["disk", "slow", "policy", "memory", "persistence", "snapshot"],
)
def test_a_danger_is_named_with_its_cure(facts: FileFacts | ServerFacts, warning: str) -> None:
    _, danger = said(facts)

    assert danger.startswith(f"warning: {warning}")


def test_a_server_that_tells_nothing_of_itself_is_not_suspected() -> None:
    silent = replace(SERVER, software=None, octets=None, most_octets=None, policy=None, appends=None)

    assert said(silent) == ["ok: redis://cache:6379/0 can be read and written: 0 copies."]


async def test_a_file_is_written_to_and_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "feeds.db"
    store = SqliteStore(path, clock=FakeClock())
    await store.keep_token("8008", "a token")
    facts = await examine(f"sqlite:///{path}", clock=FakeClock())
    token, probe = await store.token("8008"), await store.token("")
    await store.aclose()

    assert isinstance(facts, FileFacts)
    assert facts.octets > 0
    assert facts.free > 0
    assert (token, probe) == ("a token", None)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_server_is_asked_what_it_forgets_and_what_it_saves(kind: str) -> None:
    with serving(kind, "--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru") as server:
        facts = await examine(server.url, clock=FakeClock())
        left = server.ask("EXISTS amilia-feeds:probe")

    assert isinstance(facts, ServerFacts)
    assert (facts.policy, facts.most_octets, facts.appends, facts.snapshots) == (
        *("allkeys-lru", 100 * 2**20),
        *(True, False),
    )
    assert facts.software is not None
    assert facts.software.split()[0].casefold() in kind
    assert left == b":0\r\n"


@pytest.mark.parametrize("kind", KINDS)
async def test_a_server_without_memory_left_is_a_trouble(kind: str) -> None:
    with (
        serving(kind, "--maxmemory", "1mb", "--maxmemory-policy", "noeviction") as server,
        pytest.raises(StoreUnavailable, match="no memory left"),
    ):
        await examine(server.url, clock=FakeClock())
