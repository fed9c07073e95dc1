"""Every fault of Amilia, in every state of a catalogue, over every kind of store: one cell each, played out.

    arrange     the state is brought about while all is well; readers may have seen what was true then
    strike      staff edit three events, the fault begins, the store breaks if it is to
    at once     three readers ask at the same time; when no refresh is running any more, one asks again
    later       eleven minutes later (every back-off is over) the same once more
    healed      the fault ends, a shared store is back; the feed must tell the truth of now

What readers get is a word each (``Word``); whatever is not one of these words is a failure.
"""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

import httpx

from app.domain.model import LANGS, Lang
from soak.feed import Reading, Stamps, read_feed
from soak.history import Facts
from tests.faults.shops import FileShop, Shop, redis_shop
from tests.faults.stage import Centre, Stage, on_stage, open_centre

READERS: Final = 3
LOOKS: Final = 10
"""How often to ask until the first refresh after the trouble has begun."""


@dataclass(frozen=True, slots=True)
class Upset:
    """A fault as ``app.simulator.faults`` writes it, for every call, as long as it lasts.

    ``pages`` when the lists are to come in several pages.
    """

    word: str
    pages: bool = False

    def __str__(self) -> str:
        return f"{self.word}, several pages" if self.pages else self.word


UPSETS: Final = (
    *map(Upset, ("latency=0.05", "hang", "400", "401", "403", "404", "422", "429", "429=1", "500", "502")),
    *map(Upset, ("503", "503=1", "504", "cut", "truncated", "html", "empty-body", "huge=5", "deep")),
    *map(Upset, ("empty-page", "malformed", "nulls", "churn", "churn@/events", "totals")),
    *(Upset(word, pages=True) for word in ("totals", "moving", "endless")),
)
"""Every kind of ``app.simulator.faults.KINDS``."""
WITH_SILENCE: Final = frozenset(map(Upset, ("latency=0.05", "hang", "401", "500", "empty-page", "malformed")))
"""Each asking of a silent store takes its time, so only some faults are played over one."""
AT_ONCE: Final = 10
"""Cells that are played at the same time; besides, as many of those that mostly wait for a silent store."""


class State(StrEnum):
    """What there is to serve when the fault strikes."""

    NONE = "no copy"
    FRESH = "fresh copy"
    STALE = "stale copy"
    MARKED = "copy marked by a notice"
    OTHER = "only the other language’s copy"
    KEPT = "after a restart, a copy in the store"


class Store(StrEnum):
    """Where catalogues are kept, and whether that breaks together with Amilia."""

    SQLITE = "SQLite"
    SQLITE_BROKEN = "SQLite, broken"
    REDIS = "Redis"
    REDIS_BROKEN = "Redis, gone"
    REDIS_SILENT = "Redis, silent"

    @property
    def shared(self) -> bool:
        return self in (Store.REDIS, Store.REDIS_BROKEN, Store.REDIS_SILENT)

    @property
    def breaks(self) -> bool:
        return self not in (Store.SQLITE, Store.REDIS)


class Word(StrEnum):
    """What a reader got."""

    NEW = "new"
    LAST = "last"
    OTHER = "other language"
    ABSENT = "503"
    EMPTY = "“no events”"
    RENUMBERED = "new, other ids"
    BARE = "new, bare"


AGE: Final = {Word.OTHER: 0, Word.LAST: 0, Word.ABSENT: 0, Word.NEW: 1, Word.RENUMBERED: 1, Word.BARE: 1}
"""What was true before the edits is 0, and once newer was served nothing older may follow."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One fault, one state, one store."""

    upset: Upset
    state: State
    store: Store

    @property
    def lang(self) -> Lang:
        """The language that is asked for."""
        return "en" if self.state is State.OTHER else "fr"

    def __str__(self) -> str:
        return f"{self.upset} × {self.state} × {self.store}"


@dataclass(slots=True)
class Play:
    """What happened in one cell: words in the order of answers, and how often Amilia was read."""

    cell: Cell
    words: list[Word] = field(default_factory=list)
    walks: list[int] = field(default_factory=list)
    """At once, and later."""
    healed: Word | None = None
    """What the feed tells once all is well again."""
    problems: list[str] = field(default_factory=list)

    @property
    def story(self) -> str:
        """The words without repetition: "last, then new"."""
        return ", then ".join(word for n, word in enumerate(self.words) if word not in self.words[:n])


@dataclass(slots=True)
class Witness:
    """Judges answers: it knows what was true before the edits and after, in both languages."""

    play: Play
    before: dict[Lang, Facts]
    after: dict[Lang, Facts] = field(default_factory=dict)
    listed: frozenset[tuple[str, str]] = frozenset()
    """Start and end of everything that Amilia lists."""
    stamps: dict[tuple[str, str], Stamps] = field(default_factory=dict)

    def hear(self, answer: httpx.Response) -> Word | None:
        """The word for an answer; anything that no reader may get is noted as a problem."""
        try:
            return self._word(answer)
        except (AssertionError, ValueError) as problem:
            self.play.problems.append(f"{self.play.cell}: {problem}")
            return None

    def _word(self, answer: httpx.Response) -> Word:
        if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
            assert int(answer.headers["retry-after"]) >= 1, "503 without a time to come back"
            assert "BEGIN:VCALENDAR" not in answer.text, "503 with a calendar"
            return Word.ABSENT
        assert answer.status_code == httpx.codes.OK, f"status {answer.status_code}"
        lang: Lang = "fr" if answer.headers["content-language"] == "fr" else "en"
        reading = read_feed(answer.content)
        expected = {"fr": "Explorateurs de la forêt", "en": "Forest Explorers"}[lang]
        assert reading.name == expected, f"the calendar of {reading.name}"
        self._never_falls(lang, reading)
        return self._compared(lang, reading)

    def _compared(self, lang: Lang, reading: Reading) -> Word:
        told = reading.told
        if told == _told(self.after.get(lang, {})) and told:
            word = Word.NEW
        elif told == _told(self.before.get(lang, {})) and told:
            word = Word.LAST
        elif not told:
            word = Word.EMPTY
        elif sorted(map(repr, told.values())) == sorted(map(repr, _told(self.after[lang]).values())):
            word = Word.RENUMBERED
        else:
            spans = {(it.starts, it.ends) for it in told.values()}
            untitled = {it.title for it in told.values()} <= {"Activité", "Activity"}
            assert untitled, f"a calendar that never was true, of {len(told)} events"
            assert spans <= self.listed, "events at times that nobody told"
            word = Word.BARE
        if lang != self.play.cell.lang:
            assert word is Word.LAST, f"the other language's copy says {word}"
            return Word.OTHER
        return word

    def _never_falls(self, lang: Lang, reading: Reading) -> None:
        for uid, seen in reading.events.items():
            known = self.stamps.get((lang, uid))
            assert known is None or seen.stamps >= known, (
                f"the stamps of {uid} fell from {known} to {seen.stamps}"
            )
            self.stamps[lang, uid] = seen.stamps


