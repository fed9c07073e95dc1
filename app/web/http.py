"""HTTP caching as pure functions: validators and headers (RFC 9110, RFC 9111, RFC 9211)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Final

CACHE_CONTROL: Final = "public, max-age=300, stale-while-revalidate=3600, stale-if-error=604800"
"""For shared caches in front of the service; calendar clients keep to intervals of their own."""
PASSING: Final = "public, max-age=15"
"""For an answer that will soon be another: the other language's copy, served for want of the right one."""
EXPOSED: Final = "ETag, Last-Modified, Cache-Status"


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


def not_modified(headers: Mapping[str, str], etag: str, last_modified: datetime) -> bool:
    """True when the caller's copy is still good; If-None-Match outranks If-Modified-Since (RFC 9110 §13.2.2).

    ``headers`` has lower-case names; ``etag`` is the strong tag without quotes. A caller's ``no-cache`` isn't
    heard: some calendars always send it.
    """
    tags = headers.get("if-none-match")
    if tags is not None:
        return _tag_listed(tags, etag)
    since = headers.get("if-modified-since")
    return since is not None and _not_after(last_modified, since)


def _tag_listed(tags: str, etag: str) -> bool:
    """Weak comparison, as §13.1.2 asks for: ``W/"x"`` and ``"x"`` are the same copy."""
    if tags.strip() == "*":
        return True
    return any(tag.strip().removeprefix("W/") == f'"{etag}"' for tag in tags.split(","))


def _not_after(last_modified: datetime, since: str) -> bool:
    try:
        moment = parsedate_to_datetime(since)
    except ValueError:
        return False  # §13.1.3: a date that cannot be read is as if it were not there
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return last_modified <= moment
