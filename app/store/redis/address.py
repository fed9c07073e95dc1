"""Where the server is and how to get in, from one address; and the same without its secrets."""

import re
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from redis.asyncio.connection import parse_url

_DATABASE: Final = re.compile(r"/?[0-9]{0,4}")
_OPTIONS: Final = frozenset(
    {"db", "socket_timeout", "ssl_ca_certs", "ssl_certfile", "ssl_keyfile", "ssl_check_hostname"}
)
_UNCLEAR: Final = (
    "the address of a Redis store is written redis://user:password@host:6379/0 (rediss:// with TLS, "
    "unix:///path for a socket), special characters of user and password percent-encoded"
)


@dataclass(frozen=True, slots=True)
class Address:
    """``place`` may be shown to anybody; ``options``, for the client's connections, hold the password.

    ``timeout_seconds`` is how long a call may take, None where the address does not say.
    """

    place: str
    options: dict[str, Any] = field(repr=False)
    timeout_seconds: float | None = None


def address_of(url: str) -> Address:
    """What ``url`` says. Raises ``ValueError`` with one sentence that repeats nothing of the address."""
    try:
        parts = urlsplit(url)
        unknown = parse_qs(parts.query).keys() - _OPTIONS
        options: dict[str, Any] = {**parse_url(url)}
    except ValueError:
        raise ValueError(_UNCLEAR) from None  # the error's own words may hold a part of the password
    if unknown:
        raise ValueError(
            f"the address of a Redis store may only have the options {', '.join(sorted(_OPTIONS))}"
        )
    timeout = options.pop("socket_timeout", None)
    if timeout is not None and not timeout > 0:
        raise ValueError("socket_timeout in the address of a Redis store must be more than 0 seconds")
    if parts.scheme == "unix" and options.get("path"):
        return Address(f"unix://{options['path']}", options, timeout)
    if parts.scheme == "unix" or not _DATABASE.fullmatch(parts.path):
        raise ValueError(_UNCLEAR)
    host, port = options.get("host", "localhost"), options.get("port", 6379)
    shown = f"[{host}]" if ":" in host else host
    return Address(f"{parts.scheme}://{shown}:{port}/{options.get('db', 0)}", options, timeout)
