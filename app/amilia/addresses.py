"""Web addresses from Amilia: published only if whole and http(s), whatever was typed into the back office."""

import re
from functools import lru_cache
from typing import Final
from urllib.parse import quote, urlsplit

SCHEMES: Final = ("http", "https")
UNCHANGED: Final = ":/?#[]@!$&'()*+,;=%~"
"""What an address may hold besides letters, digits and "-._" (RFC 3986 §2)."""


@lru_cache(maxsize=4096)  # the occurrences of an activity share its addresses
def absolute(address: str) -> str:
    """The address if it is absolute and http(s), with what URIs cannot hold percent-encoded; else empty.

    A host without a scheme, as in the sample of the API's documentation, is no address: guessing may mislead.
    """
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port  # an impossible port raises
    except ValueError:
        return ""
    plain_host = host and parts.netloc.isascii() and "@" not in parts.netloc and not re.search(r"\s", host)
    if parts.scheme.lower() not in SCHEMES or not plain_host:
        return ""
    return quote(address, safe=UNCHANGED)
