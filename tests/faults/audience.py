"""Readers who know the truth, in front of a scene of real processes (``soak``)."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from soak.cast import Host
from soak.judge import Address, Heard, Judge, Window
from soak.reader import Reader, Uptime
from soak.report import Chronicle
from soak.scene import Plan, Scene, scene
from soak.staff import Edit, Staff
from tests.support.seeded import chance_of

WHOLE: Final = Address("/orgs/forest-explorers/calendar.ics", "forest-explorers", "fr", "forest fr")
LAKESIDE: Final = Address("/orgs/lakeside/calendar.ics", "lakeside", "en", "lakeside en")
ENGLISH: Final = Address(f"{WHOLE.path}?lang=en", "forest-explorers", "en", "forest en")


class Audience:
    """A scene with its staff and a reader; ``seen`` tells the newest version that was read from each host."""

    def __init__(
        self, stage: Scene, staff: Staff, plan: Plan, *, chronicle: Chronicle, window: Window
    ) -> None:
        self.scene = stage
        self.staff = staff
        self.chronicle = chronicle
        self.uptime = Uptime()
        self.judge = Judge(staff.histories, window, staff.editing)
        self.seen: dict[int, int] = {}
        self.reader = Reader(
            "reader",
            self.judge,
            chronicle,
            self.uptime,
            chance=chance_of(plan.seed),
            observe=self.notice,
            by_connection=plan.workers > 1,
        )

    @property
    def wrongs(self) -> list[str]:
        """What nobody should have got."""
        return [wrong.text for wrong in self.chronicle.wrongs]

    def notice(self, host: Host, address: Address, heard: Heard, _now: float) -> None:
        """Some reader got an answer."""
        if address == WHOLE:
            self.seen[host.number] = max(self.seen.get(host.number, 0), heard.span.last)

    async def edit(self) -> Edit:
        """One edit of the club that is read, that changes something."""
        while True:
            edit = await self.staff.work()
            if edit.club == WHOLE.club and "fr" in edit.versions:
                return edit

    async def until_seen(self, edit: Edit, *hosts: Host) -> float:
        """Read these hosts until all of them tell of an edit; returns the seconds that it took."""
        began = time.monotonic()
        waiting = list(hosts)
        while waiting:
            for host in list(waiting):
                await self.reader.read(host, WHOLE)
                if self.seen.get(host.number, 0) >= edit.versions["fr"]:
                    waiting.remove(host)
            await asyncio.sleep(0.02)
        return time.monotonic() - began

    async def ensure_current(self, *hosts: Host) -> None:
        """These hosts tell the truth of now, or will in a moment."""
        for host in hosts:
            while True:
                heard = await self.reader.read(host, WHOLE)
                if heard and not self.judge.differences(WHOLE, heard):
                    break
                await asyncio.sleep(0.05)


@asynccontextmanager
async def audience(directory: Path, plan: Plan) -> AsyncIterator[Audience]:
    """A scene whose truth is known from the beginning; no host is running yet."""
    async with scene(directory, plan) as stage:
        chronicle = Chronicle(time.monotonic)
        today = datetime.now(UTC).date()  # noqa: TID251  # real processes live today
        staff = Staff(stage.desk, stage.clubs, chronicle, today=today, chance=chance_of(plan.seed))
        await staff.learn()
        window = Window.around(today, past_days=plan.past_days, future_days=plan.future_days)
        watching = Audience(stage, staff, plan, chronicle=chronicle, window=window)
        try:
            yield watching
        finally:
            await watching.reader.aclose()
