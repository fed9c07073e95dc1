"""From Amilia's event to ours: one named function for each oddity of the API.

Texts are trimmed and otherwise left as they are; cleaning them is up to whoever renders them.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final

import msgspec

from app.amilia import wire
from app.amilia.addresses import absolute
from app.amilia.instants import Written, read_written
from app.amilia.lenient import decimal, flag, identifier, text
from app.domain.errors import UnreadableRecord
from app.domain.model import Days, Event, Particulars, Place, State, Tag, Timed, Topic, When

STATES: Final = {state.value.casefold(): state for state in State if state is not State.OTHER} | {
    "canceled": State.CANCELLED  # the API's parameters spell it both ways
}
NORMAL: Final = "normal"
ONLY_EVENT_TYPE: Final = "Activity"
ONE_DAY: Final = timedelta(days=1)
PLAIN_COUNTRIES: Final = frozenset({"", "canada", "ca", "united states", "usa", "us"})
"""Left out of addresses that name a province or state, by which people and maps find them there."""
HIGHEST_PRICE: Final = 1_000_000
MOST_DEGREES: Final = (90.0, 180.0)

BOUNDARY: Final = b"\0"
"""Stands in no JSON (RFC 8259 §2 and §7)."""

remembered: Final = lru_cache(maxsize=4096)
"""For parts that come again and again in the same bytes: thousands of events share a few hundred of them."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What all occurrences of an activity have in common."""

    name: str = ""
    offered: bool = True
    program: Topic | None = None
    category: Topic | None = None
    subcategory: Topic | None = None
    activity: Topic | None = None


def event_from(record: bytes, *, show_staff: bool) -> Event:
    """The event that a record of the events endpoint tells of. Raises ``UnreadableRecord``."""
    source = wire.read_event(record)
    try:
        return _event(source, show_staff=show_staff)
    except UnreadableRecord as problem:
        which = f"Event {identifier(source.id) or 'without a number'}"
        raise UnreadableRecord(problem.kind, f"{which}: {problem}") from problem


def _event(source: wire.Event, *, show_staff: bool) -> Event:
    plain = b",".join((source.event_type, source.title, source.state, source.price, source.url))
    staff = source.staff if show_staff else wire.NULL
    about = particulars_of(BOUNDARY.join((plain, source.activity, source.location, source.tags, staff)))
    when = when_of(text(source.start), text(source.end), all_day=flag(source.all_day) is True)
    return Event(identifier(source.id) or stand_in_id(about.activity, when, about.title), when, about)


@lru_cache(maxsize=1024)  # of a centre's activities; more would only fill the processor's caches
def particulars_of(rest: bytes) -> Particulars:
    """What the other fields of a record tell, from their JSON: plain values, and what is nested."""
    plain, activity, location, tags, staff = wire.in_utf8(rest).split(BOUNDARY)
    event_type, title, state, price, url = wire.read_values(plain)
    refuse_other_types(event_type)
    offer = offer_of(activity)
    word = text(state) or State.NORMAL.value
    return Particulars(
        title=text(title) or offer.name,
        state=state_of(word),
        amilia_state=word,
        offered=offer.offered,
        program=offer.program,
        category=offer.category,
        subcategory=offer.subcategory,
        activity=offer.activity,
        place=place_of(location),
        price=price_of(price),
        url=absolute(text(url)),
        tags=visible_tags(tags),
        staff=staff_names(staff),
    )


def refuse_other_types(event_type: object) -> None:
    """EventType is documented to be always "Activity"; null passes for it, another word does not."""
    if text(event_type).casefold() not in ("", ONLY_EVENT_TYPE.casefold()):
        raise UnreadableRecord("event-type", "it is not of type Activity")


@lru_cache(maxsize=64)
def state_of(word: str) -> State:
    """What became of it; a word of which the documentation knows nothing is kept as it came."""
    return STATES.get(word.casefold(), State.OTHER)


@remembered
def offer_of(json: bytes) -> Offer:
    """The activity and its place on the shelf, empty where there is none.

    One that cannot be read, or whose programme cannot, makes the whole event unreadable: nobody could tell
    whether it is public.
    """
    raw = msgspec.Raw(json)
    activity = wire.ACTIVITIES.one(raw)
    if activity is None:
        if wire.is_present(raw):
            raise UnreadableRecord("activity", "its Activity cannot be read")
        return Offer()
    if activity.program_id not in (None, "", 0, "0") and identifier(activity.program_id) is None:
        raise UnreadableRecord("activity", "its ProgramId is no number")
    return Offer(
        name=text(activity.name),
        offered=is_offered(activity.status),
        program=topic(activity.program_id, activity.program_name),
        category=named_topic(activity.category_id, activity.category_name),
        subcategory=named_topic(activity.sub_category_id, activity.sub_category_name),
        activity=topic(activity.id, activity.name),
    )


def is_offered(status: object) -> bool:
    """Status is Normal, Hidden or Cancelled, of the activity as a whole; null means Normal."""
    return status is None or (isinstance(status, str) and text(status).casefold() in ("", NORMAL))


@lru_cache(maxsize=512)  # classes begin together, on the hour in every hall, and come together in a list
def when_of(starts: str, ends: str, *, all_day: bool) -> When:
    """Whole days where AllDay says so, or where Start is a mere date as the documentation has it."""
    if not starts:
        raise UnreadableRecord("no-start", "it has no Start")
    start = read_written(starts, "its Start")
    end = read_written(ends, "its End") if ends else None
    if all_day or not start.has_time:
        return whole_days(start, end)
    return stretch(start, end)


