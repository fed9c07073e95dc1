"""What an operator should know of one organization: what is published, what is not, what clients choke on.

Judged from the catalogue that subscribers get, and from what the walk told besides. Each remark is one line:
how serious it is, what it is about, one sentence, and what to do where something should be done.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal, TypeAlias

from app.domain.model import Event, NamedFeed, Organization, Program, State, Timed
from app.domain.selection import ID_FIELDS, Selection, parse
from app.feeds.budget import LARGEST, MOST_EVENTS
from app.feeds.catalogue import Catalogue, Entry
from app.feeds.feed import Feed
from app.feeds.press import UNREADABLE
from app.feeds.service import Feeds
from app.ics.lint import check
from app.ics.markup import without_markup

Level: TypeAlias = Literal["ok", "warning", "failure"]

EXAMPLES: Final = 3
"""So many examples let somebody find the rest."""
TOLD_AS_SIZE: Final = ("too-large", "too-many-events")
"""Rules of the checker about which more is told here: what would fit."""
LONGEST: Final = timedelta(days=31)
"""What lasts longer was hardly meant as one event."""


@dataclass(frozen=True, slots=True)
class Remark:
    """One line of the check: what it is about, one sentence, and the cure where one is needed."""

    level: Level
    subject: str
    sentence: str
    cure: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What a walk told that no catalogue keeps: all programmes, and all readable events, public or not."""

    programs: Sequence[Program]
    events: Sequence[Event]


async def remarks_on(feeds: Feeds, copy: Catalogue, told: Told | None) -> list[Remark]:
    """Everything about the content of a catalogue; ``told`` is None where nobody could ask."""
    remarks = list(on_zone(copy))
    if told is not None:
        remarks += on_programs(copy, told)
    remarks += on_left_out(copy)
    remarks += on_places(copy.entries)
    if told is not None:
        published = {entry.id for entry in copy.entries}
        remarks += on_odd_data([event for event in told.events if event.id in published])
    for named in (None, *copy.organization.feeds):
        selection = _selection_of(named, copy)
        feed, _ = await feeds.calendar(copy.organization, selection, named)
        remarks += on_feed(feed, named)
        if named is not None:
            remarks += on_numbers(selection, named, copy)
    return remarks


def on_zone(copy: Catalogue) -> Iterator[Remark]:
    """How times are published; whose zone it is, and whether it is the right one, is told by others."""
    if copy.zone.published_in_utc:
        told = (
            f"Times of {copy.zone.name} are published in UTC: no two yearly rules tell its clock changes "
            "within the window. Every calendar still shows the right hour."
        )
        yield Remark("ok", "zone", told)


def on_programs(copy: Catalogue, told: Told) -> Iterator[Remark]:
    """What each programme publishes, what is kept back and why, and what is configured but not there."""
    organization = copy.organization
    counts = Counter(entry.program for entry in copy.entries)
    for program in told.programs:
        if program.public and _is_chosen(program, organization):
            yield Remark("ok", "programme", f"{program.id} {program.name}: {_events(counts[program.id])}.")
    unpublished = Counter(event.about.program.id for event in told.events if event.about.program)
    for word, group in _kept_back(told.programs, organization).items():
        lost = sum(unpublished[program.id] for program in group)
        names = _some(f"{program.id} {program.name}" for program in group)
        sentence = f"{word} programmes: {len(group)}, with {_events(lost)}: {names}."
        yield Remark("ok", "left out", sentence)
    known = {program.id for program in told.programs}
    for number in sorted(organization.programs - known):
        yield Remark(
            "warning",
            "programme",
            f"programs names {number}, but Amilia has no such programme.",
            f"Take {number} out of programs, or correct it.",
        )
    closed = {program.id for program in told.programs if not program.public}
    for number in sorted(organization.programs & closed):
        yield Remark(
            "warning",
            "programme",
            f"programs names {number}, which is hidden, archived or protected: nothing of it is published.",
            f"Open it to the public in Amilia, or take {number} out of programs.",
        )
    if not any(counts.values()):
        yield Remark(
            "warning",
            "programme",
            "No event is public: every feed shows one notice.",
            "Publish a programme in Amilia, or check programs, past_days and future_days.",
        )


def _kept_back(programs: Iterable[Program], organization: Organization) -> Mapping[str, Sequence[Program]]:
    """Programmes that are not published, by the reason."""
    groups: dict[str, list[Program]] = {}
    for program in programs:
        if program.archived:
            word = "Archived"
        elif not program.visible:
            word = "Hidden"
        elif program.password_protected:
            word = "Password-protected"
        elif not _is_chosen(program, organization):
            word = "Unchosen"
        else:
            continue
        groups.setdefault(word, []).append(program)
    return groups


def _is_chosen(program: Program, organization: Organization) -> bool:
    return not organization.programs or program.id in organization.programs


def on_left_out(copy: Catalogue) -> Iterator[Remark]:
    """Records that became no event of the feed, by reason."""
    for reason, count in sorted(copy.left_out.items()):
        if reason.startswith(UNREADABLE):
            kind = reason.removeprefix(UNREADABLE)
            yield Remark(
                "warning",
                "left out",
                f"{_many(count, 'record')} left out for making no sense ({kind}).",
                "The log names one of each kind; correct it in Amilia.",
            )
        else:
            yield Remark("ok", "left out", f"{_many(count, 'record')}: {reason}.")


