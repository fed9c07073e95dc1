"""Who is calling: tokens, key pairs, and the organization whose data they open.

The token is a JSON Web Token signed with HMAC-SHA256 (RFC 7515, RFC 7519), with the claims that a real one
was seen to have: sub, exp, iat and jti.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime

from app.simulator.jsontext import encode
from app.simulator.organization import Organization
from app.simulator.world import World

_HEADER = {"typ": "JWT", "alg": "HS256"}


class Tokens:
    """Makes and checks the tokens of one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._key = hashlib.sha256(f"signing key of world {world.seed}".encode()).digest()
        self._made = 0

    def issue(self, authorization: str, *, now: datetime, seconds: int) -> str | None:
        """A token for the Basic credentials of an account, or None when no account has them."""
        scheme, _, credentials = authorization.partition(" ")
        if scheme.lower() != "basic":
            return None
        username, _, password = _decoded(credentials.strip()).partition(":")
        for organization in self._world.organizations.values():
            account = organization.account
            if account.username == username != "" and _equal(account.password, password):
                return self._signed(username, now=now, seconds=seconds)
        return None

    def caller(self, headers: Mapping[str, str], now: datetime) -> Organization | None:
        """The organization that a call's credentials open; None when they are missing or worth nothing."""
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self._by_username(self._subject(token.strip(), now))
        key, secret = headers.get("x-amilia-apikey", ""), headers.get("x-amilia-apisecret", "")
        for organization in self._world.organizations.values():
            account = organization.account
            if account.api_key and _equal(account.api_key, key) and _equal(account.api_secret, secret):
                return organization
        return None

    def _by_username(self, username: str) -> Organization | None:
        for organization in self._world.organizations.values():
            if organization.account.username == username != "":
                return organization
        return None

    def _signed(self, username: str, *, now: datetime, seconds: int) -> str:
        self._made += 1
        issued = int(now.timestamp())
        jti = hashlib.sha256(f"{username} {issued} {self._made}".encode()).hexdigest()[:32]
        claims = {"sub": username, "exp": issued + seconds, "iat": issued, "jti": jti}
        signed = ".".join(_encoded(encode(part).encode()) for part in (_HEADER, claims))
        return f"{signed}.{self._signature(signed)}"

    def _signature(self, signed: str) -> str:
        return _encoded(hmac.digest(self._key, signed.encode(), "sha256"))

    def _subject(self, token: str, now: datetime) -> str:
        """Whose token it is; empty when it is not ours or its time is over."""
        signed, _, signature = token.rpartition(".")
        if not _equal(self._signature(signed), signature):
            return ""
        claims = json.loads(_decoded(signed.partition(".")[2]))
        return str(claims["sub"]) if now.timestamp() < claims["exp"] else ""


def _encoded(data: bytes) -> str:
    """Base 64 in the alphabet for addresses, without padding (RFC 7515 §2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> str:
    """Text from base 64 of either alphabet, padded or not; empty when it is neither."""
    padded = text + "=" * (-len(text) % 4)
    try:
        return base64.b64decode(
            padded.encode(), altchars=b"-_" if "-" in text or "_" in text else None
        ).decode()
    except (binascii.Error, UnicodeError):
        return ""


def _equal(expected: str, given: str) -> bool:
    return hmac.compare_digest(expected.encode(), given.encode())
