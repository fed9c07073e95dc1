"""One organization on Amilia: its events, its programmes and its time zone.

    walk      the days, in ranges of at most 31        programmes (hidden and archived ones too)
                 │ first page, then the others            │
                 │ shifted? the same days in halves       │
                 └───────────────┬────────────────────────┘
              an event of a programme that is not in the list: the list is read once more
                                 │
                              Harvest

Satisfies ``EventSource`` of ``app.feeds`` by its shape.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Final

import httpx

from app.amilia.answers import Unauthorized
from app.amilia.connection import Call, Connection, Observer, segment
from app.amilia.credentials import Credentials, Secret
from app.amilia.limits import Limits
from app.amilia.lists import Answer, Arrival, Lists
from app.amilia.pace import Pace
from app.amilia.paging import Reading
from app.amilia.programs import programs_named_by, read_programs
from app.amilia.together import task_group, together
from app.amilia.translate import event_from
from app.amilia.webhook import Subscription, read_subscription
from app.amilia.zones import most_frequent_zone
from app.domain.batches import batches
from app.domain.digests import digest_of
from app.domain.errors import (
    UpstreamError,
    UpstreamRefused,
    UpstreamThrottled,
    UpstreamUnavailable,
    UpstreamUnreadable,
)
from app.domain.model import Event, Lang, Program
from app.domain.records import Harvest, Seal

LONGEST_RANGE: Final = timedelta(days=31)
"""Amilia's v2 refused more than 50 days, and nothing is documented for v3: a month is safe."""
ONE_DAY: Final = timedelta(days=1)
PROGRAMS_ASKED_FOR_ZONE: Final = 5
RECORDS_AT_ONCE: Final = 500
"""A millisecond's worth of looking into records."""
DEFAULTS: Final = Limits()

log = logging.getLogger(__name__)


async def programs_of(records: Sequence[bytes]) -> Set[int]:
    """The arrival for whoever reads no record before all of them are here. The loop stays free."""
    named: set[int] = set()
    for some in batches(records, RECORDS_AT_ONCE):
        named.update(programs_named_by(some))
        await asyncio.sleep(0)
    return named


def _unobserved(_outcome: str, _seconds: float) -> None:
    """Calls are counted only where somebody asks for it."""


