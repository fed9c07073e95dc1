"""All that an organization holds, hidden or not, with its staff and headcounts: for private feeds alone.

Satisfies ``EventSource`` of ``app.feeds`` by its shape. For the public feeds the client is used as it is, and
does not ask for hidden events: nothing that it brings home for them can tell of any.

How many are registered Amilia tells of an activity as a whole, in its list of activities. The number is put
behind the record of each occurrence, so that a record is still all that an event is read from. Who is
registered is never asked for.
"""

import asyncio
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Final

import msgspec

from app.amilia import wire
from app.amilia.client import RECORDS_AT_ONCE, AmiliaClient, programs_of
from app.amilia.lenient import identifier, text, whole_number
from app.amilia.lists import Arrival
from app.amilia.translate import NORMAL, full_name
from app.domain.batches import batches
from app.domain.errors import UnreadableRecord, UpstreamRefused, UpstreamUnreadable
from app.domain.model import Event, Headcount, Lang, Program, State
from app.domain.records import Harvest, Seal

UNLIMITED: Final = 2_147_483_647
"""What MaxAttendance says where there is no limit."""
CALLED_OFF: Final = frozenset({"cancelled", "canceled"})
MARK: Final = b"\n#headcount "
"""Between a record and its headcount. No JSON has a line that begins so."""

log = logging.getLogger(__name__)


class Backstage:
    """What ``client`` reads, and what it leaves out. ``headcount`` says how many are registered as well."""

    def __init__(self, client: AmiliaClient, *, headcount: bool) -> None:
        self._client = client
        self._headcount = headcount
        self._complained = False

    def __repr__(self) -> str:
        return f"<Backstage of {self._client!r}{', headcount' if self._headcount else ''}>"

    @property
    def token(self) -> str | None:
        """The client's."""
        return self._client.token

    @token.setter
    def token(self, token: str | None) -> None:
        self._client.token = token

    async def walk(
        self,
        lang: Lang,
        first: date,
        last: date,
        *,
        arrived: Arrival,
        seal: Seal | None = None,
    ) -> Harvest:
        """See ``feeds.ports.EventSource``. Programmes count as open, but for archived ones."""
        if not self._headcount:
            harvest = await self._client.walk(lang, first, last, arrived=arrived, hidden=True, seal=seal)
            return replace(harvest, programs=opened(harvest.programs))
        harvest = await self._client.walk(lang, first, last, hidden=True)
        counts = await self._counts(harvest.records)
        records: list[bytes] = []
        for some in batches(harvest.records, RECORDS_AT_ONCE):
            records += [counted(record, counts) for record in some]
            await asyncio.sleep(0)
        return Harvest(records, opened(harvest.programs))

    def read(self, record: bytes) -> Event:
        """The event that a record tells of, whatever its activity's Status. Raises ``UnreadableRecord``."""
        json, _, count = record.partition(MARK)
        try:
            headcount = msgspec.json.decode(count, type=Headcount) if count else None
        except msgspec.MsgspecError as error:
            raise UnreadableRecord("malformed", "A record is no event: it goes on behind its end") from error
        event = self._client.read(json)
        activity = activity_of(json)
        called_off = activity is not None and text(activity.status).casefold() in CALLED_OFF
        about = event.about
        about = about._replace(
            offered=True,
            state=State.CANCELLED if called_off and about.state is State.NORMAL else about.state,
            team=team_of(bytes(wire.read_event(json).staff)),
            headcount=headcount,
        )
        return event._replace(about=about)

    async def timezone(self) -> str | None:
        """The client's."""
        return await self._client.timezone()

    async def _counts(self, records: Sequence[bytes]) -> Mapping[int, Headcount]:
        """By activity; none where the account may not read them: a calendar without numbers is a calendar."""
        programs = await programs_of(records)
        try:
            return headcounts(await self._client.activities(sorted(programs)))
        except (UpstreamRefused, UpstreamUnreadable) as error:
            if not self._complained:
                self._complained = True
                log.warning(
                    "Headcounts cannot be read; private calendars go without (said once)",
                    extra={"source": repr(self._client), "reason": str(error)},
                )
            return {}


class _Registrations(msgspec.Struct, gc=False, rename="pascal"):
    """What an activity's record says of registrations."""

    id: object = None
    max_attendance: object = None
    spots_reserved: object = None


_REGISTRATIONS: Final = msgspec.json.Decoder(_Registrations)


def headcounts(activities: Iterable[bytes]) -> Mapping[int, Headcount]:
    """How many are registered, by activity, as far as the records of activities tell."""
    found: dict[int, Headcount] = {}
    for record in activities:
        try:
            told = _REGISTRATIONS.decode(record)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            continue  # one odd activity costs its number, not the calendar
        number, registered = identifier(told.id), whole_number(told.spots_reserved)
        if number is not None and registered is not None and registered >= 0:
            found[number] = Headcount(registered, _places(told.max_attendance))
    return found


def _places(value: object) -> int | None:
    places = whole_number(value)
    return places if places is not None and 0 <= places < UNLIMITED else None


def counted(record: bytes, counts: Mapping[int, Headcount]) -> bytes:
    """The record with its activity's headcount behind it, where there is one."""
    try:
        activity = activity_of(record)
    except UnreadableRecord:
        return record  # whoever reads it says what is wrong with it
    number = identifier(activity.id) if activity is not None else None
    count = counts.get(number) if number is not None else None
    return record if count is None else record + MARK + msgspec.json.encode(count)


def opened(programs: Iterable[Program]) -> Sequence[Program]:
    """The programmes as if all of them were open to everybody, but for those that are archived."""
    return tuple(replace(program, visible=True, password_protected=False) for program in programs)


def activity_of(record: bytes) -> wire.Activity | None:
    """The activity in an event's record. Raises ``UnreadableRecord`` where that is no event."""
    return wire.ACTIVITIES.one(wire.read_event(record).activity)


def team_of(json: bytes) -> frozenset[int]:
    """The numbers of those who are still on the staff."""
    return frozenset(number for number, _ in _staying(json))


def names_of_staff(records: Iterable[bytes]) -> Mapping[int, str]:
    """Who holds the sessions of these records, by number: for an operator who looks for one."""
    found: dict[int, str] = {}
    for record in records:
        with suppress(UnreadableRecord):
            found.update(_staying(bytes(wire.read_event(record).staff)))
    return found


def _staying(json: bytes) -> Iterator[tuple[int, str]]:
    for person in wire.PEOPLE.each(msgspec.Raw(json)):
        number = identifier(person.id)
        if number is not None and text(person.state).casefold() in ("", NORMAL):
            yield number, full_name(person)
