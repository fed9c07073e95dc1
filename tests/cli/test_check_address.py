"""Everything that may stand between the service and its readers, one fault at a time."""

import gzip
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from app.cli.doctor.address import on_address
from app.cli.doctor.visits import visit
from app.feeds.checkup import Remark
from app.web.http import CACHE_CONTROL
from tests.cli.clinic import Handler, altered, reply, unreachable

URL = "https://calendars.example.org"
FEED = "/orgs/club/calendar.ics"
NOW = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
BODY = b"BEGIN:VCALENDAR\r\nPRODID:-//Amilia Calendar Feeds//amilia-feeds//EN\r\nEND:VCALENDAR\r\n"
HEADERS = {
    "Content-Type": "text/calendar; charset=utf-8",
    "ETag": '"abc"',
    "Last-Modified": "Sun, 22 Nov 2026 12:00:00 GMT",
    "Cache-Control": CACHE_CONTROL,
}

Change = Callable[[httpx.Request, httpx.Response], httpx.Response]


async def well(request: httpx.Request) -> httpx.Response:
    """The service behind a proxy that does everything right."""
    if request.url.scheme == "http":
        return reply(308, {"Location": f"{URL}{request.url.raw_path.decode()}"})
    if request.url.path == FEED:
        return whole(request)
    bodies = {"/healthz": b"ok\n", "/robots.txt": b"User-agent: *\nAllow: /\nDisallow: /private/\n"}
    if request.url.path.startswith("/webhooks/"):
        return reply(405, {"Allow": "POST"})
    body = bodies.get(request.url.path)
    return reply(404, {}, b"not here\n") if body is None else reply(200, {}, body)


def whole(request: httpx.Request) -> httpx.Response:
    """The feed, as it was asked for."""
    if request.headers.get("If-None-Match") == HEADERS["ETag"]:
        return reply(304, HEADERS)
    if request.headers.get("Accept-Encoding") == "gzip":
        packed = {**HEADERS, "Content-Encoding": "gzip", "Vary": "Accept-Encoding", "ETag": '"abc-gz"'}
        return reply(200, packed, gzip.compress(BODY))
    return reply(200, HEADERS, b"" if request.method == "HEAD" else BODY)


async def remarks(handler: Handler, *, url: str = URL) -> list[Remark]:
    return list(on_address(await visit(url, "club", httpx.MockTransport(handler)), NOW, notices=True))


def faults(found: list[Remark]) -> list[Remark]:
    return [remark for remark in found if remark.level != "ok"]


def feed_with(headers: Mapping[str, str | None], body: bytes | None = None) -> Change:
    """The feed, where it is given whole, with other headers (None: without) or another body."""

    def change(request: httpx.Request, response: httpx.Response) -> httpx.Response:
        if request.url.path != FEED or request.url.scheme == "http" or request.method != "GET":
            return response
        if response.status_code != 200 or "Content-Encoding" in response.headers:
            return response
        kept = {**dict(response.headers.items()), **{k.lower(): v for k, v in headers.items() if v}}
        for name, value in headers.items():
            if value is None:
                kept.pop(name.lower(), None)
        return reply(200, kept, BODY if body is None else body)

    return change


def answers(path: str, status: int, body: bytes = b"", *, scheme: str = "https", **headers: str) -> Change:
    """Another answer for one path, whoever asks."""

    def change(request: httpx.Request, response: httpx.Response) -> httpx.Response:
        same = request.url.path == path and request.url.scheme == scheme
        return reply(status, headers, body) if same else response

    return change


def when(test: Callable[[httpx.Request], bool], status: int, body: bytes = BODY, **headers: str) -> Change:
    """Another answer to some requests."""

    def change(request: httpx.Request, response: httpx.Response) -> httpx.Response:
        return reply(status, headers, body) if test(request) else response

    return change


async def test_an_address_that_is_well_has_no_faults() -> None:
    found = await remarks(well)

    assert faults(found) == []
    assert [remark.subject for remark in found] == [
        "public address",
        "public address",
        "robots.txt",
        "http to https",
    ]


def asks_for(encoding: str) -> Callable[[httpx.Request], bool]:
    return lambda request: request.headers.get("Accept-Encoding") == encoding


GZIP = {"Content-Encoding": "gzip"}
CHALLENGE = ("failure", "turns calendars away", "Let the paths below /orgs/ through")
TO_HTTPS = "Have port 80 answer 308"
PROXY = "Have the proxy pass"

