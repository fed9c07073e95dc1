"""What the components of one VCALENDAR add up to, so that none of them has to be kept."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from app.ics.lint.moments import Moment
from app.ics.lint.offsets import Zone

_MAX_MOMENTS = 5000


@dataclass(slots=True)
class Use:
    """How a TZID is used: the first line, how often, and times to compare its VTIMEZONE with."""

    line: int
    count: int = 0
    moments: list[Moment] = field(default_factory=list)


@dataclass(slots=True)
class Census:
    """Counts and first lines; ``uids`` leads from UID and RECURRENCE-ID to the line of the first holder."""

    components: Counter[str] = field(default_factory=Counter)
    first_event: int = 0
    without_organizer: int = 0
    uids: dict[tuple[str, str, str], int] = field(default_factory=dict)
    zones: list[Zone] = field(default_factory=list)
    uses: dict[str, Use] = field(default_factory=dict)
    compared: int = 0

    @property
    def events(self) -> int:
        return self.components["VEVENT"]

    def count_uses(self, moments: Iterable[Moment]) -> None:
        """Remember which time zones a component's times are in."""
        for moment in moments:
            if moment.tzid:
                use = self.uses.setdefault(moment.tzid, Use(moment.line))
                use.count += 1
                if self.compared < _MAX_MOMENTS:
                    self.compared += 1
                    use.moments.append(moment)
