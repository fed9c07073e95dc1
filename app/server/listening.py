"""Where the service is reached: an address and port, a Unix socket, or a socket that somebody else opened."""

import socket
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.server.application import Unusable

BACKLOG: Final = 4096
"""Connections that wait to be accepted; the system may allow fewer (net.core.somaxconn)."""


@dataclass(frozen=True, slots=True)
class Address:
    """``path`` counts over ``host`` and ``port``, and ``descriptor`` over all."""

    host: str = "127.0.0.1"
    port: int = 8000
    path: Path | None = None
    descriptor: int | None = None

    def __str__(self) -> str:
        if self.descriptor is not None:
            return f"the socket of descriptor {self.descriptor}"
        if self.path is not None:
            return f"the socket {self.path}"
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"


def listen(address: Address) -> list[socket.socket]:
    """Sockets that take in connections from now on. Raises ``Unusable``."""
    if address.descriptor is not None:
        return [_inherited(address.descriptor)]
    if address.path is not None:
        return [_unix(address.path)]
    return _network(address.host, address.port)


def unlink(address: Address) -> None:
    """Remove what ``listen`` left in the file system."""
    if address.descriptor is None and address.path is not None:
        address.path.unlink(missing_ok=True)


def _inherited(descriptor: int) -> socket.socket:
    """As systemd hands it over (sd_listen_fds(3)); it goes on listening while we restart."""
    try:
        found = socket.socket(fileno=descriptor)
        if not found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            found.listen(BACKLOG)
    except OSError as error:
        raise Unusable(f"Descriptor {descriptor} is no socket to listen on: {error.strerror}.") from error
    found.setblocking(False)
    return found


def _unix(path: Path) -> socket.socket:
    if path.is_socket() and not _answers(path):
        path.unlink(missing_ok=True)
    made = socket.socket(socket.AF_UNIX)
    try:
        made.bind(str(path))
        path.chmod(
            0o666
        )  # as with a port, whoever reaches it may ask; the directory's rights decide who does
        made.listen(BACKLOG)
    except OSError as error:
        made.close()
        raise Unusable(f"Cannot listen on the socket {path}: {error.strerror or error}.") from error
    made.setblocking(False)
    return made


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe, suppress(OSError):
        probe.connect(str(path))
        return True
    return False


def _network(host: str, port: int) -> list[socket.socket]:
    """One socket for each address of ``host``; a name such as localhost may have two."""
    try:
        found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise Unusable(f"{host} is not an address of this machine: {error.strerror}.") from error
    made: list[socket.socket] = []
    try:
        for family, kind, protocol, _, where in dict.fromkeys(found):
            one = socket.socket(family, kind, protocol)
            made.append(one)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            one.bind(where)
            one.listen(BACKLOG)
            one.setblocking(False)
    except OSError as error:
        for one in made:
            one.close()
        raise Unusable(
            f"Cannot listen on port {port} of {host} ({error.strerror}); choose another with --port."
        ) from error
    return made
