"""How fast Amilia is called: one pace for the process, and a fair share of it for each organization.

Amilia counts calls by address, so a hundred organizations must be no heavier than one; and none of them may
hold up the others, whatever becomes of its own calls.

    turn      calls begin evenly spaced, whoever makes them
    line      held by a call until its answer has been read: a few for each organization, so many in all
    errand    a walk: one at a time for each organization, a few in all
    pause     after a 429: for the organization that was told; where a second one is told, for everybody

An organization that got no answer to a call (a time-out, a lost connection, a 5xx) is on probation until an
errand succeeds. All that are share a few lines and errands of their own: however many hang, and for however
long, those that are well notice nothing.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from aiolimiter import AsyncLimiter

from app.domain.errors import UpstreamUnavailable

CONCURRENCY: Final = 12
"""Calls under way at the same time, those on probation included."""
LINES_OF_ONE: Final = 4
"""With answers of 200 ms one organization gets the whole pace of 20 calls a second; with slower ones less."""
ON_PROBATION: Final = 2
"""Lines, and as many errands, for all organizations together that had no answer lately."""


class Pace:
    """Lets calls pass evenly spaced, a few at a time, and none while Amilia has asked for a pause.

    ``calls_per_second`` is never exceeded, not even for a moment: the calls of a burst are spread out.
    ``errands`` bounds how many walks run at the same time. With more of them each would only be slower,
    and after a restart with many organizations all would run into their time limit together.
    Build it inside the running event loop: it belongs to that loop.
    """

    def __init__(
        self,
        *,
        calls_per_second: float = 20,
        concurrency: int = CONCURRENCY,
        lines_of_one: int = LINES_OF_ONE,
        errands: int = 4,
    ) -> None:
        self._bucket = AsyncLimiter(1, 1 / calls_per_second)
        self._good = _Places(max(1, concurrency - ON_PROBATION), errands)
        self._probation = _Places(ON_PROBATION, ON_PROBATION)
        self._clock = asyncio.get_running_loop().time
        self._resume_at = 0.0
        self._rate = calls_per_second
        self._lines_of_one = lines_of_one
        self._shares: list[Share] = []

    def __repr__(self) -> str:
        calling = sum(share.calling for share in self._shares)
        troubled = sum(share.on_probation for share in self._shares)
        return (
            f"<Pace {self._rate:g}/s, {calling} calling, {troubled} of {len(self._shares)} on probation, "
            f"paused for {self.paused_for:.1f} s>"
        )

    @property
    def paused_for(self) -> float:
        """Seconds until anybody may call again; 0 when they may now."""
        return max(0.0, self._resume_at - self._clock())

    def share(self) -> "Share":
        """The part of one organization."""
        share = Share(self, self._lines_of_one)
        self._shares.append(share)
        return share

    def places(self, *, on_probation: bool) -> "_Places":
        """The lines and errands of those that are well, or of those that are on probation."""
        return self._probation if on_probation else self._good

    def throttled(self) -> None:
        """A share has been told to pause. If a second one has, it is the address that calls too often."""
        pauses = [share.own_pause for share in self._shares if share.own_pause]
        if len(pauses) > 1:
            self._resume_at = max(self._resume_at, self._clock() + max(pauses))

    async def turn(self) -> None:
        """Wait for the moment at which the next call may begin."""
        await self._bucket.acquire()


class Share:
    """What one organization has of the pace; made by ``Pace.share``."""

    def __init__(self, pace: Pace, lines: int) -> None:
        self._pace = pace
        self._clock = asyncio.get_running_loop().time
        self._lines = asyncio.Semaphore(lines)
        self._errand = asyncio.Lock()
        self._place: _Place | None = None
        self._resume_at = 0.0
        self.calling = 0
        """Calls under way."""
        self.on_probation = False

    def __repr__(self) -> str:
        standing = "on probation" if self.on_probation else "in good standing"
        return f"<Share {standing}, {self.calling} calling, paused for {self.paused_for:.1f} s>"

    @property
    def own_pause(self) -> float:
        """Seconds until this organization may call again, by what it was told itself."""
        return max(0.0, self._resume_at - self._clock())

    @property
    def paused_for(self) -> float:
        """Seconds until calls may pass again; 0 when they may now."""
        return max(self.own_pause, self._pace.paused_for)

    def pause(self, seconds: float) -> None:
        """Hold back the calls for this long. A shorter pause never ends a longer one."""
        self._resume_at = max(self._resume_at, self._clock() + seconds)
        self._pace.throttled()

    @asynccontextmanager
    async def errand(self) -> AsyncIterator[None]:
        """The right to run one errand; first come, first served.

        Whoever gets no answer in the middle of it leaves its place to the others and goes on without.
        """
        async with self._errand:
            self._place = await self._pace.places(on_probation=self.on_probation).errand()
            try:
                yield
                self.on_probation = False
            except UpstreamUnavailable:
                self._fall()
                raise
            finally:
                self._place.leave()
                self._place = None

    @asynccontextmanager
    async def call(self) -> AsyncIterator[None]:
        """The right to make one call, kept until its answer has been read.

        A block that raises ``UpstreamUnavailable`` puts the organization on probation.
        """
        async with self._lines:
            line = await self._line()
            self.calling += 1
            try:
                yield
            except UpstreamUnavailable:
                self._fall()
                raise
            finally:
                self.calling -= 1
                line.leave()

    async def _line(self) -> "_Place":
        """A line and a turn, at a moment when there is no pause; nobody holds a line during a pause."""
        while True:
            await asyncio.sleep(self.paused_for)
            line = await self._pace.places(on_probation=self.on_probation).line()
            try:
                await self._pace.turn()
            except BaseException:
                line.leave()
                raise
            if not self.paused_for:  # a 429 may have come while this call waited for its turn
                return line
            line.leave()

    def _fall(self) -> None:
        self.on_probation = True
        if self._place is not None:
            self._place.leave()


class _Places:
    """So many lines and so many errands."""

    def __init__(self, lines: int, errands: int) -> None:
        self._lines = asyncio.Semaphore(lines)
        self._errands = asyncio.Semaphore(errands)

    async def line(self) -> "_Place":
        """A line, waited for."""
        await self._lines.acquire()
        return _Place(self._lines)

    async def errand(self) -> "_Place":
        """A place for an errand, waited for."""
        await self._errands.acquire()
        return _Place(self._errands)


class _Place:
    """One of the places; it can be left again and again, and is given back once."""

    def __init__(self, of: asyncio.Semaphore) -> None:
        self._of: asyncio.Semaphore | None = of

    def leave(self) -> None:
        if self._of is not None:
            self._of.release()
            self._of = None
