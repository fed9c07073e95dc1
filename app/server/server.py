"""One process that answers: uvicorn's server with our protocol, a door, and a way to change and to leave."""

import asyncio
import logging
import socket
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any, Final, cast

import uvicorn

from app.server.application import Recipe, Unusable
from app.server.bounds import Bounds
from app.server.crowd import Crowd
from app.server.door import Door
from app.server.pauses import shorten
from app.server.protocol import BoundedProtocol, protocol_for
from app.server.signals import heard
from app.server.switch import Switch

TICKS_A_SECOND: Final = 10
"""How often uvicorn calls ``on_tick``."""
RELOAD_SECONDS: Final = 1.0
"""How long a change of settings is waited for in the end."""

log = logging.getLogger(__name__)


class Server(uvicorn.Server):
    """Serves what ``recipe`` makes to whoever connects to the listening sockets."""

    def __init__(
        self,
        recipe: Recipe[Any],
        listening: Sequence[socket.socket],
        *,
        number: int = 0,
        bounds: Bounds | None = None,
        on_started: Callable[[], None] = lambda: None,
        on_second: Callable[[], None] = lambda: None,
    ) -> None:
        self._bounds = bounds or Bounds()
        self._switch = Switch()
        self._crowd = Crowd(self._bounds)
        super().__init__(
            uvicorn.Config(
                cast(Any, self._switch),
                interface="asgi3",
                http=protocol_for(self._crowd, self._switch.at_once),
                ws="none",
                lifespan="off",  # the switch starts and ends applications
                log_config=None,
                access_log=False,  # it halves the throughput; /metrics counts
                proxy_headers=False,  # nothing that we answer depends on who asks, or under which name
                server_header=False,
                timeout_graceful_shutdown=self._bounds.drain_seconds,
            )
        )
        self._recipe = recipe
        self._listening = list(listening)
        self._number = number
        self._on_started = on_started
        self._on_second = on_second
        self._reload_wanted = False
        self._reloading: asyncio.Task[None] | None = None
        self._door: Door | None = None
        logging.getLogger("uvicorn.error").setLevel(logging.WARNING)  # what it tells of starting is told here

    @property
    def _guests(self) -> set[BoundedProtocol]:
        return cast("set[BoundedProtocol]", self.server_state.connections)

    @property
    def crowd(self) -> Crowd:
        """The connections and what was refused."""
        return self._crowd

    def want_reload(self) -> None:
        """Read the settings anew and change over to them, soon. May be called by a signal's handler."""
        self._reload_wanted = True

    async def _use(self, settings: Any) -> None:  # noqa: ANN401  # whatever the recipe is of
        """Change over to an application of these settings; the one before goes on where that cannot be."""
        try:
            application = await asyncio.to_thread(self._recipe.build, settings, self._number)
            await self._switch.to(application)
        except Unusable as error:
            log.error("The settings were not changed: %s", error)  # noqa: TRY400  # the sentence is for people
        except Exception:
            log.exception("The settings were not changed: the application cannot be made of them")
        else:
            if not self._number:  # among several workers their parent tells
                log.info("The settings were read anew")

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start the application, then let people in. Raises ``Unusable``."""
        del sockets  # those of the constructor
        await self._switch.to(self._recipe.build(self._recipe.settings, self._number))
        self._recipe.witness(self._crowd.refused, self._guests)
        self.servers = []  # uvicorn's own would accept by themselves
        self._door = Door(
            self._listening,
            self._protocol,
            guests=self._guests,
            places=self._bounds.connections,
            make_room=lambda: self._crowd.make_room(self._guests, asyncio.get_running_loop().time()),
        )
        shorten()
        self._door.open()
        self.started = True
        self._on_started()

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second; True ends the server."""
        if counter % TICKS_A_SECOND == 0:
            self._crowd.hurry(self._guests, asyncio.get_running_loop().time())
            self._on_second()
        if self._reload_wanted and (self._reloading is None or self._reloading.done()):
            self._reload_wanted = False
            self._reloading = asyncio.create_task(self._reload(), name="reload")  # noqa: TID251  # ended in shutdown
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let nobody in, answer what is under way and on its way, and end."""
        del sockets
        if not self._number:  # among several workers their parent tells
            log.info("Stopping; requests that are under way are answered first")
        self._crowd.closing = True
        if self._door is not None:
            self._door.brick_up()
        for guest in list(self._guests):
            guest.conclude()
        await asyncio.sleep(self._bounds.farewell_seconds)
        await super().shutdown()
        for guest in list(self._guests):  # those that take nothing of their answers
            guest.transport.abort()
        if self._reloading is not None and not self.force_exit:  # a predecessor has nothing to answer now
            await asyncio.wait({self._reloading}, timeout=RELOAD_SECONDS)
        if not self.force_exit:
            await self._switch.aclose()

    async def _reload(self) -> None:
        if self._recipe.read is None:
            log.info("There are no settings to read anew")
            return
        try:
            settings = await asyncio.to_thread(self._recipe.read)
        except Unusable as error:
            log.error("The settings were not changed: %s", error)  # noqa: TRY400  # the sentence is for people
        else:
            await self._use(settings)

    def _protocol(self) -> asyncio.Protocol:
        make = cast("type[BoundedProtocol]", self.config.http_protocol_class)
        return make(self.config, self.server_state, {})


def run_until_told(server: Server) -> bool:
    """Run a server in this process until a signal tells it to end; False if that was told twice.

    uvicorn hears SIGTERM and SIGINT while it serves, and passes them on when it has ended. They have done
    their work then; before, they end what is about to begin.
    """

    def told(number: int, frame: FrameType | None) -> None:
        if not server.started:
            server.handle_exit(number, frame)

    with heard(told, server.want_reload):
        server.run()
    return not server.force_exit
