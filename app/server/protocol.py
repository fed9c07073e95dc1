"""HTTP/1.1 as uvicorn speaks it, with an end to everything that a client can draw out.

    a request that is none, or too large          answered at once: 400, 413, 414, 431
    a request that does not come to its end       408 after ``request_seconds``
    a client that does not take its answer        cut off after ``stalled_seconds`` without progress
    requests upon requests on one connection      those within bounds are answered, then it ends
    more connections than there is room for       see ``crowd``

Nothing is logged for a single request; ``crowd`` counts. Once a second ``hurry`` looks at each connection, so
that a request costs no timer.
"""

import asyncio
import logging
from typing import Any, Final, cast

import httptools
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from app.server.application import AtOnce
from app.server.crowd import Crowd, Standing
from app.server.outgoing import untaken
from app.server.prompt import Frames
from app.server.refusals import HEAD_TOO_LARGE, NO_REQUEST, TARGET_TOO_LONG, TOO_LARGE, TOO_SLOW, Refusal

LINGER_SECONDS = 2.0
"""How long a refused client may go on sending; a connection closed before would lose the answer on its way
(RFC 9112 §9.6)."""
JOINED: Final = 32 * 1024
"""Octets of a body that are copied behind their head: one buffer is sent sooner than three. Larger ones are
shared by all that they are sent to."""

log = logging.getLogger(__name__)


class _OutOfBounds(Exception):
    """Stops the parser from within."""


