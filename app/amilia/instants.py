"""Amilia's date-times: .NET's ISO 8601 with no to seven digits of a second, and an offset that is the truth.

The offset is the organization's own, daylight-saving time included, so an instant needs no zone; whole days
need no instant, and are taken as they are written.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final

from app.domain.errors import UnreadableRecord

WRITTEN: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})"  # date
    r"(?:[Tt ]([0-9]{2}:[0-9]{2})(:[0-9]{2}(?:[.,]([0-9]*))?)?"  # minute, second with its fraction, fraction
    r" ?([Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)?)?"  # offset
)
USUAL_OFFSET: Final = re.compile(r"[+-][0-9]{2}:[0-9]{2}")
_USUAL_READING: Final = len("2026-11-30T18:30:00")
SENTINEL_YEARS: Final = ("0000", "0001", "9999")
"""Years of .NET's smallest and largest dates, with which Amilia writes "no limit"."""
ERA: Final = datetime(1970, 1, 1, tzinfo=UTC)
NAIVE_ERA: Final = ERA.replace(tzinfo=None)
"""Differences are many times as fast as putting a zone on a reading."""
ONE_SECOND: Final = timedelta(seconds=1)
MINUTES_OF_AN_HOUR: Final = 60
LARGEST_OFFSET_HOURS: Final = 14


@dataclass(frozen=True, slots=True)
class Written:
    """A date-time as it was written: the local reading to the whole second, and the offset if there was one.

    ``has_time`` is False for a mere date.
    """

    local: datetime
    offset: timedelta | None
    has_time: bool

    @property
    def day(self) -> date:
        """The local calendar day."""
        return self.local.date()

    def instant(self, offset: timedelta) -> datetime:
        """The moment in UTC."""
        return ERA + (self.local - NAIVE_ERA - offset)


def read_written(text: str, where: str) -> Written:
    """What a date-time says, rounded to the whole second (half of one counts as one).

    Raises ``UnreadableRecord`` (``malformed-date``, ``sentinel-date``), naming ``where`` it stood.
    """
    return in_usual_form(text) or in_any_form(text, where)


def in_usual_form(text: str) -> Written | None:
    """The same at a third of the cost for 2026-11-30T18:30:00-05:00, as Amilia writes nearly always.

    None for every other form, right or wrong.
    """
    signs = text[4:5] + text[7:8] + text[10:11] + text[13:14] + text[16:17]
    if signs != "--T::" or text.startswith(SENTINEL_YEARS):  # fromisoformat takes other forms as well
        return None
    offset = _usual_offset(text[_USUAL_READING:])
    if offset is None:
        return None
    try:
        return Written(datetime.fromisoformat(text[:_USUAL_READING]), offset, has_time=True)
    except ValueError:
        return None


@lru_cache(maxsize=64)
def _usual_offset(written: str) -> timedelta | None:
    try:
        return offset_of(written) if USUAL_OFFSET.fullmatch(written) else None
    except ValueError:
        return None


def in_any_form(text: str, where: str) -> Written:
    """The same for every form that Amilia may use."""
    match = WRITTEN.fullmatch(text.strip())
    if match is None:
        raise UnreadableRecord("malformed-date", f"{where} is no date-time")
    day, minute, second, fraction, offset = match.groups()
    if day.startswith(SENTINEL_YEARS):
        raise UnreadableRecord("sentinel-date", f"{where} stands for a date that was never set")
    try:
        local = datetime.fromisoformat(f"{day}T{minute or '00:00'}{second[:3] if second else ''}")
        ahead = offset_of(offset) if offset else None
    except ValueError as error:
        raise UnreadableRecord("malformed-date", f"{where} is not in the calendar or on the clock") from error
    if fraction and fraction[0] >= "5":
        local += ONE_SECOND
    return Written(local, ahead, minute is not None)


@lru_cache(maxsize=64)
def offset_of(written: str) -> timedelta:
    """How far local time is ahead of UTC, from "Z", "-04:00", "-0400" or "-04". Raises ``ValueError``."""
    if written in "Zz":
        return timedelta(0)
    digits = written[1:].replace(":", "").ljust(4, "0")
    ahead = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    if int(digits[:2]) > LARGEST_OFFSET_HOURS or int(digits[2:]) >= MINUTES_OF_AN_HOUR:
        raise ValueError("no place on Earth has this offset")
    return -ahead if written.startswith("-") else ahead
