"""A VEVENT as a whole: who it is, when it was revised, what it must hold and what a feed should leave out."""

from app.ics.lint.alarm import check_alarm
from app.ics.lint.census import Census
from app.ics.lint.finding import Client, Notes, error, warning
from app.ics.lint.iana import Iana
from app.ics.lint.recurrence import check_rule
from app.ics.lint.times import check_times
from app.ics.lint.tree import Component

UID_MISSING = error(
    "uid-missing",
    "This {component} has no UID, so no reader can tell that it is the same one after a change; "
    "give it one for ever.",
    "RFC 5545 §3.6.1 and §3.8.4.7; measured with vobject 0.9.9",
    Client.ICSX5,
)
UID_PERSONAL = warning(
    "uid-personal",
    "The UID {uid} holds an address or a host name, which every subscriber gets to see; write a UUID.",
    "RFC 7986 §5.3",
)
UID_TWICE = error(
    "duplicate-uid",
    "The UID {uid} is that of line {other} already, and readers show one of the two, or both; "
    "give each event its own.",
    "RFC 5545 §3.8.4.7; measured with Thunderbird 153 and vdirsyncer 0.19, which keep one",
    Client.THUNDERBIRD,
    Client.GOOGLE,
    Client.OUTLOOK,
    Client.VDIRSYNCER,
)
DTSTAMP_MISSING = error(
    "dtstamp-missing",
    "This {component} has no DTSTAMP; write when its content last changed, in UTC.",
    "RFC 5545 §3.6.1 and §3.8.7.2; measured with vobject 0.9.9",
    Client.EVOLUTION,
)
DTSTART_MISSING = error(
    "dtstart-missing",
    "This event has no DTSTART; say when it begins.",
    "RFC 5545 §3.6.1",
)
SUMMARY_MISSING = warning(
    "summary-missing",
    "This event has no SUMMARY and is shown without a title; give it one.",
    "RFC 5545 §3.8.1.12",
)
STAMPS_DIFFER = warning(
    "stamp-differs",
    "DTSTAMP is not LAST-MODIFIED, though without METHOD both say when the event was last revised; "
    "write the same in both.",
    "RFC 5545 §3.8.7.2; measured with Evolution 3.46, which compares them to see a change",
    Client.EVOLUTION,
)
PEOPLE = warning(
    "people",
    "This event has an {name}: subscribers get to see who it is, and Outlook may take the event for a "
    "meeting; "
    "leave ORGANIZER and ATTENDEE out.",
    "RFC 5546 §3.2.1 asks for them in invitations, not in subscriptions",
    Client.OUTLOOK,
)


def check_event(event: Component, census: Census, iana: Iana, notes: Notes) -> None:
    check_identity(event, census, notes)
    start, moments = check_times(event, iana, notes)
    for rule in event.all("RRULE"):
        check_rule(rule, start, notes)
    if not event.first("DTSTART"):
        notes.add(DTSTART_MISSING, event.line)
    if not event.value("SUMMARY"):
        summary = event.first("SUMMARY")
        notes.add(SUMMARY_MISSING, summary.line if summary else event.line)
    _check_stamps_agree(event, notes)
    _check_people(event, census, notes)
    for child in event.children:
        if child.name == "VALARM":
            check_alarm(child, notes)
    census.count_uses(moments)


def check_identity(component: Component, census: Census, notes: Notes) -> None:
    """What events, to-dos and journal entries share: a UID that is theirs alone, and a DTSTAMP."""
    uid, held = component.value("UID"), component.first("UID")
    if not uid:
        notes.add(UID_MISSING, held.line if held else component.line, component=component.name)
    elif held:
        if "@" in uid or "://" in uid:
            notes.add(UID_PERSONAL, held.line, uid=uid)
        first = census.uids.setdefault((component.name, uid, component.value("RECURRENCE-ID")), held.line)
        if first != held.line:
            notes.add(UID_TWICE, held.line, uid=uid, other=first)
    if not component.first("DTSTAMP"):
        notes.add(DTSTAMP_MISSING, component.line, component=component.name)


def _check_stamps_agree(event: Component, notes: Notes) -> None:
    revised = event.value("LAST-MODIFIED")
    stamp = event.first("DTSTAMP")
    with_method = event.parent is not None and event.parent.first("METHOD") is not None
    if revised and stamp and not with_method and stamp.value.strip() != revised:
        notes.add(STAMPS_DIFFER, stamp.line)


def _check_people(event: Component, census: Census, notes: Notes) -> None:
    census.without_organizer += not event.first("ORGANIZER")
    people = [*event.all("ORGANIZER"), *event.all("ATTENDEE")]
    if people:
        notes.add(PEOPLE, people[0].line, name=people[0].name)
