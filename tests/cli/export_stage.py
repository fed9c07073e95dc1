"""One centre over a simulated Amilia, exported into a folder as often as a test likes."""

from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from app.cli.exporting.folder import Folder
from app.cli.exporting.site import Outcome, export_site
from app.main import client_with, create_app, state_of
from app.settings import FeedTable, Settings
from app.simulator.app import create_simulator
from app.simulator.dialect import Dialect
from app.simulator.faults import Faults, parse_fault
from app.simulator.forest import FOREST
from app.simulator.world import World, build_world
from tests.support.fakes import FakeClock
from tests.support.service import QUICK, TODAY, settings_for

BASE = "https://club.example.org/calendars"
"""Where the site will be: in a folder of its host, as project pages are."""
SWIMMING = {"name": {"fr": "Natation", "en": "Swimming"}, "tagId": 402, "cancelled": "show"}


@dataclass(slots=True)
class Stage:
    """``export`` runs one export from start to end, as the command does, each in a service of its own."""

    work: Path
    world: World = field(default_factory=lambda: build_world(today=TODAY, events=150, seed=7))
    faults: Faults = field(default_factory=Faults)
    clock: FakeClock = field(default_factory=FakeClock)
    base: str = BASE
    programs: tuple[int, ...] = ()
    organizations: tuple[str, ...] = (FOREST.slug,)

    def __post_init__(self) -> None:
        """Two programmes are enough to tell one from another, and few months take little time."""
        soon = range((TODAY - timedelta(days=5)).toordinal(), (TODAY + timedelta(days=40)).toordinal())
        busy = Counter(
            it.activity.program.id
            for it in self.world.organizations[FOREST.slug].timetable
            if it.activity.program.public and it.activity.status == "Normal" and it.state == "Normal"
            if it.first_day.toordinal() in soon
        )
        self.programs = tuple(number for number, _ in busy.most_common(2))

    @property
    def site(self) -> Path:
        return self.work / "site"

    def settings(self, **changes: Any) -> Settings:
        table = settings_for(
            self.work,
            public_url=self.base,
            forest={
                "feeds": {"natation": FeedTable.model_validate(SWIMMING)},
                "programs": self.programs,
                "past_days": 10,
                "future_days": 50,
            },
            lakeside={"past_days": 1, "future_days": 3},
            **changes,
        )
        return table.model_copy(
            update={"organizations": {it: table.organizations[it] for it in self.organizations}}
        )

    async def export(
        self, *, folder: Folder | None = None, slugs: Sequence[str] = (), **changes: Any
    ) -> Outcome:
        """Export ``slugs``, else all organizations; ``changes`` are of the settings."""
        settings = self.settings(**changes)
        amilia = create_simulator(
            self.world, self.faults, clock=self.clock, dialect=Dialect(calls_per_second=0), deliver=_nobody
        )
        app = create_app(
            settings,
            transport=httpx.ASGITransport(amilia, raise_app_exceptions=False),
            clock=self.clock,
            limits=QUICK,
            static=True,
        )
        async with AsyncExitStack() as stack:
            state = await stack.enter_async_context(state_of(app))
            client = await stack.enter_async_context(client_with(app, state))
            return await export_site(
                client,
                state["feeds"],
                slugs or self.organizations,
                folder or Folder(self.site),
                base=self.base,
                jobs=4,
                progress=_silent,
            )

    def fault(self, word: str) -> None:
        self.faults.add(parse_fault(word))

    def files(self) -> dict[str, bytes]:
        """Every file of the site, by its name."""
        return {
            path.relative_to(self.site).as_posix(): path.read_bytes()
            for path in self.site.rglob("*")
            if path.is_file()
        }

    def times(self) -> dict[str, int]:
        """When each file was written, in nanoseconds."""
        return {
            path.relative_to(self.site).as_posix(): path.stat().st_mtime_ns
            for path in self.site.rglob("*")
            if path.is_file()
        }


def _silent(done: int, total: int) -> None:
    """Tell nobody."""


async def _nobody(url: str, body: bytes, headers: dict[str, str]) -> int:  # no webhook is set up here
    raise AssertionError(url)
