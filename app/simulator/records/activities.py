"""The activity, as REST lists it, and its occurrences.

Of the two shapes of an activity this is REST's; ``webhooks`` sends another, made from the same fields.
"""

import hashlib
from datetime import datetime

from app.simulator.daynames import WEEKDAYS
from app.simulator.jsontext import encode, encode_object
from app.simulator.model import Activity, Event, Lang
from app.simulator.organization import Organization
from app.simulator.records import parts

UNLIMITED = 2_147_483_647
"""What MaxAttendance is when there is no limit."""


def activity(
    organization: Organization, value: Activity, lang: Lang, *, taxes: bool, occurrences: bool
) -> str:
    """The JSON text of one activity, with its taxes or occurrences where asked for."""
    fields = activity_fields(organization, value, lang)
    events = organization.timetable.of_activity(value.id)
    fields["Schedules"] = _schedules(organization, value, events, lang)
    if taxes:
        fields["Taxes"] = encode([{"Name": "TPS", "Rate": 0.05}, {"Name": "TVQ", "Rate": 0.09975}])
    if occurrences:
        fields["Occurrences"] = "[" + ",".join(occurrence(event, lang) for event in events) + "]"
    return encode_object(fields)


def activity_fields(organization: Organization, value: Activity, lang: Lang) -> dict[str, str]:
    """All fields but Schedules: name → JSON text."""
    events = organization.timetable.of_activity(value.id)
    reserved = value.id % (value.places + 1) if value.places is not None else value.id % 40
    return {
        "Id": str(value.id),
        "Name": encode(value.name.of(lang)),
        "ProgramId": str(value.program.id),
        "ProgramName": encode(value.program.name.of(lang)),
        **parts.shelf("Category", value.category, lang),
        **parts.shelf("SubCategory", value.subcategory, lang),
        "Url": encode(parts.store_url(organization, lang, "activities", value.id)),
        "Status": encode(value.status),
        "OrganizationId": str(organization.number),
        "Description": encode(value.description.of(lang)),
        "Prerequisite": "null",
        "Note": '""',
        "AdditionalInformation": "null",
        "ThirdPartyUrl": "null",
        "ResponsibleName": encode(f"{value.staff[0].first} {value.staff[0].last}" if value.staff else ""),
        "AgeSummary": '""',
        "ScheduleSummary": encode("; ".join(schedule_lines(events, lang))),
        "LocationLabel": '""',
        "Tags": parts.tags(value.tags, lang),
        "Keywords": "[]",
        "Groups": "[]",
        "Forms": "[]",
        "Price": value.price,
        "DropInPrice": value.price if value.drop_in else "null",
        "MaxAttendance": str(UNLIMITED if value.places is None else value.places),
        "SpotsRemaining": "null" if value.places is None else str(value.places - reserved),
        "SpotsReserved": str(reserved),
        "HasWaitListEnabled": parts.flag(on=value.places is not None),
        "HasSessionEnabled": "true",
        "HasDropInEnabled": parts.flag(on=value.drop_in),
        "IsTeamRegistration": "false",
        "Age": "null",
        "StartDate": _moment(min((event.start for event in events), default=None)),
        "EndDate": _moment(max((event.end for event in events), default=None)),
        "NumberOfOccurrences": str(len(events)),
        "DisplayOrder": "0",
        "RegistrationPeriods": _registration_periods(value, events),
        "PictureUrl": encode(value.picture),
        "SecretUrl": encode(_secret_url(organization, value, lang)),
    }


def occurrence(event: Event, lang: Lang) -> str:
    reserved = event.id % 9
    places = event.activity.places
    return encode_object(
        {
            "Id": str(event.id),
            "ActivityId": str(event.activity.id),
            "Start": _moment(event.start),
            "End": _moment(event.end),
            "State": encode(event.state),
            "Location": parts.place_summary(event.activity.place, lang),
            "Staff": parts.people(event.activity.staff),
            "HasDropInEnabled": parts.flag(on=event.activity.drop_in),
            "DropInMaxAttendance": str(UNLIMITED if places is None else places),
            "DropInSpotsReserved": str(reserved),
            "DropInSpotsRemaining": "null" if places is None else str(max(0, places - reserved)),
        }
    )


def schedule_lines(events: list[Event], lang: Lang) -> list[str]:
    """One line for each weekday and hour at which an activity is held."""
    slots = sorted(
        {(event.start.weekday(), f"{event.start:%H:%M}", f"{event.end:%H:%M}") for event in events}
    )
    return [f"{WEEKDAYS[weekday].of(lang)} {start} - {end}" for weekday, start, end in slots]


def _moment(value: datetime | None) -> str:
    return encode(value.isoformat()) if value else "null"


def _schedules(organization: Organization, value: Activity, events: list[Event], lang: Lang) -> str:
    if not events:
        return "[]"
    first, last = min(events, key=_begin), max(events, key=_begin)
    weekly = len(events) > 1
    period = {
        "StartTime": f"{first.start:%H:%M:%S}",
        "EndTime": f"{first.end:%H:%M:%S}",
        "StartDate": f"{first.start:%Y-%m-%d}T00:00:00",
        "EndDate": f"{last.end:%Y-%m-%d}T00:00:00",
        "NumberOfOccurence": len(events),
        "RecurrenceEndDate": f"{last.start:%Y-%m-%d}T00:00:00" if weekly else None,
        "TimeZone": organization.windows_zone,
        "TimePeriodType": "RepeatUntilEndDate" if weekly else "Interval",
        "Days": [WEEKDAYS[day].en for day in sorted({event.start.weekday() for event in events})],
        "RecurrenceUnitType": "week" if weekly else None,
        "MonthType": None,
    }
    place = value.place
    places = (
        "[" + encode_object({"Id": str(place.id), "Name": parts.place_name(place, lang)}) + "]"
        if place
        else "[]"
    )
    schedule = {"TimePeriod": encode(period), "Staff": parts.people(value.staff), "Locations": places}
    return "[" + encode_object(schedule) + "]"


def _begin(event: Event) -> datetime:
    return event.start


def _registration_periods(value: Activity, events: list[Event]) -> str:
    if not events:
        return "[]"
    opens = min(event.start for event in events).replace(hour=8, minute=0, day=1)
    return encode(
        [
            {
                "Id": value.id + 1_000_000,
                "StartTime": opens.isoformat(),
                "EndTime": max(event.end for event in events).isoformat(),
                "RegistrationCriterionType": "Everyone",
                "ResidencyName": None,
            }
        ]
    )


def _secret_url(organization: Organization, value: Activity, lang: Lang) -> str:
    """The address that lets people reach even a hidden activity: never to be published."""
    token = hashlib.sha256(f"secret of activity {value.id}".encode()).hexdigest()[:32]
    return f"https://app.amilia.com/store/{lang}/{organization.slug}/api/Activity/Detail?activityId={token}"
