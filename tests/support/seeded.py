"""Feeds out of a seeded generator: thousands in seconds, as odd as what people type into a registration desk.

Hypothesis looks for the smallest text that breaks one event; this makes whole calendars in great number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from random import Random
from typing import Final, Literal

from app.domain.model import (
    LANGS,
    Days,
    Event,
    Lang,
    Particulars,
    Place,
    Revision,
    State,
    Tag,
    Timed,
    Topic,
    When,
)
from app.ics.calendar import CalendarHead, assemble, head
from app.ics.event import EventRenderer, notice
from app.ics.zones import Zone, publish_zone

FIRST, LAST = date(2026, 9, 22), date(2027, 12, 27)
"""The window in which the events are."""
MODES: Final[tuple[Literal["status", "show"], ...]] = ("status", "show")
SIZES: Final = (0, 1, 1, 2, 3, 5)
ALARMS: Final = (None, None, 0, 1, 15, 60, 1440, 10_080)
PALETTE: Final = ("#0b7a75", "#ffffff", "#000000", "#c0392b", "#8e44ad")
CURRENCIES: Final = ("CAD", "USD", "EUR", "JPY")

WORDS: Final = (
    "Natation", "Étoile de mer", "Yoga", "& étirements", "3 à 5 ans", "(débutants)", "Salle 2", "Tournoi",
    "Camp d’été", "🏊", "👨‍👩‍👧", "🇨🇦", "École", "e\u0301te\u0301", "שחייה", "السباحة", "水泳", "Größe", "½",
    "№ 7", "Q&A", "AC/DC", "5 > 3", "a<b", "12;30", "rouge, vert", "C:\\salle", "\\n", "\\N", '"le Grand"',
    "l'été", "^n", "BEGIN:VEVENT", "END:VCALENDAR", "X" * 90, "é" * 60, "<b>gras</b>", "<br/>", "<p>",
    "&nbsp;", "&eacute;", "&lt;i&gt;", "\n", "\r\n", "\t", "\u00a0", "\u200b", "\u2028", "\x0b", "\x00",
    "\u00ad", "\ufeff", "http://x.ca/?a=1&b=2",
)  # fmt: skip
"""What stands in titles, places and categories; the control characters come out of word processors."""


@dataclass(frozen=True, slots=True)
class Made:
    """A feed and what it was made of; ``events`` are those that it tells of."""

    body: bytes
    events: Sequence[Event]
    zone: Zone
    lang: Lang
    mode: Literal["status", "show"]


def chance_of(seed: int) -> Random:
    """A source of choices that makes the same ones in every run."""
    return Random(seed)  # noqa: S311  # to repeat itself is the point


@cache
def zone_names() -> tuple[str, ...]:
    """Every zone of the IANA database."""
    return tuple(sorted(files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()))


@cache
def _zone(name: str) -> Zone:
    return publish_zone(name, FIRST, LAST)


def made_feed(chance: Random, number: int) -> Made:
    """One feed of a few events; feeds of consecutive numbers live in different zones."""
    names = zone_names()
    zone = _zone(names[number % len(names)])
    lang, mode = chance.choice(LANGS), chance.choice(MODES)
    renderer = EventRenderer(zone, lang, chance.choice(CURRENCIES))
    events = [made_event(chance, number * 10 + position) for position in range(chance.choice(SIZES))]
    events.sort(key=lambda event: event.id)
    rendered = [renderer.render(event, made_revision(chance), mode) for event in events]
    body = assemble(
        head(made_head(chance), zone),
        rendered or [notice("club", FIRST + timedelta(days=number % 400), lang)],
        lang=lang,
        alarm=chance.choice(ALARMS) if rendered else None,
        silent=[event.about.state in {State.CANCELLED, State.SKIPPED} for event in events],
    )
    return Made(body, events, zone, lang, mode)


def made_head(chance: Random) -> CalendarHead:
    number = chance.randrange(10_000)
    page = f"https://calendars.example.org/orgs/club-{number}"
    query = chance.choice(["", f"?programId={number},{number + 1}&lang=en", "?q=" + "%C3%A9" * 30])
    return CalendarHead(
        name=f"Club {made_text(chance)}",
        description=made_text(chance),
        color=chance.choice(PALETTE),
        page=page,
        source=f"{page}/calendar.ics{query}",
    )


def made_event(chance: Random, number: int) -> Event:
    """An event with this id; every other fact is drawn."""
    title, when = made_text(chance), made_when(chance)
    about = Particulars(
        title=title,
        state=chance.choice([State.NORMAL, State.NORMAL, *State]),
        amilia_state=chance.choice(["Normal", "Cancelled", "", "PostponedIndefinitely"]),
        program=made_topic(chance),
        category=made_topic(chance),
        subcategory=made_topic(chance),
        activity=made_topic(chance),
        place=made_place(chance),
        price=chance.choice([None, Decimal(0), Decimal("12.5"), Decimal("1234.56")]),
        url=chance.choice(["", "supersport.com/a", "https://app.amilia.com/store/fr/a;b,c/été?x=1&y=2"]),
        tags=tuple(Tag(position, made_text(chance)) for position in range(chance.randrange(3))),
        staff=tuple(made_text(chance) for _ in range(chance.randrange(2))),
    )
    return Event(number, when, about)


def made_when(chance: Random) -> When:
    """Times of a timetable; never from midnight to midnight, which is how whole days are told wrongly."""
    day = FIRST + timedelta(days=chance.randrange((LAST - FIRST).days))
    if chance.random() < 0.15:
        return Days(day, day + timedelta(days=chance.randint(1, 9)))
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=5 * chance.randrange(288))
    return Timed(start, start + timedelta(minutes=chance.choice([0, 1, 45, 60, 90, 600, 4000])))


def made_revision(chance: Random) -> Revision:
    created = datetime(2026, 9, 1, tzinfo=UTC) + timedelta(seconds=chance.randrange(3_000_000))
    modified = created + timedelta(seconds=chance.choice([0, 1, chance.randrange(9_000_000)]))
    return Revision(created, modified, chance.randrange(2**31))


def made_place(chance: Random) -> Place | None:
    if chance.random() < 0.2:
        return None
    coordinates = chance.choice([None, (45.5312, -73.5841), (0.0, 12.5), (-90.0, 180.0)])
    return Place(chance.randrange(1, 99), made_text(chance), made_text(chance), coordinates)


def made_topic(chance: Random) -> Topic | None:
    return None if chance.random() < 0.2 else Topic(chance.randrange(1, 9999), made_text(chance))


def made_text(chance: Random) -> str:
    return " ".join(chance.choices(WORDS, k=chance.choice([0, 1, 2, 3, 3, 8])))
