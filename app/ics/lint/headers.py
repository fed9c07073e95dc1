"""What the HTTP answer says about a feed, where the feed came by HTTP (RFC 9110, RFC 5545 §8.1)."""

import re
from collections.abc import Mapping

from app.ics.lint.finding import Client, Notes, error, warning

_HEADER_LINE = 0
_CHARSET = re.compile(r";\s*charset\s*=\s*\"?([^\s\";]{1,40})", re.IGNORECASE)

CONTENT_TYPE = error(
    "content-type",
    "The Content-Type is {value}; send text/calendar; charset=utf-8.",
    "RFC 5545 §8.1; Nextcloud chooses its parser by it",
    Client.NEXTCLOUD,
    Client.THUNDERBIRD,
)
CHARSET = error(
    "content-charset",
    "The Content-Type says charset={value}, by which some readers decode the feed; send charset=utf-8.",
    "RFC 5545 §3.1.4 and §8.1",
    Client.ICSX5,
)
NO_ETAG = warning(
    "etag-missing",
    "The answer has no ETag, so every poll downloads the whole feed; send one made from the body.",
    "RFC 9110 §8.8.3; Evolution asks by ETag alone",
    Client.EVOLUTION,
    Client.THUNDERBIRD,
    Client.ICSX5,
)
NO_CORS = warning(
    "cors-missing",
    "The answer has no Access-Control-Allow-Origin, so no other website can show the feed; send *.",
    "Fetch Standard, CORS protocol; measured with FullCalendar 6.1",
    Client.FULLCALENDAR,
)


def check_headers(headers: Mapping[str, str], notes: Notes) -> None:
    """Judge the headers of the answer; their names in any case. Findings are at line 0."""
    held = {name.lower(): value for name, value in headers.items()}
    content_type = held.get("content-type", "")
    charset = _CHARSET.search(content_type)
    if content_type.partition(";")[0].strip().lower() != "text/calendar":
        notes.add(CONTENT_TYPE, _HEADER_LINE, value=content_type or "missing")
    elif charset and charset[1].lower() not in {"utf-8", "utf8", "us-ascii"}:
        notes.add(CHARSET, _HEADER_LINE, value=charset[1])
    if "etag" not in held:
        notes.add(NO_ETAG, _HEADER_LINE)
    if "access-control-allow-origin" not in held:
        notes.add(NO_CORS, _HEADER_LINE)
