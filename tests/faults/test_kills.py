"""Processes that die, start and end over real HTTP, watched by readers who know the truth."""

import asyncio
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import pytest

from soak.cast import Host, redis_program
from soak.scene import Plan
from tests.faults.audience import ENGLISH, WHOLE, Audience, audience
from tests.faults.incidents import (
    SILENCE_SECONDS,
    Drained,
    PickedUp,
    Silenced,
    Started,
    TakenOver,
    drained,
    picked_up,
    silenced,
    started_without_amilia,
    taken_over,
    the_holder,
)
from tests.support.seeded import chance_of

TAKEN_OVER_SECONDS = 15.0
"""Promised: a lease lasts 12 s, and everybody looks every second."""
PICKED_UP_SECONDS = 2.0
"""Promised. Of several edits the usual one must keep it: once in a while a busy machine may not."""
GRACE_SECONDS = 8.0
BUSY_SECONDS = 10.0
"""What a busy machine may take for what is done in no time."""
KILLS = 5
"""Of each of two hosts."""
EDITS = 3
REDIS = redis_program() is not None or os.environ.get("CI") == "true"
needs_redis = pytest.mark.skipif(not REDIS, reason="no redis-server or valkey-server is installed")


@dataclass(frozen=True, slots=True)
class Incidents:
    """What came of all of them; None for what needs a Redis where there is none."""

    hosts: TakenOver
    workers: TakenOver
    picked_up: PickedUp
    drained: Drained
    started: Started
    on_redis: TakenOver | None
    silenced: Silenced | None


@pytest.fixture(scope="module")
def incidents(tmp_path_factory: pytest.TempPathFactory) -> Incidents:
    """All incidents, at the same time."""
    room = tmp_path_factory.mktemp

    async def play() -> Incidents:
        async with asyncio.TaskGroup() as group:
            start = group.create_task
            hosts = start(taken_over(room("hosts"), Plan(hosts=2, refresh_seconds=2)))
            workers = start(taken_over(room("workers"), Plan(hosts=1, workers=4, refresh_seconds=2)))
            heard = start(picked_up(room("heard"), Plan(hosts=1, workers=4, refresh_seconds=3600), EDITS))
            ended = start(drained(room("drained")))
            started = start(started_without_amilia(room("started")))
            on_redis = (
                start(taken_over(room("redis"), Plan(store="redis", refresh_seconds=2))) if REDIS else None
            )
            silent = start(silenced(room("silent"))) if REDIS else None
        return Incidents(
            hosts=hosts.result(),
            workers=workers.result(),
            picked_up=heard.result(),
            drained=ended.result(),
            started=started.result(),
            on_redis=on_redis.result() if on_redis else None,
            silenced=silent.result() if silent else None,
        )

    return asyncio.run(play())


def test_another_host_takes_over_from_one_that_is_killed_in_its_walk(incidents: Incidents) -> None:
    assert incidents.hosts.wrongs == []
    assert 1 < incidents.hosts.seconds <= TAKEN_OVER_SECONDS


@needs_redis
def test_another_host_takes_over_where_they_share_a_redis(incidents: Incidents) -> None:
    assert incidents.on_redis is not None
    assert incidents.on_redis.wrongs == []
    assert 1 < incidents.on_redis.seconds <= TAKEN_OVER_SECONDS


def test_another_worker_takes_over_from_one_that_is_killed_in_its_walk(incidents: Incidents) -> None:
    assert incidents.workers.wrongs == []
    assert 1 < incidents.workers.seconds <= TAKEN_OVER_SECONDS


def test_a_crowd_that_comes_to_four_cold_workers_costs_one_walk(incidents: Incidents) -> None:
    found = incidents.picked_up

    assert (found.workers, found.crowd, found.walks_for_the_crowd) == (4, {200}, 1)


def test_one_of_four_workers_refreshes_and_the_others_pick_it_up(
    incidents: Incidents, record_property: Callable[[str, object], None]
) -> None:
    found = incidents.picked_up
    record_property("figures", f"lags of {found.seconds} s")

    assert (found.workers, len(found.seconds), found.walks) == (4, EDITS, EDITS)
    assert median(found.seconds) <= PICKED_UP_SECONDS


@needs_redis
def test_a_silent_redis_keeps_nobody_waiting(incidents: Incidents) -> None:
    silenced = incidents.silenced

    assert silenced is not None
    assert (silenced.wrongs, silenced.statuses) == ([], {200})
    assert silenced.slowest < SILENCE_SECONDS / 2


def test_a_slow_reader_gets_his_whole_answer_from_a_host_that_is_asked_to_end(incidents: Incidents) -> None:
    drained = incidents.drained

    assert len(drained.whole) > 4_000_000
    assert drained.received == drained.whole
    assert drained.slow_seconds < GRACE_SECONDS + BUSY_SECONDS


def test_a_reader_who_takes_nothing_does_not_keep_a_host_from_ending(incidents: Incidents) -> None:
    assert GRACE_SECONDS - 1 < incidents.drained.stuck_seconds < GRACE_SECONDS + BUSY_SECONDS


def test_a_host_that_is_started_while_amilia_is_dead_serves_what_the_store_has(incidents: Incidents) -> None:
    started = incidents.started

    assert (started.kept.status_code, started.kept.headers["content-language"]) == (200, "fr")
    assert started.kept_seconds < BUSY_SECONDS
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
    scene, chance = watching.scene, chance_of(host.number)
    for _ in range(times):
        await the_holder(scene, host.pid)
        await asyncio.sleep(chance.uniform(0, 0.25))
        watching.uptime.down(host)
        host.kill()
        let_go(scene.database, host.pid)
        await scene.start(host)
        watching.uptime.up(host)
        await asyncio.sleep(chance.uniform(0.5, 1.5))


def let_go(database: Path, pid: int) -> None:
    """End the lease of the dead, as if it had run out: the next refresh need not wait for that."""
    with closing(sqlite3.connect(database, timeout=5)) as store, store:
        store.execute("update catalogues set held_until = 0 where holder like ?", (f"%:{pid}:%",))
