"""What the system tells a server: end, end at once, read the settings anew."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final, TypeAlias

Handler: TypeAlias = Callable[[int, FrameType | None], None]

ENDS: Final = (signal.SIGTERM, signal.SIGINT)
HANGUP: Final[int | None] = getattr(signal, "SIGHUP", None)
"""None where the system knows no such signal."""


@contextmanager
def heard(on_end: Handler, on_reload: Callable[[], None]) -> Iterator[None]:
    """Call these from the signals' handlers; what was there before is back after the block.

    SIGHUP reloads, unless it tells that the terminal which the server was started from is gone: then it ends.
    """
    terminal = _has_terminal()

    def hung_up(_number: int, frame: FrameType | None) -> None:
        if terminal and not _has_terminal():
            on_end(signal.SIGTERM, frame)
        else:
            on_reload()

    handlers: dict[int, Handler] = dict.fromkeys(ENDS, on_end)
    if HANGUP is not None:
        handlers[HANGUP] = hung_up
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _has_terminal() -> bool:
    try:
        return os.isatty(sys.stderr.fileno())
    except (OSError, ValueError):
        return False
