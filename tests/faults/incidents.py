"""Incidents of real processes, played at the same time because they consist of waiting."""

import asyncio
import os
import signal
import sqlite3
import time
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
from redis import Redis

from app.feeds.freshness import GATHERING
from soak.cast import Host
from soak.programs import Program, owner_of, within, workers_of
from soak.scene import Plan, Scene
from tests.faults.audience import ENGLISH, LAKESIDE, WHOLE, audience
from tests.faults.raw import SMALL_WINDOW, TINY_WINDOW, Line, line_to, request

CROWD: Final = 60
PARTS: Final = 40
PATIENCE_SECONDS: Final = 120.0
SILENCE_SECONDS: Final = 4.0
WALKED: Final = "/fr/org/forest-explorers/"
WALKED_ONCE: Final = f"{WALKED}programs"
"""Each walk of this catalogue asks for its programmes once."""
NOTICE: Final = {"OrganizationId": 8008, "Context": "Activity", "Action": "Update", "Payload": {"Id": 1}}


@dataclass(frozen=True, slots=True)
class TakenOver:
    """Whoever refreshed was killed: seconds until another one went to Amilia, and what readers got wrong."""

    seconds: float
    wrongs: list[str]


@dataclass(frozen=True, slots=True)
class PickedUp:
    """What several workers behind one port made of a crowd that came at once, and then of edits."""

    workers: int
    crowd: set[int]
    """The statuses that the crowd got."""
    walks_for_the_crowd: int
    seconds: list[float]
    """How long the last worker lagged behind the first one, edit by edit."""
    walks: int


@dataclass(frozen=True, slots=True)
class Silenced:
    """The Redis of two hosts fell silent: what they answered meanwhile, and what readers got wrong."""

    statuses: set[int]
    slowest: float
    wrongs: list[str]


@dataclass(frozen=True, slots=True)
class Drained:
    """Two hosts were asked to end, one while a reader took his time, one while a reader took nothing."""

    whole: bytes
    received: bytes
    slow_seconds: float
    stuck_seconds: float


@dataclass(frozen=True, slots=True)
class Started:
    """A host was started while Amilia was dead."""

    kept: httpx.Response
    kept_seconds: float
    other: httpx.Response
    """In a language of which there is no copy."""
    none: httpx.Response
    """Of an organization of which there is no copy."""
    said: str


def holders(scene: Scene) -> list[int]:
    """The processes that hold a lease now."""
    if scene.redis is not None:
        with closing(Redis(port=scene.redis.port, decode_responses=True)) as server:
            named = server.hgetall("amilia-feeds:holders")
            found = [
                str(holder) for name, holder in named.items() if server.exists(f"amilia-feeds:lease:{name!s}")
            ]
    else:
        with closing(sqlite3.connect(f"file:{scene.database}?mode=ro", uri=True)) as store:
            rows = store.execute(
                "select holder from catalogues where holder is not null and held_until > ?", (time.time(),)
            )
            found = [holder for (holder,) in rows]
    return [int(holder.split(":")[1]) for holder in found]


async def the_holder(scene: Scene, pid: int | None = None) -> int:
    """Wait until a process has begun to walk, this one where it is named; returns it."""
    async with within(PATIENCE_SECONDS, "a walk"):
        while True:
            for holder in holders(scene):
                if pid in (None, holder):
                    return holder
            await asyncio.sleep(0.005)


async def taken_over(directory: Path, plan: Plan) -> TakenOver:
    """Kill whoever holds the lease, in the middle of its walk, and read from the others."""
    async with audience(directory, plan) as watching:
        scene = watching.scene
        await scene.start()
        await watching.ensure_current(*scene.hosts)
        await scene.desk.switch_on("latency=3@/events")
        edit = await watching.edit()
        holder = await the_holder(scene)
        await asyncio.sleep(0.5)
        host = next(it for it in scene.hosts if holder == it.pid or plan.workers > 1)
        watching.uptime.down(host)
        os.kill(holder, signal.SIGKILL)
        began = time.monotonic()
        await scene.desk.all_well()
        others = [it for it in scene.hosts if it is not host] or [host]
        async with asyncio.TaskGroup() as group:  # while somebody asks: nothing is refreshed for nobody
            group.create_task(watching.until_seen(edit, *others))
            await _another_walk(scene)
            seconds = time.monotonic() - began
        await scene.start(host)
        await watching.ensure_current(*scene.hosts)
        return TakenOver(seconds, watching.wrongs)


async def _another_walk(scene: Scene) -> None:
    """Wait until Amilia is asked for the events again."""
    calls = await scene.desk.calls(path=WALKED)
    async with within(PATIENCE_SECONDS, "another walk"):
        while calls == await scene.desk.calls(path=WALKED):  # noqa: ASYNC110  # it happens in other processes
            await asyncio.sleep(0.05)


