"""The bearer token of one organization: bought once, shared by all its calls, renewed before it ends."""

import asyncio
import base64
import binascii
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from app.amilia.credentials import Secret, is_fit_for_a_header
from app.domain.errors import UpstreamError, UpstreamUnreadable

LONGEST_MARGIN: Final = timedelta(minutes=10)
SHARE_OF_LIFE: Final = 0.1
"""A token is renewed when a tenth of its life is left, or ten minutes if that is less."""
JWT_PARTS: Final = 3


class Tokens:
    """Keeps the token. However many calls need another, one authentication runs and all share its outcome.

    ``buy`` asks Amilia for a token; it raises ``UpstreamError``. ``clock`` tells the moment, aware.
    """

    def __init__(self, buy: Callable[[], Awaitable[Secret]], clock: Callable[[], datetime]) -> None:
        self._buy = buy
        self._clock = clock
        self._token: Secret | None = None
        self._renew_at: datetime | None = None
        self._lock = asyncio.Lock()
        self._told = 0
        self._failure: UpstreamError | None = None

    @property
    def kept(self) -> Secret | None:
        """The token in hand, None before the first."""
        return self._token

    def keep(self, token: Secret | None) -> None:
        """Take ``token`` as the one in hand."""
        now = self._clock()
        end = expiry(token.reveal()) if token else None
        self._token = token
        # An end in the past means that one of two clocks is wrong: then only a 401 tells.
        self._renew_at = end - min(LONGEST_MARGIN, SHARE_OF_LIFE * (end - now)) if end and end > now else None

    async def current(self) -> Secret:
        """A token that is good for now as far as anybody can tell."""
        token = self._token
        if token is None or (self._renew_at is not None and self._clock() >= self._renew_at):
            return await self.instead_of(token)
        return token

    async def instead_of(self, refused: Secret | None) -> Secret:
        """Another token than ``refused``: one that came in the meantime, else a new one."""
        told = self._told
        async with self._lock:
            if self._token is not None and self._token is not refused:
                return self._token
            if self._failure is not None and self._told != told:
                raise self._failure  # somebody was told so while this call waited, and would be again
            try:
                token = await self._buy()
            except UpstreamError as failure:
                self._told, self._failure = self._told + 1, failure
                raise
            self._failure = None
            self.keep(token)
            return token


def read_token(body: bytes) -> Secret:
    """The token in an answer of ``authenticate``: ``{"Token": …}`` or a bare JSON string."""
    try:
        answer = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise UpstreamUnreadable("The answer to the authentication is not JSON") from error
    if isinstance(answer, dict):
        named = {name.lower(): value for name, value in answer.items()}
        answer = named.get("token")
    if not isinstance(answer, str) or not is_fit_for_a_header(answer):
        raise UpstreamUnreadable("The answer to the authentication holds no token")
    return Secret(answer)


def expiry(token: str) -> datetime | None:
    """When a JWT ends (``exp``, RFC 7519 §4.1.4), None where it does not say or is no JWT.

    The signature is not looked at: this is only about when to ask for the next one.
    """
    parts = token.split(".")
    if len(parts) != JWT_PARTS:
        return None
    try:
        claims = msgspec.json.decode(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        return datetime.fromtimestamp(claims["exp"], UTC)
    except (
        binascii.Error,
        msgspec.MsgspecError,
        UnicodeDecodeError,
        RecursionError,
        LookupError,
        TypeError,
        ValueError,
        OverflowError,
        OSError,
    ):
        return None
