"""TZID parameters and the VTIMEZONEs they refer to: each has its other half, and both tell the true hour."""

from datetime import timedelta

from app.ics.lint.census import Census, Use
from app.ics.lint.content import Property
from app.ics.lint.finding import Client, Notes, error, warning
from app.ics.lint.iana import Iana
from app.ics.lint.moments import Moment
from app.ics.lint.offsets import Zone

_WINDOWS = (" Standard Time", " Daylight Time")
_WINDOWS_LABEL = ("(UTC", "(GMT")

WITHOUT_VTIMEZONE = error(
    "tzid-without-vtimezone",
    "TZID={tzid} is used from here on (times in it: {count}) and has no VTIMEZONE in the file; add it.",
    "RFC 5545 §3.2.19; reported for Google Calendar and Outlook",
    Client.GOOGLE,
    Client.OUTLOOK,
)
WINDOWS = warning(
    "tzid-windows",
    "TZID={tzid} is a Windows name; write the IANA name, such as America/Toronto.",
    "measured with ical 14.3, which rejects the whole feed when there is no VTIMEZONE",
    Client.HOME_ASSISTANT,
    Client.THUNDERBIRD,
    Client.ICSX5,
)
NOT_IANA = warning(
    "tzid-not-iana",
    "TZID={tzid} is no IANA name, and readers that go by the name take another zone; "
    "write such as Europe/Berlin.",
    "RFC 5545 §3.8.3.1",
    Client.THUNDERBIRD,
    Client.ICSX5,
)
OWN = error(
    "x-wr-timezone",
    "X-WR-TIMEZONE:{tzid} is no IANA name; write such as America/Toronto or leave it out.",
    "measured with ical 14.3, which looks it up and fails on a region alone, as America",
    Client.HOME_ASSISTANT,
)
PREFIX = warning(
    "tzid-prefix",
    "TZID={tzid} begins with a slash, which mends one reader and breaks others; write the plain IANA name.",
    "RFC 5545 §3.8.3.1; reported by publishers of feeds",
    Client.OUTLOOK,
)
AFTER_EVENTS = warning(
    "vtimezone-after-events",
    "The VTIMEZONE {tzid} stands after events; "
    "put it before the first, as some readers go through the file once.",
    "RFC 5545 §3.6.5 sets no order",
)
UNUSED = warning(
    "vtimezone-unused",
    "No time is in the zone {tzid} of this VTIMEZONE, though others are used; leave it out.",
    "RFC 5545 §3.6.5",
)
TWICE = error(
    "vtimezone-duplicate",
    "The VTIMEZONE {tzid} stands in the file twice; keep one.",
    "RFC 5545 §3.6.5: each has a TZID of its own",
)
WRONG_OFFSET = error(
    "vtimezone-wrong-offset",
    "At {wall} the VTIMEZONE {tzid} gives {given} and the zone is at {true}, so readers show different "
    "hours; "
    "correct its rules.",
    "RFC 5545 §3.6.5; the IANA time zone database",
    Client.OUTLOOK,
    Client.GOOGLE,
)


def check_zones(census: Census, own: Property | None, iana: Iana, notes: Notes) -> None:
    """Judge the zones of a calendar at its end; ``own`` is its X-WR-TIMEZONE, which needs no use."""
    own_name = own.value.strip() if own else ""
    if own and own_name and not iana.zone(own_name):
        notes.add(OWN, own.line, tzid=own_name)
    zones = dict[str, Zone]()
    for zone in census.zones:
        if zone.tzid in zones:
            notes.add(TWICE, zone.line, tzid=zone.tzid)
        zones.setdefault(zone.tzid, zone)
    for zone in zones.values():
        _check_place(zone, census, own_name, notes)
    lines = {tzid: use.line for tzid, use in census.uses.items()}
    lines |= {tzid: zone.line for tzid, zone in zones.items()}
    for tzid, line in lines.items():
        _check_name(tzid, line, iana, notes)
    for tzid, use in census.uses.items():
        if tzid in zones:
            _check_offsets(zones[tzid], use, iana, notes)
        else:
            notes.add(WITHOUT_VTIMEZONE, use.line, tzid=tzid, count=use.count)


def _check_place(zone: Zone, census: Census, own: str, notes: Notes) -> None:
    # Where no time needs a zone, that of the calendar's own head does no harm.
    if census.uses and zone.tzid and zone.tzid != own and zone.tzid not in census.uses:
        notes.add(UNUSED, zone.line, tzid=zone.tzid)
    if 0 < census.first_event < zone.line:
        notes.add(AFTER_EVENTS, zone.line, tzid=zone.tzid)


def _check_name(tzid: str, line: int, iana: Iana, notes: Notes) -> None:
    if tzid.startswith("/"):
        notes.add(PREFIX, line, tzid=tzid)
    elif tzid.endswith(_WINDOWS) or tzid.startswith(_WINDOWS_LABEL):
        notes.add(WINDOWS, line, tzid=tzid)
    elif tzid and not iana.zone(tzid) and not iana.is_full():
        notes.add(NOT_IANA, line, tzid=tzid)


def _check_offsets(zone: Zone, use: Use, iana: Iana, notes: Notes) -> None:
    for moment in use.moments:
        given = zone.offset(moment.at)
        true = _true_offsets(moment, iana)
        if given is not None and true and given not in true:
            notes.add(
                WRONG_OFFSET,
                moment.line,
                wall=moment.at.isoformat(timespec="minutes"),
                tzid=zone.tzid,
                given=_spelt(given),
                true=_spelt(true[0]),
            )


def _true_offsets(moment: Moment, iana: Iana) -> tuple[timedelta, ...]:
    """The zone's offset; both where the clock goes back or forward, as readers may take either."""
    zone = iana.zone(moment.tzid)
    offsets = (moment.at.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    return tuple(offset for offset in offsets if offset is not None)


def _spelt(offset: timedelta) -> str:
    minutes = int(abs(offset).total_seconds()) // 60
    return f"{'-' if offset < timedelta(0) else '+'}{minutes // 60:02}:{minutes % 60:02}"
