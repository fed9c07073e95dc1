"""One event in finished texts: what every view shows of it, and what it says on one of its days."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from app.domain.model import Lang, State
from app.feeds.catalogue import Catalogue
from app.i18n.formats import price
from app.i18n.headings import clock, days_heading, hours, short_day
from app.i18n.words import say
from app.web.views.scope import Scope, Span, covers

Standing: TypeAlias = Literal["normal", "moved", "cancelled"]

_MINUTE = 60


@dataclass(frozen=True, slots=True)
class Card:
    """One event; texts are plain and empty where nothing is known.

    ``when`` tells days and hours in full; ``starts`` and ``ends`` are for machines (``<time datetime>``):
    with the zone's offset, or bare days, the last one included. ``word`` says that it is cancelled or moved.
    ``url`` is where to register, ``file`` the event alone as a download, from the root of the service.
    """

    id: int
    title: str
    when: str
    starts: str
    ends: str
    place: str
    address: str
    price: str
    program: str
    staff: str
    standing: Standing
    word: str
    url: str
    file: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A card on one of the days it covers: ``number`` of ``days``; ``whole`` if it takes all of that day.

    ``hours`` is what that day's clock says (a stretch, "until 2:00", "all day"), ``clock`` only the hour at
    which it begins, empty where it began on another day or has no hour.
    ``begin`` and ``end`` are minutes of the wall clock since midnight, ``end`` never before ``begin``.
    """

    card: Card
    hours: str
    clock: str
    number: int
    days: int
    whole: bool
    begin: int
    end: int


def card_of(span: Span, catalogue: Catalogue) -> Card:
    """The event of a span, in the catalogue's language."""
    entry, lang = span.entry, catalogue.lang
    standing = _standing(entry.state, called_off=entry.called_off)
    starts, ends = _edges(span)
    spoken = "" if lang == catalogue.organization.language else f"?lang={lang}"
    return Card(
        id=entry.id,
        title=entry.title,
        when=_when(span, lang),
        starts=starts,
        ends=ends,
        place=entry.place.name if entry.place else "",
        address=entry.place.address if entry.place else "",
        price="" if entry.price is None else price(entry.price, catalogue.organization.currency, lang),
        program=catalogue.names.get(("programs", entry.program), ""),
        staff=", ".join(entry.staff),
        standing=standing,
        word=_word(standing, lang),
        url=entry.url,
        file=f"/orgs/{catalogue.organization.slug}/events/{entry.id}.ics{spoken}",
    )


def pieces(scope: Scope, first: date, last: date) -> dict[date, tuple[Piece, ...]]:
    """Every day from ``first`` to ``last`` with its pieces; an event is on each day it covers, once."""
    cards: dict[int, Card] = {}
    made: dict[date, tuple[Piece, ...]] = {}
    for day, spans in scope.by_day(first, last).items():
        for span in spans:
            if span.entry.id not in cards:
                cards[span.entry.id] = card_of(span, scope.catalogue)
        made[day] = tuple(piece_of(span, day, cards[span.entry.id], scope.lang) for span in spans)
    return made


def piece_of(span: Span, day: date, card: Card, lang: Lang) -> Piece:
    """The part of an event that falls on ``day``, one of the days it covers."""
    start, end = span.starts, span.ends
    begins_now = span.first == day and not span.entry.all_day
    begin = start.hour * 60 + start.minute if begins_now else 0
    until = end.hour * 60 + end.minute if end.date() == day else 24 * 60
    return Piece(
        card=card,
        hours=_hours(span, day, lang),
        clock=clock(start.time(), lang) if begins_now else "",
        number=(day - span.first).days + 1,
        days=(span.last - span.first).days + 1,
        whole=covers(span, day),
        begin=begin,
        # Where the clock is set back, an hour that passes twice may end "before" it began.
        end=max(until, begin),
    )


def _edges(span: Span) -> tuple[str, str]:
    if span.entry.all_day:
        return span.first.isoformat(), span.last.isoformat()
    return span.starts.isoformat(timespec="minutes"), span.ends.isoformat(timespec="minutes")


def _instant(span: Span) -> bool:
    """True of an event without length, or nearly."""
    return span.entry.end - span.entry.start < _MINUTE


def _when(span: Span, lang: Lang) -> str:
    if span.entry.all_day:
        return days_heading(span.first, span.last, lang)
    if span.first == span.last:
        return say(
            lang,
            "view.when",
            day=days_heading(span.first, span.last, lang),
            hours=_hours(span, span.first, lang),
        )
    begins, closes = (
        say(lang, "view.when", day=short_day(day, lang), hours=clock(moment.time(), lang))
        for day, moment in ((span.first, span.starts), (span.last, span.ends))
    )
    return f"{begins} – {closes}"


def _hours(span: Span, day: date, lang: Lang) -> str:
    if covers(span, day):
        return say(lang, "view.all-day")
    if span.first == span.last:
        begins = span.starts.time()
        return clock(begins, lang) if _instant(span) else hours(begins, span.ends.time(), lang)
    if span.first == day:
        return say(lang, "view.from", hour=clock(span.starts.time(), lang))
    return say(lang, "view.until", hour=clock(span.ends.time(), lang))


def _standing(state: State, *, called_off: bool) -> Standing:
    if called_off:
        return "cancelled"
    return "moved" if state is State.MOVED else "normal"


def _word(standing: Standing, lang: Lang) -> str:
    match standing:
        case "cancelled":
            return say(lang, "event.cancelled")
        case "moved":
            return say(lang, "event.moved")
        case "normal":
            return ""
