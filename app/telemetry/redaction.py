"""The last door before a log line leaves: what may never be shown is blotted out, whoever wrote it.

Our own code hands no secret to the log: secrets are types that do not print themselves. But libraries put
addresses, with all they hold, into the texts of their exceptions, and a traceback shows those. Pure.
"""

import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterable
from typing import Final, TypeAlias
from urllib.parse import quote, quote_plus

Redact: TypeAlias = Callable[[str], str]
BLOT: Final = "…"
SHORTEST: Final = 4
"""A secret of fewer letters is found in ordinary words; nobody's is so short but a test's."""

_KNOWN_SHAPES: Final = (
    # What lets somebody in by an address of ours.
    (re.compile(r"(/(?:private|webhooks/amilia)/)[^/\s\"'?]+"), rf"\1{BLOT}"),
    # User and password of any address (RFC 3986 §3.2.1).
    (re.compile(r"(\b[a-z][a-z0-9+.-]{1,20}://)[^/\s@\"']*@", re.IGNORECASE), rf"\1{BLOT}@"),
    # Credentials of HTTP (RFC 7617, RFC 6750), and a JSON web token wherever it stands.
    (
        re.compile(r"\b((?i:Basic|Bearer))(\s+)(?=[a-z+/._~-]{0,64}[A-Z0-9=])[A-Za-z0-9+/=._~-]{6,}"),
        rf"\1\2{BLOT}",
    ),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"), BLOT),
    (re.compile(r"(X-AMILIA-API(?:KEY|SECRET)\W{1,8})[^\s\"',}]+", re.IGNORECASE), rf"\1{BLOT}"),
    # People's addresses. Bounded as RFC 5321 §4.5.3.1.1 has it: a long line must not take long.
    (re.compile(r"\b[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+\b"), BLOT),
)


def redactor(secrets: Iterable[str] = ()) -> Redact:
    """Blots out each of ``secrets``, as it is or written in an address or a header, and known shapes."""
    forms = {form for secret in secrets if len(secret) >= SHORTEST for form in _written(secret)}
    if not forms:
        return _shapes
    # The longest first: a secret may be a part of another.
    literal = re.compile("|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True)))

    def redact(text: str) -> str:
        return _shapes(literal.sub(BLOT, text))

    return redact


def _shapes(text: str) -> str:
    for shape, instead in _KNOWN_SHAPES:
        text = shape.sub(instead, text)
    return text


def _written(secret: str) -> set[str]:
    """A text as it is, in an address, in a representation and in base64; and each of these within JSON."""
    forms = {
        secret,
        quote(secret, safe=""),
        quote_plus(secret),
        repr(secret)[1:-1],
        ascii(secret)[1:-1],
        b64encode(secret.encode()).decode("ascii").rstrip("="),
    }
    return forms | {json.dumps(form, ensure_ascii=False)[1:-1] for form in forms}
