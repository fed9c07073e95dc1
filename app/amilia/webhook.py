"""What a change notice of Amilia says: whom it concerns, and whether it can have changed an event. Pure.

Nothing else of it is used: its dates carry the wrong offset, and activities come without their occurrences
(Amilia: webhooks v1). A lost notice costs freshness, never truth.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from app.amilia.lenient import identifier, text

LARGEST: Final = 1024 * 1024
"""Bytes; an activity with all its texts is some ten thousand."""
SIGNATURE_HEADER: Final = "X-Amilia-Signature"
CONCERNED: Final = tuple(
    (context, action) for context in ("Program", "Activity") for action in ("Create", "Update", "Delete")
)
"""What is worth subscribing to: Amilia has no notices of single events."""
UNCONCERNED: Final = frozenset(
    {
        "account",
        "alert",
        "block",
        "donationpurchased",
        "membershippurchased",
        "merchandisepurchased",
        "multipasspurchased",
        "person",
        "registration",
        "waitlistregistration",
    }
)
"""Contexts that are about people and their purchases: no event that we publish depends on them."""

_STORE: Final = re.compile(r"/store/[a-z]{2}/([A-Za-z0-9_-]+)/")
_decoder = msgspec.json.Decoder()


@dataclass(frozen=True, slots=True)
class Notice:
    """``organization`` is the number, ``slug`` the URL identifier; either may be unknown (None and "")."""

    organization: int | None
    slug: str
    context: str
    action: str

    @property
    def concerns_events(self) -> bool:
        """True unless it can change no event; what is not known may."""
        return self.context.casefold() not in UNCONCERNED


def read_notice(body: bytes) -> Notice:
    """The notice of a request's body. Raises ``ValueError`` if it is no JSON object."""
    try:
        envelope = _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError("the body is not JSON") from error
    if not isinstance(envelope, dict):
        raise ValueError("the body is not a JSON object")  # noqa: TRY004  # one error for one trouble
    return Notice(
        organization=identifier(envelope.get("OrganizationId")),
        slug=_slug(envelope.get("Payload")),
        context=text(envelope.get("Context")),
        action=text(envelope.get("Action")),
    )


@dataclass(frozen=True, slots=True)
class Subscription:
    """One address to which Amilia sends notices of one action on one context."""

    id: int
    name: str
    url: str
    context: str
    action: str


def read_subscription(body: bytes) -> Subscription | None:
    """The subscription that the API tells of; None if it names none."""
    try:
        record = _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    number = identifier(record.get("Id")) if isinstance(record, dict) else None
    if number is None:
        return None
    name, url, context, action = (text(record.get(key)) for key in ("Name", "Url", "Context", "Action"))
    return Subscription(number, name, url, context, action)


def is_signed(body: bytes, signature: str, secret: str) -> bool:
    """True if ``signature`` is the base64 of the HMAC-SHA256 of the body under ``secret``."""
    expected = base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256))
    return hmac.compare_digest(expected, signature.encode("utf-8", "replace"))


def _slug(payload: Any) -> str:  # noqa: ANN401  # whatever stood in the JSON
    """The URL identifier within the address of what changed; older notices have no OrganizationId."""
    found = _STORE.search(text(payload.get("Url"))) if isinstance(payload, dict) else None
    return found[1] if found else ""
