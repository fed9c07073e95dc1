"""Incidents of real processes, played at the same time because they consist of waiting."""

import asyncio
import os
import signal
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from soak.programs import Program, within
from soak.scene import Plan
from tests.faults.audience import ENGLISH, LAKESIDE, WHOLE, audience
from tests.faults.raw import line_to, request

PARTS: Final = 40
PATIENCE_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class TakenOver:
    """Whoever refreshed was killed: seconds until others told the truth, and what readers got wrong."""

    seconds: float
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


def holders(database: Path) -> list[int]:
    """The processes that hold a lease now."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as store:
        found = store.execute(
            "select holder from catalogues where holder is not null and held_until > ?", (time.time(),)
        ).fetchall()
    return [int(holder.split(":")[1]) for (holder,) in found]


async def the_holder(database: Path, pid: int | None = None) -> int:
    """Wait until a process has begun to walk, this one where it is named; returns it."""
    async with within(PATIENCE_SECONDS, "a walk"):
        while True:
            for holder in holders(database):
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
        holder = await the_holder(scene.database)
        await asyncio.sleep(0.5)
        host = next(it for it in scene.hosts if holder == it.pid or plan.workers > 1)
        watching.uptime.down(host)
        os.kill(holder, signal.SIGKILL)
        await scene.desk.all_well()
        others = [it for it in scene.hosts if it is not host] or [host]
        seconds = await watching.until_seen(edit, *others)
        await scene.start(host)
        await watching.ensure_current(*scene.hosts)
        return TakenOver(seconds, watching.wrongs)


async def drained(directory: Path) -> Drained:
    """Ask two hosts to end while they are answering."""
    plan = Plan(hosts=2, events=5000, past_days=60, future_days=400)
    async with audience(directory, plan) as watching:
        scene = watching.scene
        await scene.start()
        async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
            whole = [(await client.get(host.address + WHOLE.path)).content for host in scene.hosts]
        slow, stuck = [await line_to(host) for host in scene.hosts]
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
