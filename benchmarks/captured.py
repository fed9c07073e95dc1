"""An answer of the service, taken off the wire, for the yardsticks to give in its place: the same bytes."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.processes import Reply

_OF_THE_SERVER: Final = frozenset({"date", "server", "connection", "keep-alive", "transfer-encoding"})
"""Headers that every server adds by itself."""


@dataclass(frozen=True, slots=True)
class Captured:
    """A status, the headers that the application chose, in their order, and the body as it was sent."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def save(self, directory: Path, name: str) -> Path:
        """Keep it for another process."""
        path = directory / f"{name}.json"
        path.write_text(json.dumps({"status": self.status, "headers": self.headers}))
        path.with_suffix(".body").write_bytes(self.body)
        return path


def captured(reply: Reply) -> Captured:
    """What of a reply is the application's own."""
    headers = tuple((name, value) for name, value in reply.headers if name.lower() not in _OF_THE_SERVER)
    return Captured(reply.status, headers, reply.body)


def opened(path: Path) -> Captured:
    """What ``save`` kept."""
    told = json.loads(path.read_text())
    headers = tuple((name, value) for name, value in told["headers"])
    return Captured(told["status"], headers, path.with_suffix(".body").read_bytes())
