"""Requests to the public address, as calendars, browsers and robots make them; judged by ``address``."""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

GOOGLE: Final = {"User-Agent": "Google-Calendar-Importer"}
"""It sends no Accept header at all: what guards against robots must let it pass nevertheless."""
PLAIN: Final = {"Accept-Encoding": "identity"}
PACKED: Final = {"Accept-Encoding": "gzip"}
SECONDS: Final = 10.0
LARGEST: Final = 32 * 2**20
"""Octets: more of an answer is not read."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as it came over the wire: ``body`` may be compressed.

    ``expires`` is the end of the certificate that it was given under, None without TLS.
    """

    status: int
    headers: httpx.Headers
    body: bytes
    expires: datetime | None = None


@dataclass(frozen=True, slots=True)
class Visits:
    """The answers by the names of the requests, and for other requests why there was none."""

    public_url: str
    feed_path: str
    answers: Mapping[str, Answer]
    troubles: Mapping[str, str] = field(default_factory=dict)

    @property
    def secure(self) -> bool:
        """True where the public address is https."""
        return self.public_url.startswith("https://")


async def visit(public_url: str, slug: str, transport: httpx.AsyncBaseTransport) -> Visits:
    """Ask for the feed of ``slug``, and all that a stranger would ask for around it. Never raises."""
    feed = f"/orgs/{slug}/calendar.ics"
    answers: dict[str, Answer] = {}
    troubles: dict[str, str] = {}
    async with httpx.AsyncClient(transport=transport, timeout=SECONDS, trust_env=False) as client:

        async def ask(name: str, url: str, headers: Mapping[str, str], method: str = "GET") -> Answer | None:
            try:
                answers[name] = await _answer(client, httpx.Request(method, url, headers=dict(headers)))
            except TimeoutError:
                troubles[name] = f"no answer within {SECONDS:g} s"
            except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
                troubles[name] = str(error) or type(error).__name__
            return answers.get(name)

        if await ask("alive", f"{public_url}/healthz", {}) is not None:
            whole = await ask("feed", public_url + feed, {**GOOGLE, **PLAIN})
            if whole is not None and "ETag" in whole.headers:
                await ask("again", public_url + feed, {**PLAIN, "If-None-Match": whole.headers["ETag"]})
            await ask("head", public_url + feed, PLAIN, "HEAD")
            await ask("packed", public_url + feed, PACKED)
            await ask("missing", f"{public_url}/orgs/{slug}/no-such-feed-of-{slug}.ics", PLAIN)
            await ask("notices", f"{public_url}/webhooks/amilia/is-this-path-open", PLAIN)
            await ask("robots", f"{_origin(public_url)}/robots.txt", PLAIN)
        if public_url.startswith("https://"):
            await ask("plain", f"{plain_address(public_url)}{feed}?lang=en", GOOGLE)
    return Visits(public_url, feed, answers, troubles)


def plain_address(public_url: str) -> str:
    """Where calendars go that make http of webcal: the same host, port 80."""
    parts = urlsplit(public_url)
    host = parts.hostname or ""
    return f"http://{f'[{host}]' if ':' in host else host}{parts.path}"


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


async def _answer(client: httpx.AsyncClient, request: httpx.Request) -> Answer:
    request.extensions["timeout"] = httpx.Timeout(SECONDS).as_dict()
    async with asyncio.timeout(SECONDS):
        response = await client.send(request, stream=True)
        try:
            body = bytearray()
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > LARGEST:
                    break
        finally:
            await response.aclose()
    return Answer(response.status_code, response.headers, bytes(body), _expiry(response))


def _expiry(response: httpx.Response) -> datetime | None:
    """When the certificate of the answer's connection ends; None without TLS."""
    stream: Any = response.extensions.get("network_stream")
    tls = stream.get_extra_info("ssl_object") if stream is not None else None
    certificate = tls.getpeercert() if tls is not None else None
    if not certificate:
        return None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(certificate["notAfter"]), UTC)
