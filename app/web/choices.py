"""What can be chosen from a catalogue, how many coming events each choice has, and what is chosen already.

Choices of one kind that have the same name (a category of every programme) are one choice of several ids.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

from app.domain.model import Lang
from app.domain.selection import ID_FIELDS, WEEKDAYS, Selection, folded
from app.feeds.catalogue import COLUMNS, Catalogue, Entry, midnight
from app.i18n.headings import weekdays
from app.i18n.words import say

FACETS: Final = ("programId", "categoryId", "subCategoryId", "locationId", "tagId")
"""The parameters that get a list of choices, in the order of the page; activities are too many for one."""
MANY: Final = 14
"""Choices beyond which a list is folded, and can be searched."""


@dataclass(frozen=True, slots=True)
class Named:
    """All of one kind that have one name; ``coming`` counts their events that are not over."""

    name: str
    ids: frozenset[int]
    coming: int
    first: int
    """The second at which the first of them begins."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What a catalogue has to choose from: by parameter, in the order of the names, and by weekday."""

    named: Mapping[str, tuple[Named, ...]]
    weekdays: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Choice:
    """One box to tick."""

    id: str
    value: str
    label: str
    coming: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """One list of choices; ``parameter`` is the field's name in the form."""

    parameter: str
    choices: tuple[Choice, ...]

    @property
    def chosen(self) -> int:
        return sum(choice.chosen for choice in self.choices)

    @property
    def many(self) -> bool:
        """True if the list is long enough to be searched."""
        return len(self.choices) > MANY

    @property
    def shown(self) -> tuple[Choice, ...]:
        """What is seen at once: the first ones, and whatever is chosen."""
        return tuple(it for at, it in enumerate(self.choices) if at < MANY or it.chosen)

    @property
    def folded(self) -> tuple[Choice, ...]:
        """The rest."""
        return tuple(it for at, it in enumerate(self.choices) if at >= MANY and not it.chosen)


@dataclass(frozen=True, slots=True)
class Chip:
    """Something chosen, and the selection without it."""

    label: str
    without: Selection


class Tallies:
    """The tally of each catalogue, made once and kept until another takes its place."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, Lang], tuple[object, Tally]] = {}

    def __repr__(self) -> str:
        return f"<Tallies of {len(self._kept)} catalogues>"

    def of(self, catalogue: Catalogue) -> Tally:
        """The tally of ``catalogue``."""
        key = (catalogue.organization.slug, catalogue.lang)
        # Moments, for the catalogue itself should not be held when nobody else needs it any more.
        content = (catalogue.day, catalogue.fetched_at, catalogue.changed_at)
        kept = self._kept.get(key)
        if kept is None or kept[0] != content:
            kept = (content, tally(catalogue))
            self._kept[key] = kept
        return kept[1]


def tally(catalogue: Catalogue) -> Tally:
    """Count the coming events of ``catalogue``, those of its day included. 10,000 events take some 15 ms."""
    today = midnight(catalogue.day, catalogue.zone)
    coming = [row for row in catalogue.entries if row.end > today]
    counts = {kind: _Counts() for kind in (*COLUMNS, "tags")}
    for row in coming:
        for kind, column in COLUMNS.items():
            counts[kind].add(column(row), row)
        for tag in row.tags:
            counts["tags"].add(tag, row)
    weekdays = Counter(day for row in coming for day in range(len(WEEKDAYS)) if row.weekdays >> day & 1)
    named = {
        parameter: _by_name(counts[ID_FIELDS[parameter]], ID_FIELDS[parameter], catalogue)
        for parameter in FACETS
    }
    return Tally(MappingProxyType(named), MappingProxyType(weekdays))


class _Counts:
    """Of each number of one kind: how many events, and when the first of them begins."""

    def __init__(self) -> None:
        self.coming: Counter[int] = Counter()
        self.first: dict[int, int] = {}

    def add(self, number: int, row: Entry) -> None:
        self.coming[number] += 1
        self.first.setdefault(number, row.start)  # rows come in the order of their start


def _by_name(counts: _Counts, kind: str, catalogue: Catalogue) -> tuple[Named, ...]:
    """In the order of the names; programmes by their first event: this season's before the next."""
    found: dict[str, Named] = {}
    for number, coming in counts.coming.items():
        name = catalogue.names.get((kind, number))
        if name:
            first = counts.first[number]
            same = found.get(name, Named(name, frozenset(), 0, first))
            found[name] = Named(name, same.ids | {number}, same.coming + coming, min(first, same.first))
    by_name = sorted(found.values(), key=lambda it: (folded(it.name), it.name))
    return tuple(sorted(by_name, key=lambda it: it.first) if kind == "programs" else by_name)


