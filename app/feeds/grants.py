"""The private feeds that there are: made, listed, revoked, and found by their tokens.

The store has them. A process reads all of them again when it is asked and what it knows is a second old, so
that a revoked address opens nothing any more a second later, on every host; and strangers who try addresses
cost the store one reading a second, however many they are.

While the store cannot be read, what was known goes on for an hour: an error would end some subscriptions for
good (Thunderbird's, after a single 503), and nothing can be revoked in a store that is gone. After that
everybody is asked to come back: a store that one host has lost may have been changed by another.
"""

import asyncio
import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from app.domain.errors import StoreUnavailable
from app.domain.grants import TOKEN_BYTES, Grant, Kind, PrivateFeed, Scope, digest_of, is_token, token_of
from app.feeds.ports import Clock, Store

FRESH: Final = timedelta(seconds=1)
PATIENCE: Final = timedelta(hours=1)
ID_BYTES: Final = 4
ATTEMPTS: Final = 5

log = logging.getLogger(__name__)


class Keys:
    """Finds private feeds by their tokens. Raises ``StoreUnavailable`` where that cannot be said."""

    def __init__(self, store: Store, *, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._feeds: Mapping[bytes, PrivateFeed] = {}
        self._read_at: datetime | None = None
        self._tried_at: datetime | None = None
        self._failing = False
        self._turn = asyncio.Lock()
        self._unreadable: set[str] = set()

    def __repr__(self) -> str:
        return f"<Keys of {len(self._feeds)} private feeds>"

    async def feed(self, token: str) -> PrivateFeed | None:
        """The feed that a token opens, None where it opens none."""
        return (await self._known()).get(digest_of(token)) if is_token(token) else None

    async def concern(self, organization: str) -> bool:
        """True if there is a private feed of the organization that is remembered under this name."""
        return any(feed.organization == organization for feed in (await self._known()).values())

    async def note_use(self, feed: PrivateFeed, day: date) -> None:
        """Remember that it was read on that day: once a day, and only while the store can be used."""
        if self._failing or (feed.used is not None and feed.used >= day):
            return
        used = replace(feed, used=day)
        self._feeds = {digest: used if it is feed else it for digest, it in self._feeds.items()}
        try:
            await self._store.use_grant(feed.id, day)
        except StoreUnavailable:
            self._failing = True  # until the store was read again; reading a feed does not depend on this

    async def _known(self) -> Mapping[bytes, PrivateFeed]:
        async with self._turn:
            now = self._clock()
            if self._tried_at is None or not timedelta() <= now - self._tried_at < FRESH:
                self._tried_at = now
                await self._read(now)
        if self._failing and (self._read_at is None or self._clock() - self._read_at > PATIENCE):
            raise StoreUnavailable("nobody knows whether private addresses still hold")
        return self._feeds

    async def _read(self, now: datetime) -> None:
        try:
            grants = await self._store.grants()
        except StoreUnavailable:
            self._failing = True  # the refreshes say so in the log
            self._tried_at = self._clock()  # it may have taken long, and others wait for their turn
            return
        self._feeds = {grant.digest: feed for grant in grants if (feed := self._told(grant)) is not None}
        self._read_at, self._failing = now, False

    def _told(self, grant: Grant) -> PrivateFeed | None:
        try:
            return feed_of(grant)
        except ValueError:
            if grant.id not in self._unreadable:
                self._unreadable.add(grant.id)
                log.warning("A private feed cannot be read and opens nothing", extra={"id": grant.id})
            return None


async def create(
    store: Store,
    *,
    organization: str,
    scope: Scope,
    name: str,
    now: datetime,
    draw: Callable[[int], bytes],
) -> tuple[PrivateFeed, str]:
    """A new private feed and its token, which is kept nowhere. ``draw`` gives as many random bytes.

    Raises ``StoreUnavailable``.
    """
    token = token_of(draw(TOKEN_BYTES))
    for _ in range(ATTEMPTS):
        feed = PrivateFeed(draw(ID_BYTES).hex(), organization, scope, name, now.replace(microsecond=0))
        if await store.add_grant(Grant(feed.id, digest_of(token), record_of(feed))):
            return feed, token
    raise StoreUnavailable("every number that was drawn for the private feed is taken")


async def rotate(store: Store, number: str, *, draw: Callable[[int], bytes]) -> str | None:
    """Another token for the same feed; the old one stops at once. None where there is no such feed."""
    token = token_of(draw(TOKEN_BYTES))
    return token if await store.rotate_grant(number, digest_of(token)) else None


def record_of(feed: PrivateFeed) -> bytes:
    """What the store keeps of it besides its id, its token's digest and the day of its last use."""
    return json.dumps(
        {
            "organization": feed.organization,
            "kind": feed.scope.kind,
            "numbers": sorted(feed.scope.numbers),
            "headcount": feed.scope.headcount,
            "name": feed.name,
            "created": feed.created.isoformat(),
        }
    ).encode()


def feed_of(grant: Grant) -> PrivateFeed:
    """The feed that a grant tells of. Raises ``ValueError``; a scope that is in doubt opens nothing."""
    try:
        told = json.loads(grant.record)
        scope = Scope(Kind(told["kind"]), frozenset(map(int, told["numbers"])), told["headcount"] is True)
        created = datetime.fromisoformat(told["created"])
        return PrivateFeed(grant.id, str(told["organization"]), scope, str(told["name"]), created, grant.used)
    except (KeyError, TypeError) as error:
        raise ValueError("a private feed of an unknown form") from error


def listed(grants: Iterable[Grant]) -> Sequence[PrivateFeed]:
    """The feeds that can be read, the oldest first."""
    feeds = []
    for grant in grants:
        try:
            feeds.append(feed_of(grant))
        except ValueError:
            log.warning("A private feed cannot be read and opens nothing", extra={"id": grant.id})
    return sorted(feeds, key=lambda feed: (feed.created, feed.id))
