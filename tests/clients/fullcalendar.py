"""FullCalendar on a club's own page, in Chromium: the feed is of another origin, so CORS decides."""

import functools
import threading
from dataclasses import replace
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import httpx

from tests.clients.client import Client, RefreshFailed, absent, first_day, said_by
from tests.clients.club import ZONE
from tests.clients.processes import Program, eventually, free_port, machine
from tests.clients.sightings import Published, Sighting, repeated, venue
from tests.clients.webdriver import WebDriver

_SITE: Final = Path(__file__).with_name("browser")
_CHROMIUM: Final = "/usr/bin/chromium"
_ARGUMENTS: Final = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"),
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


class Chromium:
    """A browser with a profile of its own and a club's website to look at; nothing else can be reached."""

    def __init__(self, home: Path, log: Path, zone: str) -> None:
        port = free_port()
        self._driver = Program(["chromedriver", f"--port={port}"], env=machine(home, zone), log=log)
        self._site = _Site(("127.0.0.1", 0), functools.partial(_Pages, directory=str(_SITE)))
        threading.Thread(target=self._site.serve_forever, args=(0.02,), daemon=True).start()
        try:
            eventually(lambda: _ready(port), "chromedriver answers", 60)
            arguments = [*_ARGUMENTS, f"--user-data-dir={home / 'profile'}"]
            self.window = WebDriver(port, binary=_CHROMIUM, arguments=arguments)
        except BaseException:
            self._stop()
            raise

    def site(self, page: str) -> str:
        """The address of a page of the club's website."""
        return f"http://127.0.0.1:{self._site.server_address[1]}/{page}"

    def close(self) -> None:
        try:
            self.window.close()
        finally:
            self._stop()

    def _stop(self) -> None:
        self._site.shutdown()
        self._site.server_close()
        self._driver.stop()


class FullCalendar(Client):
    name = "fullcalendar"
    title = "FullCalendar in Chromium"
    zone = "Europe/Paris"
    packages = ("chromium", "chromium-driver")
    shows_state = False
    manner = (
        "Shows the club's wall clock wherever the visitor is, because its plugin drops the zone of a time. "
        "Does not know STATUS: the mark in the title tells of a cancellation. Each look is a new visitor's; "
        "who comes back within `max-age` reads what the browser kept."
    )
    when_away = "blank"
    when_cut = "blank"

    def __init__(self, home: Path, logs: Path) -> None:
        super().__init__(home, logs)
        self._browser: Chromium | None = None
        self._page = ""

    @classmethod
    def missing(cls) -> str:
        sentence = absent(cls.title, cls.packages, _CHROMIUM, "chromedriver")
        if sentence:
            return sentence
        return (
            ""
            if (_SITE / "node_modules/fullcalendar").exists()
            else f"{cls.title} is missing: npm ci --prefix {_SITE}"
        )

    @classmethod
    def version(cls) -> str:
        return said_by(_CHROMIUM, "--version").split()[1]

    def subscribe(self, url: str) -> None:
        self._browser = Chromium(self.home, self.log, self.zone)
        # Each look is a new visitor's: what the browser remembers of the feed is another test's subject.
        self._browser.window.devtools("Network.enable")
        self._browser.window.devtools("Network.setCacheDisabled", cacheDisabled=True)
        query = urlencode({"feed": url, "from": first_day().isoformat()})
        self._page = self._browser.site(f"page.html?{query}")
        self.refresh()

    def would_show(self, event: Published) -> Sighting:
        """By the club's wall clock, wherever the visitor is: the plugin drops the zone of a time.

        Hours that the club's clock shows twice are published in UTC, and shown by the visitor's clock.
        """
        if repeated(event.start, ZONE) or repeated(event.end, ZONE):
            return super().would_show(event)
        there = event.seen_in(ZONE)
        return replace(super().would_show(event), start=there.start, end=there.end)

    def refresh(self) -> None:
        self._opened().window.go(self._page)
        outcome = eventually(lambda: self._look()["outcome"], "the page has asked for the feed", 60)
        if outcome != "loaded":
            raise RefreshFailed(outcome)

    def seen(self) -> list[Sighting]:
        looked = self._look()
        return sorted(
            Sighting(event["start"], event["end"], event["title"], venue(event["place"]))
            for event in looked["events"]
        )

    def drawn(self) -> dict[str, str]:
        """The titles on the page, and the lines through or under them."""
        return dict(self._look()["drawn"])

    def close(self) -> None:
        if self._browser is not None:
            self._browser.close()
            self._browser = None

    def _look(self) -> dict[str, Any]:
        looked: dict[str, Any] = self._opened().window.run("return seen();")
        return looked

    def _opened(self) -> Chromium:
        if self._browser is None:
            raise RuntimeError("subscribe first")
        return self._browser


class _Site(ThreadingHTTPServer):
    daemon_threads = True


class _Pages(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name that http.server gives
        """Nobody reads the log of a club's website here."""


def _ready(port: int) -> bool:
    try:
        return bool(httpx.get(f"http://127.0.0.1:{port}/status", trust_env=False).json()["value"]["ready"])
    except httpx.TransportError:
        return False
