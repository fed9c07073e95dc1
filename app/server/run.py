"""Serve until somebody asks to stop: in this process, or in several workers behind it."""

import logging
import resource
import socket
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from app.server.application import Recipe
from app.server.bounds import Bounds
from app.server.listening import Address, listen, unlink
from app.server.server import Server, run_until_told
from app.server.workers import INTERRUPTED, OK, Supervisor

SPARE_FILES: Final = 256
"""Open files beside the connections of clients: stores, calls to Amilia, what Python imports."""

log = logging.getLogger(__name__)


def run(recipe: Recipe[Any], address: Address, *, workers: int = 1, bounds: Bounds | None = None) -> int:
    """Serve until SIGTERM or SIGINT; returns the exit status. Must be called in the main thread.

    The first of these lets the requests under way be answered; SIGINT once more ends at once. SIGHUP reads
    the settings anew. Raises ``Unusable`` when the address or the settings cannot be used.
    """
    allowed = with_room(bounds or Bounds(), open_files())
    listening = listen(address)
    try:
        if workers > 1:
            return Supervisor(recipe, listening, workers, allowed, where=str(address)).run()
        return _alone(recipe, listening, allowed, where=str(address))
    finally:
        for one in listening:
            one.close()
        unlink(address)


def open_files() -> int:
    """How many files this process may have open at once, from now on as many as the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard == resource.RLIM_INFINITY:
        return soft
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def with_room(bounds: Bounds, files: int) -> Bounds:
    """No more connections than there may be open files, each connection being one. Pure."""
    return replace(bounds, connections=max(1, min(bounds.connections, files - SPARE_FILES)))


def _alone(recipe: Recipe[Any], listening: Sequence[socket.socket], bounds: Bounds, *, where: str) -> int:
    server = Server(recipe, listening, bounds=bounds, on_started=lambda: log.info("Serving at %s", where))
    politely = run_until_told(server)
    log.info("Stopped")
    return OK if politely else INTERRUPTED