class AmiliaClient:
    """Reads one organization, by its URL identifier or number.

    ``pace`` is shared by all clients of the process, as ``http`` may be; both stay the caller's.
    ``observe`` is told the outcome (a status or a short word) and the seconds of every call.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        *,
        api_url: str,
        organization: str,
        credentials: Credentials,
        origin: str | None,
        pace: Pace,
        clock: Callable[[], datetime],
        zone_from_windows: Callable[[str], str | None],
        show_skipped: bool = False,
        show_staff: bool = False,
        observe: Observer = _unobserved,
        limits: Limits = DEFAULTS,
    ) -> None:
        self._pace = pace.share()
        self._connection = Connection(
            http,
            api_url=api_url,
            credentials=credentials,
            origin=origin,
            pace=self._pace,
            clock=clock,
            limits=limits,
            observe=observe,
        )
        self._lists = Lists(self._connection, limits)
        self._organization = organization
        self._limits = limits
        self._zone_from_windows = zone_from_windows
        self._show_skipped = show_skipped
        self._show_staff = show_staff

    def __repr__(self) -> str:
        return f"<AmiliaClient {self._organization}>"

    @property
    def token(self) -> str | None:
        """The bearer token in hand, to be kept over a restart; None with a key pair, and before the first."""
        token = self._connection.token
        return token.reveal() if token else None

    @token.setter
    def token(self, token: str | None) -> None:
        self._connection.token = Secret(token) if token else None

    async def walk(
        self,
        lang: Lang,
        first: date,
        last: date,
        *,
        arrived: Arrival = programs_of,
        hidden: bool = False,
        seal: Seal | None = None,
    ) -> Harvest:
        """All events of the days from ``first`` to ``last``, both included, and all programmes.

        Amilia leaves out what is ``hidden`` unless it is asked for that. Records are in the order of the days
        that were asked for, then of Amilia's pages, whichever answer came first; exact repetitions are left
        out. ``arrived`` is awaited with each page, which may be read again if the pages contradict each
        other; ``seal`` as in ``feeds.ports.EventSource``. Raises ``UpstreamError``.
        """
        named = set(seal.named) if seal is not None else set()

        async def noted(records: Sequence[bytes]) -> Set[int]:
            told = await arrived(records)
            named.update(told)
            return told

        async with self._errand():
            async with task_group() as group:
                listing = group.create_task(self._programs(lang))
                ranges = [
                    group.create_task(self._stretch(lang, *days, noted, hidden=hidden, seal=seal))
                    for days in ranges_of(first, last)
                ]
            stretches = [task.result() for task in ranges]
            if seal is not None and all(stretch.read for stretch in stretches):
                programs = await self._programs_of(lang, seal.named, listing.result())
                return Harvest((), programs, seal, unchanged=True)
            stretches = [await stretch.read() if stretch.read else stretch for stretch in stretches]
            records: dict[bytes, bytes] = {}
            for stretch in stretches:
                records.update(stretch.records)
            if len(records) > self._limits.records:
                raise UpstreamUnreadable(f"The days have more than {self._limits.records} events")
            pages = {stretch.days: stretch.seal for stretch in stretches if stretch.seal}
            if not records:
                named.clear()  # what the last harvest's events named, nobody names any more
            programs = await self._programs_of(lang, named, listing.result())
            listed = named.intersection(program.id for program in programs)
            sealed = Seal(pages, frozenset(listed)) if len(pages) == len(stretches) else None
            return Harvest(tuple(records.values()), programs, sealed, digests=tuple(records))

    def read(self, record: bytes) -> Event:
        """The event that a record tells of. Raises ``UnreadableRecord``."""
        return event_from(record, show_staff=self._show_staff)

    async def timezone(self) -> str | None:
        """The IANA name of the zone that most activity schedules name, None where none names one.

        Asks for current activities, then for past ones, then programme by programme: the first two calls need
        a permission that not every account has. Raises ``UpstreamError``.
        """
        async with self._errand():
            for query in ({}, {"showPastActivities": "true"}):
                zone = await self._zone_in("activities", query)
                if zone:
                    return zone
            newest = sorted(await self._programs("en"), key=lambda program: -program.id)
            for program in newest[:PROGRAMS_ASKED_FOR_ZONE]:
                zone = await self._zone_in(f"programs/{program.id}/activities", {"showHidden": "true"})
                if zone:
                    return zone
        return None

    async def activities(self, programs: Iterable[int]) -> Sequence[bytes]:
        """The records of all activities of these programmes, hidden ones too. Raises ``UpstreamError``."""
        query = {"showHidden": "true", "showCancelled": "true"}
        async with self._errand():
            lists = await together(
                self._lists.settled(self._path("en", f"programs/{number}/activities"), query)
                for number in programs
            )
        return tuple(chain.from_iterable(lists))

    async def subscriptions(self) -> list[Subscription]:
        """The change notices that Amilia sends for this organization. Raises ``UpstreamError``."""
        async with self._errand():
            reading = await self._lists.first_page(self._path("en", "webhooks"), {})
        return [subscription for record in reading.records if (subscription := read_subscription(record))]

    async def subscribe(self, name: str, url: str, context: str, action: str) -> Subscription:
        """Have notices of ``action`` on ``context`` sent to ``url``. Raises ``UpstreamError``."""
        wish = {"Name": name, "Url": url, "Context": context, "Action": action, "Version": "V1"}
        async with self._errand():
            body = await self._connection.send(Call(self._path("en", "webhooks"), method="POST", json=wish))
        created = read_subscription(body)
        if created is None:
            raise UpstreamUnreadable("POST webhooks: the answer names no subscription")
        return created

    async def unsubscribe(self, number: int) -> None:
        """End one of the subscriptions. Raises ``UpstreamError``."""
        path = self._path("en", f"webhooks/{number}")
        async with self._errand():
            await self._connection.send(Call(path, method="DELETE"))

    async def _zone_in(self, endpoint: str, query: dict[str, str]) -> str | None:
        try:
            reading = await self._lists.first_page(self._path("en", endpoint), query)
        except Unauthorized:
            raise  # the next call would only try the same credentials again
        except (UpstreamRefused, UpstreamUnreadable) as error:
            log.debug("No time zone there", extra=self._facts(endpoint=endpoint, reason=str(error)))
            return None
        return most_frequent_zone(reading.records, self._zone_from_windows)

    async def _stretch(
        self, lang: Lang, first: date, last: date, arrived: Arrival, *, hidden: bool, seal: Seal | None
    ) -> "_Stretch":
        """A range of days; left unread where all its pages are those of the harvest with that seal."""
        days = f"{first} {last}"
        known = seal.pages.get(days, ()) if seal is not None else ()
        answers: Sequence[Answer] = ()
        if known:
            query = self._query(first, last, hidden=hidden)
            answers = await self._lists.answers_like(self._path(lang, "events"), query, known)

        async def read() -> _Stretch:
            reading = await self._days(lang, first, last, arrived, hidden=hidden, answers=answers)
            return _Stretch(days, {digest_of(it): it for it in reading.records}, reading.seal)

        if known and tuple(answer.digest for answer in answers) == known:
            return _Stretch(days, {}, known, read)
        return await read()

    async def _days(
        self,
        lang: Lang,
        first: date,
        last: date,
        arrived: Arrival,
        *,
        hidden: bool,
        answers: Sequence[Answer] = (),
    ) -> Reading:
        """The records of a range of days, asked for in halves where its pages contradict each other.

        ``answers`` as in ``Lists.once``. What was not read of a piece has no seal.
        """
        path, query = self._path(lang, "events"), self._query(first, last, hidden=hidden)
        reading = await self._lists.once(path, query, arrived, answers=answers)
        if reading.doubt is None:
            return reading
        log.info(
            "A list of events contradicts itself; reading these days again",
            extra=self._facts(first=first.isoformat(), last=last.isoformat(), reason=reading.doubt),
        )
        if first == last or not reading.paged:
            return Reading(await self._lists.settled(path, query, reading, arrived))
        middle = first + (last - first) // 2
        halves = await together(
            (
                self._days(lang, first, middle, arrived, hidden=hidden),
                self._days(lang, middle + ONE_DAY, last, arrived, hidden=hidden),
            )
        )
        return Reading((*halves[0].records, *halves[1].records))

    def _query(self, first: date, last: date, *, hidden: bool) -> dict[str, str]:
        query = {"from": first.isoformat(), "to": last.isoformat(), "showCanceled": "true"}
        if self._show_skipped:
            query["showSkipped"] = "true"
        if hidden:
            query["showHidden"] = "true"
        return query

    async def _programs(self, lang: Lang) -> Sequence[Program]:
        query = {"showHidden": "true", "showArchived": "true"}
        return read_programs(await self._lists.settled(self._path(lang, "programs"), query))

    async def _programs_of(
        self, lang: Lang, named: Set[int], programs: Sequence[Program]
    ) -> Sequence[Program]:
        """The programmes, read once more where an event names one that was made since they were read."""
        if named - {program.id for program in programs}:
            programs = await self._programs(lang)
        if named and not programs:
            raise UpstreamUnreadable("Events name programmes, but the list of programmes is empty")
        return programs

    @asynccontextmanager
    async def _errand(self) -> AsyncIterator[None]:
        """Several calls as one piece of work, within its time and among the other organizations'."""
        seconds = self._limits.walk_seconds
        async with self._pace.errand():
            self._connection.begin_errand()
            try:
                async with asyncio.timeout(seconds):
                    yield
            except TimeoutError as error:
                raise self._too_slow(seconds) from error

    def _too_slow(self, seconds: float) -> UpstreamError:
        pause = self._pace.paused_for
        text = f"Reading {self._organization} was not over after {seconds:g} s"
        return UpstreamThrottled(text, retry_after=pause) if pause else UpstreamUnavailable(text)

    def _path(self, lang: Lang, endpoint: str) -> str:
        return f"{lang}/org/{segment(self._organization)}/{endpoint}"

    def _facts(self, **facts: str) -> dict[str, str]:
        return {"organization": self._organization, **facts}


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A range of days and its records by digest; ``read`` is there where its pages were left unread."""

    days: str
    records: Mapping[bytes, bytes] = field(repr=False)
    seal: tuple[bytes, ...]
    read: "Callable[[], Coroutine[None, None, _Stretch]] | None" = None


def ranges_of(first: date, last: date) -> Iterator[tuple[date, date]]:
    """The days from ``first`` to ``last``, both included, in ranges of at most ``LONGEST_RANGE``."""
    while first <= last:
        end = min(first + LONGEST_RANGE - ONE_DAY, last)
        yield first, end
        first = end + ONE_DAY