def on_places(entries: Sequence[Entry]) -> Iterator[Remark]:
    """Events that nobody can find."""
    nowhere = [
        entry for entry in entries if entry.place is None or not (entry.place.name or entry.place.address)
    ]
    if nowhere:
        titles = _some(dict.fromkeys(entry.title for entry in nowhere))
        yield Remark(
            "warning",
            "places",
            f"{_events(len(nowhere))} without a place: {titles}.",
            "Give the activity a location in Amilia.",
        )
    unmapped = Counter(
        entry.place.name
        for entry in entries
        if entry.place is not None and entry.place.name and entry.place.coordinates is None
    )
    if unmapped:
        yield Remark(
            "warning",
            "places",
            f"{_events(unmapped.total())} at places without coordinates: {_some(_by_count(unmapped))}.",
            "Complete the location's address in Amilia: Apple's calendar shows no map without coordinates.",
        )


def on_odd_data(events: Sequence[Event]) -> Iterator[Remark]:
    """What is published, but was hardly meant so. ``events`` are those that are published."""
    words = Counter(event.about.amilia_state for event in events if event.about.state is State.OTHER)
    if words:
        told = f"{_events(words.total())} in states that the API does not document: {_some(_by_count(words))}"
        yield Remark(
            "warning",
            "odd data",
            f"{told}; they are published as normal.",
            "Report the word, so that it gets a meaning.",
        )
    for what, found, cure in (
        ("with HTML in the title", filter(_has_markup, events), "It is taken out; mend the title in Amilia."),
        ("without a title", (event for event in events if not event.about.title), "Give them one in Amilia."),
        ("that take no time", filter(_takes_no_time, events), "Give them an end in Amilia."),
        ("longer than a month", filter(_is_endless, events), "Look at their end in Amilia."),
        ("without a page to link to", (event for event in events if not event.about.url), ""),
        ("without an Id, so that a move makes another event of them", filter(_is_nameless, events), ""),
    ):
        odd = list(found)
        if odd:
            sentence = f"{_events(len(odd))} {what}: {_some(dict.fromkeys(map(_called, odd)))}."
            yield Remark("warning" if cure else "ok", "odd data", sentence, cure)


def _has_markup(event: Event) -> bool:
    title = event.about.title
    return " ".join(without_markup(title).split()) != " ".join(title.split())


def _takes_no_time(event: Event) -> bool:
    return isinstance(event.when, Timed) and event.when.start == event.when.end


def _is_endless(event: Event) -> bool:
    when = event.when
    return (when.end - when.start if isinstance(when, Timed) else when.after - when.first) > LONGEST


def _is_nameless(event: Event) -> bool:
    return event.id < 0


def starts_on(event: Event) -> date:
    """The day it begins on, in UTC or, for whole days, as they are."""
    return event.when.start.date() if isinstance(event.when, Timed) else event.when.first


def _called(event: Event) -> str:
    return f"{event.about.title or 'no title'} ({starts_on(event).isoformat()})"


def on_feed(feed: Feed, named: NamedFeed | None) -> Iterator[Remark]:
    """One feed's size against what Google reads, and what the checker finds in it."""
    name = file_name(named)
    size = feed.size
    what = f"{name}: {_events(size.events)}, {size.octets:,} bytes"
    if size.over:
        fits = " or ".join(
            str(window) for window in dict.fromkeys((size.narrower, size.for_google)) if window
        )
        yield Remark(
            "warning",
            "size",
            f"{what}: more than Google reads well ({LARGEST:,} bytes, {MOST_EVENTS:,} events).",
            f"Offer smaller feeds, or narrow it: {fits} fits." if fits else "Offer smaller feeds.",
        )
    else:
        yield Remark("ok", "size", f"{what}, {100 * size.octets // LARGEST} % of what Google reads.")
    if not size.events:
        yield Remark(
            "warning",
            "empty",
            f"{name} selects nothing at the moment; subscribers see one notice.",
            "Nothing to do between two seasons; else correct what it selects.",
        )
    for finding in check(feed.body):
        sentence = f"{name}, line {finding.line}: {finding.message}"
        if finding.severity == "error":
            yield Remark("failure", "lint", sentence, "A fault of the service: report it with this line.")
        elif finding.rule not in TOLD_AS_SIZE:
            yield Remark("warning", "lint", sentence, "Mend it in Amilia if it comes from there.")


def on_numbers(selection: Selection, named: NamedFeed, copy: Catalogue) -> Iterator[Remark]:
    """Numbers in a saved selection that mean nothing now: a season that ended, or a typing error."""
    public = {program.id for program in copy.programs}
    for parameter, field in ID_FIELDS.items():
        wanted: frozenset[int] = getattr(selection, field)
        known = {number for kind, number in copy.names if kind == field}
        if field == "programs":
            known |= public
        lost = sorted(wanted - known)
        if lost:
            yield Remark(
                "warning",
                "selection",
                f"{file_name(named)}: {parameter} {_some(map(str, lost))} matches nothing at the moment.",
                f"Update orgs.{copy.organization.slug}.feeds.{named.slug} when the new season is published.",
            )


def file_name(named: NamedFeed | None) -> str:
    """The last part of a feed's address."""
    return f"{named.slug}.ics" if named else "calendar.ics"


def _selection_of(named: NamedFeed | None, copy: Catalogue) -> Selection:
    saved = named.query if named else ()
    query = [*saved, *([] if any(key == "lang" for key, _ in saved) else [("lang", copy.lang)])]
    return parse(query, copy.organization)


def _events(count: int) -> str:
    return _many(count, "event")


def _many(count: int, noun: str) -> str:
    return f"1 {noun}" if count == 1 else f"{count} {noun}s"


def _by_count(counts: Counter[str]) -> Iterator[str]:
    return (f"{name} ({count})" for name, count in counts.most_common())


def _some(things: Iterable[str]) -> str:
    """The first of them, and how many more there are."""
    listed = list(things)
    more = len(listed) - EXAMPLES
    return ", ".join(listed[:EXAMPLES]) + (f" and {more} more" if more > 0 else "")
