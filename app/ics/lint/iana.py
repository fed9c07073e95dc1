"""The IANA time zones, asked for by names out of a stranger's file.

They come from the tzdata package, never from the machine: two machines find the same in the same feed.
"""

import re
from importlib.resources import files
from zoneinfo import ZoneInfo

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+-]{1,30}(?:/[A-Za-z][A-Za-z0-9_+-]{1,30}){0,2}", re.ASCII)
_MAX_NAMES = 200


class Iana:
    """Looks zones up, each name once and no more names than a real file has."""

    def __init__(self) -> None:
        self._known: dict[str, ZoneInfo | None] = {}

    def __repr__(self) -> str:
        return f"<Iana {len(self._known)} names asked for>"

    def zone(self, name: str) -> ZoneInfo | None:
        """The zone of that name, or None where there is none."""
        if name not in self._known:
            if len(self._known) >= _MAX_NAMES:
                return None
            self._known[name] = _load(name)
        return self._known[name]

    def is_full(self) -> bool:
        """True when further names are not looked up, so that not being found says nothing."""
        return len(self._known) >= _MAX_NAMES


def _load(name: str) -> ZoneInfo | None:
    # A name is a path below the zone database: nothing but the shape of a zone's name gets that far.
    if not _NAME.fullmatch(name):
        return None
    try:
        with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
            return ZoneInfo.from_file(file, key=name)
    except (ValueError, OSError):  # no zone file, none at all, or a folder such as "America"
        return None
