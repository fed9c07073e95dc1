"""A process that writes to a store until it is killed, and notes what the store acknowledged.

Run as a program it reads a store's address and a file's path from each line that it is given, and starts such
a process by forking, which takes no time; it answers with the number of the process.
"""

import asyncio
import hashlib
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Final

from app.domain.records import Recollection
from app.feeds.ports import Store
from app.store import open_store
from app.store.redis import RedisStore
from app.store.sqlite import SqliteStore
from tests.store.samples import KEY, LONG, memory
from tests.support.fakes import NOON

STORES: Final = (SqliteStore, RedisStore)
"""Loaded before anything is forked."""
EVENTS: Final = 40
_DIGEST: Final = 16


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The highest numbers that the store gave in answer."""

    generation: int = 0
    version: int = 0
    mark: int = 0


def acknowledged(notes: str) -> Acknowledged:
    """From the lines that a writer left, the last of which may be cut off."""
    numbers: dict[str, int] = {}
    for line in notes.split("\n")[:-1]:
        kind, number = line.split(" ")
        numbers[kind] = max(int(number), numbers.get(kind, 0))
    return Acknowledged(**numbers)


def is_whole(content: bytes) -> bool:
    """True for a content as it was written."""
    digest, body = content[:_DIGEST], content[_DIGEST:]
    return hashlib.blake2b(body, digest_size=_DIGEST).digest() == digest


def is_one_state(recollection: Recollection) -> bool:
    """True where all events are of the same moment of writing."""
    return len({event.sequence for event in recollection.events.values()}) <= 1 and len(
        recollection.events
    ) in (0, EVENTS)


async def write(store: Store, notes: int) -> None:
    """Never ends. ``notes`` is a file descriptor."""
    for sequence in count():
        lease = await store.lease(KEY, "writer", LONG)
        assert lease is not None
        body = os.urandom(1000) * (50 + sequence % 400)
        content = hashlib.blake2b(body, digest_size=_DIGEST).digest() + body
        generation = await store.keep(lease, content, began=NOON, covered=0)
        os.write(notes, f"generation {generation}\n".encode())
        recollection = await store.recall(KEY[0], None)
        assert recollection is not None
        version = await store.remember(
            KEY[0],
            {number: memory(sequence) for number in range(EVENTS)},
            language="fr",
            known=recollection.version,
        )
        os.write(notes, f"version {version}\n".encode())
        os.write(notes, f"mark {await store.mark(KEY[0])}\n".encode())


def main(lines: Sequence[str]) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead are not kept
    for line in lines:
        url, path = line.rstrip("\n").split("\t")
        process = os.fork()
        if process == 0:
            with Path(path).open("ab", buffering=0) as notes:
                asyncio.run(write(open_store(url, clock=lambda: datetime.now(UTC)), notes.fileno()))  # noqa: TID251
        sys.stdout.write(f"{process}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.stdin)  # type: ignore[arg-type]
