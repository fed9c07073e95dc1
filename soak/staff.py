"""The staff of the clubs: they move, rename, cancel, restore, remove and add, and each edit makes history."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Final

from soak.cast import Club
from soak.desk import Desk
from soak.history import Fact, Facts, History
from soak.report import Chronicle

LANGS: Final = ("fr", "en")
NEAR: Final = (timedelta(days=3), timedelta(days=60))
"""Edits are made to events from so long ago to so far ahead."""
FEWEST: Final = 15
"""Nobody removes anything where fewer are near."""
TITLES: Final = (
    "Yoga",
    "Natation – débutants",
    "Hockey; 7 à 9 ans, mixte",
    "Été 🏊",
    "Portes ouvertes",
    "Judo",
)
MOVES: Final = (-90, -30, 15, 60, 24 * 60, 3 * 24 * 60)
"""Minutes; those at the end are whole days."""
KINDS: Final = (
    *("move", "move", "move", "rename", "rename", "rename", "cancel", "cancel", "restore", "restore"),
    *("add", "remove", "renumber"),
)


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit: when it was asked for and done (a monotonic clock), and what it made of history."""

    club: str
    text: str
    asked: float
    done: float
    versions: Mapping[str, int]
    """The new version of the truth in each language; none where nothing became another."""


class Staff:
    """Edits the world of a simulator and keeps the histories; ``editing`` is held while they disagree."""

    def __init__(
        self, desk: Desk, clubs: Sequence[Club], chronicle: Chronicle, *, today: date, chance: Random
    ) -> None:
        self.editing = asyncio.Lock()
        self.histories: dict[tuple[str, str], History] = {}
        self._desk = desk
        self._clubs = clubs
        self._chronicle = chronicle
        self._today = today
        self._chance = chance
        self._number = 0

    async def learn(self) -> None:
        """The truth before the first edit."""
        for club in self._clubs:
            for lang in LANGS:
                began = time.monotonic()
                facts = await self._truth(club, lang)
                self.histories[club.slug, lang] = History(facts, began=began)

    async def work(self) -> Edit:
        """Make one edit, of any kind."""
        club = self._chance.choices(self._clubs, weights=range(len(self._clubs), 0, -1))[0]
        async with self.editing:
            asked = time.monotonic()
            text = await self._edit(club)
            done = time.monotonic()
            self._chronicle.note("edit", f"{club.slug}: {text}")
            return Edit(club.slug, text, asked, done, await self._remember(club, asked))

    async def _edit(self, club: Club) -> str:
        """Do something to an event of these weeks; returns what."""
        near = self._near(self.histories[club.slug, "fr"].facts)
        fact, kind = self._chance.choice(near), self._chance.choice(KINDS)
        match kind:
            case "add":
                return await self._add(club)
            case "remove" if len(near) > FEWEST:
                await self._desk.remove(fact.id)
            case "move" | "renumber":
                minutes = self._chance.choice(MOVES if "T" in fact.told.starts else MOVES[-2:])
                await self._desk.edit(fact.id, "move", minutes=minutes, newId=kind == "renumber")
            case "cancel" | "restore":
                await self._desk.edit(fact.id, kind)
            case _:
                kind = "rename"
                self._number += 1
                title = f"{self._chance.choice(TITLES)} {self._number}"
                await self._desk.edit(fact.id, kind, title=title)
        return f"{kind} {fact.id} «{fact.told.title}»"

    async def _add(self, club: Club) -> str:
        self._number += 1
        hours = self._chance.randrange(24, 40 * 24)
        start = datetime.combine(self._today, datetime.min.time(), UTC) + timedelta(hours=hours)
        title = f"{self._chance.choice(TITLES)} {self._number}"
        await self._desk.add(club.slug, title=title, start=start.isoformat())
        return f"add «{title}»"

    def _near(self, facts: Facts) -> list[Fact]:
        first, last = (self._today - NEAR[0]).isoformat(), (self._today + NEAR[1]).isoformat()
        return [fact for _, fact in sorted(facts.items()) if first <= fact.told.starts[:10] <= last]

    async def _remember(self, club: Club, began: float) -> dict[str, int]:
        versions = {}
        for lang in LANGS:
            history = self.histories[club.slug, lang]
            before = history.latest
            history.record(await self._truth(club, lang), began=began)
            if history.latest > before:
                versions[lang] = history.latest
        return versions

    async def _truth(self, club: Club, lang: str) -> Facts:
        """Of more days than any feed has."""
        past, future = timedelta(days=club.past_days + 5), timedelta(days=club.future_days + 5)
        return await self._desk.truth(club.slug, lang, self._today - past, self._today + future)
