"""Who sees which event: the flags of the API, and what an organization would want the public to know.

The documentation gives the flags without a text. Read here: hidden are activities with Status Hidden and
those in programmes that are not visible; cancelled are occurrences or activities of that state. Replaced and
Archived occurrences have no flag and are listed, so that a reader has to leave them out itself.
"""

from dataclasses import dataclass

from app.simulator.model import Activity, Event

_UNPUBLISHED_STATES = ("Replaced", "Archived")


@dataclass(frozen=True, slots=True)
class Flags:
    """What a call asks to see beside the ordinary."""

    hidden: bool = False
    skipped: bool = False
    cancelled: bool = False
    archived: bool = False


def listed(event: Event, flags: Flags) -> bool:
    """Whether the events endpoint lists an occurrence."""
    activity = event.activity
    return (
        (flags.hidden or (activity.status != "Hidden" and activity.program.visible))
        and (flags.skipped or event.state != "Skipped")
        and (flags.cancelled or "Cancelled" not in {event.state, activity.status})
        and (flags.archived or not activity.program.archived)
    )


def activity_listed(activity: Activity, flags: Flags) -> bool:
    """Whether a list of activities has one."""
    return (flags.hidden or activity.status != "Hidden") and (
        flags.cancelled or activity.status != "Cancelled"
    )


def publishable(event: Event, *, skipped: bool) -> bool:
    """Whether anybody may know of an occurrence; ``skipped`` when the organization shows skipped ones."""
    return (
        event.raw is None
        and event.activity.status == "Normal"
        and event.activity.program.public
        and (event.wire or {}).get("EventType") in {None, '"Activity"', "null"}
        and event.state not in _UNPUBLISHED_STATES
        and (skipped or event.state != "Skipped")
    )
