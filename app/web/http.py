"""HTTP caching as pure functions: validators and headers (RFC 9110, RFC 9111, RFC 9211, RFC 9213)."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Final

CACHE_CONTROL: Final = "public, max-age=300, stale-if-error=604800"
"""For browsers and calendars. Without stale-while-revalidate: a browser that knows it (Chromium does) would
show a widget's visitors an old calendar first."""
CDN_CACHE_CONTROL: Final = "public, max-age=300, stale-while-revalidate=3600, stale-if-error=604800"
"""For shared caches in front of the service (RFC 9213), whose visitors then never wait for it."""
PASSING: Final = "public, max-age=15"
"""For an answer that will soon be another: the other language's copy, served for want of the right one."""
EXPOSED: Final = "ETag, Last-Modified, Cache-Status"
DATE_LAG: Final = timedelta(seconds=2)
"""A server writes ``Date`` from a clock that it reads once a second or so, uvicorn's for one."""


def http_date(moment: datetime) -> str:
    """``moment`` as RFC 9110 §5.6.7 writes it."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def cache_status(source: str) -> str:
    """How the answer was found, for ``Cache-Status`` (RFC 9211): a copy was there, or was fetched first."""
    match source:
        case "miss":
            return "amilia-feeds; fwd=miss; stored"
        case "stale":
            return "amilia-feeds; hit; detail=stale"
        case _:
            return "amilia-feeds; hit"


def told(last_modified: datetime) -> datetime:
    """The ``Last-Modified`` to tell: early enough never to be later than ``Date`` (RFC 9110 §8.8.2.1)."""
    return last_modified - DATE_LAG


def listed(tags: bytes, current: Iterable[bytes]) -> bytes | None:
    """The first of the ``current`` strong tags (with quotes) that If-None-Match holds, None if there is none.

    Compared weakly, as RFC 9110 §13.1.2 asks for: ``W/"x"`` and ``"x"`` are the same copy. ``*`` is any.
    """
    if tags.strip() == b"*":
        return next(iter(current), None)
    given = {tag.strip().removeprefix(b"W/") for tag in tags.split(b",")}
    return next((tag for tag in current if tag in given), None)


def not_after(dated: datetime, since: str) -> bool:
    """True when nothing changed after what If-Modified-Since says. ``dated`` is what was ``told``.

    Its echo is a copy of the same; any other moment is a caller's own, and compared with the true one.
    """
    try:
        moment = parsedate_to_datetime(since)
    except ValueError:
        return False  # RFC 9110 §13.1.3: a date that cannot be read is as if it were not there
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment == dated or moment >= dated + DATE_LAG
