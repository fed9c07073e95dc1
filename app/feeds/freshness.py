"""What to do about one catalogue when somebody asks for it. Pure: facts in, a decision out.

    catalogue           asked now                                  in the background
    ------------------  -----------------------------------------  ------------------------------------------
    none                wait for the one running fetch             that fetch
    none, failing       refuse until the back-off is over          nothing
    fresh               serve                                      nothing; when nearly stale and somebody
                                                                   asked in the last day, one refresh ahead
    stale               serve                                      one refresh, unless backing off
    marked              serve                                      the same as stale

Stale is a copy older than the time to live, or of another day of the organization's calendar (the window's
edges move once a day). A mark says that something changed since the copy's refresh began; marks are gathered
for some seconds.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

ASKED_RECENTLY = timedelta(days=1)
GATHERING = timedelta(seconds=3)
"""Notices come in bursts: after a refresh the next one waits so long, and answers all that came meanwhile."""
AHEAD = 0.8
"""The share of its life after which a copy in use is refreshed, so that nobody meets a stale one."""


class Decision(Enum):
    WAIT = "wait"
    REFUSE = "refuse"
    SERVE = "serve"
    SERVE_AND_REFRESH = "serve and refresh"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one catalogue. Moments are aware UTC."""

    copy_from: datetime | None
    """When the refresh that brought the copy began; None without a copy."""
    other_day: bool
    """The organization's calendar day is no longer the copy's."""
    marked: bool
    """A notice said that something changed, after that refresh began."""
    asked_at: datetime | None
    retry_at: datetime | None
    """While refreshes fail: not before this."""


def decide(facts: Facts, now: datetime, time_to_live: timedelta) -> Decision:
    """The row of the table above for somebody who asks at ``now``."""
    backing_off = facts.retry_at is not None and now < facts.retry_at
    if facts.copy_from is None:
        return Decision.REFUSE if backing_off else Decision.WAIT
    if is_stale(facts, now, time_to_live) and not backing_off:
        return Decision.SERVE_AND_REFRESH
    return Decision.SERVE


def is_stale(facts: Facts, now: datetime, time_to_live: timedelta) -> bool:
    """True when the copy is too old, of another day, or older than the last notice."""
    if facts.copy_from is None:
        return True
    age = now - facts.copy_from
    return (facts.marked and age >= GATHERING) or facts.other_day or age >= time_to_live


def due_ahead(facts: Facts, now: datetime, time_to_live: timedelta) -> bool:
    """True when a copy that somebody uses should be refreshed before anybody has to be served a stale one."""
    if facts.copy_from is None or facts.asked_at is None or now - facts.asked_at >= ASKED_RECENTLY:
        return False
    if facts.retry_at is not None and now < facts.retry_at:
        return False
    return is_stale(facts, now, time_to_live * AHEAD)
