"""Where the search begins: what Amilia and visitors really send."""

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Final

from app.simulator.awkward.malformed import MALFORMED_RECORDS
from app.simulator.dialect import Dialect
from app.simulator.records.events import EventRecords
from app.simulator.world import World, build_world

TODAY: Final = date(2026, 11, 22)
QUERIES: Final = (
    "",
    "programId=4521,4522&programId=7&categoryId=1&subCategoryId=2&activityId=3&locationId=4&tagId=5",
    "q=%C3%89cole+de+natation&weekday=mon,SAT&lang=en&pastDays=3&futureDays=10&cancelled=show&alarm=15",
    "view=month&day=2026-11-22&theme=dark&accent=%230b7a75&background=transparent&text=fff&radius=12",
    "utm_source=mail&fbclid=1&LANG=FR&cancelled=hide&alarm=0",
    "q=%00%FF%E2%80%AE&programId=%D9%A3&alarm=10081&lang=de",
)
TOKENS: Final = (
    '{"Token": "e30.eyJleHAiOjE4MDAwMDAwMDB9.x"}',
    '"opaque"',
    '{"OrganizationId": 8008, "Context": "Event", "Action": "Update", "Payload": {"Url": "/store/fr/a/"}}',
    '{"Id": 4521, "Name": "Natation", "IsVisible": true, "IsArchived": false, "IsPasswordProtected": null}',
    '{"TransactionId": "a-b", "Message": "no"}',
)


def seeds(target: str) -> Iterator[bytes]:
    """Some tens of inputs for the target of that name."""
    match target:
        case "parser":
            yield from (text.encode() for text in TOKENS)
            yield from _records(build_world(today=TODAY, events=300, seed=7))
        case "selection":
            yield from (query.encode() for query in QUERIES)
        case _:
            chance = Random(7)  # noqa: S311  # to repeat itself is the point
            yield from (chance.randbytes(length) for length in (40, 200, 600, 1500))


def _records(world: World) -> Iterator[bytes]:
    """Single events, every awkward one among them, and a page of five."""
    told = EventRecords(Dialect())
    awkward = {number for numbers in world.awkward.values() for number in numbers}
    texts = [
        told.record(organization, event, "fr")
        for organization in world.organizations.values()
        for event in organization.timetable
        if event.id in awkward
    ]
    yield from (text.encode("utf-8", "surrogatepass") for text in texts)
    yield from (text.encode() for text in MALFORMED_RECORDS)
    paged = f'{{"Items": [{",".join(texts[:5])}], "Paging": {{"TotalCount": 5, "Next": null}}}}'
    yield paged.encode("utf-8", "surrogatepass")
