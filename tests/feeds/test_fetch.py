"""How records are read: early, one page at a time, and not at all where nothing changed."""

import asyncio
from contextlib import aclosing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from app.domain.model import Event, Lang, Timed
from app.domain.records import Harvest, Seal
from app.feeds.catalogue import Catalogue
from app.feeds.fetch import Fetcher
from app.feeds.folding import fold
from app.feeds.memory import RevisionMemory
from app.feeds.ports import Arrival
from app.store.sqlite import SqliteStore
from tests.support.amilia_client import talking_to
from tests.support.amilia_server import AmiliaServer, program
from tests.support.amilia_server import event as amilia_event
from tests.support.fakes import FakeClock
from tests.support.make import make_event
from tests.support.press import CLUB, NOW, PROGRAM, Records

PAGE = 300
"""Events of a page: a dozen slices."""


def event(number: int) -> Event:
    start = NOW + timedelta(minutes=number)
    return make_event(id=number, when=Timed(start, start + timedelta(hours=1)))


class TwoPages:
    """An upstream whose two pages arrive at the same moment."""

    token: str | None = None

    def __init__(self) -> None:
        self.records = Records()
        self.pages = [self.records.of(*map(event, range(at, at + PAGE))) for at in (1, 1 + PAGE)]
        self.turns = 0
        self.turns_when_all_had_arrived = 0

    async def walk(
        self, lang: Lang, first: date, last: date, *, arrived: Arrival, seal: Seal | None = None
    ) -> Harvest:
        del lang, first, last, seal
        counting = asyncio.ensure_future(self._count())
        await asyncio.gather(*map(arrived, self.pages))
        counting.cancel()
        self.turns_when_all_had_arrived = self.turns
        return Harvest([*self.pages[0], *self.pages[1]], [PROGRAM])

    def read(self, record: bytes) -> Event:
        return self.records.read(record)

    async def timezone(self) -> str | None:
        return None

    async def _count(self) -> None:
        while True:
            self.turns += 1
            await asyncio.sleep(0)


async def test_pages_are_read_one_at_a_time_while_the_loop_turns(
    tmp_path: Path,
) -> None:
    source, clock = TwoPages(), FakeClock()
    store = SqliteStore(tmp_path / "feeds.db", clock=clock)
    fetcher = Fetcher({CLUB.slug: source}, RevisionMemory(store, clock=clock), store)

    draft = await fetcher.gather(CLUB, "en", began=NOW, previous=None, on_skipped=lambda _: None)
    await store.aclose()

    assert source.records.read_again == [*source.pages[0], *source.pages[1]]
    assert source.turns_when_all_had_arrived > 4
    assert len(draft.choice.entries) == 2 * PAGE


async def test_where_nothing_changed_the_catalogue_stays_as_it_is_and_folded(tmp_path: Path) -> None:
    server, clock = (
        AmiliaServer([amilia_event(n, "2026-12-01") for n in range(1, 9)], [program()]),
        FakeClock(),
    )
    async with (
        talking_to(server) as client,
        aclosing(SqliteStore(tmp_path / "feeds.db", clock=clock)) as store,
    ):
        fetcher = Fetcher({CLUB.slug: client}, RevisionMemory(store, clock=clock), store)

        async def refreshed(previous: Catalogue | None, minutes: int) -> Catalogue:
            began = NOW + timedelta(minutes=minutes)
            draft = await fetcher.gather(
                CLUB, "en", began=began, previous=previous, on_skipped=lambda _: None
            )
            return (await fetcher.finish(draft)).catalogue

        first = await refreshed(None, 0)
        await fold(first)
        second = await refreshed(first, 10)
        folded = second.held.folded
        server.events[0]["Title"] = "Moved to the big pool"
        third = await refreshed(second, 20)

    assert second.held is first.held
    assert folded
    assert second == replace(first, fetched_at=NOW + timedelta(minutes=10))
    assert third.entries[0].title == "Moved to the big pool"
    assert len(third.entries) == 8
