"""Local time as every client understands it: an IANA zone, told in the two rules that Microsoft reads.

Exchange and Outlook read a VTIMEZONE of one STANDARD and at most one DAYLIGHT part, each with a yearly rule
that names a weekday of a month (MS-OXCICAL §2.1.3.1.1.19); from lists of dates they make wrong hours. Such a
pair of rules stands at the end of every file of the time-zone database, as a POSIX TZ string (RFC 9636 §3.3).
Where it tells the whole truth about the days that we publish, times are local. Where it does not (an
irregular zone, a change of the law within these days), they are given in UTC, which every client reads right.

Zone files come from the tzdata package, never from the machine, so that two machines publish the same bytes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple
from zoneinfo import ZoneInfo

# Events that begin on the last day may end later, and a refresh may be some days late.
_MARGIN = timedelta(days=7)
_ERA = datetime(1970, 1, 1, tzinfo=UTC)
_NAIVE_ERA = _ERA.replace(tzinfo=None)
_WEEKDAYS = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")


class Zone(NamedTuple):
    """How the local times of an organization are published."""

    name: str
    """The IANA name."""
    tzinfo: ZoneInfo
    vtimezone: bytes
    """The VTIMEZONE with all its line ends; empty where times are published in UTC."""

    @property
    def published_in_utc(self) -> bool:
        """True where no pair of yearly rules can tell the zone's local times."""
        return not self.vtimezone

    def local(self, instant: datetime) -> datetime:
        """The wall clock at an aware ``instant``."""
        return instant.astimezone(self.tzinfo)

    def wall(self, instant: datetime) -> datetime | None:
        """The naive wall clock at ``instant`` if, with the zone's name, it can mean no other instant.

        None where times are published in UTC, and in the hour that is passed twice when daylight saving ends:
        RFC 5545 §3.3.5 takes such a time for the first pass, .NET (and with it Microsoft) for the second.
        """
        if self.published_in_utc:
            return None
        steady = _steady_offset(self.tzinfo, instant.toordinal())
        if steady is not None:
            return _NAIVE_ERA + (instant - _ERA) + steady
        local = self.local(instant)
        if local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset():
            return None
        return local.replace(tzinfo=None)


@lru_cache(maxsize=4096)
def _steady_offset(tzinfo: ZoneInfo, day: int) -> timedelta | None:
    """The offset that holds on a day (its ordinal) and around it, None where clocks change then.

    Two changes are months apart where local times are published, so that equal ends mean no change between.
    """
    midnight = _ERA + timedelta(days=day - _ERA.toordinal())
    before, after = ((midnight + timedelta(days=days)).astimezone(tzinfo).utcoffset() for days in (-1, 2))
    return before if before == after else None


def zone_exists(name: str) -> bool:
    """True if the time-zone database has a zone of exactly this name."""
    return name in _names()


@lru_cache(maxsize=64)  # a refresh asks again for the window of its day, in each language
def publish_zone(name: str, first: date, last: date) -> Zone:
    """The zone called ``name`` (IANA), for events on the days from ``first`` to ``last``.

    Raises:
        ValueError: there is no such zone.
    """
    if not zone_exists(name):
        raise ValueError(f"There is no time zone called {name!r} in the IANA time-zone database.")
    tzinfo, footer = _read(name)
    rules = _rules(footer)
    true = rules is not None and _agrees(rules, tzinfo, first - _MARGIN, last + _MARGIN)
    return Zone(name, tzinfo, _vtimezone(name, rules) if rules is not None and true else b"")


@dataclass(frozen=True, slots=True)
class _Onset:
    """One of the two yearly changes: the ``week``-th ``weekday`` of ``month``, when clocks show ``clock``."""

    month: int
    week: int
    """1 to 4 from the month's beginning, 5 for the last."""
    weekday: int
    """0 is Sunday."""
    clock: timedelta
    """From midnight, by the clocks before the change."""
    before: timedelta
    after: timedelta
    abbreviation: str

    def in_year(self, year: int) -> datetime:
        """The wall clock, before the change, of the onset of that year."""
        first = datetime(year, self.month, 1)  # noqa: DTZ001  # a wall clock
        day = first + timedelta(days=(self.weekday - first.isoweekday()) % 7 + 7 * (self.week - 1))
        if day.month != self.month:
            day -= timedelta(days=7)
        return day + self.clock

    def instant(self, year: int) -> datetime:
        return (self.in_year(year) - self.before).replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Rules:
    """All that the end of a zone's file says: an offset for ever, or two and their onsets."""

    standard: timedelta
    abbreviation: str
    onsets: tuple[_Onset, ...] = ()

    def offset(self, instant: datetime) -> timedelta:
        """What these rules give for an instant."""
        if not self.onsets:
            return self.standard
        years = (instant.year - 1, instant.year)
        past = ((o.instant(y), o.after) for o in self.onsets for y in (*years, instant.year + 1))
        return max((at, offset) for at, offset in past if at <= instant)[1]


@lru_cache
def _names() -> frozenset[str]:
    return frozenset(files("tzdata").joinpath("zones").read_text(encoding="utf-8").split())