def _told(facts: Facts) -> dict[str, object]:
    return {uid: fact.told for uid, fact in facts.items()}


async def play(cell: Cell, directory: Path, shop: Shop) -> Play:
    """Play one cell from its beginning to its end."""
    played, centre = Play(cell), open_centre(pages=cell.upset.pages)
    witness = Witness(played, _truth(centre))
    async with AsyncExitStack() as services:
        stage = await services.enter_async_context(on_stage(centre, shop.url, directory))
        await _arrange(stage, cell, witness)
        if cell.state is State.KEPT:
            await services.aclose()
        await _strike(centre, cell, shop)
        witness.after = _truth(centre)
        witness.listed = centre.spans()
        if cell.state is State.KEPT:
            stage = await services.enter_async_context(on_stage(centre, shop.url, directory))
        walks = stage.walks()
        if cell.state is State.MARKED:
            await stage.notice()
        await _watch(stage, witness, walks)
        await _heal(stage, shop, witness)
    return played


async def _arrange(stage: Stage, cell: Cell, witness: Witness) -> None:
    """Bring the state about."""
    if cell.state is not State.NONE:
        word = witness.hear(await stage.ask("fr"))
        if word not in (Word.LAST, Word.OTHER):
            witness.play.problems.append(f"{cell}: all was well, and the answer was {word}")
    if cell.state in (State.STALE, State.KEPT):
        stage.centre.clock.advance(minutes=11)
    if cell.state is State.MARKED:
        stage.centre.clock.advance(seconds=10)


async def _strike(centre: Centre, cell: Cell, shop: Shop) -> None:
    centre.work()
    centre.fault(cell.upset.word)
    if cell.store.breaks:
        await shop.fail()


async def _watch(stage: Stage, witness: Witness, walks: int) -> None:
    """Ask at once, and eleven minutes later; there had been so many ``walks`` when the fault struck."""
    played = witness.play
    for minutes in (0, 11):
        stage.centre.clock.advance(minutes=minutes)
        lang = played.cell.lang
        answers = await asyncio.gather(*(stage.ask(lang) for _ in range(READERS)))
        await stage.settled()
        words = [witness.hear(answer) for answer in (*answers, await stage.ask(lang))]
        played.words += [word for word in words if word is not None]
        before, walks = walks, stage.walks()
        played.walks.append(walks - before)


async def _heal(stage: Stage, shop: Shop, witness: Witness) -> None:
    """All is well again: the truth must be back after one more refresh.

    A store that has just come back may be given up once more, so the first asking need not refresh.
    """
    stage.centre.faults.clear()
    await shop.recover()
    stage.centre.clock.advance(minutes=11)
    lang, walks = witness.play.cell.lang, stage.walks()
    for _ in range(LOOKS):
        witness.hear(await stage.ask(lang))
        await stage.settled()
        if stage.walks() > walks:
            break
        await asyncio.sleep(0.2)
    witness.play.healed = witness.hear(await stage.ask(lang))


def _truth(centre: Centre) -> dict[Lang, Facts]:
    return {lang: centre.facts(lang) for lang in LANGS}


def cells(stores: Iterable[Store]) -> list[Cell]:
    """The whole matrix for these stores; what takes longest comes first, so that it is not last."""
    ordered = sorted(stores, key=lambda store: store is not Store.REDIS_SILENT)
    return [
        Cell(upset, state, store)
        for store in ordered
        for upset in UPSETS
        if store is not Store.REDIS_SILENT or upset in WITH_SILENCE
        for state in State
    ]


async def play_all(chosen: Sequence[tuple[int, Cell]], directory: Path, redis_port: int | None) -> list[Play]:
    """Play many cells, some at the same time; each has a service, a centre and a store of its own.

    The number beside a cell names its folder and its database of Redis.
    """
    seats, waiting = asyncio.Semaphore(AT_ONCE), asyncio.Semaphore(AT_ONCE)

    async def seated(number: int, cell: Cell) -> Play:
        home = directory / str(number)
        silent = cell.store is Store.REDIS_SILENT
        async with waiting if silent else seats, AsyncExitStack() as rented:
            home.mkdir()
            if cell.store.shared:
                assert redis_port is not None
                shop: Shop = await rented.enter_async_context(redis_shop(redis_port, number, silent=silent))
            else:
                shop = FileShop(home)
            return await play(cell, home, shop)

    return list(await asyncio.gather(*(seated(number, cell) for number, cell in chosen)))
