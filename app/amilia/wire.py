"""An event as Amilia's API sends it (GET org/{org}/events), and no more than the service reads of it.

Every field may be absent, null or of another type than documented: plain values are taken as ``object`` and
read by ``lenient``; what is nested stays raw until it is read on its own, so that an odd tag costs a tag and
not the event. So does whatever the occurrences of an activity have in common: it is read once for all.
``Participants`` is not here on purpose, and ``Staff`` stays unread where names are not shown.
"""

from collections.abc import Iterator, Sequence
from typing import Final, Generic, TypeVar

import msgspec

from app.domain.errors import UnreadableRecord

NULL: Final = msgspec.Raw(b"null")


class Event(msgspec.Struct, frozen=True, gc=False, rename="pascal"):
    """One occurrence of an activity."""

    id: object = None
    start: object = None
    end: object = None
    all_day: object = None
    title: msgspec.Raw = NULL
    url: msgspec.Raw = NULL
    state: msgspec.Raw = NULL
    event_type: msgspec.Raw = NULL
    price: msgspec.Raw = NULL
    activity: msgspec.Raw = NULL
    location: msgspec.Raw = NULL
    tags: msgspec.Raw = NULL
    staff: msgspec.Raw = NULL


class Activity(msgspec.Struct, frozen=True, gc=False, rename="pascal"):
    """The class that the event is an occurrence of, with its place on the shelf."""

    id: object = None
    name: object = None
    status: object = None
    program_id: object = None
    program_name: object = None
    category_id: object = None
    category_name: object = None
    sub_category_id: object = None
    sub_category_name: object = None


class Location(msgspec.Struct, frozen=True, gc=False, rename="pascal"):
    """Where it takes place."""

    id: object = None
    name: object = None
    address: msgspec.Raw = NULL


class Address(msgspec.Struct, frozen=True, gc=False, rename="pascal"):
    """A postal address and its coordinates."""

    address1: object = None
    address2: object = None
    city: object = None
    state_province: object = None
    zip_postal_code: object = None
    country: object = None
    latitude: object = None
    longitude: object = None


class Tag(msgspec.Struct, frozen=True, gc=False, rename="pascal"):
    """A label."""

    id: object = None
    name: object = None
    is_visible: object = None


class Person(msgspec.Struct, frozen=True, gc=False, rename="pascal"):
    """A member of the staff."""

    full_name: object = None
    first_name: object = None
    last_name: object = None
    state: object = None
    id: object = None


Part = TypeVar("Part", Activity, Location, Address, Tag, Person)


class Reader(Generic[Part]):
    """Reads one kind of nested part."""

    def __init__(self, kind: type[Part]) -> None:
        self._decoder: msgspec.json.Decoder[Part] = msgspec.json.Decoder(kind)

    def one(self, raw: msgspec.Raw) -> Part | None:
        """The object, or the first object of a list; None for null, [], "" and anything else."""
        return next(self.each(raw), None)

    def each(self, raw: msgspec.Raw) -> Iterator[Part]:
        """The objects of a list, or the one object that stands alone; what is no object is passed over."""
        for member in _members(raw):
            try:
                yield self._decoder.decode(member)
            except msgspec.MsgspecError:
                continue


ACTIVITIES: Final = Reader(Activity)
LOCATIONS: Final = Reader(Location)
ADDRESSES: Final = Reader(Address)
TAGS: Final = Reader(Tag)
PEOPLE: Final = Reader(Person)

_EVENT: Final = msgspec.json.Decoder(Event)
_VALUES: Final = msgspec.json.Decoder(list[object])
_LIST: Final = msgspec.json.Decoder(list[msgspec.Raw])


def read_event(record: bytes) -> Event:
    """The event of a record. Raises ``UnreadableRecord`` where it is no JSON object."""
    try:
        try:
            return _EVENT.decode(record)
        except UnicodeDecodeError:
            return _EVENT.decode(in_utf8(record))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise UnreadableRecord("malformed", f"A record is no event: {type(error).__name__}") from error


def read_values(json: bytes) -> Sequence[object]:
    """Plain values with commas between them. Raises ``UnreadableRecord``: not all that is raw is JSON."""
    try:
        return _VALUES.decode(b"[%b]" % json)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise UnreadableRecord("malformed", f"it cannot be read: {type(error).__name__}") from error


def in_utf8(json: bytes) -> bytes:
    """The same with U+FFFD for what is no UTF-8; nearly all is, and need not be copied."""
    try:
        json.decode()
    except UnicodeDecodeError:
        return json.decode("utf-8", "replace").encode()
    return json


def is_present(raw: msgspec.Raw) -> bool:
    """True when there is something, be it unreadable; False for null and for what is empty."""
    return bytes(raw).strip() not in (b"null", b"[]", b'""')


def _members(raw: msgspec.Raw) -> list[msgspec.Raw]:
    try:
        return _LIST.decode(raw)
    except msgspec.MsgspecError:
        return [raw]