class BoundedProtocol(HttpToolsProtocol):
    """One connection. ``protocol_for`` sets what it shares with others."""

    crowd: Crowd
    at_once: AtOnce
    frames: Frames

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.since = 0.0
        self._arriving = True  # a request is awaited or under way
        self._in_head = False
        self._octets = 0  # of the request that is arriving; more than that where requests come together
        self._at_once = 0  # answers since the client was last heard
        self._called: RequestResponseCycle | None = None
        self._refusal: Refusal | None = None
        self._deaf = False
        self._untaken = 0
        self._untaken_at: float | None = None

    @property
    def standing(self) -> Standing:
        if self._is_answering() or self.transport.get_write_buffer_size():
            return Standing.ANSWERED
        return Standing.ASKING if self._arriving else Standing.IDLE

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        super().connection_made(transport)
        self.since = self.loop.time()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._called is not None:  # uvicorn tells only the request that came last, which may wait for it
            self._called.disconnected = True
            self._called.message_event.set()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._deaf:
            return
        if not self._arriving:
            self._arriving, self.since, self._octets = True, self.loop.time(), 0
        self._octets += len(data)
        self._at_once = 0
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            # We speak nothing else (RFC 9110 §7.8), and the parser has lost what came behind.
            self.cycle.keep_alive = False
        except httptools.HttpParserError:
            self._refuse(self._refusal or NO_REQUEST)
        else:
            self._refuse_excess()

    def _refuse_excess(self) -> None:
        bounds = self.crowd.bounds
        if self._in_head:
            if len(self.url) > bounds.target:
                self._refuse(TARGET_TOO_LONG)
            elif len(self.headers) > bounds.fields or self._octets > bounds.head + bounds.target:
                self._refuse(HEAD_TOO_LARGE)
        elif self._arriving and (
            self._octets > bounds.message
            or len(self.headers or ()) > bounds.fields  # fields may trail the body
        ):
            self._refuse(TOO_LARGE)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head = True
        if not self._arriving:  # it came together with the request before it
            self._arriving, self.since = True, self.loop.time()

    def on_headers_complete(self) -> None:
        bounds = self.crowd.bounds
        if len(self.url) > bounds.target:
            self._refusal = TARGET_TOO_LONG
        elif len(self.headers) > bounds.fields or (
            self._octets > bounds.head  # only then it is worth counting
            and sum(len(name) + len(value) for name, value in self.headers) > bounds.head
        ):
            self._refusal = HEAD_TOO_LARGE
        elif len(self.pipeline) >= bounds.pipelined:
            self._refusal = TOO_LARGE
        if self._refusal is not None:
            raise _OutOfBounds
        super().on_headers_complete()
        self._in_head = False
        if self.crowd.closing:
            self.cycle.keep_alive = False

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:  # noqa: ANN401  # uvicorn's
        """Answer the request whose turn it is."""
        if not self._is_answered_at_once(cycle):
            self._called = cycle
            super()._start_asgi_task(cycle, app)

    def _is_answered_at_once(self, cycle: RequestResponseCycle) -> bool:
        """True if the answer was there; where anything is out of the ordinary nobody looks."""
        if (
            cycle.scope["method"] != "GET"
            or not cycle.keep_alive
            or self.crowd.closing
            or self.flow.write_paused  # a task waits until there is room
            or self._at_once >= self.crowd.bounds.pipelined  # let others have their turn
            or self.parser.should_upgrade()  # the connection ends with this answer
        ):
            return False
        try:
            answer = self.at_once(cast("dict[str, Any]", cycle.scope))
        except Exception:  # calling the application will show whether it can do better
            log.exception("An application failed to say whether it has an answer")
            return False
        if answer is None:
            return False
        octets = self.frames.octets(answer[0], answer[1]["body"], self.server_state.default_headers)
        if octets is None:
            return False
        if len(octets[1]) > JOINED:
            self.transport.writelines(octets)
        else:
            self.transport.write(b"".join(octets))
        cycle.response_started = cycle.response_complete = True
        self._at_once += 1
        self.on_response_complete()
        return True

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._arriving, self._octets = False, 0

    def on_response_complete(self) -> None:
        """Turn to the next request. Unlike uvicorn's it sets no alarm: ``hurry`` sees who is idle."""
        self.since = self.loop.time()
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())

    def hurry(self, now: float) -> None:
        """End the connection if its client is too slow in asking, in taking its answer, or in coming back."""
        if self._is_stalled(now):
            self.crowd.refused["stalled"] += 1
            self.transport.abort()
        elif self._deaf:
            if now - self.since > LINGER_SECONDS and not self._is_answering():
                self.transport.abort()
        elif self._arriving and now - self.since > self.crowd.bounds.request_seconds:
            if self.flow.read_paused:  # it is we who do not read
                self.since = now
            elif self._octets:
                self._refuse(TOO_SLOW)
            else:
                self.transport.close()
        elif now - self.since > self.crowd.bounds.idle_seconds and self.standing is Standing.IDLE:
            self.transport.close()

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _is_stalled(self, now: float) -> bool:
        left = untaken(self.transport)
        if not left:
            self._untaken_at = None
            return False
        bounds = self.crowd.bounds
        if self._untaken_at is None or left > self._untaken:
            self._untaken, self._untaken_at = left, now
        elif now - self._untaken_at >= bounds.stalled_seconds:
            stalled = self._untaken - left < bounds.stalled
            self._untaken, self._untaken_at = left, now
            return stalled
        return False

    def conclude(self) -> None:
        """The server was asked to stop: let the answer under way be the last."""
        if self._is_answering():
            self.cycle.keep_alive = False

    def dismiss(self) -> None:
        self.transport.close()

    def _refuse(self, refusal: Refusal) -> None:
        """Hear no more; answer, unless earlier requests still wait for theirs: the last of these ends it."""
        self._deaf = True
        self.since = self.loop.time()
        self.crowd.refused[str(refusal.status)] += 1
        if self._is_answering():
            self._end_after(in_body=self._arriving and not self._in_head)
        elif not self.transport.is_closing():
            self.transport.write(refusal.answer(self.server_state.default_headers))
            self.transport.write_eof()

    def _end_after(self, *, in_body: bool) -> None:
        self.cycle.keep_alive = False
        if in_body:  # the application waits for a body that will not come
            self.cycle.disconnected = True
            self.cycle.message_event.set()
            self.transport.close()


def protocol_for(crowd: Crowd, at_once: AtOnce) -> type[BoundedProtocol]:
    """The protocol of a server whose connections are ``crowd``, for an application so prompt."""
    shared = {"crowd": crowd, "at_once": staticmethod(at_once), "frames": Frames()}
    return type("CrowdProtocol", (BoundedProtocol,), shared)
