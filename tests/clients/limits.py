"""What clients make of answers that this service takes care not to give: the reasons for its manners."""

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from tests.clients.client import Client, RefreshFailed
from tests.clients.evolution import Evolution
from tests.clients.khal import Khal
from tests.clients.processes import eventually
from tests.clients.scripted import Answer, ScriptedFeed
from tests.clients.sightings import Sighting
from tests.clients.thunderbird import Thunderbird

KEEPS: Final = "keeps"
GONE: Final = "**all gone**"
SHOWS: Final = "shows it"
STOPS: Final = "keeps, **asks no more**"

KEEPERS: Final[tuple[type[Client], ...]] = (Thunderbird, Evolution, Khal)
"""The clients that keep a copy of their own."""

_SETTLE_SECONDS: Final = 1.5
_GOOD: Final = Answer(
    b"".join(
        line.encode() + b"\r\n"
        for line in (
            *("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Test//Test//EN"),
            *(
                line
                for number in range(1, 9)
                for line in (
                    *("BEGIN:VEVENT", f"UID:{number}@test", f"SUMMARY:Yoga {number}"),
                    *(f"DTSTART:2026120{number}T180000Z", f"DTEND:2026120{number}T190000Z"),
                    *("DTSTAMP:20261101T000000Z", "LAST-MODIFIED:20261101T000000Z", "SEQUENCE:0"),
                    f"DESCRIPTION:{'Un cours pour tous. ' * 3}",
                    *("STATUS:CONFIRMED", "END:VEVENT"),
                )
            ),
            "END:VCALENDAR",
        )
    )
)


@dataclass(frozen=True, slots=True)
class Limit:
    """One answer and what Thunderbird, Evolution and khal make of it; ``sentence`` is for the page."""

    name: str
    sentence: str
    answer: Answer
    reactions: tuple[str, str, str]


LIMITS: Final = (
    Limit(
        "same-stamps",
        "another title, but the old DTSTAMP, LAST-MODIFIED and SEQUENCE",
        replace(_GOOD, body=_GOOD.body.replace(b"SUMMARY:Yoga 1", b"SUMMARY:Judo 1")),
        (SHOWS, KEEPS, SHOWS),
    ),
    Limit(
        "no-events",
        "a calendar without events",
        replace(_GOOD, body=_GOOD.body.partition(b"BEGIN:VEVENT")[0] + b"END:VCALENDAR\r\n"),
        (GONE, KEEPS, KEEPS),
    ),
    Limit("no-octets", "200 and nothing", replace(_GOOD, body=b""), (GONE, GONE, KEEPS)),
    Limit(
        "web-page",
        "200 and a web page: maintenance, a login, a challenge",
        Answer(b"<!DOCTYPE html><title>Maintenance</title>", content_type="text/html"),
        (GONE, GONE, KEEPS),
    ),
    Limit("half", "half of the feed, its length told", replace(_GOOD, half=True), (KEEPS, GONE, KEEPS)),
    Limit(
        "half-chunked",
        "half of the feed, as one chunk",
        replace(_GOOD, half=True, chunked=True),
        (KEEPS, KEEPS, KEEPS),
    ),
    Limit(
        "half-gzip",
        "half of the feed, compressed, its length told",
        replace(_GOOD, half=True, compressed=True),
        (GONE, GONE, KEEPS),
    ),
    Limit(
        "half-gzip-chunked",
        "half of the feed, compressed, as one chunk",
        replace(_GOOD, half=True, compressed=True, chunked=True),
        (KEEPS, KEEPS, KEEPS),
    ),
    Limit("404", "404", replace(_GOOD, status=404), (KEEPS, KEEPS, KEEPS)),
    Limit("503", "503, once", replace(_GOOD, status=503), (STOPS, KEEPS, KEEPS)),
)


def reactions_of(client: type[Client]) -> Mapping[str, str]:
    """What the client is known to make of each answer."""
    place = KEEPERS.index(client)
    return {limit.name: limit.reactions[place] for limit in LIMITS}


def react(client: type[Client], directory: Path, logs: Path) -> Mapping[str, str]:
    """What the client makes of every answer, each after a good one. ``directory`` is empty."""
    with ScriptedFeed(_GOOD) as feed, client(directory, logs) as subscribed:
        subscribed.subscribe(feed.url)
        good = eventually(lambda: _all(subscribed), "the feed is loaded")
        reactions = {}
        for limit in LIMITS:
            feed.say(_GOOD)
            _refresh(subscribed)
            eventually(lambda: subscribed.seen() == good, "the good feed is shown again")
            feed.say(limit.answer)
            _refresh(subscribed)
            feed.await_asked()
            time.sleep(_SETTLE_SECONDS)
            reactions[limit.name] = _reaction(good, subscribed)
        return reactions


def _all(client: Client) -> list[Sighting] | None:
    seen = client.seen()
    return seen if len(seen) == _GOOD.body.count(b"BEGIN:VEVENT") else None


def _refresh(client: Client) -> None:
    with suppress(RefreshFailed):
        client.refresh()


def _reaction(good: list[Sighting], client: Client) -> str:
    seen = client.seen()
    if not seen:
        return GONE
    if seen != good:
        return SHOWS
    return STOPS if isinstance(client, Thunderbird) and client.disabled() else KEEPS
