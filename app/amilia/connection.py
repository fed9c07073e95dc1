"""One organization's line to the API: the single place from which Amilia is called.

Every call is paced, authorized, bounded in time and size, tried again where that can help, and ends in the
bytes of a 200 or in an ``UpstreamError``. Nothing of httpx gets out of here.
"""

import asyncio
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, TypeAlias
from urllib.parse import quote

import httpx
import stamina

from app import __version__
from app.amilia.answers import Unauthorized, failure
from app.amilia.body import ACCEPT_ENCODING, read_body, refuse_crowded
from app.amilia.credentials import Credentials, KeyCredentials, Secret, bearer
from app.amilia.limits import Limits
from app.amilia.pace import Share
from app.amilia.tokens import Tokens, read_token
from app.domain.errors import UpstreamThrottled, UpstreamUnavailable, UpstreamUnreadable

Query: TypeAlias = Mapping[str, str]
GOOD: Final = frozenset({200, 201, 202, 204})
Observer: TypeAlias = Callable[[str, float], None]
"""Told of each call: its status, or a word where there was none, and its seconds."""

ORIGIN_HEADER: Final = "X-Amilia-Origin"
BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"

# Retries are counted as calls by the observer. stamina's own hooks would log each of them and count in
# prometheus-client's global registry; they are a setting of the process, and this module is its only user.
stamina.instrumentation.set_on_retry_hooks([])


