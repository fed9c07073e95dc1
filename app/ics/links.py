"""Addresses of the web in a calendar: absolute and in the characters of a URI, or not at all."""

import re
from functools import lru_cache
from urllib.parse import quote

from app.ics.text import fold

_ABSOLUTE = re.compile(r"https?://[^/?#]", re.IGNORECASE)
_OF_A_URI = "!#$%&'()*+,/:;=?@[]~"


@lru_cache(maxsize=4096)  # the occurrences of an activity share its page
def web_address(url: str) -> str:
    """``url`` in the characters of RFC 3986 if it is an absolute http or https address, else nothing.

    Clients open what they find in a calendar: no other scheme gets there, and nothing that needs guessing.
    """
    address = quote(url.strip(), safe=_OF_A_URI, errors="ignore")
    return address if _ABSOLUTE.match(address) else ""


@lru_cache(maxsize=4096)
def url_line(url: str) -> bytes:
    """The URL property of ``url`` (RFC 5545 §3.8.4.6), empty where it is no ``web_address``.

    A URI is folded, never escaped.
    """
    address = web_address(url)
    return fold(b"URL:" + address.encode("ascii")) if address else b""
