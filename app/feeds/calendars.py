"""The calendars that were made last. One whose catalogue was replaced is forgotten, whoever asks for what."""

from collections.abc import Hashable, Sequence
from typing import Final

from cachetools import LRUCache

from app.feeds.catalogue import Catalogue
from app.feeds.feed import Feed

AT_ONCE: Final = 200
"""How many events are let go of at a time, at least: five microseconds' work, more where they go for good."""
PART: Final = 128
"""The part of all that was dropped which is let go of at a time where that is more."""
SHARE: Final = 1024
"""Octets that a calendar takes besides its own."""


class Calendars:
    """Calendars of at most so many octets, by the shelf that they are made from and by what was wished."""

    def __init__(self, octets: int) -> None:
        self._feeds = _Leaving(octets)
        self._current: dict[Hashable, Catalogue] = {}

    def __repr__(self) -> str:
        return f"<Calendars {len(self)}>"

    def __len__(self) -> int:
        return len(self._feeds)

    @property
    def leaving(self) -> int:
        """How many pieces of dropped calendars have not been let go of yet."""
        return self._feeds.leaving

    def get(self, shelf: Hashable, wish: Hashable, catalogue: Catalogue) -> Feed | None:
        """The calendar that was made of that very catalogue."""
        self._feeds.let_go()
        if self._current.get(shelf) is not catalogue:
            self._current[shelf] = catalogue
            for key in [key for key in self._feeds if key[0] == shelf]:
                del self._feeds[key]
        return self._feeds.get((shelf, wish))

    def keep(self, shelf: Hashable, wish: Hashable, feed: Feed) -> None:
        """Keep a calendar of the catalogue that was asked for last."""
        if _weight(feed) <= self._feeds.maxsize:
            self._feeds[shelf, wish] = feed


class _Leaving(LRUCache[tuple[Hashable, Hashable], Feed]):
    """Lets go of what it drops little by little: the events of a large calendar may have no other holder."""

    def __init__(self, octets: int) -> None:
        super().__init__(octets, getsizeof=_weight)
        self.leaving = 0
        """How many pieces those that were dropped still have."""
        self._dropped: list[Sequence[bytes]] = []
        self._going: list[bytes] = []

    def __delitem__(self, key: tuple[Hashable, Hashable]) -> None:
        pieces = self[key].calendar.pieces
        self._dropped.append(pieces)
        self.leaving += len(pieces)
        super().__delitem__(key)

    def let_go(self) -> None:
        """Some of what was dropped, and more where that is much."""
        most = max(AT_ONCE, self.leaving // PART)
        while self._dropped and len(self._going) < most:
            self._going += self._dropped.pop()  # a copy: somebody may be sending that calendar
        self.leaving -= min(most, len(self._going))
        del self._going[-most:]


def _weight(feed: Feed) -> int:
    return feed.calendar.octets + SHARE