@lru_cache
def _read(name: str) -> tuple[ZoneInfo, str]:
    """The zone, and the POSIX TZ string that ends its file (empty where there is none)."""
    source = files("tzdata.zoneinfo").joinpath(*name.split("/"))
    with source.open("rb") as file:
        tzinfo = ZoneInfo.from_file(file, key=name)
    return tzinfo, source.read_bytes().rsplit(b"\n", 2)[1].decode("ascii")


_ABBREVIATION = r"(?:([A-Za-z]{3,})|<([A-Za-z0-9+-]+)>)"
_OFFSET = r"([+-]?\d{1,2}(?::\d\d){0,2})"
_DATE = r"M(\d+)\.(\d)\.(\d)(?:/([+-]?\d{1,3}(?::\d\d){0,2}))?"
_FOOTER = re.compile(f"{_ABBREVIATION}{_OFFSET}(?:{_ABBREVIATION}{_OFFSET}?,{_DATE},{_DATE})?")


def _rules(footer: str) -> _Rules | None:
    """The rules that a POSIX TZ string gives, or None where they cannot be told in the Microsoft shape."""
    found = _FOOTER.fullmatch(footer)
    if found is None or footer == "UTC0":
        return None
    standard = -_span(found[3])  # POSIX counts westwards
    name = found[1] or found[2]
    if found[7] is None:
        return _Rules(standard, name)
    daylight = -_span(found[6]) if found[6] else standard + timedelta(hours=1)
    other = found[4] or found[5]
    onsets = (
        _onset(found.groups()[6:10], standard, daylight, other),
        _onset(found.groups()[10:14], daylight, standard, name),
    )
    # "The night after the first Saturday" is no n-th weekday of a month.
    if not all(timedelta(0) <= onset.clock < timedelta(days=1) for onset in onsets):
        return None
    return _Rules(standard, name, onsets)


def _onset(day: tuple[str, ...], before: timedelta, after: timedelta, abbreviation: str) -> _Onset:
    month, week, weekday, clock = day
    return _Onset(int(month), int(week), int(weekday), _span(clock or "2"), before, after, abbreviation)


def _span(text: str) -> timedelta:
    """``[+-]hh[:mm[:ss]]``."""
    hours, minutes, seconds = (*(int(part) for part in text.lstrip("+-").split(":")), 0, 0)[:3]
    span = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return -span if text.startswith("-") else span


def _agrees(rules: _Rules, tzinfo: ZoneInfo, first: date, last: date) -> bool:
    """True if ``rules`` give the zone's own offset on every day, and just before and at every onset."""
    return all(
        instant.astimezone(tzinfo).utcoffset() == rules.offset(instant)
        for instant in (*_midnights(first, last), *_onsets(rules, first, last))
    )


def _midnights(first: date, last: date) -> Iterator[datetime]:
    start = datetime(first.year, first.month, first.day, tzinfo=UTC)
    return (start + timedelta(days=n) for n in range((last - first).days + 2))


def _onsets(rules: _Rules, first: date, last: date) -> Iterator[datetime]:
    for onset in rules.onsets:
        for year in range(first.year, last.year + 1):
            instant = onset.instant(year)
            if first <= instant.date() <= last:
                yield from (instant - timedelta(seconds=1), instant)


def _vtimezone(name: str, rules: _Rules) -> bytes:
    lines = ["BEGIN:VTIMEZONE", f"TZID:{name}"]
    if not rules.onsets:
        start = ["DTSTART:19700101T000000"]
        lines += _part("STANDARD", start, rules.standard, rules.standard, rules.abbreviation)
    # Irish law calls winter the exception; for clients the later clock is DAYLIGHT.
    for onset in sorted(rules.onsets, key=lambda onset: onset.after):
        kind = "STANDARD" if onset.after < onset.before else "DAYLIGHT"
        start = [f"DTSTART:{onset.in_year(1970):%Y%m%dT%H%M%S}", _yearly(onset)]
        lines += _part(kind, start, onset.before, onset.after, onset.abbreviation)
    lines.append("END:VTIMEZONE")
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def _part(
    kind: str, start: list[str], before: timedelta, after: timedelta, abbreviation: str
) -> Iterator[str]:
    yield f"BEGIN:{kind}"
    yield from start
    yield f"TZOFFSETFROM:{_utc_offset(before)}"
    yield f"TZOFFSETTO:{_utc_offset(after)}"
    yield f"TZNAME:{abbreviation}"
    yield f"END:{kind}"


def _yearly(onset: _Onset) -> str:
    week = -1 if onset.week == 5 else onset.week  # noqa: PLR2004  # POSIX: the fifth is the last
    return f"RRULE:FREQ=YEARLY;BYMONTH={onset.month};BYDAY={week}{_WEEKDAYS[onset.weekday]}"


def _utc_offset(offset: timedelta) -> str:
    """``+hhmm``, with seconds where there are some (RFC 5545 §3.3.14)."""
    minutes, seconds = divmod(int(abs(offset).total_seconds()), 60)
    return f"{'-' if offset < timedelta(0) else '+'}{minutes // 60:02}{minutes % 60:02}" + (
        f"{seconds:02}" if seconds else ""
    )
