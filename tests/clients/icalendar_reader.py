"""icalendar, with which Open Web Calendar, khal and many websites in Python read feeds."""

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import icalendar

from tests.clients.client import RefreshFailed
from tests.clients.reader import Reader
from tests.clients.sightings import Sighting, span, state, venue


class Icalendar(Reader):
    name = "icalendar"
    title = "icalendar"
    zone = "Europe/London"
    manner = "Validates the calendar, and complains of no component."

    @classmethod
    def missing(cls) -> str:
        return ""

    @classmethod
    def version(cls) -> str:
        return version("icalendar")

    def read(self, body: bytes) -> Sequence[Sighting]:
        calendar = icalendar.Calendar.from_ical(body)
        assert isinstance(calendar, icalendar.Calendar)
        calendar.validate()  # type: ignore[no-untyped-call]  # icalendar's
        complaints = [error for part in calendar.walk() for error in part.errors]
        if complaints:
            raise RefreshFailed(f"{complaints}")
        return [self._sighting(event) for event in calendar.walk("VEVENT")]

    def _sighting(self, event: Any) -> Sighting:
        end = event["DTEND"].dt if "DTEND" in event else None
        times = span(event["DTSTART"].dt, end, self.zone)
        return Sighting(
            *times, str(event["SUMMARY"]), venue(str(event.get("LOCATION", ""))), state(str(event["STATUS"]))
        )
