"""Who we are to Amilia, in values that cannot print themselves.

Nothing here reaches a log line, an error text or an address: ``repr`` and ``str`` tell only the kind.
"""

from collections.abc import Generator
from typing import Final, TypeAlias

import httpx

KEY_HEADER: Final = "X-AMILIA-APIKEY"
SECRET_HEADER: Final = "X-AMILIA-APISECRET"  # noqa: S105  # the name of a header, not a secret


class Secret:
    """A text that is only shown to who asks for it by name."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return "Secret(…)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def reveal(self) -> str:
        """The text itself."""
        return self._text


class UserCredentials:
    """A user's name and password, which buy a token (HTTP Basic, RFC 7617)."""

    __slots__ = ("_password", "_username")

    def __init__(self, username: str, password: str) -> None:
        self._username = Secret(username)
        self._password = Secret(password)

    def __repr__(self) -> str:
        return "UserCredentials(…)"

    def auth(self) -> httpx.Auth:
        """What the call for a token carries, and no other call."""
        return httpx.BasicAuth(self._username.reveal(), self._password.reveal())


class KeyCredentials:
    """A key and its secret, which go with every call. Raises ``ValueError`` if no header can carry them."""

    __slots__ = ("_key", "_secret")

    def __init__(self, key: str, secret: str) -> None:
        self._key = Secret(_fit_for_a_header("key", key))
        self._secret = Secret(_fit_for_a_header("secret", secret))

    def __repr__(self) -> str:
        return "KeyCredentials(…)"

    def auth(self) -> httpx.Auth:
        """What every call carries."""
        return HeaderAuth({KEY_HEADER: self._key, SECRET_HEADER: self._secret})


Credentials: TypeAlias = UserCredentials | KeyCredentials


class HeaderAuth(httpx.Auth):
    """Puts secrets into the headers of a request, at the last moment."""

    def __init__(self, headers: dict[str, Secret]) -> None:
        self._headers = headers

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """The request with the secrets in it; called by httpx."""
        for name, secret in self._headers.items():
            request.headers[name] = secret.reveal()
        yield request


def bearer(token: Secret) -> httpx.Auth:
    """What a call with a token carries (RFC 6750 §2.1)."""
    return HeaderAuth({"Authorization": Secret(f"Bearer {token.reveal()}")})


def is_fit_for_a_header(text: str) -> bool:
    """True for visible ASCII only: anything else fails deep in the HTTP library, whose message quotes it."""
    return bool(text) and all("!" <= letter <= "~" for letter in text)


def _fit_for_a_header(name: str, text: str) -> str:
    stripped = text.strip()
    if not is_fit_for_a_header(stripped):
        raise ValueError(f"The API {name} is empty or has characters that no HTTP header can carry")
    return stripped
