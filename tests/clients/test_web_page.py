"""A club's own page in a real browser: what CORS lets it read, and what the browser keeps."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import pytest

from tests.clients.client import first_day
from tests.clients.club import FEED, Club, at
from tests.clients.fullcalendar import Chromium, FullCalendar
from tests.clients.presence import installed
from tests.clients.processes import eventually
from tests.clients.proxy import RecordingProxy

JSON: Final = "/orgs/forest-explorers/calendar.json"

_ASK_AGAIN = """
    const first = await fetch(arguments[0]);
    const again = await fetch(arguments[0], {
        headers: {"If-None-Match": first.headers.get("ETag")}, cache: "no-store",
    });
    return [first.status, again.status, first.headers.get("ETag") == again.headers.get("ETag"),
            first.headers.get("Last-Modified") != null, (await again.text()).length];
"""
_TITLES = """
    const body = await (await fetch(arguments[0])).text();
    return body.split("\\r\\n").filter(line => line.startsWith("SUMMARY:"));
"""


@pytest.fixture
def browser(tmp_path: Path, logs: Path) -> Iterator[Chromium]:
    installed(FullCalendar)
    chromium = Chromium(tmp_path, logs / "chromium.log", "America/Toronto")
    try:
        chromium.window.go(chromium.site("page.html"))
        yield chromium
    finally:
        chromium.close()


@pytest.fixture
def proxy(centre: Club) -> Iterator[RecordingProxy]:
    with RecordingProxy(centre.port) as between:
        yield between


def test_a_page_of_another_origin_may_ask_whether_the_feed_has_changed(
    browser: Chromium, proxy: RecordingProxy
) -> None:
    outcome = browser.window.run(_ASK_AGAIN, proxy.address + FEED)

    assert [200, 304, True, True, 0] == outcome
    assert ["GET 200", "OPTIONS 204", "GET 304"] == [str(exchange) for exchange in proxy.exchanges()]


def test_a_visitor_who_comes_back_within_minutes_reads_what_the_browser_kept(
    browser: Chromium, tmp_path: Path, logs: Path
) -> None:
    """``max-age`` spares the club a request per page view; the price is that an embed trails by as much."""
    (tmp_path / "club").mkdir()
    with Club(tmp_path / "club", logs, events=60) as club, RecordingProxy(club.port) as proxy:
        event = club.add("Aquaforme", at(club.today, 23), place="Gymnase double")
        before = browser.window.run(_TITLES, proxy.address + FEED)
        club.await_published(lambda: club.cancel(event))
        after = browser.window.run(_TITLES, proxy.address + FEED)
        asked = [str(exchange) for exchange in proxy.exchanges()]

    assert ["SUMMARY:Aquaforme"] == before == after
    assert ["GET 200"] == asked


def test_fullcalendar_draws_what_is_cancelled_like_anything_else_but_for_the_mark(
    tmp_path: Path, logs: Path
) -> None:
    installed(FullCalendar)
    (tmp_path / "club").mkdir()
    with Club(tmp_path / "club", logs, events=60) as club, FullCalendar(tmp_path, logs) as visitor:
        club.add("Plongeon", at(club.today, 17), place="Gymnase double")
        club.cancel(club.add("Aquaforme", at(club.today, 18), place="Gymnase double"))
        visitor.subscribe(club.url + FEED)

        drawn = visitor.drawn()

    assert {"Plongeon": "none", "Annulé : Aquaforme": "none"} == drawn


def test_fullcalendar_reads_the_json_of_another_origin_without_any_plugin(
    browser: Chromium, centre: Club
) -> None:
    told = [event for event in centre.get(JSON).json() if event["start"][:10] >= str(first_day())]
    query = urlencode({"feed": centre.url + JSON, "format": "json", "from": str(first_day())})

    browser.window.go(browser.site(f"page.html?{query}"))
    looked = eventually(lambda: _loaded(browser), "the page has read the events", 60)

    drawn = {(event["title"], event["start"], event["place"], *event["styles"]) for event in looked["events"]}
    assert drawn
    assert drawn == {
        (
            event["title"],
            event["start"][: 10 if event["allDay"] else 16].replace("T", " "),
            (event["extendedProps"]["place"] or {"name": ""})["name"],
            *event["classNames"],
        )
        for event in told
    }


def _loaded(browser: Chromium) -> dict[str, Any] | None:
    looked: dict[str, Any] = browser.window.run("return seen();")
    return looked if looked["outcome"] == "loaded" and looked["events"] else None
