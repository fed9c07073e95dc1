"""What an operator should know of one organization: is it well, what is left out, what clients choke on."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from app.domain.model import NamedFeed
from app.domain.selection import parse
from app.feeds.catalogue import Catalogue
from app.feeds.service import Feed, Feeds
from app.feeds.shelf import Shelf
from app.ics.lint import check

Level: TypeAlias = Literal["ok", "warning", "failure"]

CURES: Final = {
    "UpstreamRefused": "Amilia refuses: check the credentials, their permissions and the organization.",
    "UpstreamUnavailable": "Amilia cannot be reached: check api_url and the network, or wait for Amilia.",
    "UpstreamThrottled": "Amilia asks for fewer calls: lower calls_per_second if this stays.",
    "UpstreamUnreadable": "Amilia answers what is not its API: check api_url, and the log for what came.",
    "Doubted": "More than half of the coming events vanished; this is asked again before it is shown.",
}


@dataclass(frozen=True, slots=True)
class Remark:
    """One line of the check: what it is about, and one sentence."""

    level: Level
    subject: str
    sentence: str


async def remarks_on(feeds: Feeds, shelf: Shelf, *, configured_zone: bool) -> list[Remark]:
    """Everything about the organization of a shelf that has just been refreshed, or could not be."""
    remarks = list(_on_refresh(shelf))
    copy = shelf.catalogue
    if copy is None:
        return remarks
    remarks += _on_zone(copy, configured=configured_zone)
    remarks += _on_events(copy)
    for named in (None, *copy.organization.feeds):
        query = [("lang", copy.lang)] if named is None else [*named.query, ("lang", copy.lang)]
        feed, _ = await feeds.calendar(copy.organization, parse(query, copy.organization), named)
        remarks += _on_feed(feed, named)
    return remarks


def _on_refresh(shelf: Shelf) -> Iterator[Remark]:
    trouble, copy = shelf.trouble, shelf.catalogue
    if trouble is not None:
        cure = CURES.get(trouble.error, "The refresh failed in a way nobody foresaw; see the log.")
        kept = " The last good copy is served." if copy else " There is no copy to serve."
        yield Remark("warning" if trouble.error == "Doubted" else "failure", "amilia", cure + kept)
    elif copy is not None:
        yield Remark("ok", "amilia", f"The credentials are good; {len(copy.entries)} events are published.")
    else:
        yield Remark("failure", "amilia", "There is no copy of the events.")


def _on_zone(copy: Catalogue, *, configured: bool) -> Iterator[Remark]:
    source = (
        "as configured" if configured else "found in the activity schedules; set timezone to choose another"
    )
    yield Remark("ok", "zone", f"{copy.zone.name}, {source}.")
    if copy.zone.published_in_utc:
        reason = "its clock changes cannot be told in two yearly rules"
        yield Remark("warning", "zone", f"Times of {copy.zone.name} are published in UTC: {reason}.")


def _on_events(copy: Catalogue) -> Iterator[Remark]:
    counts = Counter(entry.program for entry in copy.entries)
    for program in copy.programs:
        if counts[program.id]:
            yield Remark("ok", "programme", f"{program.id} {program.name}: {counts[program.id]} events.")
    for reason, count in sorted(copy.left_out.items()):
        odd = reason.startswith("unreadable")
        yield Remark("warning" if odd else "ok", "left out", f"{count} records: {reason}.")
    without_place = sum(b"\r\nLOCATION:" not in entry.marked for entry in copy.entries)
    without_map = sum(b"\r\nGEO:" not in entry.marked for entry in copy.entries) - without_place
    if without_place:
        yield Remark("warning", "places", f"{without_place} events have no place; add one in Amilia.")
    if without_map > 0:
        yield Remark("warning", "places", f"{without_map} events have a place that no map can find.")


def _on_feed(feed: Feed, named: NamedFeed | None) -> Iterator[Remark]:
    name = f"{named.slug}.ics" if named else "calendar.ics"
    size = feed.size
    what = f"{name}: {size.events} events, {size.octets:,} bytes"
    if size.over:
        fits = f"; {size.narrower} would fit" if size.narrower else ""
        yield Remark(
            "warning", "size", f"{what}: more than Google reads (1,000,000 bytes, 1,000 events){fits}."
        )
    else:
        yield Remark("ok", "size", f"{what}.")
    if not size.events:
        yield Remark("warning", "empty", f"{name} selects nothing at the moment; subscribers see a notice.")
    for finding in check(feed.body):
        level: Level = "failure" if finding.severity == "error" else "warning"
        yield Remark(level, "lint", f"{name}, line {finding.line}: {finding.message}")
