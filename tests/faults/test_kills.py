"""Processes that die, start and end over real HTTP, watched by readers who know the truth."""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from soak.cast import Host
from soak.scene import Plan
from tests.faults.audience import ENGLISH, WHOLE, Audience, audience
from tests.faults.incidents import (
    Drained,
    Started,
    TakenOver,
    drained,
    started_without_amilia,
    taken_over,
    the_holder,
)
from tests.support.seeded import chance_of

TAKEN_OVER_SECONDS = 15.0
GRACE_SECONDS = 10.0
KILLS = 8
"""Of each of two hosts."""


@dataclass(frozen=True, slots=True)
class Incidents:
    """What came of all of them."""

    hosts: TakenOver
    workers: TakenOver
    drained: Drained
    started: Started


@pytest.fixture(scope="module")
def incidents(tmp_path_factory: pytest.TempPathFactory) -> Incidents:
    """All incidents, at the same time."""
    room = tmp_path_factory.mktemp

    async def play() -> Incidents:
        return Incidents(
            *await asyncio.gather(
                taken_over(room("hosts"), Plan(hosts=2, refresh_seconds=2)),
                taken_over(room("workers"), Plan(hosts=1, workers=2, refresh_seconds=2)),
                drained(room("drained")),
                started_without_amilia(room("started")),
            )
        )

    return asyncio.run(play())


def test_another_host_takes_over_from_one_that_is_killed_in_its_walk(incidents: Incidents) -> None:
    assert incidents.hosts.wrongs == []
    assert 1 < incidents.hosts.seconds <= TAKEN_OVER_SECONDS


def test_another_worker_takes_over_from_one_that_is_killed_in_its_walk(incidents: Incidents) -> None:
    assert incidents.workers.wrongs == []
    assert 1 < incidents.workers.seconds <= TAKEN_OVER_SECONDS


def test_a_slow_reader_gets_his_whole_answer_from_a_host_that_is_asked_to_end(incidents: Incidents) -> None:
    drained = incidents.drained

    assert len(drained.whole) > 4_000_000
    assert drained.received == drained.whole
    assert drained.slow_seconds < GRACE_SECONDS


def test_a_reader_who_takes_nothing_does_not_keep_a_host_from_ending(incidents: Incidents) -> None:
    assert GRACE_SECONDS - 1 < incidents.drained.stuck_seconds < GRACE_SECONDS + 4


def test_a_host_that_is_started_while_amilia_is_dead_serves_what_the_store_has(incidents: Incidents) -> None:
    started = incidents.started

    assert (started.kept.status_code, started.kept.headers["content-language"]) == (200, "fr")
    assert started.kept_seconds < 1
    assert (started.other.status_code, started.other.headers["content-language"]) == (200, "fr")
    assert "Traceback" not in started.said


def test_where_neither_has_anything_the_answer_is_503_and_a_plain_line_in_the_log(
    incidents: Incidents,
) -> None:
    started = incidents.started

    assert (started.none.status_code, int(started.none.headers["retry-after"]) >= 1) == (503, True)
    assert "Amilia cannot be read; there is no copy to serve yet" in started.said


async def test_kills_at_random_moments_of_refreshes_cost_no_truth(tmp_path: Path) -> None:
    async with audience(tmp_path, Plan(hosts=2, refresh_seconds=1)) as watching:
        scene, over = watching.scene, asyncio.Event()
        await scene.start()
        await watching.ensure_current(*scene.hosts)
        await scene.desk.switch_on("latency=0.05")

        async with asyncio.TaskGroup() as group:
            group.create_task(watching.reader.read_on(scene.hosts, [WHOLE, ENGLISH], over))
            group.create_task(edit_on(watching, over))
            await asyncio.gather(*(kill_often(watching, host, KILLS) for host in scene.hosts))
            over.set()
        await scene.desk.all_well()
        await watching.ensure_current(*scene.hosts)

        with closing(sqlite3.connect(scene.database)) as store:
            integrity = store.execute("pragma integrity_check").fetchone()
        said = scene.hosts[0].said + scene.hosts[1].said

    assert watching.wrongs == []
    assert integrity == ("ok",)
    assert "Traceback" not in said
    assert watching.judge.counts.bodies > KILLS
    assert watching.judge.counts.whole + watching.judge.counts.mixed > 100


async def edit_on(watching: Audience, over: asyncio.Event) -> None:
    while not over.is_set():
        await watching.staff.work()
        await asyncio.sleep(0.2)


async def kill_often(watching: Audience, host: Host, times: int) -> None:
    """Kill a host some time after it has begun to refresh, and start it again."""
    database, chance = watching.scene.database, chance_of(host.number)
    for _ in range(times):
        await the_holder(database, host.pid)
        await asyncio.sleep(chance.uniform(0, 0.25))
        watching.uptime.down(host)
        host.kill()
        let_go(database, host.pid)
        await watching.scene.start(host)
        watching.uptime.up(host)
        await asyncio.sleep(chance.uniform(0.5, 1.5))


def let_go(database: Path, pid: int) -> None:
    """End the lease of the dead, as if it had run out: the next refresh need not wait for that."""
    with closing(sqlite3.connect(database, timeout=5)) as store, store:
        store.execute("update catalogues set held_until = 0 where holder like ?", (f"%:{pid}:%",))
