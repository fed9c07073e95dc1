"""What a page offers: each feed, the ways to subscribe to it, and a shorter one where it grew too large."""

from collections import Counter
from dataclasses import dataclass, replace
from urllib.parse import quote

from app.domain.model import Lang, NamedFeed, Organization
from app.domain.selection import Selection, canonical, parse
from app.feeds.budget import Budget
from app.feeds.catalogue import Catalogue
from app.feeds.service import Feeds
from app.i18n.words import say
from app.web.query import with_saved


@dataclass(frozen=True, slots=True)
class Address:
    """The address of a feed: ``https`` as it is copied, ``webcal`` as calendars open it."""

    path: str
    query: tuple[str, ...] = ()

    def plus(self, *parts: str) -> "Address":
        """The same with more ``name=value`` parameters; those that it has already stay as they are."""
        known = {part.partition("=")[0] for part in self.query}
        more = (part for part in "&".join(parts).split("&") if part and part.partition("=")[0] not in known)
        return Address(self.path, (*self.query, *more))

    @property
    def https(self) -> str:
        return f"{self.path}?{'&'.join(self.query)}" if self.query else self.path

    @property
    def webcal(self) -> str:
        return f"webcal://{self.https.partition('://')[2]}"


@dataclass(frozen=True, slots=True)
class Line:
    """One feed: what it holds and how to subscribe to it.

    ``excess`` is the size of a calendar that has grown too large, None for all others; ``narrower`` is the
    address of fewer days that is offered beside it, empty where no fewer days would do.
    """

    name: str
    events: int | None
    address: Address
    google: str
    excess: Budget | None
    narrower: str


class Offers:
    """The feeds of one organization in the language of the copy at hand; ``page`` is its absolute address."""

    def __init__(self, feeds: Feeds, catalogue: Catalogue, page: str) -> None:
        self._feeds = feeds
        self._catalogue = catalogue
        self._page = page
        self._calendar = Address(f"{page}/calendar.ics")

    @property
    def _organization(self) -> Organization:
        return self._catalogue.organization

    @property
    def _lang(self) -> Lang:
        return self._catalogue.lang

    @property
    def _spoken(self) -> str:
        return "" if self._lang == self._organization.language else f"lang={self._lang}"

    @property
    def _whole(self) -> Selection:
        return parse([("lang", self._lang)], self._organization)

    async def everything(self) -> Line:
        """The whole calendar."""
        events = len(self._catalogue.entries)
        size = await self._size(self._whole)
        return line(say(self._lang, "page.everything"), events, self._calendar.plus(self._spoken), size)

    async def named(self) -> list[Line]:
        """The selections that are saved under a short address."""
        return [await self._named(feed) for feed in self._organization.feeds]

    async def programs(self) -> list[Line]:
        """The programmes that have published events, by name."""
        counts = Counter(entry.program for entry in self._catalogue.entries)
        names = {program.id: program.name for program in self._catalogue.programs}
        found = [(number, names[number], count) for number, count in counts.items() if number in names]
        whole = await self._size(self._whole)
        # No part of a calendar that fits is larger than it.
        small = whole is None or not whole.over
        return [
            await self._program(*program, small=small)
            for program in sorted(found, key=lambda program: program[1].casefold())
        ]

    async def _program(self, number: int, name: str, events: int, *, small: bool) -> Line:
        address = self._calendar.plus(f"programId={number}", self._spoken)
        if small:
            return line(name, events, address, None)
        return line(
            name, events, address, await self._size(replace(self._whole, programs=frozenset({number})))
        )

    async def _named(self, feed: NamedFeed) -> Line:
        selection = parse(with_saved(feed, [("lang", self._lang)]), self._organization)
        size = await self._size(selection, feed)
        address = Address(f"{self._page}/{feed.slug}.ics").plus(self._spoken)
        windowless = replace(selection, past_days=None, future_days=None)
        if windowless == selection:
            return line(feed.name.of(self._lang), None, address, size)
        # A saved window cannot be narrowed by a parameter.
        base = self._calendar.plus(canonical(windowless, self._organization))
        return line(feed.name.of(self._lang), None, address, size, base=base)

    async def _size(self, selection: Selection, named: NamedFeed | None = None) -> Budget | None:
        """The size of a feed; None in another language, of which there may be no copy."""
        if selection.lang != self._lang:
            return None
        feed, _ = await self._feeds.calendar(self._organization, selection, named)
        return feed.size


def line(
    name: str, events: int | None, address: Address, size: Budget | None, *, base: Address | None = None
) -> Line:
    """How to subscribe; ``base`` is the address to narrow where ``address`` itself cannot be.

    Google subscribes by a ``webcal`` address, percent-encoded whole; it hides what is cancelled, and what
    lies beyond its megabyte.
    """
    base = base or address
    for_google = base.plus(str(size.for_google)) if size and size.for_google else address
    cid = quote(for_google.plus("cancelled=show").webcal, safe="")
    return Line(
        name=name,
        events=events,
        address=address,
        google=f"https://calendar.google.com/calendar/u/0/r?cid={cid}",
        excess=size if size and size.over else None,
        narrower=base.plus(str(size.narrower)).https if size and size.narrower else "",
    )
