"""What every answer tells a browser about itself, so that it is taken for nothing else than it is.

Pages have a policy of their own (``rendering.headers``). Everything else is no document: opened on its own it
may load nothing, run nothing and be framed by nobody, whatever stands in it. No Strict-Transport-Security:
TLS ends in front of the service, and who ends it answers for the host (RFC 6797 §7.2 forbids it without).
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

from starlette.types import Message, Send

Headers: TypeAlias = Iterable[tuple[bytes, bytes]]

UNUSED: Final = ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
"""What pages of ours never ask a device for, and what is framed in them may not either."""
NOT_MODIFIED: Final = 304

_ALWAYS: Final = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin-when-cross-origin",
}
_PAGE: Final = {**_ALWAYS, "permissions-policy": ", ".join(f"{feature}=()" for feature in UNUSED)}
_DATA: Final = {**_ALWAYS, "content-security-policy": "default-src 'none'; frame-ancestors 'none'"}
# A drawing may hold the style that turns it light or dark.
_DRAWING: Final = {
    **_ALWAYS,
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
}
_BY_TYPE: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {"text/html": _PAGE, "image/svg+xml": _DRAWING}
)


def protections(content_type: str) -> Mapping[str, str]:
    """The headers that an answer of this type has unless it says otherwise; names in lower case."""
    return _BY_TYPE.get(content_type.partition(";")[0].strip().lower(), _DATA)


def protected(status: int, headers: Headers) -> list[tuple[bytes, bytes]]:
    """The headers of an answer with those that it lacks of its ``protections``.

    A 304 gets none: a cache keeps those that it has (RFC 9111 §3.2).
    """
    given = list(headers)
    if status == NOT_MODIFIED:
        return given
    known = {name.lower(): value for name, value in given}
    wanted = protections(known.get(b"content-type", b"").decode("latin-1"))
    added = ((name.encode("ascii"), value.encode("ascii")) for name, value in wanted.items())
    return given + [(name, value) for name, value in added if name not in known]


def guarded(send: Send) -> Send:
    """``send`` for an application of which no answer goes out unprotected."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": protected(message["status"], message["headers"])}
        await send(message)

    return sending
