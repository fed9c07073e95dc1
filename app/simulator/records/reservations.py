"""Reservations: who has a place, and when. Activities are repeated here, beside bookings."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice

from app.simulator.jsontext import encode, encode_object
from app.simulator.model import Event, Lang, Place, Text
from app.simulator.organization import Organization
from app.simulator.people import PRIVATE_MARK
from app.simulator.records import parts
from app.simulator.seasons import days

_BOOKED_WEEKDAYS = (1, 4, 5)
_MOST_DAYS = 800
_HALL_HIRE = Text("Location de salle", "Hall hire")
_UPKEEP = Text("Entretien", "Maintenance")


@dataclass(frozen=True, slots=True)
class Reservation:
    """One use of a place: a booking of its own, or an event under another name (``event``)."""

    key: str
    kind: str
    title: Text
    start: datetime
    end: datetime
    place: Place | None
    all_day: bool = False
    cancelled: bool = False
    event: Event | None = None


def between(organization: Organization, first: date, last: date) -> list[Reservation]:
    """All reservations from ``first`` to ``last``, both included, by id."""
    events = organization.timetable.between(first, last)
    found = [_of_event(event) for event in events if event.raw is None]
    return sorted([*found, *_bookings(organization, first, last)], key=lambda each: each.key)


def reservation(value: Reservation, lang: Lang) -> str:
    activity = value.event.activity if value.event else None
    return encode_object(
        {
            "ReservationId": encode(value.key),
            "Title": encode(value.title.of(lang)),
            "Type": encode(value.kind),
            "Start": encode(value.start.isoformat()),
            "End": encode(value.end.isoformat()),
            "AllDay": parts.flag(on=value.all_day),
            "IsCancelled": parts.flag(on=value.cancelled),
            "Location": parts.place_summary(value.place, lang),
            "BookingType": "null" if activity else '{"Name":"Location","Color":"Orange"}',
            "AdminBooking": '{"Note":""}' if value.kind == "AdminBooking" else "null",
            "Activity": encode({"Id": activity.id, "Name": activity.name.of(lang)}) if activity else "null",
            "Client": _client(value),
            "Staff": parts.people(activity.staff) if activity else "[]",
        }
    )


def _of_event(event: Event) -> Reservation:
    return Reservation(
        f"AC-{event.id}",
        "Activity",
        event.name,
        event.start,
        event.end,
        event.activity.place,
        event.all_day,
        event.state == "Cancelled",
        event,
    )


def _bookings(organization: Organization, first: date, last: date) -> Iterator[Reservation]:
    """An evening hire or an upkeep on some weekdays, told by the day alone."""
    place = next(iter(organization.places.values()), None)
    for day in islice(days(first, last), _MOST_DAYS):
        if day.weekday() not in _BOOKED_WEEKDAYS:
            continue
        start = datetime.combine(day, time(19), organization.zone)
        number = 40_000_000 + organization.number * 1000 + day.toordinal() % 10_000
        upkeep = day.weekday() == _BOOKED_WEEKDAYS[0]
        yield Reservation(
            f"{'AB' if upkeep else 'FB'}-{number}",
            "AdminBooking" if upkeep else "FacilityBooking",
            _UPKEEP if upkeep else _HALL_HIRE,
            start,
            start + timedelta(hours=3),
            place,
        )


def _client(value: Reservation) -> str:
    if value.kind != "FacilityBooking":
        return "null"
    return encode({"Id": 880_001, "FullName": f"Client {PRIVATE_MARK}", "Email": "zz-private@example.org"})
