"""The id of the request that is being answered, on every log line that comes of it.

An id that the caller sent is used where it is plain; so lines of a proxy and of ours can be put side by side.
"""

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeAlias

import structlog

NewId: TypeAlias = Callable[[], str]
PLAIN: Final = re.compile(rb"[A-Za-z0-9._:+/=-]{1,128}")
"""What proxies send: hexadecimal numbers, UUIDs, base64, W3C trace ids. Nothing that could break a line."""


def new_id() -> str:
    """Sixteen hexadecimal digits."""
    return secrets.token_hex(8)


def plain_id(sent: bytes | None) -> str | None:
    """The id that a caller sent, None where it is none that we would repeat."""
    return sent.decode("ascii") if sent is not None and PLAIN.fullmatch(sent) else None


@contextmanager
def told_apart(request_id: str) -> Iterator[None]:
    """Log lines of the block, and of tasks that it starts, have this ``request_id``."""
    with structlog.contextvars.bound_contextvars(request_id=request_id):
        yield
