"""A soak from beginning to end: storms, and after each a calm in which everything must be right again."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Final

from soak.cast import WEBHOOK_SECRET, Club, Host, StoreKind
from soak.judge import Address, Counts, Heard, Judge, Window
from soak.programs import NotInTime, until
from soak.reader import Reader, Uptime
from soak.report import Chronicle, Delays, counted
from soak.scene import Plan, Scene, scene
from soak.staff import LANGS, Edit, Staff
from soak.storm import LONG_SECONDS, Storm, Weather, happens

READERS: Final = 3
STORM_SECONDS: Final = 12.0
CALM_SECONDS: Final = 60.0
"""Within so long after a storm every host must tell the truth of now: the longest back-off, and a walk."""
LONG_CALM_SECONDS: Final = 200.0
MEASURED: Final = 2
"""Edits in each calm, of which it is measured how long they take to reach readers."""
FRESH_SECONDS: Final = 30.0
TROUBLES: Final = ("Traceback", "nobody foresaw", "never awaited", "was never retrieved")
"""What no log of a host may say."""


@dataclass(frozen=True, slots=True)
class Options:
    """What to run, and for how long."""

    seconds: float = 600.0
    hosts: int = 2
    workers: int = 1
    store: StoreKind = "sqlite"
    seed: int = 1

    @property
    def long(self) -> bool:
        return self.seconds >= LONG_SECONDS


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it."""

    options: Options
    chronicle: Chronicle
    counts: Counts
    calm: Delays
    """From a notice to the first new bytes, on each host, while nothing was wrong."""
    stormy: Delays
    storms: int
    calls: int
    """That Amilia had."""
    notices: Counter[str]

    @property
    def right(self) -> bool:
        return not self.chronicle.wrongs

    @property
    def summary(self) -> str:
        """For people, in lines."""
        told, counts = self.chronicle, self.counts
        edits = told.done.pop("edit", 0)
        options = self.options
        lines = {
            f"soak of {told.now:.0f} s": f"{options.hosts} hosts × {options.workers} workers, "
            f"{options.store}, seed {options.seed}, {self.storms} storms",
            "what happened": f"edit {edits}, {counted(told.done)}",
            "amilia": f"{self.calls} calls; notices delivered: {counted(self.notices)}",
            "answers": counted(told.statuses),
            "judged": f"{counts.whole} of one moment, {counts.mixed} of a walk during an edit, "
            f"{counts.bodies} different bodies, {counts.not_modified} not modified",
            "notice to new bytes": f"{self.calm}; in a storm {self.stormy}",
            "slowest with a copy": f"{told.slowest:.2f} s",
            "wrong answers": str(len(told.wrongs)),
        }
        return "\n".join(f"{name:20} {text}" for name, text in lines.items())


@dataclass(slots=True)
class Watch:
    """Measures how long edits take to reach readers, host by host."""

    calm: Delays = field(default_factory=Delays)
    stormy: Delays = field(default_factory=Delays)
    _waiting: list[tuple[int, str, str, int, float, Delays]] = field(default_factory=list)

    def expect(self, edit: Edit, hosts: Sequence[Host], delays: Delays) -> None:
        """From now on wait for this edit on all hosts."""
        for lang, version in edit.versions.items():
            self._waiting += [(host.number, edit.club, lang, version, edit.done, delays) for host in hosts]

    def heard(self, host: Host, address: Address, heard: Heard, now: float, *, current: bool) -> None:
        """Some reader got an answer; ``current`` if it is a whole feed that tells just what is true now.

        An answer is explained by the earliest version that can: an event that was moved and then removed may
        be missing in a walk during the move.
        """
        for wait in [it for it in self._waiting if it[:3] == (host.number, address.club, heard.lang)]:
            _, _, _, version, since, delays = wait
            if heard.span.last >= version or current:
                delays.seconds.append(max(0.0, now - since))
                self._waiting.remove(wait)

    def forget(self) -> None:
        """What is still waited for cannot be told apart any more (an edit was undone by another)."""
        self._waiting.clear()

    @property
    def waiting(self) -> bool:
        return bool(self._waiting)

    @property
    def missing(self) -> Sequence[str]:
        """What is waited for: where, in which language, and which version of the truth."""
        return [f"host-{number} {lang} version {version}" for number, _, lang, version, *_ in self._waiting]


