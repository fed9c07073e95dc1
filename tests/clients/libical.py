"""libical, the library under KDE's and GNOME's calendars, with its own checker of the rules of RFC 5545.

It learns the clock changes from the feed's VTIMEZONE alone: what it shows is a second opinion on that.
"""

import ctypes
import ctypes.util
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime

from tests.clients.client import RefreshFailed, absent, packaged
from tests.clients.reader import Reader
from tests.clients.sightings import CANCELLED, CONFIRMED, Sighting, span, venue

_VEVENT = 4  # enum icalcomponent_kind in icalenums.h of libical 3
_STATUS_CANCELLED = 10905  # enum icalproperty_status in icalderivedproperty.h of libical 3


class _Time(ctypes.Structure):
    """struct icaltimetype of libical 3."""

    _fields_ = (
        *((name, ctypes.c_int) for name in ("year", "month", "day", "hour", "minute", "second")),
        ("is_date", ctypes.c_int),
        ("is_daylight", ctypes.c_int),
        ("zone", ctypes.c_void_p),
    )


class Libical(Reader):
    name = "libical"
    title = "libical"
    zone = "Europe/Athens"
    packages = ("libical3",)
    manner = (
        "Its restriction check passes and it counts no error. It learns the clock changes from the feed's "
        "VTIMEZONE alone, and shows the right hours."
    )

    @classmethod
    def missing(cls) -> str:
        return "" if ctypes.util.find_library("ical") else absent(cls.title, cls.packages, "libical.so.3")

    @classmethod
    def version(cls) -> str:
        return packaged("libical3")

    def read(self, body: bytes) -> Sequence[Sighting]:
        library = _library()
        calendar = library.icalparser_parse_string(body)
        if not calendar:
            raise RefreshFailed("not a calendar")
        try:
            # The check adds what it finds to the component, so it comes before the count.
            if not library.icalrestriction_check(calendar) or library.icalcomponent_count_errors(calendar):
                raise RefreshFailed(library.icalcomponent_as_ical_string(calendar).decode())
            return [self._sighting(library, event) for event in _events(library, calendar)]
        finally:
            library.icalcomponent_free(calendar)

    def _sighting(self, library: ctypes.CDLL, event: int) -> Sighting:
        start = _moment(library, library.icalcomponent_get_dtstart(event))
        end = _moment(library, library.icalcomponent_get_dtend(event))
        cancelled = library.icalcomponent_get_status(event) == _STATUS_CANCELLED
        return Sighting(
            *span(start, end, self.zone),
            (library.icalcomponent_get_summary(event) or b"").decode(),
            venue((library.icalcomponent_get_location(event) or b"").decode()),
            CANCELLED if cancelled else CONFIRMED,
        )


def _library() -> ctypes.CDLL:
    library = ctypes.CDLL(ctypes.util.find_library("ical"))
    pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
    for name, result, *parameters in (
        ("icalparser_parse_string", pointer, text),
        ("icalrestriction_check", number, pointer),
        ("icalcomponent_count_errors", number, pointer),
        ("icalcomponent_as_ical_string", text, pointer),
        ("icalcomponent_free", None, pointer),
        ("icalcomponent_get_first_component", pointer, pointer, number),
        ("icalcomponent_get_next_component", pointer, pointer, number),
        ("icalcomponent_get_summary", text, pointer),
        ("icalcomponent_get_location", text, pointer),
        ("icalcomponent_get_status", number, pointer),
        ("icalcomponent_get_dtstart", _Time, pointer),
        ("icalcomponent_get_dtend", _Time, pointer),
        ("icaltime_as_timet_with_zone", ctypes.c_long, _Time, pointer),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, parameters
    return library


def _events(library: ctypes.CDLL, calendar: int) -> Iterator[int]:
    event = library.icalcomponent_get_first_component(calendar, _VEVENT)
    while event:
        yield event
        event = library.icalcomponent_get_next_component(calendar, _VEVENT)


def _moment(library: ctypes.CDLL, time: _Time) -> date:
    if time.is_date:
        return date(time.year, time.month, time.day)
    return datetime.fromtimestamp(library.icaltime_as_timet_with_zone(time, time.zone), UTC)
