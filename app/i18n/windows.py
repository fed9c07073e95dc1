"""From the zone names of Windows, which Amilia's schedules use, to those of the IANA database.

The table is CLDR's ``windowsZones``, for the territory that stands for the whole zone (001).
"""

from functools import lru_cache

from babel.core import get_global


def zone_from_windows(name: str) -> str | None:
    """The IANA zone of a Windows one, or None where Windows has no such zone.

    >>> zone_from_windows("US Eastern Standard Time")
    'America/Indianapolis'
    """
    return _zones().get(name.strip().casefold())


@lru_cache
def _zones() -> dict[str, str]:
    return {windows.casefold(): iana for windows, iana in get_global("windows_zone_mapping").items()}