def whole_days(start: Written, end: Written | None) -> Days:
    """The local dates as they are written, never converted.

    Amilia ends an all-day event at 23:59:59 of its last day; midnight is the end of the day before it.
    """
    first = start.day
    if end is None or end.local <= start.local:
        return Days(first, first + ONE_DAY)
    ends_at_midnight = end.has_time and end.local.time() == time.min
    return Days(first, max(end.day if ends_at_midnight else end.day + ONE_DAY, first + ONE_DAY))


def stretch(start: Written, end: Written | None) -> Timed:
    """The instants between which it takes place.

    An offset that only one of the two has serves for both. Where neither has one no instant is known: the
    organization's zone is not, and a guess would move events by hours.
    """
    offset = end.offset if start.offset is None and end is not None else start.offset
    if offset is None:
        raise UnreadableRecord("no-offset", "its Start has no offset")
    begins = start.instant(offset)
    if end is None:
        return Timed(begins, begins)
    return Timed(begins, end_not_before(begins, end.instant(offset if end.offset is None else end.offset)))


def end_not_before(begins: datetime, ends: datetime) -> datetime:
    """The end, or the beginning where End lies before Start.

    That is a slip of the hand (a wrong AM or PM, a night that ends on the next day): only the beginning can
    be relied on, and a length that nobody wrote would be made up.
    """
    return max(begins, ends)


def topic(number: object, name: object) -> Topic | None:
    """A level of the shelf. One that has a name but no number (0, null) is shown, and cannot be asked for."""
    known, named = identifier(number), text(name)
    return Topic(known or 0, named) if known or named else None


def named_topic(number: object, name: object) -> Topic | None:
    """A level of the shelf that is shown by its name, so that one without a name is absent."""
    return topic(number, name) if text(name) else None


@remembered
def place_of(json: bytes) -> Place | None:
    """The place; None for null, ``[]`` and one that tells nothing."""
    location = wire.LOCATIONS.one(msgspec.Raw(json))
    if location is None:
        return None
    address = wire.ADDRESSES.one(location.address) or wire.Address()
    place = Place(
        id=identifier(location.id),
        name=text(location.name),
        address=address_line(address),
        coordinates=real_coordinates(address),
    )
    return place if place.name or place.address or place.coordinates else None


def address_line(address: wire.Address) -> str:
    """One line as maps find it: "888 rue Joseph-Gravel, Chambly QC J3L 0C7"."""
    province = text(address.state_province)
    town = " ".join(filter(None, (text(address.city), province, text(address.zip_postal_code))))
    country = text(address.country)
    if province and country.casefold() in PLAIN_COUNTRIES:
        country = ""
    return ", ".join(filter(None, (text(address.address1), text(address.address2), town, country)))


def real_coordinates(address: wire.Address) -> tuple[float, float] | None:
    """Latitude and longitude where both are given and on this planet; 0, 0 is what was never set."""
    latitude, longitude = decimal(address.latitude), decimal(address.longitude)
    if latitude is None or longitude is None or latitude == longitude == 0:
        return None
    if abs(latitude) > MOST_DEGREES[0] or abs(longitude) > MOST_DEGREES[1]:
        return None
    return float(latitude), float(longitude)


def price_of(value: object) -> Decimal | None:
    """The price; one below zero or beyond belief is none."""
    return _price(value) if isinstance(value, int | float | str) else None


@lru_cache(maxsize=4096, typed=True)  # 1 and True are equal, and not both a price
def _price(value: float | str) -> Decimal | None:
    price = decimal(value)
    return price if price is not None and 0 <= price <= HIGHEST_PRICE else None


@remembered
def visible_tags(json: bytes) -> tuple[Tag, ...]:
    """The tags that are not said to be invisible, each once, as far as they have a number and a name."""
    tags = {
        number: Tag(number, text(tag.name))
        for tag in wire.TAGS.each(msgspec.Raw(json))
        if (number := identifier(tag.id)) and text(tag.name) and flag(tag.is_visible) is not False
    }
    return tuple(tags.values())


@remembered
def staff_names(json: bytes) -> tuple[str, ...]:
    """The names of those who are still on the staff, each once."""
    people = wire.PEOPLE.each(msgspec.Raw(json))
    staying = (person for person in people if text(person.state).casefold() in ("", NORMAL))
    return tuple(dict.fromkeys(filter(None, map(full_name, staying))))


def full_name(person: wire.Person) -> str:
    """The whole name as it is given, else as far as its parts are."""
    return text(person.full_name) or " ".join(filter(None, (text(person.first_name), text(person.last_name))))


def stand_in_id(activity: Topic | None, when: When, title: str) -> int:
    """A negative number for an occurrence that Amilia gave none (0 or null), the same on every reading.

    Two placeholders of one activity with the same start and title are taken for one event: nothing tells
    them apart, and the documentation's own sample is such a pair.
    """
    start = when.first if isinstance(when, Days) else when.start
    told = f"{activity.id if activity else 0}\n{start.isoformat()}\n{title}".encode()
    return -1 - (int.from_bytes(hashlib.blake2b(told, digest_size=8).digest()) >> 2)
