"""What would make everybody wait: the collector's walk through all objects, and threads that hold on."""

import gc
import sys
from typing import Final

SWITCH_SECONDS: Final = 0.0005
"""How long a thread may hold the interpreter while the event loop wants it.

With Python's own 5 ms each turn of the loop beside a busy thread of the store takes that long: the slowest
hundredth of hot answers took 14 ms, and takes 4.
"""


def shorten() -> None:
    """Call this once everything has started.

    What is alive then, some ninety thousand modules, routes and settings, lives as long as the process. A
    full collection would walk through all of it, 56 ms by measure, so it is taken out of further collections.
    Events are kept as objects that the collector does not track at all (``feeds.entry``).
    """
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(SWITCH_SECONDS)
