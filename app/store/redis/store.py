"""The store that ``feeds`` asks for: every promise is kept by one script on the server."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from app.domain.errors import StoreUnavailable
from app.domain.grants import Grant
from app.domain.memories import Memories, joined, memories_of, records_in
from app.domain.model import LANGS, Lang
from app.domain.records import Key, Lease, Recollection, Status, Trouble
from app.domain.revisions import Remembered
from app.store.moments import first_number, instant
from app.store.redis import scripts
from app.store.redis.scripts import PREFIX
from app.store.redis.server import Order, Server

FORMAT: Final = f"{PREFIX}format"
HOLDERS: Final = f"{PREFIX}holders"
FENCES: Final = f"{PREFIX}fences"
GENERATIONS: Final = f"{PREFIX}generations"
REFRESHED: Final = f"{PREFIX}refreshed"
TROUBLES: Final = f"{PREFIX}troubles"
MARKS: Final = f"{PREFIX}marks"
TOKENS: Final = f"{PREFIX}tokens"
GRANTS: Final = f"{PREFIX}grants"
GRANTS_USED: Final = f"{PREFIX}grants-used"
DIGEST_BYTES: Final = 32

_NOTHING: Final[Mapping[str, str]] = {}
PAGE: Final = 1000
"""How many events are read at a stretch: half a millisecond in which the event loop does nothing else."""
SLICE_BYTES: Final = 1 << 20
READINGS: Final = 5
"""How often to begin anew with what others write while it is read in parts."""


class RedisStore:
    """One server, asked through a few connections that are made as needed.

    Leases are let go by the server's own clock, so hosts whose clocks differ agree. Raises ``ValueError``
    for an address that it does not understand; the server need not be there. What is kept under the old names
    of ``renamed`` is taken along to the new ones before anything else is done.
    """

    def __init__(
        self,
        url: str,
        *,
        clock: Callable[[], datetime],
        renamed: Mapping[str, str] = _NOTHING,
        timeout_seconds: float = 1.5,
    ) -> None:
        self._server = Server(
            url, timeout_seconds=timeout_seconds, first=[_adoption(*names) for names in renamed.items()]
        )
        self._clock = clock

    def __repr__(self) -> str:
        return f"<RedisStore {self._server.place}>"

    @property
    def shared(self) -> bool:
        """See ``feeds.ports.Store``."""
        return True

    async def recall(self, organization: str, known: int | None) -> Recollection | None:
        """See ``feeds.ports.Store``."""
        for _ in range(READINGS):
            head, *pages = await self._page(organization, known, b"0")
            if not pages:
                return None
            version, born, lang, cursor, found, changes = head, *pages
            records = dict(records_in(found))
            while cursor != b"0" and head == version:
                head, _, _, cursor, found, _ = await self._page(organization, None, cursor)
                records.update(records_in(found))
            if head == version:
                return Recollection(
                    int(version), instant(int(born)), _language(lang), Memories(records), changes
                )
        raise self._restless()

    async def remember(
        self,
        organization: str,
        events: Mapping[int, Remembered],
        *,
        language: Lang | None,
        known: int,
        changes: bytes | None = None,
    ) -> int | None:
        """See ``feeds.ports.Store``."""
        found = joined(memories_of(events).records().values())
        version = await self._server.run(
            scripts.REMEMBER,
            (FORMAT, _memory(organization)),
            *(known, language or "", found),
            *(() if changes is None else (changes,)),
            payload=len(found) + len(changes or b""),
        )
        return None if version is None else int(version)

    async def statuses(self) -> Mapping[Key, Status]:
        """See ``feeds.ports.Store``."""
        keys = (FORMAT, MARKS, FENCES, GENERATIONS, REFRESHED, TROUBLES)
        hashes = [
            dict(zip(fields[::2], fields[1::2], strict=True)) if fields else {}
            for fields in json.loads(await self._server.run(scripts.STATUSES, keys))
        ]
        marks, fences, generations, refreshed, troubles = hashes
        found: dict[Key, Status] = {}
        for name in {f"{lang}:{organization}" for organization in marks for lang in LANGS}.union(fences):
            key = _key(name)
            began, _, covered = refreshed.get(name, "").partition(" ")
            found[key] = Status(
                generation=int(generations.get(name, 0)),
                began=datetime.fromisoformat(began) if began else None,
                mark=int(marks.get(key[0], 0)),
                covered=int(covered or 0),
                trouble=_trouble(troubles[name]) if name in troubles else None,
            )
        return found

    async def content(self, key: Key) -> tuple[int, bytes] | None:
        """See ``feeds.ports.Store``."""
        for _ in range(READINGS):
            slices: list[bytes] = []
            first = None
            while True:
                answer = await self._slice(key, len(slices))
                if answer is None:
                    return None
                generation, size, part = answer
                first = generation if first is None else first
                if generation != first:
                    break
                slices.append(part)
                if len(slices) * SLICE_BYTES >= size:
                    return int(generation), b"".join(slices)
        raise self._restless()

    async def keep(self, lease: Lease, content: bytes, *, began: datetime, covered: int) -> int | None:
        """See ``feeds.ports.Store``."""
        generation = await self._server.run(
            scripts.KEEP,
            (FORMAT, HOLDERS, FENCES, REFRESHED, TROUBLES, GENERATIONS, _content(lease.key)),
            *_claim(lease),
            _refreshed(began, covered),
            first_number(self._clock()),
            content,
            payload=len(content),
        )
        return None if generation is None else int(generation)

    async def confirm(self, lease: Lease, *, began: datetime, covered: int) -> bool:
        """See ``feeds.ports.Store``."""
        keys = (FORMAT, HOLDERS, FENCES, REFRESHED, TROUBLES)
        done = await self._server.run(scripts.CONFIRM, keys, *_claim(lease), _refreshed(began, covered))
        return done is not None

    async def complain(self, lease: Lease, trouble: Trouble) -> bool:
        """See ``feeds.ports.Store``."""
        keys = (FORMAT, HOLDERS, FENCES, TROUBLES)
        done = await self._server.run(scripts.COMPLAIN, keys, *_claim(lease), _words(trouble))
        return done is not None

    async def lease(self, key: Key, holder: str, seconds: float) -> Lease | None:
        """See ``feeds.ports.Store``."""
        fence = await self._server.run(
            scripts.LEASE, _lease_keys(key), _name(key), holder, _milliseconds(seconds)
        )
        return None if fence is None else Lease(key, holder, fence)

    async def renew(self, lease: Lease, seconds: float) -> bool:
        """See ``feeds.ports.Store``."""
        done = await self._server.run(
            scripts.RENEW, _lease_keys(lease.key), *_claim(lease), _milliseconds(seconds)
        )
        return done is not None

    async def release(self, lease: Lease) -> None:
        """See ``feeds.ports.Store``."""
        await self._server.run(scripts.RELEASE, _lease_keys(lease.key), *_claim(lease))

    async def mark(self, organization: str) -> int:
        """See ``feeds.ports.Store``."""
        return int(await self._server.run(scripts.MARK, (FORMAT, MARKS), organization))

    async def token(self, organization: str) -> str | None:
        """See ``feeds.ports.Store``."""
        found: bytes | None = await self._server.run(scripts.TOKEN, (FORMAT, TOKENS), organization)
        return None if found is None else found.decode()

    async def keep_token(self, organization: str, token: str) -> None:
        """See ``feeds.ports.Store``."""
        await self._server.run(scripts.KEEP_TOKEN, (FORMAT, TOKENS), organization, token)

    async def grants(self) -> Sequence[Grant]:
        """See ``feeds.ports.Store``."""
        kept, used = await self._server.run(scripts.GRANTS, (FORMAT, GRANTS, GRANTS_USED))
        days = dict(zip(used[::2], used[1::2], strict=True))
        return [
            Grant(
                number.decode(),
                value[:DIGEST_BYTES],
                value[DIGEST_BYTES:],
                date.fromisoformat(days[number].decode()) if number in days else None,
            )
            for number, value in zip(kept[::2], kept[1::2], strict=True)
        ]

    async def add_grant(self, grant: Grant) -> bool:
        """See ``feeds.ports.Store``."""
        added = await self._server.run(
            scripts.ADD_GRANT,
            (FORMAT, GRANTS, GRANTS_USED),
            *(grant.id, grant.digest + grant.record),
            *((grant.used.isoformat(),) if grant.used else ()),
        )
        return added is not None

    async def rotate_grant(self, number: str, digest: bytes) -> bool:
        """See ``feeds.ports.Store``."""
        return await self._server.run(scripts.ROTATE_GRANT, (FORMAT, GRANTS), number, digest) is not None

    async def revoke_grant(self, number: str) -> bool:
        """See ``feeds.ports.Store``."""
        revoked = await self._server.run(scripts.REVOKE_GRANT, (FORMAT, GRANTS, GRANTS_USED), number)
        return bool(revoked)

    async def use_grant(self, number: str, day: date) -> None:
        """See ``feeds.ports.Store``."""
        keys = (FORMAT, GRANTS, GRANTS_USED)
        await self._server.run(scripts.USE_GRANT, keys, number, day.isoformat())

    async def aclose(self) -> None:
        """Finish what is under way and let go of the connections. Whatever is asked later finds it closed."""
        await self._server.aclose()

    async def _page(self, organization: str, known: int | None, cursor: bytes) -> list[bytes]:
        """The version alone where it is known; else all that ``scripts.RECALL`` returns."""
        now = self._clock()
        answer: list[bytes] = await self._server.run(
            scripts.RECALL,
            (FORMAT, _memory(organization)),
            "" if known is None else known,
            cursor,
            PAGE,
            first_number(now),
            int(now.timestamp()),
        )
        return answer

    async def _slice(self, key: Key, number: int) -> tuple[bytes, int, bytes] | None:
        """The generation, the size of the whole content, and a part of it."""
        keys = (FORMAT, GENERATIONS, _content(key))
        first = number * SLICE_BYTES
        answer = await self._server.run(scripts.CONTENT, keys, _name(key), first, first + SLICE_BYTES - 1)
        return tuple(answer) if answer is not None else None

    def _restless(self) -> StoreUnavailable:
        return StoreUnavailable(
            f"{self._server.place} was written to faster than it could be read; try again."
        )


def _adoption(old: str, new: str) -> Order:
    """Give an organization's new name what is kept under the old one, unless it has a memory already."""
    hashes = (FENCES, GENERATIONS, REFRESHED, TROUBLES, MARKS, TOKENS)
    contents = (_content((name, lang)) for lang in LANGS for name in (old, new))
    keys = (FORMAT, _memory(old), _memory(new), *hashes, *contents)
    return Order(scripts.ADOPT, keys, (len(hashes), old, new, *LANGS))


