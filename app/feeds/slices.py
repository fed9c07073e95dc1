"""Long work in short steps, so that nobody who asks for anything meanwhile has to wait for its end."""

import asyncio
import time
from collections.abc import Generator
from typing import Final, TypeVar

Result = TypeVar("Result")
Thing = TypeVar("Thing")

SLICE_SECONDS: Final = 0.0005
"""How long work may hold the event loop before it lets answers through."""
TURNS: Final = 3
"""How many turns of the event loop come between two slices: an answer, and a call to an upstream, takes some,
and would otherwise wait for a slice at each of them."""
FREED_AT_ONCE: Final = 200
"""A third of a millisecond's work, where objects are made of many others."""


def let_go(things: list[Thing]) -> Generator[None, None, None]:
    """Empty the list in steps: to free ten thousand objects at once takes milliseconds."""
    while things:
        del things[-FREED_AT_ONCE:]
        yield


async def in_slices(steps: Generator[None, None, Result], *, pause_seconds: float = 0.0) -> Result:
    """Run a generator to its result, letting others get on every half millisecond.

    Work for which nobody waits takes a pause each time.
    """
    deadline = time.perf_counter() + SLICE_SECONDS
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: Result = end.value
            return result
        if time.perf_counter() >= deadline:
            for _ in range(TURNS - 1):
                await asyncio.sleep(0)
            await asyncio.sleep(pause_seconds)
            deadline = time.perf_counter() + SLICE_SECONDS
