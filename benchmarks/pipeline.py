"""The refresh of one organization without network and database: from pages of JSON to a catalogue and a feed.

Everything else is the service's own: the client that splits and checks the pages, the reading and rendering
of what is new, the revision memory, the catalogue, and the join of the feed with its ETag.
"""

import asyncio
import sys
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, cast
from urllib.parse import urlencode

import httpx

from app.amilia import client as amilia_client
from app.amilia.client import AmiliaClient
from app.amilia.connection import Connection
from app.amilia.credentials import KeyCredentials
from app.amilia.pace import Pace
from app.domain.errors import UnreadableRecord
from app.domain.memories import Memories
from app.domain.model import Organization
from app.domain.records import Recollection
from app.domain.selection import Selection, parse
from app.feeds.catalogue import Catalogue, window
from app.feeds.feed import composed
from app.feeds.fetch import Fetcher
from app.feeds.memory import RevisionMemory
from app.feeds.ports import Store
from app.ics.calendar import CalendarHead, head
from app.ics.zones import Zone, publish_zone
from benchmarks.amilia import Amilia
from benchmarks.data import CLUB, MOMENT, TODAY

WHOLE = parse([], CLUB)


class Pipeline:
    """One organization, its memory and the last catalogue. Runs on an event loop of its own."""

    def __init__(self, amilia: Amilia, slug: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._moment = MOMENT
        self._source, self._still = self._loop.run_until_complete(self._connected(amilia, slug))
        self.anew()

    def close(self) -> None:
        self._loop.close()

    def anew(self) -> None:
        """Forget the catalogue and what was told of it: the next refresh is a first one."""
        store = cast(Store, _Recollecting())
        memory = RevisionMemory(store, clock=lambda: self._moment)
        self._fetcher = Fetcher({CLUB.slug: self._source}, memory, store)
        self.catalogue: Catalogue | None = None

    def prepare(self) -> None:
        """Have every answer of the API at hand, so that a refresh pays for none of them."""
        zone = zone_of(CLUB, TODAY)
        day = zone.local(MOMENT).date()
        first, last = window(day, CLUB.past_days, CLUB.future_days)
        self._loop.run_until_complete(self._source.walk("fr", first, last))

    def tell(self, amilia: Amilia) -> None:
        """From now on the API tells of these events."""
        self._still.amilia = amilia

    def refresh(self) -> Catalogue:
        """The catalogue of what the API tells now, by way of the last one."""
        self._moment += timedelta(minutes=10)
        self.catalogue = self._loop.run_until_complete(self._refreshed(self._moment))
        return self.catalogue

    def feed(self) -> bytes:
        """A refresh, and the new bytes of the whole feed with the tag that tells them from the last ones."""
        return joined(self.refresh())[0]

    async def _connected(self, amilia: Amilia, slug: str) -> tuple[AmiliaClient, "_Still"]:
        amilia_client.Connection = _Still  # type: ignore[attr-defined]  # the one difference: it has the answers
        try:
            source = AmiliaClient(
                cast(httpx.AsyncClient, None),
                api_url="http://127.0.0.1/api/v3",
                organization=slug,
                credentials=KeyCredentials("benchmark", "benchmark"),
                origin=None,
                pace=Pace(),
                clock=lambda: self._moment,
                zone_from_windows=lambda _: None,
            )
        finally:
            amilia_client.Connection = Connection  # type: ignore[attr-defined]
        still = cast(_Still, source._connection)  # noqa: SLF001
        still.amilia = amilia
        return source, still

    async def _refreshed(self, began: datetime) -> Catalogue:
        draft = await self._fetcher.gather(
            CLUB, "fr", began=began, previous=self.catalogue, on_skipped=_refuse
        )
        return (await self._fetcher.finish(draft)).catalogue


class _Still(Connection):
    """A connection that has every answer already: equal bytes each time, and never the same object twice.

    Its copy is on our side of the comparison: Python would remember the hash of an object that comes again.
    """

    amilia: Amilia

    def __init__(self, *words: Any, **named: Any) -> None:  # noqa: ANN401  # the connection's own
        super().__init__(*words, **named)
        self._ready: dict[tuple[Amilia, str], bytes] = {}

    async def get(self, path: str, query: Mapping[str, str]) -> bytes:
        """The body of the answer."""
        target = f"/api/v3/{path}?{urlencode(query)}"
        body = self._ready.get((self.amilia, target))
        if body is None:
            body = self._ready[self.amilia, target] = self.amilia.answer(target).body
        return bytes(memoryview(body))


class _Recollecting:
    """A store that only counts versions: the revision memory itself knows what it told."""

    def __init__(self) -> None:
        self._version = 1

    async def recall(self, _organization: str, known: int | None) -> Recollection | None:
        return None if known == self._version else Recollection(self._version, MOMENT, None, Memories())

    async def remember(self, _organization: str, _events: object, **_facts: object) -> int:
        self._version += 1
        return self._version

    async def token(self, _organization: str) -> None:
        return None


def joined(catalogue: Catalogue, selection: Selection = WHOLE) -> tuple[bytes, str]:
    """The bytes of a feed, and its ETag."""
    opening = head(
        CalendarHead("Club", "Club", CLUB.color, "https://c.example/", "https://c.example/c.ics"),
        catalogue.zone,
    )
    calendar, tag = composed(opening, catalogue.select(selection), selection, lang="fr", instead=bytes)
    return calendar.joined(), tag


def zone_of(organization: Organization, day: date) -> Zone:
    """The zone in which an organization's events are published on ``day``."""
    around = window(day, organization.past_days + 1, organization.future_days + 1)
    return publish_zone(organization.timezone or "UTC", *around)


def forget() -> None:
    """Empty every memory of finished lines and the like, so that a first render is one."""
    for name, module in list(sys.modules.items()):
        if name.startswith("app."):
            for value in list(vars(module).values()):
                if hasattr(value, "cache_clear"):
                    value.cache_clear()


def _refuse(problem: UnreadableRecord) -> None:
    raise problem