async def picked_up(directory: Path, plan: Plan, edits: int) -> PickedUp:
    """Ask all workers at once, cold; then edit, give notice to any, and look at each until all tell of it."""
    async with audience(directory, plan) as watching, AsyncExitStack() as lines:
        scene = watching.scene
        (host,) = scene.hosts
        await scene.start()
        async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE_SECONDS) as client:
            asking = (client.get(host.address + WHOLE.path) for _ in range(CROWD))
            crowd = {answer.status_code for answer in await asyncio.gather(*asking)}
        walks_for_the_crowd = await scene.desk.calls(path=WALKED_ONCE)
        await watching.ensure_current(host)
        by_worker = await _line_to_each_worker(host, lines)
        for line in by_worker:  # each has a copy before the first edit
            await line.tag(WHOLE.path)
        await asyncio.sleep(GATHERING.total_seconds())
        before, lags = await scene.desk.calls(path=WALKED_ONCE), []
        async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE_SECONDS) as client:
            for _ in range(edits):
                old = {await line.tag(WHOLE.path) for line in by_worker}
                await watching.edit()
                assert (await client.post(host.webhook, json=NOTICE)).status_code == httpx.codes.OK
                lags.append(await _lag(by_worker, old))
                await asyncio.sleep(GATHERING.total_seconds())
        walks = await scene.desk.calls(path=WALKED_ONCE) - before
        return PickedUp(len(by_worker), crowd, walks_for_the_crowd, lags, walks)


async def _line_to_each_worker(host: Host, lines: AsyncExitStack) -> list[Line]:
    """A connection to each worker of a host: which of them takes one is the system's choice."""
    found: dict[int, Line] = {}
    async with within(PATIENCE_SECONDS, "a connection to each worker"):
        while len(found) < len(workers_of(host.pid)):
            line = await line_to(host)
            lines.push_async_callback(line.close)
            await line.tag(WHOLE.path)
            found.setdefault(owner_of(line.port, workers_of(host.pid)), line)
    return list(found.values())


async def _lag(lines: list[Line], old: set[str]) -> float:
    """Seconds from the first connection with a new answer to the last one."""
    moments: list[float] = []
    waiting = list(lines)
    async with within(PATIENCE_SECONDS, "new answers of all workers"):
        while waiting:
            waiting = [line for line in waiting if await line.tag(WHOLE.path) in old]
            moments += [time.monotonic()] * (len(lines) - len(waiting) - len(moments))
            await asyncio.sleep(0.01)
    return moments[-1] - moments[0]


async def silenced(directory: Path) -> Silenced:
    """Let Redis fall silent, which is worse than dead, while readers ask both hosts and staff edit."""
    async with audience(directory, Plan(hosts=2, store="redis", refresh_seconds=1)) as watching:
        scene = watching.scene
        assert scene.redis is not None
        await scene.start()
        await watching.ensure_current(*scene.hosts)
        statuses, slowest = set(), 0.0
        scene.redis.signal(signal.SIGSTOP)
        try:
            edit = await watching.edit()
            until = time.monotonic() + SILENCE_SECONDS
            async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE_SECONDS) as client:
                while time.monotonic() < until:
                    for host in scene.hosts:
                        began = time.monotonic()
                        statuses.add((await client.get(host.address + WHOLE.path)).status_code)
                        slowest = max(slowest, time.monotonic() - began)
        finally:
            scene.redis.signal(signal.SIGCONT)
        await watching.until_seen(edit, *scene.hosts)
        await watching.ensure_current(*scene.hosts)
        return Silenced(statuses, slowest, watching.wrongs)


async def drained(directory: Path) -> Drained:
    """Ask two hosts to end while they are answering."""
    plan = Plan(hosts=2, events=5000, past_days=60, future_days=400)
    async with audience(directory, plan) as watching:
        scene = watching.scene
        await scene.start()
        async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
            whole = [(await client.get(host.address + WHOLE.path)).content for host in scene.hosts]
        windows = (SMALL_WINDOW, TINY_WINDOW)
        slow, stuck = [
            await line_to(host, window=size) for host, size in zip(scene.hosts, windows, strict=True)
        ]
        for line in (slow, stuck):
            await line.say(request(WHOLE.path))
            assert await line.status() == httpx.codes.OK
        length = int((await slow.head())["content-length"])
        began = time.monotonic()
        for host in scene.hosts:
            host.ask_to_end()
        received = await _read_slowly(slow.reader, length)
        seconds = await asyncio.gather(*(_end_of(host, began) for host in scene.hosts))
        for line in (slow, stuck):
            await line.close()
        return Drained(whole[0], received, *seconds)


async def _read_slowly(reader: asyncio.StreamReader, length: int) -> bytes:
    """So many bytes, in some seconds."""
    received = bytearray()
    while len(received) < length and (part := await reader.read(length // PARTS)):
        received += part
        await asyncio.sleep(0.002)
    return bytes(received)


async def _end_of(program: Program, began: float) -> float:
    """Seconds since ``began`` at which a program has ended."""
    await program.ended(PATIENCE_SECONDS)
    return time.monotonic() - began


async def started_without_amilia(directory: Path) -> Started:
    """Kill a host and Amilia, and start the host alone."""
    async with audience(directory, Plan(hosts=1)) as watching:
        scene = watching.scene
        (host,) = scene.hosts
        await scene.start()
        await watching.ensure_current(host)
        host.kill()
        scene.amilia.kill()
        await scene.start()
        async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE_SECONDS) as client:
            began = time.monotonic()
            kept = await client.get(host.address + WHOLE.path)
            seconds = time.monotonic() - began
            paths = (ENGLISH.path, LAKESIDE.path)
            other, none = await asyncio.gather(*(client.get(host.address + path) for path in paths))
        return Started(kept, seconds, other, none, host.said)
