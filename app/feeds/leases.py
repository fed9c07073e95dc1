"""Holds the right to refresh a catalogue while that goes on; to let go of it makes nobody wait."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

from app.domain.errors import StoreUnavailable
from app.domain.records import Key, Lease
from app.feeds.ports import Store

LEASE_SECONDS: Final = 12.0
"""A holder that died is replaced after so long."""
RENEW_SECONDS: Final = 4.0


class Leases:
    """Those of one process, ``holder`` among those that share the store."""

    def __init__(self, store: Store, holder: str) -> None:
        self._store = store
        self._holder = holder
        self._releasing: set[asyncio.Task[None]] = set()

    def __repr__(self) -> str:
        return f"<Leases of {self._holder}>"

    @asynccontextmanager
    async def held(self, key: Key) -> AsyncIterator[Lease | None]:
        """The lease of a catalogue, held on to for the block; None where another process has it.

        Raises ``StoreUnavailable``.
        """
        lease = await self._store.lease(key, self._holder, LEASE_SECONDS)
        if lease is None:
            yield None
            return
        keeper = asyncio.create_task(self._hold_on(lease), name=f"lease {key}")  # noqa: TID251  # the owner
        try:
            yield lease
        finally:
            keeper.cancel()
            task = asyncio.create_task(self._release(lease), name=f"release {key}")  # noqa: TID251  # the owner
            self._releasing.add(task)
            task.add_done_callback(self._releasing.discard)

    async def aclose(self) -> None:
        """Wait until all are released that are not held any more."""
        await asyncio.gather(*self._releasing, return_exceptions=True)

    async def _hold_on(self, lease: Lease) -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            with suppress(StoreUnavailable):  # keeping the result tells whether the lease was lost
                await self._store.renew(lease, LEASE_SECONDS)

    async def _release(self, lease: Lease) -> None:
        with suppress(StoreUnavailable):  # it runs out by itself
            await self._store.release(lease)
