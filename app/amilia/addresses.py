"""Web addresses from Amilia: published only if whole and http(s), whatever was typed into the back office."""

import re
from typing import Final
from urllib.parse import quote, urlsplit

SCHEMES: Final = ("http", "https")
UNCHANGED: Final = ":/?#[]@!$&'()*+,;=%~"
"""What an address may hold besides letters, digits and "-._" (RFC 3986 §2)."""
HOST_FIRST: Final = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}(?::[0-9]+)?/.*|www\..+", re.IGNORECASE | re.ASCII
)


def absolute(address: str) -> str:
    """The address if it is absolute and http(s), with what URIs cannot hold percent-encoded; else empty."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port  # an impossible port raises
    except ValueError:
        return ""
    plain_host = host and parts.netloc.isascii() and "@" not in parts.netloc and not re.search(r"\s", host)
    if parts.scheme.lower() not in SCHEMES or not plain_host:
        return ""
    return quote(address, safe=UNCHANGED)


def absolute_or_guessed(address: str) -> str:
    """As ``absolute``; where only the scheme was left out, as in ``supersport.com/end/of/season``, https."""
    if address.startswith("//"):
        return absolute(f"https:{address}")
    if HOST_FIRST.fullmatch(address):
        return absolute(f"https://{address}")
    return absolute(address)
