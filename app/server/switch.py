"""One application after another behind the same connections: a change of settings loses no request.

Each application lives its own lifespan. The next one starts while its predecessor answers; then new requests
go to it, and the predecessor ends when the last request that began there is over.
"""

import asyncio
from collections.abc import MutableMapping
from contextlib import suppress
from typing import Any, Final, cast

from uvicorn.config import Config
from uvicorn.lifespan.on import LifespanOn

from app.server.application import (
    Answer,
    Application,
    AtOnce,
    Prompt,
    Receive,
    Send,
    Unusable,
    nothing_at_once,
)

PATIENCE_SECONDS: Final = 60.0
"""How long a replaced application may go on with its requests; no answer takes so long but a stalled one."""


class _Generation:
    """A started application, and how many requests it is answering."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.at_once: AtOnce = application.at_once if isinstance(application, Prompt) else nothing_at_once
        self.running = 0
        self.retired = False
        self.over = asyncio.Event()
        """Retired, and without requests."""
        config = Config(
            application, interface="asgi3", lifespan="on", ws="none", proxy_headers=False, log_config=None
        )
        self._lifespan = LifespanOn(config)

    async def start(self) -> None:
        await self._lifespan.startup()
        if self._lifespan.should_exit:
            raise Unusable("The application could not start.")

    async def stop(self) -> None:
        await self._lifespan.shutdown()

    @property
    def state(self) -> dict[str, Any]:
        return self._lifespan.state


class Switch:
    """An ASGI application whose requests go to the newest of those it was given."""

    def __init__(self) -> None:
        self._current: _Generation | None = None
        self.exchanges = 0

    def __repr__(self) -> str:
        running = self._current.running if self._current else 0
        return f"<Switch, {self.exchanges} exchanges, {running} requests under way>"

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """One request."""
        generation = cast(_Generation, self._current)  # the server listens only once there is one
        scope["state"] = generation.state.copy()
        generation.running += 1
        try:
            await generation.application(scope, receive, send)
        finally:
            generation.running -= 1
            if generation.retired and not generation.running:
                generation.over.set()

    def at_once(self, scope: MutableMapping[str, Any]) -> Answer | None:
        """What the application has to say without waiting."""
        generation = cast(_Generation, self._current)
        scope["state"] = generation.state
        return generation.at_once(scope)

    async def to(self, application: Application) -> None:
        """Start an application and send requests to it from then on; return when the one before has ended.

        Raises ``Unusable`` when it does not start: the one before goes on.
        """
        fresh = _Generation(application)
        await fresh.start()
        old, self._current = self._current, fresh
        if old is not None:
            self.exchanges += 1
            await _retire(old)

    async def aclose(self) -> None:
        """End the application; there must be no requests any more."""
        last, self._current = self._current, None
        if last is not None:
            await last.stop()


async def _retire(generation: _Generation) -> None:
    generation.retired = True
    if generation.running:
        with suppress(TimeoutError):  # whoever takes longer gets no more than he has
            await asyncio.wait_for(generation.over.wait(), PATIENCE_SECONDS)
    await generation.stop()
