"""Things that work like the real ones, in a few lines: a clock to turn, an upstream to fill."""

import asyncio
import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta

from app.domain.errors import UnreadableRecord, UpstreamError
from app.domain.model import Event, Lang, Program
from app.domain.records import Harvest, Seal
from app.feeds.ports import Arrival

NOON = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)


class FakeClock:
    """A clock that stands still until it is advanced."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **step: float) -> None:
        self.now += timedelta(**step)


class FakeSource:
    """An upstream that tells of ``events``; a record is the event's number in the list of all it ever had."""

    def __init__(self, events: Sequence[Event] = (), programs: Sequence[Program] = ()) -> None:
        self.events = list(events)
        self.programs = list(programs)
        self.failure: UpstreamError | None = None
        self.walks: list[tuple[Lang, date, date]] = []
        self.reads = 0
        self.gate: asyncio.Event | None = None
        self.zone: str | None = None
        self.token: str | None = None
        self._seen: list[Event] = []

    async def walk(
        self, lang: Lang, first: date, last: date, *, arrived: Arrival, seal: Seal | None = None
    ) -> Harvest:
        del seal
        self.walks.append((lang, first, last))
        if self.gate is not None:
            await self.gate.wait()
        await asyncio.sleep(0)
        if self.failure is not None:
            raise self.failure
        records = [self._record(event) for event in self.events]
        await arrived(records[: len(records) // 2])
        return Harvest(records, list(self.programs))

    def read(self, record: bytes) -> Event:
        self.reads += 1
        number: int | None = json.loads(record)
        if number is None:
            raise UnreadableRecord("no-start", "Start is missing")
        return self._seen[number]

    async def timezone(self) -> str | None:
        return self.zone

    def _record(self, event: Event) -> bytes:
        if event not in self._seen:
            self._seen.append(event)
        return json.dumps(self._seen.index(event)).encode()


def no_jitter() -> float:
    return 0.5


Jitter = Callable[[], float]