def _name(key: Key) -> str:
    """A catalogue as the field of a hash; the language first, because an organization may hold a colon."""
    organization, lang = key
    return f"{lang}:{organization}"


def _key(name: str) -> Key:
    lang, _, organization = name.partition(":")
    return organization, "fr" if lang == "fr" else "en"


def _memory(organization: str) -> str:
    return f"{PREFIX}memory:{organization}"


def _content(key: Key) -> str:
    return f"{PREFIX}content:{_name(key)}"


def _lease_keys(key: Key) -> tuple[str, ...]:
    return FORMAT, HOLDERS, FENCES, f"{PREFIX}lease:{_name(key)}"


def _claim(lease: Lease) -> tuple[str, str, int]:
    """What the server compares before anything is written."""
    return _name(lease.key), lease.holder, lease.fence


def _milliseconds(seconds: float) -> int:
    return max(1, math.ceil(seconds * 1000))


def _refreshed(began: datetime, covered: int) -> str:
    return f"{began.isoformat()} {covered}"


def _words(trouble: Trouble) -> str:
    return f"{trouble.failures} {trouble.since.isoformat()} {trouble.retry_at.isoformat()} {trouble.error}"


def _trouble(words: str) -> Trouble:
    failures, since, retry_at, error = words.split(" ", 3)
    return Trouble(int(failures), datetime.fromisoformat(since), datetime.fromisoformat(retry_at), error)


def _language(lang: bytes) -> Lang | None:
    return next((known for known in LANGS if known.encode() == lang), None)
