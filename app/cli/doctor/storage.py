"""What the facts about a store mean for whoever must rely on it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from app.feeds.checkup import Remark
from app.store.examination import FileFacts, ServerFacts

LEAST_FREE: Final = 64 * 2**20
"""Below this, a few refreshes of a large organization and their journal may fill a disk."""
SLOW_SECONDS: Final = 1.0
KEEPS_ALL: Final = "noeviction"
_MEGABYTE: Final = 1_000_000


def on_store(facts: FileFacts | ServerFacts, now: datetime) -> Iterator[Remark]:
    """That it works, how large it is, and what endangers what it keeps."""
    copies = [status.began for status in facts.statuses.values() if status.began is not None]
    kept = f"{len(copies)} copies" if len(copies) != 1 else "1 copy"
    newest = f", the newest {_age(now, max(copies))} old" if copies else ""
    match facts:
        case FileFacts(place=place, octets=octets):
            room = f"{octets / _MEGABYTE:,.1f} MB, {facts.free / _MEGABYTE:,.0f} MB free"
            yield Remark("ok", "store", f"{place} can be read and written: {kept}{newest}; {room}.")
            yield from _on_file(facts)
        case ServerFacts(place=place):
            software = f" ({facts.software})" if facts.software else ""
            yield Remark("ok", "store", f"{place}{software} can be read and written: {kept}{newest}.")
            yield from _on_server(facts)
    if facts.write_seconds > SLOW_SECONDS:
        sentence = f"Writing took {facts.write_seconds:.1f} s."
        yield Remark("warning", "store", sentence, "Use a local disk, or a server nearby.")


def _on_file(facts: FileFacts) -> Iterator[Remark]:
    if facts.free < max(LEAST_FREE, facts.octets):
        sentence = f"The disk of {facts.place} has {facts.free / _MEGABYTE:,.0f} MB left."
        yield Remark("warning", "store", sentence, "Make room before it is full: nothing is lost meanwhile.")


def _on_server(facts: ServerFacts) -> Iterator[Remark]:
    if facts.policy not in (None, KEEPS_ALL):
        yield Remark(
            "warning",
            "store",
            f"{facts.place} may forget what it keeps when its memory is full (its maxmemory-policy is "
            f"{facts.policy}): subscribers would see old events as changed.",
            f"Set maxmemory-policy {KEEPS_ALL}.",
        )
    if facts.most_octets and facts.octets is not None and facts.octets > 0.9 * facts.most_octets:
        share = f"{100 * facts.octets // facts.most_octets} %"
        yield Remark("warning", "store", f"{facts.place} uses {share} of its memory.", "Raise its maxmemory.")
    if facts.appends is False and facts.snapshots is False:
        yield Remark(
            "warning",
            "store",
            f"{facts.place} keeps nothing on disk: a restart loses the revision memory.",
            "Set appendonly yes.",
        )
    elif facts.appends is False and facts.snapshots:
        sentence = f"{facts.place} saves snapshots only: a crash loses what came after the last one."
        yield Remark("ok", "store", sentence)
    if facts.snapshot_failed:
        sentence = f"{facts.place} could not save its last snapshot."
        yield Remark("warning", "store", sentence, "Make room on its disk, and see its log.")


def _age(now: datetime, moment: datetime) -> str:
    minutes = round((now - moment).total_seconds() / 60)
    if minutes < 120:  # noqa: PLR2004  # as people speak of it
        return f"{max(minutes, 0)} minutes"
    return f"{minutes // 60} hours" if minutes < 48 * 60 else f"{minutes // 1440} days"
