"""Calls made at the same time: all of them succeed, or the first failure is raised and the rest stop."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

T = TypeVar("T")


@asynccontextmanager
async def task_group() -> AsyncIterator[asyncio.TaskGroup]:
    """A task group that raises the first failure itself: callers catch ``UpstreamError``, no groups."""
    first: BaseException | None = None
    try:
        async with asyncio.TaskGroup() as group:
            yield group
    except BaseExceptionGroup as failures:
        first = failures.exceptions[0]
    if first is not None:
        raise first


async def together(calls: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """The results of ``calls`` in their order."""
    async with task_group() as group:
        tasks = [group.create_task(call) for call in calls]
    return [task.result() for task in tasks]
