"""What every answer to a private address says of itself: for this reader, and to be passed on to nobody."""

from typing import Final

PRIVATE: Final = "/private/"

SECRECY: Final = {
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Referrer-Policy": "no-referrer",
    "CDN-Cache-Control": "no-store",
}
"""No index, no Referer that holds the address, no copy in a cache that many share (RFC 9213)."""

KEPT: Final = {**SECRECY, "Cache-Control": "private, no-cache"}
"""Of a calendar: its reader may keep it, and asks before each use, so that a revoked address is of no use."""

NOT_KEPT: Final = {**SECRECY, "Cache-Control": "no-store"}
"""Of an error."""


def is_private(path: str) -> bool:
    """True of addresses that hold a token, or would."""
    return path.startswith(PRIVATE)
