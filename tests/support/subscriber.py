"""What a calendar client makes of a feed: it keeps a copy, asks whether that is still good, compares events.

It reads octets and no library: a VEVENT is the lines between its BEGIN and END, its stamps are four of them.
"""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Final

import httpx

from tests.support.service import Service

FRESH: Final = "amilia-feeds; hit"
"""The ``Cache-Status`` of an answer that no running refresh will replace in a moment."""
PATIENCE: Final = 8000

_VEVENT: Final = re.compile(rb"^BEGIN:VEVENT\r\n.*?^END:VEVENT\r\n", re.DOTALL | re.MULTILINE)
_STAMP: Final = re.compile(rb"^(CREATED|LAST-MODIFIED|DTSTAMP|SEQUENCE):([^\r]*)\r\n", re.MULTILINE)
_UID: Final = re.compile(rb"^UID:([^\r]*)\r\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Seen:
    """One VEVENT as it stands in a feed. The three moments are as written, and as such in order of time."""

    lines: bytes
    created: str
    modified: str
    stamped: str
    sequence: int

    @property
    def content(self) -> bytes:
        """All but the stamps."""
        return _STAMP.sub(b"", self.lines)

    @property
    def text(self) -> str:
        """The lines without their folds."""
        return self.lines.decode().replace("\r\n ", "")


@dataclass(frozen=True, slots=True)
class Copy:
    """A feed as a subscriber keeps it, with what tells a later copy from it; events by UID."""

    path: str
    body: bytes
    etag: str
    last_modified: str
    events: Mapping[str, Seen]


def events_in(body: bytes) -> dict[str, Seen]:
    """Every VEVENT by its UID, which none shares with another."""
    blocks = _VEVENT.findall(body)
    events = {_UID.findall(block)[0].decode(): _seen(block) for block in blocks}
    assert len(events) == len(blocks)
    return events


def _seen(block: bytes) -> Seen:
    found = _STAMP.findall(block)
    stamps = {name.decode(): value.decode() for name, value in found}
    assert len(stamps) == len(found) == 4
    return Seen(
        lines=block,
        created=stamps["CREATED"],
        modified=stamps["LAST-MODIFIED"],
        stamped=stamps["DTSTAMP"],
        sequence=int(stamps["SEQUENCE"]),
    )


def copy_of(path: str, answer: httpx.Response) -> Copy:
    assert answer.status_code == 200, answer.text
    return Copy(
        path,
        answer.content,
        answer.headers["etag"],
        answer.headers["last-modified"],
        events_in(answer.content),
    )


async def fetched(service: Service, path: str) -> Copy:
    """What the feed says once it is as fresh as the service keeps it: asks, and waits for the refresh."""
    for _ in range(PATIENCE):
        answer = await service.get(path)
        if answer.headers.get("cache-status") == FRESH:
            return copy_of(path, answer)
        assert answer.status_code == 200, answer.text
        await asyncio.sleep(0.002)
    raise AssertionError(f"{path} did not become fresh")


async def refetched(service: Service, before: Copy, *, minutes: float = 11) -> Copy:
    """The copy after the time to live has gone by, with every answer about the old copy found true."""
    service.clock.advance(minutes=minutes)
    after = await fetched(service, before.path)
    await ensure_truth(service, before, after)
    return after


async def ensure_truth(service: Service, before: Copy, after: Copy) -> None:
    """304 exactly where nothing changed; ``after`` is what the service serves now."""
    assert (before.etag == after.etag) == (before.body == after.body)
    by_tag = await service.get(before.path, If_None_Match=before.etag, Cache_Control="no-cache")
    assert by_tag.status_code == (304 if before.body == after.body else 200)
    assert by_tag.content in (b"", after.body)
    by_date = await service.get(before.path, If_Modified_Since=before.last_modified)
    if before.body != after.body:
        assert by_date.status_code == 200
        assert moment(after.last_modified) > moment(before.last_modified)
    for current in ({"If_None_Match": after.etag}, {"If_Modified_Since": after.last_modified}):
        assert (await service.get(after.path, **current)).status_code == 304


def moment(http_date: str) -> float:
    return parsedate_to_datetime(http_date).timestamp()


def changed(before: Copy, after: Copy) -> set[str]:
    """The UIDs of which the two copies say different things, or of which only one says anything."""
    uids = before.events.keys() | after.events.keys()
    return {uid for uid in uids if before.events.get(uid) != after.events.get(uid)}