def facets(counted: Tally, selection: Selection, catalogue: Catalogue) -> list[Facet]:
    """The lists of choices, what is chosen ticked; a list that would leave no choice is not there.

    What is chosen and has no coming event (its season is over) is there too, or the form would lose it.

    Of programmes and categories the shorter list comes first: where each season has programmes of its own,
    people look for the category, and a subscription to it outlives the season.
    """
    order = sorted(FACETS[:2], key=lambda parameter: len(counted.named[parameter])) + list(FACETS[2:])
    found = [_facet(parameter, counted.named[parameter], selection, catalogue) for parameter in order]
    found.append(_days(counted, selection, catalogue.lang))
    return [facet for facet in found if len(facet.choices) > 1 or facet.chosen]


def _facet(parameter: str, named: Sequence[Named], selection: Selection, catalogue: Catalogue) -> Facet:
    kind = ID_FIELDS[parameter]
    chosen: frozenset[int] = getattr(selection, kind)
    over = chosen.difference(*(it.ids for it in named)) if named else chosen
    listed = [
        *named,
        *(Named(_name(catalogue, kind, number), frozenset({number}), 0, 0) for number in sorted(over)),
    ]
    return Facet(parameter, tuple(_choice(parameter, it, chosen) for it in listed))


def _choice(parameter: str, named: Named, chosen: frozenset[int]) -> Choice:
    ticked = named.ids & chosen
    return Choice(
        id=f"{parameter}-{min(named.ids)}",
        # Of several ids with one name only some may be chosen; sending the form must not add the others.
        value=",".join(map(str, sorted(ticked or named.ids))),
        label=named.name,
        coming=named.coming,
        chosen=bool(ticked),
    )


def _name(catalogue: Catalogue, kind: str, number: int) -> str:
    """What a number is called; a word for it where nothing published has it any more."""
    return catalogue.names.get((kind, number)) or say(catalogue.lang, "page.chip.unknown", number=number)


def _days(counted: Tally, selection: Selection, lang: Lang) -> Facet:
    return Facet(
        "weekday",
        tuple(
            Choice(
                id=f"weekday-{word}",
                value=word,
                label=weekdays(lang)[day][1],
                coming=counted.weekdays[day],
                chosen=day in selection.weekdays,
            )
            for day, word in enumerate(WEEKDAYS)
            if day in counted.weekdays
        ),
    )


def chips(catalogue: Catalogue, selection: Selection, words: str) -> list[Chip]:
    """Everything chosen, each to be taken away by itself; ``words`` as the visitor wrote them."""
    lang = catalogue.lang
    found = [chip for kind in ID_FIELDS.values() for chip in _id_chips(catalogue, selection, kind)]
    found += [
        Chip(weekdays(lang)[day][1], replace(selection, weekdays=selection.weekdays - {day}))
        for day in sorted(selection.weekdays)
    ]
    if selection.words:
        found.append(Chip(say(lang, "page.chip.words", words=words), replace(selection, words=())))
    if selection.past_days is not None or selection.future_days is not None:
        found.append(_window_chip(catalogue, selection))
    return found


def _id_chips(catalogue: Catalogue, selection: Selection, kind: str) -> list[Chip]:
    chosen: frozenset[int] = getattr(selection, kind)
    by_name: dict[str, set[int]] = {}
    for number in sorted(chosen):
        by_name.setdefault(_name(catalogue, kind, number), set()).add(number)
    return [Chip(name, _with(selection, kind, chosen - numbers)) for name, numbers in by_name.items()]


def _with(selection: Selection, kind: str, ids: frozenset[int]) -> Selection:
    """The selection with other ``ids`` of one kind."""
    changes: dict[str, Any] = {kind: ids}
    return replace(selection, **changes)


def _window_chip(catalogue: Catalogue, selection: Selection) -> Chip:
    organization = catalogue.organization
    past = organization.past_days if selection.past_days is None else selection.past_days
    future = organization.future_days if selection.future_days is None else selection.future_days
    label = say(catalogue.lang, "page.chip.window", past=past, future=future)
    return Chip(label, replace(selection, past_days=None, future_days=None))
