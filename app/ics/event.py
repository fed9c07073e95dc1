"""One event of an organization becomes the bytes of one VEVENT.

The same event, revision, zone and language give the same bytes in every feed, on every machine and on every
day: so they can be made once, kept and joined, and a calendar in which nothing changed is the same calendar.
They end *before* ``END:VEVENT``, where a feed that reminds puts its alarm.

The occurrences of an activity share all lines but those of number and time (``EventRenderer.ending``). For
events that share less, many finished lines are remembered alone (``lru_cache``).
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal

from app.domain.model import Event, Lang, Particulars, Revision, State, Tag, Topic
from app.i18n.words import say
from app.ics.description import description_line
from app.ics.identity import notice_uid, uid_for
from app.ics.links import url_line
from app.ics.places import place_lines
from app.ics.text import content_lines, escaped, fold, one_line, text_line
from app.ics.times import day_lines, stamp_lines, time_lines
from app.ics.zones import Zone

_OFF = frozenset((State.CANCELLED, State.SKIPPED, State.REPLACED, State.ARCHIVED))
"""The states in which nobody should come."""

_BUSY = (b"TRANSP:OPAQUE",)
# Exchange listens to its own property before TRANSP (MS-OXCICAL on X-MICROSOFT-CDO-BUSYSTATUS).
_FREE = (b"TRANSP:TRANSPARENT", b"X-MICROSOFT-CDO-BUSYSTATUS:FREE")

_FIRST_WEEK = date(2020, 1, 6)
"""A Monday. The SEQUENCE of a notice counts the weeks since, because it moves with them."""


@dataclass(frozen=True, slots=True)
class EventRenderer:
    """Writes the events of one organization in one language."""

    zone: Zone
    lang: Lang
    currency: str
    """ISO 4217."""

    def render(self, event: Event, revision: Revision, mode: Literal["status", "show"]) -> bytes:
        """The VEVENT from its first line up to, but without, ``END:VEVENT``; each line with its CRLF.

        ``mode`` is how an event that does not take place is told: ``status`` says STATUS:CANCELLED, which
        most clients strike through; ``show`` does not: Google leaves such events out. Both mark the title.
        """
        return self.content(event, mode) + stamp(revision)

    def content(self, event: Event, mode: Literal["status", "show"]) -> bytes:
        """The same without the lines that tell the revision, which ``stamp`` makes and which come last."""
        return self.beginning(event) + self.ending(event.about, mode)

    def beginning(self, event: Event) -> bytes:
        """The first lines of its content: its number and its time."""
        identity = b"UID:" + uid_for(event.id).encode("ascii")
        return content_lines(b"BEGIN:VEVENT", identity, *time_lines(event.when, self.zone))

    def ending(self, about: Particulars, mode: Literal["status", "show"]) -> bytes:
        """All others, which occurrences have in common whose particulars are these."""
        return _particulars(about, self.lang, self.currency, mode)


@lru_cache(maxsize=1024)  # most events were first seen, or last changed, in the same few refreshes
def stamp(revision: Revision) -> bytes:
    """The lines that tell clients whether the event is another than the one they have (RFC 5545 §3.8.7)."""
    lines = stamp_lines(revision.created, revision.modified)
    return content_lines(*lines, b"SEQUENCE:%d" % revision.sequence)


@lru_cache(maxsize=1024)
def revision_in(lines: bytes) -> Revision:
    """What ``stamp`` was made of."""
    told = dict(line.split(b":", 1) for line in lines.splitlines())
    created, modified = (
        datetime.strptime(told[name].decode("ascii"), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        for name in (b"CREATED", b"LAST-MODIFIED")
    )
    return Revision(created, modified, int(told[b"SEQUENCE"]))


def notice(organization: str, day: date, lang: Lang) -> bytes:
    """The one event of a selection that has none, without ``END:VEVENT``; ``organization`` is the slug.

    An empty calendar wipes some clients (Thunderbird, ICSx5) and freezes others (Evolution keeps what it
    had), so it says that it is empty: on the Monday of the week of ``day``, in the same bytes all that week.
    """
    monday = day - timedelta(days=day.weekday())
    midnight = datetime.combine(monday, time(), UTC)
    lines = content_lines(
        b"BEGIN:VEVENT",
        b"UID:" + notice_uid(organization).encode("ascii"),
        *day_lines(monday, monday + timedelta(days=1)),
        text_line(b"SUMMARY", say(lang, "notice.title")),
        b"STATUS:CONFIRMED",
        *_FREE,
        text_line(b"DESCRIPTION", say(lang, "notice.description")),
    )
    return lines + stamp(Revision(midnight, midnight, (monday - _FIRST_WEEK).days // 7))


_remembered = lru_cache(maxsize=4096)


def _particulars(about: Particulars, lang: Lang, currency: str, mode: Literal["status", "show"]) -> bytes:
    """All lines that neither its number nor its time has a part in."""
    off = about.state in _OFF
    lines = [_summary(shown_title(about, lang), lang, off=off)]
    if about.place is not None:
        lines += place_lines(about.place)
    lines += _standing(about.state, about.amilia_state, mode)
    if description := description_line(about, lang=lang, currency=currency, off=off):
        lines.append(description)
    if url := url_line(about.url):
        lines.append(url)
    if categories := _categories(about.category, about.subcategory, *about.tags):
        lines.append(categories)
    return content_lines(*lines)


def shown_title(about: Particulars, lang: Lang) -> str:
    """What people read as its title, on one line and without the mark of what does not take place."""
    return one_line(about.title) or _title_instead(about, lang)


def _title_instead(about: Particulars, lang: Lang) -> str:
    """The first name that says something, else a word that fits whatever Amilia sells."""
    names = [topic.name for topic in (about.activity, about.program) if topic is not None]
    return next(filter(None, map(one_line, names)), "") or say(lang, "event.untitled")


@_remembered
def _summary(title: str, lang: Lang, *, off: bool) -> bytes:
    return text_line(b"SUMMARY", say(lang, "event.cancelled-title", title=title) if off else title)


@_remembered
def _standing(state: State, word: str, mode: Literal["status", "show"]) -> tuple[bytes, ...]:
    """Whether it takes place and takes time, and Amilia's own word for it, or ours where it sent none."""
    off = state in _OFF
    status = b"STATUS:CANCELLED" if off and mode == "status" else b"STATUS:CONFIRMED"
    told = text_line(b"X-AMILIA-STATE", one_line(word) or state.value)
    return (status, *(_FREE if off else _BUSY), told)


@_remembered
def _categories(*topics: Topic | Tag | None) -> bytes:
    distinct: dict[str, bytes] = {}
    for name in filter(None, [one_line(topic.name) for topic in topics if topic is not None]):
        distinct.setdefault(name.casefold(), escaped(name))
    return fold(b"CATEGORIES:" + b",".join(distinct.values())) if distinct else b""
