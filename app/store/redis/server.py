"""The way to the server: connections, how long to wait, and errors as the rest of the program knows them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import ConstantBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError, RedisError

from app.domain.errors import StoreUnavailable
from app.store.redis.address import address_of
from app.store.redis.complaint import complaint
from app.store.redis.scripts import Script

CONNECTIONS: Final = 8
"""Calls under way at once; more of them wait for their turn, within the time that they have."""
BYTES_PER_SECOND: Final = 2_000_000
"""The slowest way to the server on which large values are still expected to get there."""
_RETRIES: Final = 1
_RETRY_AFTER_SECONDS: Final = 0.05


@dataclass(frozen=True, slots=True)
class Order:
    """A script with its keys and arguments."""

    script: Script
    keys: tuple[str, ...]
    arguments: tuple[str | bytes | int, ...]


class Server:
    """Runs scripts on one server. Connects with the first call, and anew after any failure.

    Every call has ``timeout_seconds``, or what the address says (``socket_timeout``), and more for a large
    payload, from beginning to end: waiting for a turn, connecting and trying once more included. The orders
    of ``first`` are carried out before the first call; they may be repeated. Raises ``ValueError`` for an
    address that it does not understand.
    """

    def __init__(self, url: str, *, timeout_seconds: float, first: Sequence[Order] = ()) -> None:
        address = address_of(url)
        self.place = address.place
        self._timeout_seconds = address.timeout_seconds or timeout_seconds
        self._first = first
        pool = ConnectionPool(
            **address.options,
            socket_timeout=None,  # ``run`` watches over the whole call instead
            socket_connect_timeout=self._timeout_seconds,
            retry=Retry(ConstantBackoff(_RETRY_AFTER_SECONDS), _RETRIES, (RedisConnectionError,)),
            protocol=2,  # all that is needed, and known to every server and proxy
            driver_info=None,  # does not introduce itself: users may lack the right
        )
        self._client = Redis.from_pool(pool)
        self._turns = asyncio.Semaphore(CONNECTIONS)
        self._under_way = 0
        self._at_rest = asyncio.Event()
        self._at_rest.set()
        self._closed = False

    def __repr__(self) -> str:
        return f"<Server {self.place}, {self._under_way} calls under way>"

    async def run(
        self, script: Script, keys: tuple[str, ...], *arguments: str | bytes | int, payload: int = 0
    ) -> Any:  # noqa: ANN401  # whatever the script returns
        """What the script returned; ``payload`` is how many bytes of arguments are large.

        Every script may run twice where the answer got lost, and must stand that. Raises
        ``StoreUnavailable``.
        """
        if self._closed:
            raise StoreUnavailable(f"{self.place} has been closed.")
        self._under_way += 1
        self._at_rest.clear()
        try:
            async with asyncio.timeout(self._timeout_seconds + payload / BYTES_PER_SECOND), self._turns:
                for order in self._first:
                    await self._run(order.script, order.keys, order.arguments)
                self._first = ()
                return await self._run(script, keys, arguments)
        except (RedisError, OSError) as error:
            raise StoreUnavailable(complaint(self.place, error)) from error
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._at_rest.set()

    async def aclose(self) -> None:
        """Wait for the calls under way and close the connections. Later calls find it closed."""
        self._closed = True
        await self._at_rest.wait()
        await self._client.aclose()

    async def _run(
        self, script: Script, keys: tuple[str, ...], arguments: tuple[str | bytes | int, ...]
    ) -> Any:  # noqa: ANN401
        try:
            return await self._client.evalsha(script.sha, len(keys), *keys, *arguments)
        except NoScriptError:  # a server that was started anew knows no script
            return await self._client.eval(script.text, len(keys), *keys, *arguments)
