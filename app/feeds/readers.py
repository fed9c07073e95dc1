"""What calendar programs do with a feed: which events they show, which they hide, and what they make of them.

One table of facts, each with where it is known from: a specification, the program's own behaviour as it was
measured (docs/clients.md), or the reports of those who publish calendars. ``seen_by`` counts what a fact
means for one feed.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from app.domain.selection import Selection
from app.feeds.budget import LARGEST
from app.feeds.catalogue import Catalogue, Entry

EXAMPLES: Final = 2
_END_OF_EVENT: Final = re.compile(rb"\r\nEND:VEVENT\r\n")


@dataclass(frozen=True, slots=True)
class Feed:
    """One finished feed, and the events in it."""

    body: bytes
    entries: Sequence[Entry]
    selection: Selection


Touched: TypeAlias = Callable[[Feed], Sequence[Entry]]


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a program does: to the events that are ``touched``, or to the calendar as a whole.

    ``source`` is where that is known from.
    """

    sentence: str
    source: str
    touched: Touched | None = None
    hides: bool = False


@dataclass(frozen=True, slots=True)
class Reader:
    """A calendar program, by the name that people know."""

    name: str
    facts: Sequence[Fact]


@dataclass(frozen=True, slots=True)
class Effect:
    """What a fact means for one feed; ``count`` events are touched, None where it is about all of it."""

    count: int | None
    sentence: str
    source: str
    examples: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class View:
    """A feed as a program's readers see it."""

    feed: str
    events: int
    shown: int
    effects: Sequence[Effect]


def _struck(feed: Feed) -> Sequence[Entry]:
    """Cancelled ones that say so in STATUS."""
    if feed.selection.cancelled != "status":
        return ()
    return [entry for entry in feed.entries if entry.called_off]


def _marked_only(feed: Feed) -> Sequence[Entry]:
    """Cancelled ones that say so in their title and description alone."""
    return [entry for entry in feed.entries if entry.called_off] if feed.selection.cancelled == "show" else ()


def _cancelled(feed: Feed) -> Sequence[Entry]:
    return [entry for entry in feed.entries if entry.called_off]


def _reminding(feed: Feed) -> Sequence[Entry]:
    return [] if feed.selection.alarm is None else [entry for entry in feed.entries if not entry.called_off]


def _linked(feed: Feed) -> Sequence[Entry]:
    return [entry for entry in feed.entries if entry.url]


def _unmapped(feed: Feed) -> Sequence[Entry]:
    return [entry for entry in feed.entries if entry.place is not None and entry.place.coordinates is None]


def _beyond_a_megabyte(feed: Feed) -> Sequence[Entry]:
    """Those that end after the last octet that is read: the last in time, because feeds are in order."""
    ends = [found.end() for found in _END_OF_EVENT.finditer(feed.body)] if len(feed.body) > LARGEST else []
    return [entry for entry, end in zip(feed.entries, ends, strict=False) if end > LARGEST]


_ONLY_MARKED: Final = Fact(
    "are cancelled and look like any other but for the mark in the title (cancelled=show)",
    "RFC 5545 §3.8.1.11",
    _marked_only,
)

READERS: Final[Mapping[str, Reader]] = {
    "google": Reader(
        "Google Calendar",
        (
            Fact(
                "are hidden, because they are cancelled; its button on the page asks for cancelled=show",
                "reports: esrg-knights/Squire#215 and others",
                _struck,
                hides=True,
            ),
            Fact(
                "are probably lost: they come after the first megabyte",
                "many reports; nothing official",
                _beyond_a_megabyte,
                hides=True,
            ),
            _ONLY_MARKED,
            Fact("have a reminder that it ignores", "reports: subscriptions have no alarms", _reminding),
            Fact(
                "have a link that is shown in the description only",
                "reports: vibetype#117, web-standards/calendar#25",
                _linked,
            ),
            Fact(
                "It comes again after 4 to 24 hours, sometimes days; nothing in the feed can hurry it.",
                "logs of publishers",
            ),
        ),
    ),
    "outlook": Reader(
        "Outlook",
        (
            Fact(
                "are cancelled and look like any other, as free time, but for the mark in the title",
                "MS-OXCICAL 2.1.3.1.1.20.23",
                _cancelled,
            ),
            Fact(
                "have a reminder that does not ring in an internet calendar",
                "reports, against MS-STANOICAL V0059",
                _reminding,
            ),
            Fact("have a link that is shown in the description only", "reports: vibetype#117", _linked),
            Fact("It comes again after 3 to 24 hours.", "Microsoft's support pages; logs of publishers"),
        ),
    ),
    "apple": Reader(
        "Apple Calendar",
        (
            Fact("are cancelled and struck through", "reports: sabre-io/dav#969, w3c/calendar#90", _struck),
            _ONLY_MARKED,
            Fact(
                "have a place without a map: it has no coordinates",
                "reports: ical-generator#157",
                _unmapped,
            ),
            Fact(
                "have a reminder that is removed unless the subscriber unticks Remove Alerts",
                "its subscribe dialog",
                _reminding,
            ),
            Fact("It comes again within the hour, or as the subscriber chose.", "logs of publishers"),
        ),
    ),
    "thunderbird": Reader(
        "Thunderbird",
        (
            Fact("are cancelled and struck through, without a reminder", "measured, version 153", _struck),
            _ONLY_MARKED,
            Fact("have a reminder that rings", "its source, version 153", _reminding),
            Fact("It names the calendar after the last part of the address.", "measured, version 153"),
            Fact("It comes again every 30 minutes.", "its source, version 153"),
        ),
    ),
}
"""By the word that the command line knows."""


def seen_by(reader: Reader, name: str, body: bytes, catalogue: Catalogue, selection: Selection) -> View:
    """What ``reader`` shows and hides of the feed ``body``, which ``selection`` asked for."""
    feed = Feed(body, catalogue.select(selection), selection)
    effects: list[Effect] = []
    hidden: set[int] = set()
    zone = catalogue.zone.tzinfo
    for fact in reader.facts:
        if fact.touched is None:
            effects.append(Effect(None, fact.sentence, fact.source))
        elif touched := fact.touched(feed):
            few = 2 * len(touched) <= len(feed.entries)  # what is so with most needs no example
            examples = [_called(entry, zone) for entry in touched[:EXAMPLES]] if few else []
            effects.append(Effect(len(touched), fact.sentence, fact.source, examples))
            hidden.update(entry.id for entry in touched if fact.hides)
    if selection.cancelled == "hide":
        everything = catalogue.select(replace(selection, cancelled="show"))
        if left_out := len(everything) - len(feed.entries):
            told = "cancelled ones are left out for everybody (cancelled=hide)"
            effects.append(Effect(left_out, told, "the selection"))
    if not feed.entries:
        effects.append(
            Effect(None, "It shows one notice: there are no events at the moment.", "the selection")
        )
    return View(name, len(feed.entries), len(feed.entries) - len(hidden), effects)


def _called(entry: Entry, zone: ZoneInfo) -> str:
    return f"{entry.title}, {datetime.fromtimestamp(entry.start, zone).date().isoformat()}"