FAULTS: Mapping[str, tuple[Change, str, str, str]] = {
    "moved": (
        when(lambda it: it.url.scheme == "https", 301, b"", Location="https://www.club.org/"),
        *("failure", "redirects to www.club.org", "Set public_url to the address that answers itself."),
    ),
    "forbidden": (answers(FEED, 403, b"no"), *CHALLENGE),
    "login page": (answers(FEED, 200, b"<html>Please log in"), *CHALLENGE),
    "other settings": (answers(FEED, 404), "failure", "has other settings", "Restart it with these"),
    "no copy": (answers(FEED, 503), "failure", "no copy yet", "See what is said of Amilia."),
    "type": (feed_with({"Content-Type": "text/plain"}), "warning", "Content-Type is text/plain", "Have"),
    "no tag": (feed_with({"ETag": None}), "warning", "lost its ETag", f"{PROXY} ETag on."),
    "no date": (feed_with({"Last-Modified": None}), "warning", "lost its Last-Modified", PROXY),
    "cookie": (feed_with({"Set-Cookie": "a=b"}), "warning", "sets a cookie", "Switch cookies"),
    "kept long": (feed_with({"Cache-Control": "max-age=86400"}), "warning", "for 86400 s", PROXY),
    "no limit": (feed_with({"Cache-Control": None}), "warning", "as long as they like", PROXY),
    "old": (feed_with({"Age": "7200"}), "warning", "7200 s old", "Let it keep feeds for 300 s"),
    "cut": (feed_with({}, BODY[:-18]), "failure", "cut off", "See the proxy's limits"),
    "always packed": (feed_with(GZIP), "warning", "compressed to those", "Let the proxy compress only"),
    "no 304": (when(lambda it: "If-None-Match" in it.headers, 200), "warning", "instead of 304", PROXY),
    "no HEAD": (when(lambda it: it.method == "HEAD", 405), "warning", "HEAD gets 405", "Let HEAD pass"),
    "no Vary": (
        when(asks_for("gzip"), 200, BODY, ETag='"x"', **GZIP),
        *("warning", "lack Vary", "Have the proxy add Vary"),
    ),
    "one tag": (
        when(asks_for("gzip"), 200, BODY, ETag='"abc"', Vary="Accept-Encoding", **GZIP),
        *("warning", "same strong ETag", "Leave compression to the service"),
    ),
    "no 404": (when(lambda it: "no-such-feed" in it.url.path, 200), "warning", "instead of 404", PROXY),
    "robots": (
        answers("/robots.txt", 200, b"User-agent: *\nDisallow: /"),
        *("failure", "keeps Google's calendar out", "Allow /orgs/"),
    ),
    "notices": (
        when(lambda it: it.url.path.startswith("/webhooks/"), 403),
        *("warning", "change notices is closed: it gets 403", "Let POST pass"),
    ),
    "robots fail": (answers("/robots.txt", 502), "failure", "ban on everything", "Lead /robots.txt"),
    "http lost": (answers(FEED, 404, scheme="http"), "failure", "answers 404", TO_HTTPS),
    "http home": (answers(FEED, 308, scheme="http", Location=f"{URL}/"), "failure", "same path", TO_HTTPS),
    "http 302": (
        answers(FEED, 302, scheme="http", Location=f"{URL}{FEED}?lang=en"),
        *("warning", "by 302", TO_HTTPS),
    ),
    "http open": (answers(FEED, 200, BODY, scheme="http"), "warning", "unencrypted", TO_HTTPS),
}


@pytest.mark.parametrize("name", FAULTS)
async def test_a_fault_is_named_with_its_cure(name: str) -> None:
    change, level, said, cure = FAULTS[name]

    (fault,) = faults(await remarks(altered(well, change)))

    assert (fault.level, said in fault.sentence) == (level, True), fault
    assert fault.cure.startswith(cure)


async def test_a_missing_robots_file_bans_nobody() -> None:
    found = await remarks(altered(well, answers("/robots.txt", 404)))

    assert faults(found) == []


async def test_a_proxy_that_gives_no_maximum_age_at_all_but_none_to_keep_is_fine() -> None:
    found = await remarks(altered(well, feed_with({"Cache-Control": "no-store"})))

    assert faults(found) == []


async def test_nobody_at_home_on_this_machine_is_no_failure() -> None:
    found = await remarks(unreachable("[Errno 111] Connection refused"), url="http://localhost:8000")

    assert [(remark.level, remark.cure.split(";")[0]) for remark in found] == [
        ("warning", "Start amilia-feeds serve")
    ]


async def test_a_refused_certificate_is_told_from_a_closed_port() -> None:
    found = await remarks(unreachable("[SSL: CERTIFICATE_VERIFY_FAILED] certificate has expired"))

    assert found[0].cure == "Renew or complete the certificate: calendars refuse it, too."


async def test_an_address_without_encryption_is_named() -> None:
    url = URL.replace("https", "http")

    async def plainly(request: httpx.Request) -> httpx.Response:
        secure = request.url.copy_with(scheme="https")
        return await well(httpx.Request(request.method, secure, headers=request.headers))

    (fault,) = faults(await remarks(plainly, url=url))

    assert fault.sentence.startswith(f"{url} is not https")


@pytest.mark.parametrize(("days", "level"), [(60, "ok"), (6, "warning"), (-2, "failure")])
async def test_the_end_of_the_certificate_is_told(days: int, level: str) -> None:
    end = NOW + timedelta(days=days)
    until = f"{end:%b %d %H:%M:%S %Y} GMT"

    def change(_request: httpx.Request, response: httpx.Response) -> httpx.Response:
        response.extensions["network_stream"] = Wire({"notAfter": until})
        return response

    found = await remarks(altered(well, change))

    (certificate,) = [remark for remark in found if remark.subject == "certificate"]
    assert (certificate.level, end.date().isoformat() in certificate.sentence) == (level, True)


class Wire:
    """A connection under TLS, as httpcore shows it."""

    def __init__(self, certificate: Mapping[str, str]) -> None:
        self.certificate = certificate

    def get_extra_info(self, _name: str) -> Any:
        return self

    def getpeercert(self) -> Mapping[str, str]:
        return self.certificate
