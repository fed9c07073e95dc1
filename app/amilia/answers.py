"""What the status and the head of an answer mean: the error of our tree that says what to do about it.

Statuses as Amilia documents them; texts are ours, because a body may repeat what was sent with the call.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final

import httpx
import msgspec

from app.domain.errors import (
    UpstreamError,
    UpstreamRefused,
    UpstreamThrottled,
    UpstreamUnavailable,
    UpstreamUnreadable,
)

LONGEST_WAIT: Final = 60.0
"""Seconds. A longer Retry-After is cut: a mistaken one must not silence the service for a day."""

TRANSACTION: Final = "transactionid"
TRANSACTION_DEPTH: Final = 3
SAFE_TRANSACTION: Final = re.compile(r"[A-Za-z0-9_.:-]{1,80}")
"""What a TransactionId may look like before it is put into a log line."""


class BadParameters(UpstreamRefused):
    """400: a parameter or its format is not to Amilia's liking."""


class NotFound(UpstreamRefused):
    """404: nothing there has that name, or, perhaps, that page."""


class Unauthorized(UpstreamRefused):
    """401: the token has ended, or the credentials are wrong."""


REFUSALS: Final[Mapping[int, tuple[type[UpstreamRefused], str]]] = {
    HTTPStatus.BAD_REQUEST: (BadParameters, "it does not accept the parameters of the call"),
    HTTPStatus.UNAUTHORIZED: (Unauthorized, "it does not accept the credentials"),
    HTTPStatus.FORBIDDEN: (UpstreamRefused, "the account or key may not do this in this organization"),
    HTTPStatus.NOT_FOUND: (
        NotFound,
        "it knows nothing of that name; is the organization spelled as in the address of its store?",
    ),
    HTTPStatus.UNPROCESSABLE_ENTITY: (UpstreamRefused, "it does not accept the values of the call"),
}


def failure(
    response: httpx.Response, body: bytes, call: str, clock: Callable[[], datetime]
) -> UpstreamError | None:
    """What an answer says went wrong, None for a 200. ``call`` names the call in the text."""
    status = response.status_code
    if status == HTTPStatus.OK:
        return None
    transaction = transaction_of(response.headers.items(), body)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        wait = retry_after(response.headers.get("Retry-After", ""), clock())
        text = f"{call}: Amilia asks for fewer calls (429)"
        return UpstreamThrottled(text, transaction=transaction, retry_after=wait)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return UpstreamUnavailable(
            f"{call}: Amilia has a fault of its own ({status})", transaction=transaction
        )
    if status >= HTTPStatus.BAD_REQUEST:
        kind, reason = REFUSALS.get(status, (UpstreamRefused, "it refuses the call"))
        return kind(f"{call}: Amilia answers {status}: {reason}", transaction=transaction)
    if status >= HTTPStatus.MULTIPLE_CHOICES:
        return UpstreamUnreadable(_elsewhere(response, call), transaction=transaction)
    return UpstreamUnreadable(f"{call}: {status} is no answer to this call", transaction=transaction)


def retry_after(value: str, now: datetime) -> float | None:
    """Seconds to wait by a Retry-After (RFC 9110 §10.2.3), at most ``LONGEST_WAIT``; None if unclear."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return min(float(value), LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max((moment - now).total_seconds(), 0.0), LONGEST_WAIT)


def transaction_of(headers: Iterable[tuple[str, str]], body: bytes) -> str | None:
    """The TransactionId of an answer, wherever it stands: in a header or in any JSON body, in any case."""
    try:
        answer = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        answer = None
    named = [value for name, value in headers if name.lower().replace("-", "").endswith(TRANSACTION)]
    for candidate in (_search(answer, TRANSACTION_DEPTH), *named):
        if candidate is not None and SAFE_TRANSACTION.fullmatch(str(candidate)):
            return str(candidate)
    return None


def _search(value: object, depth: int) -> object:
    """The value under a key named TransactionId, the shallowest first."""
    if not isinstance(value, dict) or not depth:
        return None
    for name, found in value.items():
        if name.lower() == TRANSACTION:
            return found
    return next((found for inner in value.values() if (found := _search(inner, depth - 1)) is not None), None)


def _elsewhere(response: httpx.Response, call: str) -> str:
    """Why a redirect is not followed. Of its target only the host is told."""
    try:
        host = httpx.URL(response.headers.get("Location", "")).host
    except httpx.InvalidURL:
        host = ""
    target = f" to {host}" if host else ""
    return (
        f"{call}: Amilia redirects{target} ({response.status_code}); credentials are not taken along: "
        "set FEEDS_API_URL to the API's own address, with https"
    )
