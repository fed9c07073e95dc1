"""How fast Amilia is called: one pace for the process, because Amilia counts calls by address.

Every organization of the process shares it, so that a hundred of them are no heavier than one.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from aiolimiter import AsyncLimiter


class Pace:
    """Lets calls pass evenly spaced, a few at a time, and none while Amilia has asked for a pause.

    ``calls_per_second`` is never exceeded, not even for a moment: the calls of a burst are spread out.
    ``errands`` bounds how many walks run at the same time. With more of them each would only be slower,
    and after a restart with many organizations all would run into their time limit together.
    Build it inside the running event loop: it belongs to that loop.
    """

    def __init__(self, *, calls_per_second: float = 20, concurrency: int = 8, errands: int = 4) -> None:
        self._bucket = AsyncLimiter(1, 1 / calls_per_second)
        self._lines = asyncio.Semaphore(concurrency)
        self._errands = asyncio.Semaphore(errands)
        self._clock = asyncio.get_running_loop().time
        self._resume_at = 0.0
        self._rate = calls_per_second
        self._calling = 0

    def __repr__(self) -> str:
        return f"<Pace {self._rate:g}/s, {self._calling} calling, paused for {self.paused_for:.1f} s>"

    @property
    def paused_for(self) -> float:
        """Seconds until calls may pass again; 0 when they may now."""
        return max(0.0, self._resume_at - self._clock())

    def pause(self, seconds: float) -> None:
        """Hold back every call for this long. A shorter pause never ends a longer one."""
        self._resume_at = max(self._resume_at, self._clock() + seconds)

    def errand(self) -> AbstractAsyncContextManager[None]:
        """A place among the errands that are run at the same time; first come, first served."""
        return _place(self._errands)

    @asynccontextmanager
    async def call(self) -> AsyncIterator[None]:
        """The right to make one call, kept until its answer has been read."""
        async with self._lines:
            await self._turn()
            self._calling += 1
            try:
                yield
            finally:
                self._calling -= 1

    async def _turn(self) -> None:
        while True:
            await asyncio.sleep(self.paused_for)
            await self._bucket.acquire()
            if not self.paused_for:  # a 429 may have come while this call waited for its turn
                return


@asynccontextmanager
async def _place(places: asyncio.Semaphore) -> AsyncIterator[None]:
    async with places:
        yield
