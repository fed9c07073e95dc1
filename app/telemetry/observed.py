"""An object whose asynchronous methods are timed and counted, whatever they are called."""

import functools
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias, TypeVar, cast

Observer: TypeAlias = Callable[[str, str, float], None]
"""Told of each call: the method's name, ``ok`` or the name of what it raised, and its seconds."""
Anything = TypeVar("Anything")


def observed(thing: Anything, observe: Observer) -> Anything:
    """``thing`` to whoever uses it; each call of an asynchronous method is told to ``observe``."""
    return cast(Anything, _Observed(thing, observe))


class _Observed:
    def __init__(self, thing: object, observe: Observer) -> None:
        self._thing = thing
        self._observe = observe

    def __repr__(self) -> str:
        return repr(self._thing)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # the thing's
        found = getattr(self._thing, name)
        if not inspect.iscoroutinefunction(found):
            return found
        timed = self._timed(name, found)
        setattr(self, name, timed)  # the next call finds it at once
        return timed

    def _timed(self, name: str, method: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        @functools.wraps(method)
        async def call(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401  # the method's
            began = time.perf_counter()
            outcome = "ok"
            try:
                return await method(*arguments, **named)
            except BaseException as error:
                outcome = type(error).__name__
                raise
            finally:
                self._observe(name, outcome, time.perf_counter() - began)

        return call
