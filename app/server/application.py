"""What the server asks of those who use it."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sized
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeAlias, TypeVar, runtime_checkable

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Application: TypeAlias = Callable[[Message, Receive, Send], Awaitable[None]]
"""ASGI 3."""
Answer: TypeAlias = tuple[Message, Message]
"""The start and the whole body of an answer, as ASGI sends them."""
AtOnce: TypeAlias = Callable[[Message], Answer | None]
"""The answer to a request (of that scope) which is there already; None if the application has to be called.

It must not wait, nor change the scope or its state. The messages may be the same objects each time, and
nobody may change them.
"""


@runtime_checkable
class Prompt(Protocol):
    """An application with answers that are there already."""

    def at_once(self, scope: Message, /) -> Answer | None:
        """See ``AtOnce``."""
        ...


def nothing_at_once(_scope: Message) -> None:
    """Every request has to wait for its answer."""


Settings = TypeVar("Settings")


class Unusable(Exception):
    """Settings, an application or an address cannot be used; the text is one sentence for the operator."""


def unwitnessed(refused: Mapping[str, int], connections: Sized) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True, slots=True)
class Recipe(Generic[Settings]):
    """How to make the application.

    ``settings`` are those to begin with, ``read`` finds newer ones (None: they never change), ``build`` makes
    an application of them, for the worker of that number (0 where there is but one). Both raise ``Unusable``.
    For several workers it must be picklable: settings are read once, by the parent, and handed on.
    """

    settings: Settings
    build: Callable[[Settings, int], Application]
    read: Callable[[], Settings] | None = None
    witness: Callable[[Mapping[str, int], Sized], None] = unwitnessed
    """Shown, once in each process that serves, two live collections: what was refused, and connections."""
