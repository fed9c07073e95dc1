"""What a faithful calendar of an organization would hold: the answer that a test compares a feed with."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TypeAlias

from app.simulator.model import Event, Lang
from app.simulator.organization import Organization
from app.simulator.visibility import publishable

Fact: TypeAlias = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Truth:
    """The events that must be published, and the ids of those that may be.

    A careful reader may doubt an event without Id or activity, or with its end before its start.
    """

    events: list[Fact]
    doubtful: list[int]


def truth(organization: Organization, lang: Lang, *, first: date, last: date, skipped: bool) -> Truth:
    """What is publicly publishable from ``first`` to ``last``, both included, in the order of ids."""
    events = sorted(organization.timetable.between(first, last), key=lambda event: event.id)
    public = [event for event in events if publishable(event, skipped=skipped)]
    return Truth(
        events=[_fact(event, lang) for event in public if not event.doubtful],
        doubtful=[event.id for event in public if event.doubtful],
    )


def _fact(event: Event, lang: Lang) -> Fact:
    """One event: instants in UTC, all-day ones also as the days that they cover, both included."""
    place = event.activity.place
    return {
        "Id": event.id,
        "Start": _utc(event.start),
        "End": _utc(event.end),
        "AllDay": event.all_day,
        "FirstDay": event.first_day.isoformat(),
        "LastDay": event.last_day.isoformat(),
        "State": event.state,
        "Title": title(event, lang),
        "ProgramId": event.activity.program.id,
        "ActivityId": event.activity.id,
        "Place": place.name.of(lang) if place and place.name else None,
    }


def title(event: Event, lang: Lang) -> str | None:
    """The title as the API sends it, null included."""
    sent = (event.wire or {}).get("Title")
    if sent is None:
        return event.name.of(lang)
    value = json.loads(sent)
    return None if value is None else str(value)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
