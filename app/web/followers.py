"""Many who ask for the same at once: the first is answered by a route, the others by what it was answered.

A thousand phones may ask at once for a feed that nobody has yet. They share one fetch (``feeds.refresh``),
but each would still go the whole way through the routes when it is there. So a request for an address that is
being answered waits until that answer begins, and is then looked up like any that was answered before.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, TypeAlias

from starlette.types import Message, Scope, Send

PATIENCE_SECONDS: Final = 2.0
"""How long anybody waits for another's answer; then everybody goes their own way, as if alone."""
METHODS: Final = ("GET", "HEAD")
SHARED: Final = (".ics", ".json", ".atom")
"""How the paths end whose answers are remembered; for all others waiting would be in vain."""

Address: TypeAlias = tuple[str, bytes]


class Followers:
    """Those who wait, by the address that they ask for. Of one event loop."""

    def __init__(self, patience: float = PATIENCE_SECONDS) -> None:
        self._patience = patience
        self._begun: dict[Address, asyncio.Event] = {}

    def __repr__(self) -> str:
        return f"<Followers of {len(self._begun)} requests>"

    async def follow(self, scope: Scope) -> bool:
        """Wait for the answer that somebody else is given, if there is one; True if there was."""
        begun = self._begun.get(_address(scope))
        if begun is None or scope["method"] not in METHODS:
            return False
        await begun.wait()
        return True

    @contextmanager
    def leading(self, scope: Scope, send: Send) -> Iterator[Send]:
        """``send`` for whoever is the first to ask; the others are let go as soon as its answer begins."""
        address = _address(scope)
        if address in self._begun or not _is_shared(scope):
            yield send
            return
        begun = self._begun[address] = asyncio.Event()

        async def sending(message: Message) -> None:
            let_go()
            await send(message)

        def let_go() -> None:
            # Whoever reads its answer slowly is followed by nobody any more.
            if self._begun.get(address) is begun:
                del self._begun[address]
            begun.set()

        too_late = asyncio.get_running_loop().call_later(self._patience, begun.set)
        try:
            yield sending
        finally:
            too_late.cancel()
            let_go()


def _address(scope: Scope) -> Address:
    return scope["path"], scope["query_string"]


def _is_shared(scope: Scope) -> bool:
    path: str = scope["path"]
    return scope["method"] in METHODS and path.startswith("/orgs/") and path.endswith(SHARED)
