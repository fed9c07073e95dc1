"""Home Assistant's "remote calendar": the library that it reads feeds with, used as it uses it, and strictly.

One property that the library does not understand costs the whole feed, which makes it the strictest reader
that many people have.
"""

import logging
from collections.abc import Sequence
from datetime import date
from importlib.metadata import version
from zoneinfo import ZoneInfo

from ical.calendar import Calendar
from ical.calendar_stream import IcsCalendarStream
from ical.compat import enable_compat_mode
from ical.exceptions import CalendarParseError

from tests.clients.client import RefreshFailed
from tests.clients.reader import Reader
from tests.clients.sightings import Sighting, span, venue

logging.getLogger("ical.compat").setLevel(logging.ERROR)  # it warns of each thing that it could mend


class HomeAssistant(Reader):
    name = "home-assistant"
    title = "Home Assistant's library"
    zone = "Australia/Sydney"
    shows_state = False
    manner = (
        "The library of its remote calendar, used as Home Assistant does; Home Assistant itself calls the "
        "calendar unavailable until the next good answer. One property that it cannot read costs the whole "
        "feed. Does not show STATUS."
    )

    @classmethod
    def missing(cls) -> str:
        return ""

    @classmethod
    def version(cls) -> str:
        return f"ical {version('ical')}"

    def read(self, body: bytes) -> Sequence[Sighting]:
        try:
            calendar = self._parsed(body.decode())
        except CalendarParseError as error:
            raise RefreshFailed(str(error)) from error
        timeline = calendar.timeline_tz(ZoneInfo(self.zone))
        return [self._sighting(event.start, event.end, event.summary, event.location) for event in timeline]

    def _parsed(self, text: str) -> Calendar:
        with enable_compat_mode(text) as mended:
            return IcsCalendarStream.calendar_from_ics(mended)

    def _sighting(self, start: date, end: date, summary: str | None, location: str | None) -> Sighting:
        return Sighting(*span(start, end, self.zone), summary or "", venue(location))


class StrictIcal(HomeAssistant):
    name = "ical"
    title = "the same, strict"
    manner = "Without the mending that Home Assistant asks of its library."

    def _parsed(self, text: str) -> Calendar:
        return IcsCalendarStream.calendar_from_ics(text)
