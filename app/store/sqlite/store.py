"""The store that ``feeds`` asks for: every call does its work in one thread, off the event loop."""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path
from typing import Final, TypeVar

from app.domain.errors import StoreUnavailable
from app.domain.grants import Grant
from app.domain.memories import memories_of
from app.domain.model import Lang
from app.domain.records import Key, Lease, Recollection, Status, Trouble
from app.domain.revisions import Remembered
from app.store.sqlite import catalogues, grants, revisions, tokens
from app.store.sqlite.adoption import adopt
from app.store.sqlite.complaint import complaint, moved
from app.store.sqlite.file import BUSY_SECONDS, OpenFile, open_file

Result = TypeVar("Result")

_NOTHING: Final[Mapping[str, str]] = {}
SETTLE_BYTES: Final = 1024 * 1024
"""So much is written before the journal is settled, which waits for the disk twice."""
SETTLE_SECONDS: Final = 0.5
"""Whoever asked for what was written has it by then."""


class SqliteStore:
    """One file, opened with the first call, and one thread that talks to it.

    What was written survives a kill at any moment. After any failure the file is opened anew by the next
    call, so the store works again as soon as the file can be used again. What is kept under the old names of
    ``renamed`` is taken along to the new ones.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        clock: Callable[[], datetime],
        renamed: Mapping[str, str] = _NOTHING,
        busy_seconds: float = BUSY_SECONDS,
        settle_seconds: float = SETTLE_SECONDS,
    ) -> None:
        self._path = Path(path)
        self._clock = clock
        self._renamed = renamed
        self._busy_seconds = busy_seconds
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store")
        self._file: OpenFile | None = None
        self._settle_seconds = settle_seconds
        self._settling: asyncio.TimerHandle | None = None
        self._unsettled = 0
        """How many bytes of contents and memories may be in the journal alone."""
        self._closed = False

    def __repr__(self) -> str:
        return f"<SqliteStore {self._path} {'open' if self._file else 'closed'}>"

    @property
    def shared(self) -> bool:
        """See ``feeds.ports.Store``."""
        return False

    async def recall(self, organization: str, known: int | None) -> Recollection | None:
        """See ``feeds.ports.Store``."""
        now = self._clock()
        return await self._in_thread(lambda file: revisions.recall(file, organization, known, now=now))

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
        records = memories_of(events).records()  # the thread must not walk what somebody may change
        return await self._in_thread(
            lambda file: revisions.remember(
                file, organization, records, language=language, known=known, changes=changes
            ),
            writes=sum(map(len, records.values())) + len(changes or b""),
        )

    async def statuses(self) -> Mapping[Key, Status]:
        """See ``feeds.ports.Store``."""
        return await self._in_thread(catalogues.statuses)

    async def content(self, key: Key) -> tuple[int, bytes] | None:
        """See ``feeds.ports.Store``."""
        return await self._in_thread(lambda file: catalogues.content(file, key))

    async def keep(self, lease: Lease, content: bytes, *, began: datetime, covered: int) -> int | None:
        """See ``feeds.ports.Store``."""
        now = self._clock()
        return await self._in_thread(
            lambda file: catalogues.keep(file, lease, content, began=began, covered=covered, now=now),
            writes=len(content),
        )

    async def confirm(self, lease: Lease, *, began: datetime, covered: int) -> bool:
        """See ``feeds.ports.Store``."""
        return await self._in_thread(
            lambda file: catalogues.confirm(file, lease, began=began, covered=covered)
        )

    async def complain(self, lease: Lease, trouble: Trouble) -> bool:
        """See ``feeds.ports.Store``."""
        return await self._in_thread(lambda file: catalogues.complain(file, lease, trouble))

    async def lease(self, key: Key, holder: str, seconds: float) -> Lease | None:
        """See ``feeds.ports.Store``."""
        return await self._in_thread(
            lambda file: catalogues.lease(file, key, holder, seconds, clock=self._clock)
        )

    async def renew(self, lease: Lease, seconds: float) -> bool:
        """See ``feeds.ports.Store``."""
        return await self._in_thread(lambda file: catalogues.renew(file, lease, seconds, clock=self._clock))

    async def release(self, lease: Lease) -> None:
        """See ``feeds.ports.Store``."""
        await self._in_thread(lambda file: catalogues.release(file, lease))

    async def mark(self, organization: str) -> int:
        """See ``feeds.ports.Store``."""
        return await self._in_thread(lambda file: catalogues.mark(file, organization))

    async def token(self, organization: str) -> str | None:
        """See ``feeds.ports.Store``."""
        return await self._in_thread(lambda file: tokens.token(file, organization))

    async def keep_token(self, organization: str, token: str) -> None:
        """See ``feeds.ports.Store``."""
        await self._in_thread(lambda file: tokens.keep_token(file, organization, token))

    async def grants(self) -> Sequence[Grant]:
        """See ``feeds.ports.Store``."""
        return await self._in_thread(grants.grants)

    async def add_grant(self, grant: Grant) -> bool:
        """See ``feeds.ports.Store``."""
        return await self._in_thread(lambda file: grants.add(file, grant))

    async def rotate_grant(self, number: str, digest: bytes) -> bool:
        """See ``feeds.ports.Store``."""
        return await self._in_thread(lambda file: grants.rotate(file, number, digest))

    async def revoke_grant(self, number: str) -> bool:
        """See ``feeds.ports.Store``."""
        return await self._in_thread(lambda file: grants.revoke(file, number))

    async def use_grant(self, number: str, day: date) -> None:
        """See ``feeds.ports.Store``."""
        await self._in_thread(lambda file: grants.use(file, number, day))

    async def aclose(self) -> None:
        """Finish what is under way and let go of the file. Whatever is asked later finds it closed."""
        if not self._closed:
            self._closed = True
            if self._settling is not None:
                self._settling.cancel()
            await asyncio.get_running_loop().run_in_executor(self._thread, self._disconnect)
            self._thread.shutdown()

    async def _in_thread(self, work: Callable[[sqlite3.Connection], Result], *, writes: int = 0) -> Result:
        """What ``work`` returns; it ``writes`` about so many bytes, 0 for few."""

        def attempt() -> Result:
            try:
                return work(self._connection())
            except (sqlite3.Error, OSError) as error:
                self._disconnect()
                raise StoreUnavailable(complaint(self._path, error)) from error

        if self._closed:
            raise StoreUnavailable(f"{self._path} has been closed.")
        loop = asyncio.get_running_loop()
        self._unsettled += writes
        if self._unsettled >= SETTLE_BYTES and self._settling is None:
            self._settling = loop.call_later(self._settle_seconds, self._settle)
        return await loop.run_in_executor(self._thread, attempt)

    def _settle(self) -> None:
        """Have the journal settled, behind all that the thread has to do already."""
        self._settling, self._unsettled = None, 0
        self._thread.submit(self._settle_now)

    def _settle_now(self) -> None:
        try:
            if self._file is not None:
                self._file.settle()
        except sqlite3.Error:  # nothing is lost; the next call opens the file anew, and says what is wrong
            self._disconnect()

    def _connection(self) -> sqlite3.Connection:
        if self._file is None:
            self._file = open_file(self._path, busy_seconds=self._busy_seconds)
            adopt(self._file.connection, self._renamed)
        elif not self._file.is_in_place():
            # What would be written to a file without a name is lost, and other processes see another one.
            self._disconnect()
            raise StoreUnavailable(moved(self._path))
        return self._file.connection

    def _disconnect(self) -> None:
        if self._file is not None:
            file, self._file = self._file, None
            file.close()