@dataclass(frozen=True, slots=True)
class Call:
    """One call: what is asked of which path below the API's address, and the JSON that is sent along."""

    path: str
    query: Query = field(default_factory=dict)
    method: Literal["GET", "POST", "DELETE"] = "GET"
    json: Mapping[str, str] | None = None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class Connection:
    """Calls the API for one organization. ``http`` is shared and stays the caller's to close."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        *,
        api_url: str,
        credentials: Credentials,
        origin: str | None,
        pace: Share,
        clock: Callable[[], datetime],
        limits: Limits,
        observe: Observer,
    ) -> None:
        self._http = http
        self._api_url = api_url.rstrip("/")
        self._pace = pace
        self._clock = clock
        self._limits = limits
        self._observe = observe
        self._bytes_left = limits.errand_bytes
        self._headers = _headers(origin)
        self._credentials = credentials
        self._tokens = None if isinstance(credentials, KeyCredentials) else Tokens(self._buy_token, clock)

    @property
    def token(self) -> Secret | None:
        """The bearer token in hand; always None with a key pair, which needs none."""
        return self._tokens.kept if self._tokens else None

    @token.setter
    def token(self, token: Secret | None) -> None:
        if self._tokens:
            self._tokens.keep(token)

    def begin_errand(self) -> None:
        """From here on the answers are those to another errand; there is one at a time."""
        self._bytes_left = self._limits.errand_bytes

    async def get(self, path: str, query: Query) -> bytes:
        """The body of the 200 that answers this call. Raises ``UpstreamError``."""
        return await self.send(Call(path, query))

    async def send(self, call: Call) -> bytes:
        """The body that answers this call; only a GET is sure to have one. Raises ``UpstreamError``."""
        if self._tokens is None:
            return await self._request(call, self._credentials.auth())
        token = await self._tokens.current()
        try:
            return await self._request(call, bearer(token))
        except Unauthorized:
            another = await self._tokens.instead_of(token)
        return await self._request(call, bearer(another))

    async def _buy_token(self) -> Secret:
        return read_token(await self._request(Call("authenticate"), self._credentials.auth()))

    async def _request(self, call: Call, auth: httpx.Auth) -> bytes:
        """One call, tried again after a 429, a 5xx, a time-out or a lost connection; after nothing else.

        How long a 429 asks to wait is obeyed by the pace, which lets no call of ours pass until then.
        """
        limits = self._limits
        async for attempt in stamina.retry_context(
            on=(UpstreamUnavailable, UpstreamThrottled),
            attempts=limits.attempts,
            timeout=limits.retry_seconds,
            wait_initial=limits.wait_initial,
            wait_jitter=limits.wait_jitter,
            wait_max=limits.wait_longest,
        ):
            with attempt:
                return await self._attempt(call, auth)
        raise AssertionError("stamina ends with an answer or raises the last failure")

    async def _attempt(self, call: Call, auth: httpx.Auth) -> bytes:
        async with self._pace.call():
            with self._observed() as outcome, _told_in_our_words(str(call)):
                response, body = await self._exchange(call, auth, outcome)
            if call.method != "GET" and response.status_code in GOOD:
                return body
            failed = failure(response, body, str(call), self._clock)
            if isinstance(failed, UpstreamThrottled):
                wait = failed.retry_after
                self._pace.pause(self._limits.throttled_seconds if wait is None else wait)
            if failed is not None:
                raise failed
        return _as_json_text(response, body, str(call))

    async def _exchange(
        self, call: Call, auth: httpx.Auth, outcome: list[str]
    ) -> tuple[httpx.Response, bytes]:
        # A request made by hand takes no cookie along: the client is shared, and one organization's session
        # must not speak for another.
        request = httpx.Request(
            call.method,
            f"{self._api_url}/{call.path}",
            params=dict(call.query),
            json=call.json,
            headers=self._headers,
            extensions={"timeout": self._timeout()},
        )
        async with asyncio.timeout(self._limits.call_seconds):
            response = await self._http.send(request, auth=auth, stream=True, follow_redirects=False)
            try:
                body = await read_body(response, self._limits.answer_bytes, str(call))
            finally:
                await response.aclose()
        refuse_crowded(body, self._limits.answer_values, str(call))
        self._bytes_left -= len(body)
        if self._bytes_left < 0:
            raise UpstreamUnreadable(
                f"{call}: all answers so far are larger than {self._limits.errand_bytes} bytes"
            )
        outcome[:] = [str(response.status_code)]
        return response, body

    def _timeout(self) -> dict[str, float | None]:
        limits = self._limits
        silence = limits.read_seconds
        return httpx.Timeout(silence, connect=limits.connect_seconds, pool=limits.call_seconds).as_dict()

    @contextmanager
    def _observed(self) -> Iterator[list[str]]:
        """Tells the observer how the call ended: as the block notes, or as it fails."""
        outcome = ["cancelled"]
        began = time.perf_counter()
        try:
            yield outcome
        except UpstreamUnavailable as error:
            outcome = ["timeout" if isinstance(error.__cause__, TIMEOUTS) else "no connection"]
            raise
        except UpstreamUnreadable:
            outcome = ["unreadable"]
            raise
        finally:
            self._observe(outcome[0], time.perf_counter() - began)


TIMEOUTS: Final = (TimeoutError, httpx.TimeoutException)


def segment(name: str) -> str:
    """A name as one segment of a path, whatever it holds (RFC 3986 §3.3)."""
    return quote(name, safe="")


def _headers(origin: str | None) -> dict[str, str]:
    headers = {
        "Accept": "application/json",
        "Accept-Encoding": ACCEPT_ENCODING,
        "User-Agent": f"amilia-feeds/{__version__}",
    }
    plain = _plain(origin or "")
    return {**headers, ORIGIN_HEADER: plain} if plain else headers


def _plain(text: str) -> str:
    """A name as a header can carry it: names have accents, header values are ASCII (RFC 9110 §5.5)."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "".join(letter for letter in bare if letter.isprintable()).strip()


@contextmanager
def _told_in_our_words(call: str) -> Iterator[None]:
    """Turns what the network and httpx raise into our errors; texts name the kind of trouble, no address."""
    try:
        yield
    except TIMEOUTS as error:
        raise UpstreamUnavailable(f"{call}: no answer in time ({type(error).__name__})") from error
    except (
        httpx.UnsupportedProtocol,
        httpx.LocalProtocolError,
        httpx.InvalidURL,
        httpx.DecodingError,
    ) as error:
        raise UpstreamUnreadable(f"{call}: cannot be sent or read ({type(error).__name__})") from error
    except (httpx.HTTPError, OSError) as error:
        raise UpstreamUnavailable(f"{call}: the connection failed ({type(error).__name__})") from error


def _as_json_text(response: httpx.Response, body: bytes, call: str) -> bytes:
    """The body, unless it is plainly no JSON. The media type is not believed: JSON has come under others."""
    text = body.removeprefix(BYTE_ORDER_MARK).strip()
    if not text:
        raise UpstreamUnreadable(f"{call}: the answer is empty")
    if text.startswith(b"<") or "html" in response.headers.get("Content-Type", "").lower():
        raise UpstreamUnreadable(
            f"{call}: the answer is a web page; is FEEDS_API_URL right, or Amilia closed?"
        )
    return text
