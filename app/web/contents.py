"""What was answered last: each content with its compressed forms, and which request was answered how.

A content is compressed once for each encoding that somebody asks for, in a thread; who asks meanwhile waits
for the same. Everything here can be forgotten at any time; then it is made anew.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from starlette.types import Scope

from app.feeds.service import Copy
from app.telemetry.clients import client_of
from app.telemetry.metrics import Metrics, Tallies
from app.web.compression import ENCODINGS, Encoding, accepted, is_shy, is_worth_it
from app.web.counting import format_of, route_of
from app.web.http import told
from app.web.representation import (
    NO_BODY,
    Body,
    Choice,
    Manner,
    Messages,
    Representation,
    beginning,
    blocks_of,
    conclude,
    joined,
    size_of,
    unchanged,
    whole,
    whole_of,
)

KEPT_OCTETS: Final = 64 * 2**20
"""Of contents and their compressed forms."""
MOST_ADDRESSES: Final = 4096
"""Spellings of addresses that are remembered; anybody can invent any number (``?fbclid=…``)."""
LONGEST_ADDRESS: Final = 1000
MOST_VALUES: Final = 4096
"""Pairs of Accept-Encoding and User-Agent whose meaning is remembered."""
LONGEST_VALUES: Final = 500
AT_ONCE: Final = 32 * 1024
"""Octets that are compressed on the event loop, in a tenth of a millisecond: a thread would take as long."""
AT_A_TIME: Final = 2
SHARE: Final = 16 * 1024
"""Octets that a content takes besides its forms, at most: the headers of its answers."""
MOST_MANNERS: Final = 8

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Wish:
    """What a client can read, what to send first; None is the identity. One object for each list."""

    usable: Sequence[Encoding | None]

    @property
    def encoding(self) -> Encoding | None:
        """The one to send."""
        return self.usable[0]


@dataclass(slots=True)
class Menu:
    """The choices of one content in one manner. Empty once the content is no longer kept."""

    choices: dict[Wish, Choice] = field(default_factory=dict)
    used: bool = True


class Stands(Protocol):
    """Tells whether an answer would be given in the same way again."""

    def asked(self, seconds: float) -> bool:
        """True if it would, so long after 1970; notes that somebody asked."""
        ...


class _Always:
    def asked(self, seconds: float) -> bool:  # noqa: ARG002  # the protocol's
        return True


@dataclass(frozen=True, slots=True)
class Remembered:
    """What one address was answered. It counts while it ``stands``."""

    menu: Menu
    stands: Stands
    wholes: Tallies
    unchanged: Tallies


class Content:
    """One content and its compressed forms."""

    __slots__ = ("_menus", "forms", "kept", "key", "making", "what")

    def __init__(self, key: Hashable, what: Representation) -> None:
        self.key = key
        # Its body is not held: that of a calendar holds events, which may be those of yesterday.
        self.what = replace(what, body=b"")
        self.forms: dict[Encoding | None, bytes] = {None: what.body} if isinstance(what.body, bytes) else {}
        self.making: dict[Encoding, asyncio.Task[None]] = {}
        self.kept = False
        self._menus: dict[Manner, Menu] = {}

    def __repr__(self) -> str:
        return f"<Content {self.what.content_type} {self.what.etag} {len(self.forms)} forms>"

    @property
    def octets(self) -> int:
        """What it weighs, with a share for all that is said of it."""
        return sum(map(len, self.forms.values())) + SHARE

    def stands_for(self, body: Body) -> bool:
        """True unless it is seen to be another. The tag of what is in pieces is a digest of all of them."""
        plain = self.forms.get(None)
        return plain is None or not isinstance(body, bytes) or plain == body

    def choice(self, wish: Wish, manner: Manner) -> Choice:
        """What can be answered without making anything."""
        choice = Choice(unchanged(self.what, manner, wish.usable), manner.dated)
        form = self.forms.get(wish.encoding)
        if form is None:
            return choice
        return replace(choice, whole=whole(self.what, manner, wish.encoding, form))

    def menu(self, manner: Manner) -> Menu:
        """The choices in that manner, remembered while the content is kept."""
        if manner not in self._menus and len(self._menus) >= MOST_MANNERS:
            self._menus.pop(next(iter(self._menus))).choices.clear()
        return self._menus.setdefault(manner, Menu())

    def forget(self) -> None:
        """Let every remembered answer go its whole way again."""
        for menu in self._menus.values():
            menu.choices.clear()

    def take_use(self) -> bool:
        """True if any of it was used since this was asked last."""
        used = any(menu.used for menu in self._menus.values())
        for menu in self._menus.values():
            menu.used = False
        return used


class Answers:
    """The contents that were asked for last. ``compression`` False sends all of them as they are.

    Owns the tasks that compress; ``aclose`` ends them.
    """

    def __init__(
        self,
        metrics: Metrics,
        *,
        seconds: Callable[[], float],
        compression: bool = True,
        encodings: Mapping[str, Encoding] = ENCODINGS,
        kept_octets: int = KEPT_OCTETS,
    ) -> None:
        self.seconds = seconds
        """The wall clock, since 1970."""
        self.addresses: OrderedDict[tuple[str, bytes], Remembered] = OrderedDict()
        """By path and raw query, the last one found is the newest."""
        self.wishes: dict[tuple[bytes | None, bytes | None], tuple[Wish, str]] = {}
        """By Accept-Encoding and User-Agent, with the family of the client."""
        self._metrics = metrics
        self._compression = compression
        self._kept_octets = kept_octets
        self._octets = 0
        self._contents: OrderedDict[Hashable, Content] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()
        self._turns = asyncio.Semaphore(AT_A_TIME)
        self._encodings = encodings
        self._plain = Wish((None,))
        self._known_wishes: dict[Sequence[str], Wish] = {("identity",): self._plain}

    def __repr__(self) -> str:
        return (
            f"<Answers {len(self._contents)} contents of {self._octets} octets, "
            f"{len(self.addresses)} addresses>"
        )

    @property
    def octets(self) -> int:
        """What all contents weigh, with all that is said of them."""
        return self._octets

    async def aclose(self) -> None:
        """Stop what is being compressed."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def wish(self, accept: bytes | None, agent: bytes | None) -> Wish:
        """What a client would like, by its Accept-Encoding and its User-Agent."""
        known = self.wishes.get((accept, agent))
        if known is not None:
            return known[0]
        wish = self._wish(accept or b"", agent or b"")
        if len(accept or b"") + len(agent or b"") <= LONGEST_VALUES:
            if len(self.wishes) >= MOST_VALUES:
                self.wishes.clear()
            self.wishes[accept, agent] = wish, client_of(agent)
        return wish

    def _wish(self, accept: bytes, agent: bytes) -> Wish:
        """The one object for what these mean: there are a few dozen."""
        codings = tuple(accepted(accept.decode("latin-1")))
        if not self._compression or is_shy(agent):
            codings = ("identity",)
        usable = tuple(self._encodings.get(coding) for coding in codings)
        return self._known_wishes.setdefault(codings, Wish(usable))

    async def answer(self, scope: Scope, what: Representation, copy: Copy | None) -> Messages:
        """The answer to a GET or HEAD. ``copy`` is what it was made from, None for what nothing changes."""
        fields = joined(scope["headers"])
        wish = self.wish(fields.get(b"accept-encoding"), fields.get(b"user-agent"))
        manner = Manner(
            source=copy.source if copy else "hit",
            exact=copy.exact if copy else True,
            dated=told(what.last_modified) if what.last_modified else None,
            varies=self._compression,
        )
        content = self._content(what)
        chosen = wish if is_worth_it(what.content_type, size_of(what.body)) else self._plain
        choice = content.choice(chosen, manner)
        messages = conclude(choice, scope["method"], fields)
        if messages is None and scope["method"] == "HEAD":  # nobody need join or compress what is not sent
            messages = beginning(what, manner, chosen.encoding, size_of(what.body)), NO_BODY
        if messages is None:
            chosen = await self._formed(content, chosen, what.body)
            choice = content.choice(chosen, manner)
            messages = conclude(choice, scope["method"], fields)
        if messages is None:
            raise AssertionError("a content can always be sent as it is")
        if content.kept and what.open and (copy is None or copy.standing is not None):
            menu = content.menu(manner)
            menu.choices[wish] = choice
            self._remember(scope, menu, copy)
        self._metrics.answer(messages[0]["status"], manner.source)
        scope.setdefault("state", {})["found"] = manner.source
        return messages

    def _remember(self, scope: Scope, menu: Menu, copy: Copy | None) -> None:
        """Let the same request be answered from ``menu``."""
        address = (scope["path"], scope["query_string"])
        if len(address[0]) + len(address[1]) > LONGEST_ADDRESS:
            return
        source = copy.source if copy else "hit"
        route = route_of(scope)
        whole_tallies, unchanged_tallies = (
            self._metrics.tallies(route=route, format_=format_of(route), status=status, source=source)
            for status in (200, 304)
        )
        standing = copy.standing if copy and copy.standing else _Always()
        self.addresses[address] = Remembered(menu, standing, whole_tallies, unchanged_tallies)
        self.addresses.move_to_end(address)
        if len(self.addresses) > MOST_ADDRESSES:
            self.addresses.popitem(last=False)

    def _content(self, what: Representation) -> Content:
        """The content that is kept of it; a new one where there is none, or another."""
        key = (
            what.content_type,
            what.etag,
            what.lang,
            what.disposition,
            tuple(what.further.items()),
            what.open,
            size_of(what.body),
        )
        content = self._contents.get(key)
        if content is not None:
            if content.stands_for(what.body):
                self._contents.move_to_end(key)
                return content
            self._drop(key)
        content = Content(key, what)
        if not self._is_too_large(content):
            content.kept = True
            self._contents[key] = content
            self._octets += content.octets
            self._make_room()
        return content

    def _is_too_large(self, content: Content) -> bool:
        """A quarter of the room is the most that one content may take."""
        return content.octets * 4 > self._kept_octets

    def _make_room(self) -> None:
        """Drop what was not used for longest, but what ``hot`` used gets a second round."""
        rounds = len(self._contents)
        while self._octets > self._kept_octets:
            key, content = next(iter(self._contents.items()))
            rounds -= 1
            if rounds > 0 and content.take_use():
                self._contents.move_to_end(key)
            else:
                self._drop(key)

    def _drop(self, key: Hashable) -> None:
        content = self._contents.pop(key)
        content.kept = False
        content.forget()
        self._octets -= content.octets

    async def _formed(self, content: Content, wish: Wish, body: Body) -> Wish:
        """``wish`` once it can be fulfilled; the plain one where compressing fails."""
        encoding = wish.encoding
        if encoding is not None:
            if size_of(body) <= AT_ONCE:
                self._take(content, encoding, encoding.compress(blocks_of(body), size_of(body)))
            else:
                await asyncio.shield(self._start(content, encoding, body))
            if encoding in content.forms:
                return wish
        if None not in content.forms:
            self._take(content, None, whole_of(body))
        return self._plain if encoding is not None else wish

    def _start(self, content: Content, encoding: Encoding, body: Body) -> asyncio.Task[None]:
        """The one task that makes this form."""
        task = content.making.get(encoding)
        if task is None:
            task = asyncio.create_task(self._make(content, encoding, body), name=f"compress {encoding!r}")  # noqa: TID251  # the owner
            content.making[encoding] = task
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return task

    async def _make(self, content: Content, encoding: Encoding, body: Body) -> None:
        try:
            async with self._turns:
                form = await asyncio.to_thread(encoding.compress, blocks_of(body), size_of(body))
        except Exception:  # whoever asks gets it as it is
            log.exception("A content cannot be compressed", extra={"encoding": encoding.token})
        else:
            self._take(content, encoding, form)

    def _take(self, content: Content, encoding: Encoding | None, form: bytes) -> None:
        """Use a finished form from now on."""
        content.forms[encoding] = form
        if content.kept:
            self._octets += len(form)
            if self._is_too_large(content):
                self._drop(content.key)
            self._make_room()