class Soak:
    """One soak under way."""

    def __init__(
        self,
        options: Options,
        stage: Scene,
        staff: Staff,
        chronicle: Chronicle,
        *,
        chance: Random,
        window: Window,
    ) -> None:
        self._options = options
        self._stage = stage
        self._staff = staff
        self._chronicle = chronicle
        self._chance = chance
        self._judge = Judge(staff.histories, window, staff.editing)
        self._uptime = Uptime()
        self._watch = Watch()
        self._addresses = [it for club in stage.clubs for it in addresses_of(club, staff, window)]
        self._weather = Weather(long=options.long)
        self._storms = 0

    async def run(self) -> Outcome:
        """Calm first, then storm and calm in turn until the time is over; every turn ends in a calm."""
        over = asyncio.Event()
        async with AsyncExitStack() as chairs, asyncio.TaskGroup() as group:
            readers = [self._reader(f"reader {number}") for number in range(READERS)]
            for reader in readers:
                chairs.push_async_callback(reader.aclose)
            await self._open()
            for reader in readers:
                group.create_task(reader.read_on(self._stage.hosts, self._addresses, over))
            await self._calm(readers[0])
            while (left := self._options.seconds - self._chronicle.now) > 0:
                await self._storm(min(STORM_SECONDS, left))
                await self._calm(readers[0])
            over.set()
        return await self._outcome()

    def _reader(self, name: str) -> Reader:
        return Reader(
            name,
            self._judge,
            self._chronicle,
            self._uptime,
            chance=self._chance,
            observe=self._heard,
            by_connection=self._options.workers > 1,
        )

    def _heard(self, host: Host, address: Address, heard: Heard, now: float) -> None:
        whole = address.same == f"{address.club} {heard.lang}"
        current = self._watch.waiting and whole and not self._judge.differences(address, heard)
        self._watch.heard(host, address, heard, now, current=current)

    async def _open(self) -> None:
        """All hosts answer; Amilia tells the first of changes in one club, the last of those in another."""
        hosts = self._stage.hosts
        await self._stage.start()
        for club, host in zip(self._stage.clubs, (hosts[0], hosts[-1]), strict=True):
            await self._stage.desk.subscribe(self._stage.accounts[club.slug], host.webhook)

    async def _storm(self, seconds: float) -> None:
        self._storms += 1
        self._chronicle.note("storm")
        storm = Storm(self._stage, self._weather, self._chronicle, self._uptime, chance=self._chance)
        over = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._edit_on(over))
            await storm.rage(seconds)
            over.set()

    async def _edit_on(self, over: asyncio.Event) -> None:
        while not await happens(over, self._chance, self._weather.edits):
            self._watch.expect(await self._staff.work(), self._stage.hosts, self._watch.stormy)

    async def _calm(self, reader: Reader) -> None:
        """Everything must become right by itself; then some edits are followed on their way."""
        deadline = time.monotonic() + (LONG_CALM_SECONDS if self._options.long else CALM_SECONDS)
        for host in self._stage.hosts:
            for address in self._addresses:
                await self._ensure_current(reader, host, address, deadline)
        self._watch.forget()
        for _ in range(MEASURED):
            edit = await self._staff.work()
            self._watch.expect(edit, self._stage.hosts, self._watch.calm)
            await self._ensure_followed(edit)

    async def _ensure_current(self, reader: Reader, host: Host, address: Address, deadline: float) -> None:
        while True:
            heard = await reader.read(host, address)
            differences = self._judge.differences(address, heard) if heard else ["no right answer"]
            if not differences:
                return
            if time.monotonic() > deadline:
                told = "; ".join(differences[:3])
                state = await reader.state_of(host)
                self._chronicle.wrong(f"{host.name}, {address.path}: long after the storm, {told}; {state}")
                return
            await asyncio.sleep(0.2)

    async def _ensure_followed(self, edit: Edit) -> None:
        what = f"{edit.club}: {edit.text}, everywhere"
        try:
            await until(lambda: not self._watch.waiting, what, seconds=FRESH_SECONDS)
        except NotInTime as late:
            self._chronicle.wrong(f"{late}; still waited for: {', '.join(self._watch.missing)}")
        self._watch.forget()

    async def _outcome(self) -> Outcome:
        for host in self._stage.hosts:
            for line in host.said.splitlines():
                if any(trouble in line for trouble in TROUBLES) or WEBHOOK_SECRET in line:
                    self._chronicle.wrong(f"{host.name} logged: {line[:300]}")
        deliveries = await self._stage.desk.deliveries()
        return Outcome(
            options=self._options,
            chronicle=self._chronicle,
            counts=self._judge.counts,
            calm=self._watch.calm,
            stormy=self._watch.stormy,
            storms=self._storms,
            calls=await self._stage.desk.calls(),
            notices=Counter(str(attempt["status"]) for attempt in deliveries),
        )


def addresses_of(club: Club, staff: Staff, window: Window) -> list[Address]:
    """The feeds that are read: whole ones in both languages and under both names, and selections."""
    facts = staff.histories[club.slug, club.language].facts.values()
    programs = Counter(fact.program for fact in facts if window.holds(fact.told.starts))
    program = programs.most_common(1)[0][0]
    found = []
    for lang in LANGS:
        whole, query = f"{club.slug} {lang}", f"lang={lang}"
        found += [
            Address(f"/orgs/{club.slug}/calendar.ics?{query}", club.slug, lang, whole),
            Address(f"/orgs/{club.number}/calendar.ics?utm_source=x&{query}", club.slug, lang, whole),
        ]
    lang = club.language
    chosen = f"/orgs/{club.slug}/calendar.ics?programId={program}"
    hiding = f"/orgs/{club.slug}/calendar.ics?cancelled=hide"
    return [
        *found,
        Address(f"/orgs/{club.slug}/calendar.ics", club.slug, lang, f"{club.slug} {lang}"),
        Address(chosen, club.slug, lang, chosen, picks=lambda fact: fact.program == program),
        Address(hiding, club.slug, lang, hiding, picks=lambda fact: fact.told.state != "Cancelled"),
    ]


async def soak(options: Options, directory: Path) -> Outcome:
    """Run it in ``directory``; whatever was wrong is in the chronicle."""
    chance = Random(f"soak {options.seed}")  # noqa: S311  # seeded: the same dice again
    plan = Plan(hosts=options.hosts, workers=options.workers, store=options.store, seed=options.seed)
    chronicle = Chronicle(time.monotonic)
    async with scene(directory, plan) as stage:
        today = datetime.now(UTC).date()  # noqa: TID251  # the hosts have the same clock
        staff = Staff(stage.desk, stage.clubs, chronicle, today=today, chance=chance)
        await staff.learn()
        window = Window.around(today, past_days=plan.past_days, future_days=plan.future_days)
        soaking = Soak(options, stage, staff, chronicle=chronicle, chance=chance, window=window)
        return await soaking.run()
