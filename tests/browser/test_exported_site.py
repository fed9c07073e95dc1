"""The exported site in a browser: an ordinary server of files, and a club's site that shows its widget."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import expect

from app.cli.exporting.folder import Folder
from app.simulator.forest import FOREST
from tests.browser.club_site import club_site
from tests.browser.conftest import Visit
from tests.browser.presence import ensured
from tests.cli.export_stage import Stage

PLACE = "calendars"
"""The folder of the host that the site is in, as project pages are."""


class Quiet(SimpleHTTPRequestHandler):
    """Python's own server of files, without its log."""

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A site that is served where it says it is, by a server that knows nothing of it."""
    ensured()
    host = tmp_path_factory.mktemp("host")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(host)))
    stage = Stage(host, base=f"http://127.0.0.1:{server.server_address[1]}/{PLACE}")
    with ThreadPoolExecutor(1) as aside:  # the browser's own loop runs in this thread
        aside.submit(asyncio.run, stage.export(folder=Folder(host / PLACE))).result()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield stage
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)


def test_visitor_goes_from_the_first_page_to_a_programme_in_english(exported: Stage, visit: Visit) -> None:
    page = visit(f"{exported.base}/")

    page.locator("nav.quick a[href*='programs/']").first.click()
    page.locator("nav.languages a").click()

    assert "/en/programs/" in page.url
    assert page.locator("html").get_attribute("lang") == "en"
    assert "/en/programs/" in page.locator("#feed").input_value()
    assert page.request.get(page.locator("#feed").input_value()).body().startswith(b"BEGIN:VCALENDAR")


def test_visitor_turns_the_months_and_copies_the_address(exported: Stage, visit: Visit) -> None:
    page = visit(f"{exported.base}/orgs/{FOREST.slug}/")

    page.locator("nav.tabs a").last.click()
    page.locator("a.step[rel=next]").click()
    page.locator(".address [data-copy]").click()

    assert page.url.endswith("/month/2026-12.html")
    expect(page.locator("#said")).not_to_be_empty()  # the clipboard answers when it can


def test_widget_of_an_exported_site_shows_in_a_page_of_another(exported: Stage, visit: Visit) -> None:
    origin = exported.base.removesuffix(f"/{PLACE}")
    with club_site(origin) as club:
        page = visit(
            club.put(
                "/",
                f'<script src="{exported.base}/embed.js" async></script>'
                f'<amilia-calendar org="{FOREST.slug}" programId="{exported.programs[0]}" lang="en" '
                'view="month" theme="dark" loading="eager"><a href="/">Calendar</a></amilia-calendar>',
            )
        )
        frame = page.frame_locator("iframe")

        frame.locator("table.month").wait_for()
        assert frame.locator("html").get_attribute("data-theme") == "dark"
        assert frame.locator("html").get_attribute("lang") == "en"
        page.wait_for_function(
            "document.querySelector('amilia-calendar').getBoundingClientRect().height > 200"
        )

        frame.locator("nav.views a").first.click()
        frame.locator(".agenda").wait_for()
        assert frame.locator("html").get_attribute("data-theme") == "dark"


def test_widget_falls_back_to_its_link_for_a_selection_that_has_no_file(
    exported: Stage, visit: Visit
) -> None:
    origin = exported.base.removesuffix(f"/{PLACE}")
    with club_site(origin) as club:
        page = visit(
            club.put(
                "/",
                f'<script src="{exported.base}/embed.js" async></script>'
                f'<amilia-calendar org="{FOREST.slug}" weekday="sat"><a href="/">It</a></amilia-calendar>',
            )
        )

        page.get_by_role("link", name="It").wait_for()
        assert page.locator("iframe").count() == 0
