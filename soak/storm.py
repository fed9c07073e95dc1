"""What goes wrong: Amilia fails, hosts die, the shared store dies or falls silent; and all of it can heal."""

import asyncio
import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from soak.cast import Host, Redis
from soak.desk import Desk
from soak.programs import Program, workers_of
from soak.reader import Uptime
from soak.report import Chronicle
from soak.scene import Scene

FAULTS: Final = (
    *("latency=0.3", "latency=0.1", "500~0.2", "502~0.2", "503=1~0.2", "504~0.2", "429=1~0.1", "429~0.1"),
    *("cut~0.1", "truncated~0.1", "html~0.1", "empty-body~0.1", "deep=5000~0.1", "401@events*1", "totals"),
    *("500", "503", "429=2", "cut", "truncated", "html", "malformed", "moving@/events", "endless@/events"),
)
"""All of them end in a truth or in a failed refresh. Lists that lie well (``empty-page``, ``nulls`` and
``churn``) are published as told, so nothing could be judged by them.
"""
LONG_FAULTS: Final = ("hang*1", "hang@/events*2", "401", "403", "404@/events")
"""After these a refresh waits for more than a minute: only for a soak that lasts."""
LONG_SECONDS: Final = 180.0
"""A soak of fewer seconds has none of the above."""
FREEZE_SECONDS: Final = 14.0
"""Longer than a lease: whoever slept holds nothing any more, and must notice."""


@dataclass(frozen=True, slots=True)
class Weather:
    """How bad it gets: seconds between one event of its kind and the next, on average.

    ``long`` brings what takes more than a minute to heal.
    """

    faults: float = 1.5
    kills: float = 5.0
    redis: float = 8.0
    edits: float = 0.7
    long: bool = False


class Storm:
    """Breaks things at random and mends them; ``over`` ends it with everything mended."""

    def __init__(
        self,
        scene: Scene,
        weather: Weather,
        chronicle: Chronicle,
        uptime: Uptime,
        *,
        chance: Random,
    ) -> None:
        self._scene = scene
        self._weather = weather
        self._chronicle = chronicle
        self._uptime = uptime
        self._chance = chance

    async def rage(self, seconds: float) -> None:
        """Break things for so long; then all is well again and every host answers."""
        over = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._fail_amilia(self._scene.desk, over))
            group.create_task(self._kill_hosts(self._scene.hosts, over))
            if self._scene.redis is not None:
                group.create_task(self._kill_redis(self._scene.redis, over))
            await asyncio.sleep(seconds)
            over.set()
        await self._scene.desk.all_well()
        self._chronicle.note("calm")

    async def _fail_amilia(self, desk: Desk, over: asyncio.Event) -> None:
        """A fault or two at a time, for some seconds."""
        known = FAULTS + LONG_FAULTS if self._weather.long else FAULTS
        while not await happens(over, self._chance, self._weather.faults):
            fault = self._chance.choice(known)
            await desk.switch_on(fault)
            self._chronicle.note("fault", fault)
            await _passes(over, self._chance.uniform(0.3, 4))
            if self._chance.random() < 0.7:  # noqa: PLR2004  # else it meets the next one
                await desk.all_well()
                self._chronicle.note("faults off")

    async def _kill_hosts(self, hosts: Sequence[Host], over: asyncio.Event) -> None:
        """One at a time, and back before the next."""
        while not await happens(over, self._chance, self._weather.kills):
            host = self._chance.choice(hosts)
            self._uptime.down(host)
            await self._harm(host, over)
            await host.ready()
            self._uptime.up(host)
            self._chronicle.note("host back", host.name)

    async def _harm(self, host: Host, over: asyncio.Event) -> None:
        """Kill it or one of its workers, end it, or let it sleep; it runs again afterwards."""
        workers = workers_of(host.pid)
        ways = ["kill host", "kill host", "end host"] + ["kill worker"] * (2 if workers else 0)
        way = self._chance.choice([*ways, "freeze host"] if self._weather.long else ways)
        self._chronicle.note(way, host.name)
        match way:
            case "kill host":
                host.kill()
                await _passes(over, self._chance.uniform(0, 2))
            case "end host":
                host.ask_to_end()
                await host.ended()
            case "kill worker":
                os.kill(self._chance.choice(workers), signal.SIGKILL)
            case _:
                await self._freeze(host, FREEZE_SECONDS)
        host.start()

    async def _kill_redis(self, redis: Redis, over: asyncio.Event) -> None:
        """Dead for a while, or silent, which is worse."""
        while not await happens(over, self._chance, self._weather.redis):
            way = self._chance.choice(["kill redis", "freeze redis"])
            self._chronicle.note(way)
            if way == "kill redis":
                redis.kill()
                await _passes(over, self._chance.uniform(0, 4))
                redis.start()
            else:
                await self._freeze(redis, self._chance.uniform(0.5, 4))
            await redis.ready()
            self._chronicle.note("redis back")

    async def _freeze(self, program: Program, seconds: float) -> None:
        program.signal(signal.SIGSTOP)
        try:
            await asyncio.sleep(seconds)
        finally:
            program.signal(signal.SIGCONT)


async def happens(over: asyncio.Event, chance: Random, seconds: float) -> bool:
    """Wait for the next event of a kind that comes every so many seconds; True when all is over before."""
    return await _passes(over, chance.expovariate(1 / seconds))


async def _passes(over: asyncio.Event, seconds: float) -> bool:
    """Wait so long, but not beyond the end; True at the end."""
    try:
        async with asyncio.timeout(seconds):
            await over.wait()
    except TimeoutError:
        return False
    return True
