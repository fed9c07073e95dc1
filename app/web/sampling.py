"""One request in so many, in the log: what a full access log tells, at a thousandth of its cost.

No line tells who asked or what for: no address of a person, no value of a parameter, no secret of a path.
"""

import logging
import time
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.types import Message, Scope, Send

from app.domain.selection import PARAMETERS

SECRET_AFTER: Final = ("/private/", "/webhooks/")
"""Paths whose further parts let somebody in."""
LONGEST_PATH: Final = 200
_KNOWN: Final = {parameter.lower(): parameter for parameter in PARAMETERS}

log = logging.getLogger(__name__)


class Sampler:
    """Chooses every ``every``-th request; 0 chooses none."""

    def __init__(self, every: int) -> None:
        self._every = every
        self._left = every

    def __repr__(self) -> str:
        return f"<Sampler 1 in {self._every}>"

    def is_next(self) -> bool:
        """True for the request that is to be watched. To be asked once for each."""
        self._left -= 1
        if self._left == 0:
            self._left = self._every
            return True
        return False

    @property
    def is_due(self) -> bool:
        """True if the next request is to be watched."""
        return self._left == 1

    def pass_by(self) -> None:
        """Count a request that nobody can watch: only where none ``is_due``."""
        self._left -= 1

    def watched(self, scope: Scope, send: Send) -> Send:
        """``send``, which also logs the answer once it is complete."""
        began = time.perf_counter()
        facts = {"one_in": self._every, **_asked(scope)}
        octets = 0

        async def sending(message: Message) -> None:
            nonlocal octets
            await send(message)
            if message["type"] == "http.response.start":
                facts.update(_answered(message))
            elif message["type"] == "http.response.body":
                octets += len(message.get("body", b""))
                if not message.get("more_body", False):
                    seconds = time.perf_counter() - began
                    facts.update(octets=octets, milliseconds=round(seconds * 1000, 2))
                    log.info("A request", extra=facts)

        return sending


def _asked(scope: Scope) -> dict[str, Any]:
    path: str = scope["path"][:LONGEST_PATH]
    for beginning in SECRET_AFTER:
        if path.startswith(beginning):
            path = f"{beginning}…"
    names = {name.lower() for name, _ in parse_qsl(scope["query_string"][:4096].decode("latin-1"))}
    known = sorted(_KNOWN[name] for name in names if name in _KNOWN)
    return {"method": scope["method"], "path": path, "parameters": known}


def _answered(start: Message) -> dict[str, Any]:
    headers = {name: value.decode("latin-1") for name, value in start.get("headers", [])}
    return {
        "status": start["status"],
        "found": headers.get(b"cache-status", ""),
        "encoding": headers.get(b"content-encoding", "identity"),
    }
