"""The identities that subscribers' calendars remember: a promise, for ever.

A calendar that sees a known UID updates an event; a new UID makes a new event, and the old one vanishes with
the notes and reminders that its owner gave it. So these functions must go on giving the same answers, and the
constant below must never change.
"""

import uuid

_NAMESPACE = uuid.UUID("41882f6a-f34c-4bdc-8a20-45a7b9920462")


def uid_for(event_id: int) -> str:
    """The UID (RFC 5545 §3.8.4.7, RFC 7986 §5.3) of an event, from its Id alone.

    Amilia numbers the occurrences of all organizations in one sequence. Neither title, time, language,
    organization nor feed takes part: whatever changes, and whichever of our feeds shows it, it is that event.
    """
    return str(uuid.uuid5(_NAMESPACE, str(event_id)))


def notice_uid(organization: str) -> str:
    """The UID of the one event that says that a selection of the organization (its slug) is empty."""
    return str(uuid.uuid5(_NAMESPACE, f"notice:{organization}"))
