"""What an address stands for, and the messages that tell of it. Pure: every way to answer is the same."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final, Protocol, TypeAlias

from starlette.types import Message

from app.domain.model import Lang
from app.feeds.service import Source
from app.web.compression import Encoding
from app.web.http import (
    CACHE_CONTROL,
    CDN_CACHE_CONTROL,
    EXPOSED,
    PASSING,
    cache_status,
    http_date,
    listed,
    not_after,
)
from app.web.policy import protections

OPEN: Final = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": EXPOSED}
"""Anybody's page may read what is public (FullCalendar asks from the browser); pages are for people."""

Fields: TypeAlias = Mapping[bytes, bytes]
"""The headers of a request, by their names in lower case."""
Messages: TypeAlias = tuple[Message, Message]
"""The start and the body of an answer, as ASGI sends them. Requests share them: nobody may change them."""

NO_BODY: Final[Message] = {"type": "http.response.body", "body": b""}


class Pieces(Protocol):
    """A body that nobody has joined yet."""

    @property
    def octets(self) -> int:
        """The size of the whole."""
        ...

    def joined(self) -> bytes:
        """The whole, newly made."""
        ...

    def blocks(self) -> Iterable[bytes]:
        """The whole in parts, always the same."""
        ...


Body: TypeAlias = bytes | Pieces


def size_of(body: Body) -> int:
    """In octets."""
    return len(body) if isinstance(body, bytes) else body.octets


def whole_of(body: Body) -> bytes:
    """The body as it is sent to whoever takes it as it is."""
    return body if isinstance(body, bytes) else body.joined()


def blocks_of(body: Body) -> Iterable[bytes]:
    """The body in the parts that are compressed one after the other."""
    return (body,) if isinstance(body, bytes) else body.blocks()


@dataclass(frozen=True, slots=True)
class Representation:
    """What an address stands for at the moment; it depends on path and query, and on no header.

    ``etag`` is the strong tag of ``body``, without quotes and without any mark of an encoding; ``further``
    headers count over those that ``answer`` adds to a 200, and their Cache-Control also over that of a 304.
    """

    body: Body
    content_type: str
    etag: str
    last_modified: datetime | None
    lang: Lang | None
    disposition: str | None = None
    further: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    open: bool = True
    """Other sites and caches may read it. Of what is not open, no request is remembered."""


@dataclass(frozen=True, slots=True)
class Manner:
    """What an answer says besides its content; ``dated`` is its Last-Modified.

    ``varies`` is True where other clients may get it in another encoding.
    """

    source: Source
    exact: bool
    dated: datetime | None
    varies: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """The answers that one content has for clients of one kind, ready to be sent.

    ``whole`` is None until somebody asked for the whole in their encoding; ``unchanged`` is the start of a
    304 by each tag (with quotes) that a caller's copy may have, the best first.
    """

    unchanged: Mapping[bytes, Message]
    dated: datetime | None
    whole: Messages | None = None


def etag_of(body: bytes) -> str:
    """The strong tag of a body of which no digests of its parts are at hand."""
    return hashlib.blake2b(body, digest_size=12).hexdigest()


def tag(what: Representation, encoding: Encoding | None) -> bytes:
    """The tag of one of its forms, with quotes; None is the identity."""
    return f'"{what.etag}{encoding.mark if encoding else ""}"'.encode("ascii")


def unchanged(
    what: Representation, manner: Manner, forms: Iterable[Encoding | None]
) -> Mapping[bytes, Message]:
    """For each of ``forms``, by its tag: that the caller's copy in this form is still good."""
    fields = _fields(_always(what, manner))
    tags = [tag(what, form) for form in forms]
    return {known: _start(304, [(b"etag", known), *fields]) for known in tags}


def whole(what: Representation, manner: Manner, encoding: Encoding | None, body: bytes) -> Messages:
    """All of it in one form, of which ``body`` is the content."""
    return beginning(what, manner, encoding, len(body)), {"type": "http.response.body", "body": body}


def beginning(what: Representation, manner: Manner, encoding: Encoding | None, octets: int) -> Message:
    """How all of it begins in one form; ``octets`` is the size of the identity.

    A compressed form is sent without its length, in chunks (RFC 9112 §7.1): several calendars take half of an
    answer for the whole where they are told its length, and none does where the last chunk is missing.
    """
    headers = {**_always(what, manner), "content-type": what.content_type, **protections(what.content_type)}
    if encoding is None:
        headers["content-length"] = str(octets)
    else:
        headers["content-encoding"] = encoding.token
    if what.disposition:
        headers["content-disposition"] = what.disposition
    if what.lang:
        headers["content-language"] = what.lang
    headers |= {name.lower(): value for name, value in what.further.items() if name.lower() != "vary"}
    return _start(200, [(b"etag", tag(what, encoding)), *_fields(headers)])


def conclude(choice: Choice, method: str, fields: Fields) -> Messages | None:
    """The answer to a GET or HEAD; None where it is the whole, and that is not there yet.

    If-None-Match outranks If-Modified-Since (RFC 9110 §13.2.2). A caller's ``no-cache`` isn't heard: some
    calendars always send it.
    """
    tags = fields.get(b"if-none-match")
    if tags is not None:
        start = choice.unchanged.get(tags)
        if start is None and (known := listed(tags, choice.unchanged)):
            start = choice.unchanged[known]
        if start is not None:
            return start, NO_BODY
    elif choice.dated is not None:
        since = fields.get(b"if-modified-since")
        if since is not None and not_after(choice.dated, since.decode("latin-1")):
            return next(iter(choice.unchanged.values())), NO_BODY
    if choice.whole is None or method == "GET":
        return choice.whole
    return choice.whole[0], NO_BODY


def joined(headers: Sequence[tuple[bytes, bytes]]) -> Fields:
    """The headers of a request by name; lines of the same name are one list (RFC 9110 §5.3)."""
    fields = dict(headers)
    if len(fields) != len(headers):
        fields.clear()
        for name, value in headers:
            fields[name] = fields[name] + b", " + value if name in fields else value
    return fields


def _always(what: Representation, manner: Manner) -> dict[str, str]:
    """What a 304 says as well (RFC 9110 §15.4.5), but for the tag."""
    further = {name.lower(): value for name, value in what.further.items()}
    headers = {"cache-status": cache_status(manner.source)} if what.open else {}
    if what.open and not what.content_type.startswith("text/html"):
        headers |= {name.lower(): value for name, value in OPEN.items()}
    if "cache-control" in further:
        headers["cache-control"] = further["cache-control"]
    elif manner.exact:
        headers |= {"cache-control": CACHE_CONTROL, "cdn-cache-control": CDN_CACHE_CONTROL}
    else:
        headers["cache-control"] = PASSING
    if manner.dated:
        headers["last-modified"] = http_date(manner.dated)
    varies = [further[name] for name in ("vary",) if name in further]
    varies += ["Accept-Encoding"] if manner.varies else []
    if varies:
        headers["vary"] = ", ".join(varies)
    return headers


def _fields(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode("ascii"), value.encode("latin-1")) for name, value in headers.items()]


def _start(status: int, fields: list[tuple[bytes, bytes]]) -> Message:
    return {"type": "http.response.start", "status": status, "headers": fields}
