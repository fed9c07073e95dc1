"""Lets clients in, and lets them wait outside while there is no room.

Accepting is done here rather than by the event loop's servers for two reasons. A door that is shut leaves
whoever comes in the system's queue, where nobody is refused. And of several workers none takes in a whole
burst, as an event loop does: each accepts a few and looks to its work, so that the others get the rest.
"""

import asyncio
import errno
import logging
import socket
from collections.abc import Callable, Sequence, Sized
from typing import Final

AT_ONCE: Final = 2
"""Connections to accept before anything else is done."""
SOON_SECONDS: Final = 0.01
LATER_SECONDS: Final = 0.1
"""Until a door that has shut looks whether it may open: soon where some were asked to go."""
COMPLAINT_SECONDS: Final = 60.0
EXHAUSTED: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})

log = logging.getLogger(__name__)


class Door:
    """Gives each client that connects to the listening sockets a protocol of its own.

    It shuts by itself when all ``places`` are taken by ``guests``, or the system has no more files. Then
    ``make_room`` asks some to go, and tells whether there were any.
    """

    def __init__(
        self,
        listening: Sequence[socket.socket],
        protocol: Callable[[], asyncio.Protocol],
        *,
        guests: Sized,
        places: int,
        make_room: Callable[[], bool],
    ) -> None:
        self._listening = list(listening)
        self._protocol = protocol
        self._guests = guests
        self._places = places
        self._make_room = make_room
        self._complained_at: float | None = None
        self._loop = asyncio.get_running_loop()
        self._entering: set[asyncio.Task[None]] = set()
        self.is_open = False

    def __repr__(self) -> str:
        return f"<Door {'open' if self.is_open else 'shut'}, {len(self._entering)} entering>"

    def open(self) -> None:
        """Accept from now on."""
        for listener in self._listening:
            self._loop.add_reader(listener.fileno(), self._accept, listener)
        self.is_open = True

    def shut(self) -> None:
        """Accept nobody; whoever comes waits."""
        for listener in self._listening:
            self._loop.remove_reader(listener.fileno())
        self.is_open = False

    def brick_up(self) -> None:
        """Accept nobody ever again: let in those who wait already if it is open, refuse all others."""
        for listener in self._listening:
            while self.is_open and self._accept(listener):
                pass
        self.shut()
        for listener in self._listening:
            listener.close()
        self._listening = []

    def _accept(self, listener: socket.socket) -> bool:
        """Let some in; False if nobody waits."""
        if self._is_full():
            self._shut_for("there are too many connections")
            return False
        for _ in range(min(AT_ONCE, self._places - self._taken())):
            try:
                client, _address = listener.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return False
            except OSError as error:
                if error.errno not in EXHAUSTED:
                    raise
                self._shut_for(error.strerror or "unknown")
                return False
            client.setblocking(False)
            task = self._loop.create_task(self._enter(client))
            self._entering.add(task)
            task.add_done_callback(self._entering.discard)
        return True

    async def _enter(self, client: socket.socket) -> None:
        try:
            await self._loop.connect_accepted_socket(self._protocol, client)
        except OSError:
            client.close()

    def _taken(self) -> int:
        return len(self._guests) + len(self._entering)

    def _is_full(self) -> bool:
        return self._taken() >= self._places

    def _shut_for(self, reason: str) -> None:
        self.shut()
        self._look_again_later()
        now = self._loop.time()
        if self._complained_at is None or now - self._complained_at >= COMPLAINT_SECONDS:
            self._complained_at = now
            log.warning("New connections have to wait", extra={"reason": reason})

    def _look_again_later(self) -> None:
        seconds = SOON_SECONDS if self._make_room() else LATER_SECONDS
        self._loop.call_later(seconds, self._look_again)

    def _look_again(self) -> None:
        if not self._listening:
            return
        if self._is_full():
            self._look_again_later()
        else:
            self.open()
