"""Print how our parts compare with their yardsticks: ``make bench``."""

import platform
import sys
from collections.abc import Generator
from typing import TypeVar

import msgspec

from app.amilia.translate import event_from
from app.domain.model import Revision
from app.domain.records import Harvest
from app.domain.selection import parse
from app.feeds.catalogue import Catalogue, Entry
from app.feeds.publish import Press, catalogue_of, choose, read
from app.ics.calendar import CalendarHead, assemble, head
from app.ics.event import stamp
from app.ics.zones import publish_zone
from benchmarks import naive
from benchmarks.data import CLUB, MOMENT, PROGRAMS, TODAY, records
from benchmarks.measure import Comparison, compare

EVENTS = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
PROGRAM = 20_003
Result = TypeVar("Result")

zone = publish_zone("America/Toronto", TODAY, TODAY)
press = Press(
    organization=CLUB,
    lang="fr",
    zone=zone,
    read=lambda record: event_from(record, show_staff=False),
    on_skipped=lambda problem: sys.exit(f"the data are wrong: {problem}"),
)
opening = head(
    CalendarHead("Club", "Club", CLUB.color, "https://c.example/", "https://c.example/c.ics"), zone
)
lines = stamp(Revision(MOMENT, MOMENT, 0))


def finished(steps: Generator[None, None, Result]) -> Result:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: Result = end.value
            return result


def refreshed(harvest: Harvest, previous: Catalogue | None) -> Catalogue:
    """What a refresh does but for the network and the store."""
    reading = finished(read(harvest, press, previous))
    choice = choose(reading, harvest.programs, press, TODAY)
    stamped = [entry.stamped(lines) for entry in choice.entries]
    return catalogue_of(
        reading, choice, stamped, harvest.programs, press, day=TODAY, at=MOMENT, previous=previous
    )


def joined(entries: list[Entry]) -> bytes:
    return assemble(opening, [entry.marked for entry in entries], lang="fr")


def comparisons() -> list[Comparison]:
    """Each figure against its yardstick."""
    raw = records(EVENTS)
    harvest = Harvest(raw, PROGRAMS)
    changed = Harvest([*raw[: -EVENTS // 100], *records(EVENTS // 100, seed=2)], PROGRAMS)
    catalogue = refreshed(harvest, None)
    programme = parse([("programId", str(PROGRAM))], CLUB)
    words = parse([("q", "natation ete"), ("weekday", "sat"), ("futureDays", "90")], CLUB)
    parsed = [msgspec.json.decode(record) for record in raw]

    def full() -> bytes:
        return joined(list(refreshed(harvest, None).entries))

    def cold_full() -> bytes:
        forget()
        return full()

    return [
        compare(
            "first render, JSON to feed / naive icalendar", cold_full, lambda: naive.calendar(raw, zone), 3
        ),
        compare(
            "one programme, not yet cached / filter + naive icalendar",
            lambda: joined(catalogue.select(programme)),
            lambda: naive.rendered((e for e in parsed if e["Activity"]["ProgramId"] == PROGRAM), zone),
        ),
        compare(
            "words, weekday and window, not yet cached / naive icalendar",
            lambda: joined(catalogue.select(words) or list(catalogue.entries[:1])),
            lambda: naive.rendered((e for e in parsed if "Natation" in e["Title"]), zone),
        ),
        compare("refresh, 1 % changed / own full render", lambda: refreshed(changed, catalogue), full),
        compare("refresh, nothing changed / own full render", lambda: refreshed(harvest, catalogue), full),
    ]


def forget() -> None:
    """Empty the memories of finished lines, so that a first render is one."""
    from app.ics import description, event, links, places, text, times  # noqa: PLC0415  # where they are

    for module in (description, event, links, places, text, times):
        for name in vars(module).values():
            if hasattr(name, "cache_clear"):
                name.cache_clear()


def main() -> None:
    print(f"{platform.python_implementation()} {platform.python_version()}, {EVENTS:,} events, medians\n")
    print(f"{'ours / yardstick':<58} {'ours, ms':>10} {'min–max':>18} {'yardstick, ms':>12} {'ratio':>9}")
    for comparison in comparisons():
        print(comparison.row())


if __name__ == "__main__":
    main()
