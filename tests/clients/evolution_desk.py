"""Runs beside evolution-data-server on its session bus, with the system's Python, and looks at one calendar.

Standard input and output carry one JSON value a line: a command, and what came of it. Nothing of the project
is imported here, because the bindings belong to the system's interpreter.
"""

import json
import sys
from collections.abc import Callable
from typing import Any

import gi  # type: ignore[import-not-found]  # the system's interpreter has it

gi.require_version("EDataServer", "1.2")
gi.require_version("ECal", "2.0")
gi.require_version("ICalGLib", "3.0")
from gi.repository import ECal, EDataServer, GLib, ICalGLib  # type: ignore[import-not-found]  # noqa: E402

_AT_ONCE = 2**32 - 1
"""Open the calendar without waiting until its first answer has come."""
_ALL = "#t"


class Desk:
    """The calendar of one source, opened as GNOME Calendar and Evolution do; ``zone`` is their setting."""

    def __init__(self, source: str, zone: str) -> None:
        registry = EDataServer.SourceRegistry.new_sync(None)
        self.client = ECal.Client.connect_sync(
            registry.ref_source(source), ECal.ClientSourceType.EVENTS, _AT_ONCE, None
        )
        self.zone = ICalGLib.Timezone.get_builtin_timezone(zone)

    def refresh(self) -> str:
        """Ask for the feed; what went wrong, if it says so at once."""
        try:
            self.client.refresh_sync(None)
        except GLib.Error as error:
            return str(error.message)
        return ""

    def look(self) -> list[dict[str, Any]]:
        _, found = self.client.get_object_list_sync(_ALL, None)
        return [self._entry(component) for component in found]

    def _entry(self, component: Any) -> dict[str, Any]:
        return {
            "title": component.get_summary(),
            "start": self._clock(component.get_dtstart()),
            "end": self._clock(component.get_dtend()),
            "place": component.get_location(),
            "cancelled": component.get_status() == ICalGLib.PropertyStatus.CANCELLED,
        }

    def _clock(self, time: Any) -> list[int]:
        """Year, month and day, and for timed events hour and minute, in the zone of this machine."""
        if not time.is_date():
            time.convert_to_zone_inplace(self.zone)
        day = [time.get_year(), time.get_month(), time.get_day()]
        return day if time.is_date() else [*day, time.get_hour(), time.get_minute()]


def main() -> None:
    desk = Desk(*sys.argv[1:])
    commands: dict[str, Callable[[], object]] = {"refresh": desk.refresh, "look": desk.look}
    for line in sys.stdin:
        print(json.dumps(commands[line.strip()]()), flush=True)  # noqa: T201  # the answer


main()
