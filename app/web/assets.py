"""The pages' own static files, each under an address that names its content and so never changes.

`/static/{digest}/{name}` is kept by browsers and caches for a year. An older digest, asked for by a page that
a cache still holds, is answered with the file of today and kept only briefly.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request, Response

from app.domain.errors import FeedNotFound
from app.web.answer import Representation, answer
from app.web.methods import readable

_FOLDER: Final = Path(__file__).with_name("static")
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
IMMUTABLE: Final = "public, max-age=31536000, immutable"
OUTDATED: Final = "public, max-age=60"

router = APIRouter(tags=["pages"])


@dataclass(frozen=True, slots=True)
class Asset:
    """One static file; ``digest`` is hexadecimal, of its content alone."""

    name: str
    body: bytes
    content_type: str
    digest: str

    @property
    def address(self) -> str:
        """Where the service has it, from the root of the host."""
        return f"/static/{self.digest}/{self.name}"


@cache
def asset(name: str) -> Asset:
    """The file of that name. Raises ``KeyError`` where there is none."""
    return _assets()[name]


def address(name: str) -> str:
    """The address of a static file, for templates: ``/static/{digest}/{name}``. Raises ``KeyError``."""
    return asset(name).address


@readable(router, "/favicon.ico", include_in_schema=False)
async def favicon(request: Request) -> Response:
    """The mark of the service, for what asks for it without having read a page."""
    return await static_file("", "icon.svg", request)


@readable(router, "/static/{digest}/{name}", include_in_schema=False)
async def static_file(digest: str, name: str, request: Request) -> Response:
    """A static file; any digest will do, only that of its content may be kept."""
    found = _assets().get(name)
    if found is None:
        raise FeedNotFound("no such static file")
    further = {
        "Cache-Control": IMMUTABLE if digest == found.digest else OUTDATED,
        "X-Content-Type-Options": "nosniff",
    }
    shown = Representation(found.body, found.content_type, found.digest, None, None, further=further)
    return await answer(request, shown, None)


@cache
def _assets() -> dict[str, Asset]:
    """All files of the folder that have a type known here, by name."""
    return {
        path.name: _read(path, _TYPES[path.suffix])
        for path in sorted(_FOLDER.iterdir())
        if path.suffix in _TYPES
    }


def _read(path: Path, content_type: str) -> Asset:
    body = path.read_bytes()
    return Asset(path.name, body, content_type, hashlib.blake2b(body, digest_size=8).hexdigest())
