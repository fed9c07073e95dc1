"""The time zone of an organization, which Amilia tells only in passing, in its activities' schedules."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from zoneinfo import ZoneInfo

import msgspec


def most_frequent_zone(
    activities: Iterable[bytes], zone_from_windows: Callable[[str], str | None]
) -> str | None:
    """The IANA zone that most schedules of the activities name, None where none is known.

    ``Schedules[].TimePeriod.TimeZone`` has the zone names of Windows; an IANA name is taken too.
    """
    names = Counter(name for activity in activities for name in _zone_names(activity))
    zones: Counter[str] = Counter()
    for name, count in names.items():
        zone = zone_from_windows(name) or _iana(name)
        if zone:
            zones[zone] += count
    return max(zones, key=zones.__getitem__, default=None)


def _zone_names(activity: bytes) -> Iterator[str]:
    try:
        told = msgspec.json.decode(activity)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return
    schedules = told.get("Schedules") if isinstance(told, dict) else None
    for schedule in schedules if isinstance(schedules, list) else ():
        period = schedule.get("TimePeriod") if isinstance(schedule, dict) else None
        name = period.get("TimeZone") if isinstance(period, dict) else None
        if isinstance(name, str) and name.strip():
            yield name.strip()


def _iana(name: str) -> str | None:
    try:
        return ZoneInfo(name).key
    except (KeyError, ValueError, OSError):  # unknown, no relative path, or the name of a directory
        return None
