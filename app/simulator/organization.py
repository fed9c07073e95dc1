"""One organization of a world: its settings, its shelves and its timetable."""

from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.simulator.model import Account, Activity, Place, Program, Tag, Text
from app.simulator.timetable import Timetable


@dataclass(slots=True, eq=False)
class Organization:
    """An organization as the API knows it: by ``number`` and by ``slug``, the URL identifier of its store.

    ``places`` are all of them by id; ``sites`` the well-known ones by the key that its offer gives them.
    """

    number: int
    slug: str
    name: Text
    zone: ZoneInfo
    windows_zone: str
    account: Account
    places: dict[int, Place] = field(default_factory=dict)
    sites: dict[str, Place] = field(default_factory=dict)
    tags: dict[int, Tag] = field(default_factory=dict)
    programs: dict[int, Program] = field(default_factory=dict)
    activities: dict[int, Activity] = field(default_factory=dict)
    timetable: Timetable = field(default_factory=Timetable)

    def __repr__(self) -> str:
        return f"<Organization {self.slug} {len(self.programs)} programmes, {len(self.timetable)} events>"

    def today(self, now: datetime) -> date:
        """The day that it is there at an aware instant."""
        return now.astimezone(self.zone).date()
