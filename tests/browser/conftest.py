"""One browser and one service for all tests of this folder; each test gets a visitor of its own."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.presence import CHROMIUM, SWITCHES, ensured
from tests.browser.site import Site, serving

Visit: TypeAlias = Callable[..., Page]

PATIENCE_MS = 10_000


@pytest.fixture(scope="package")  # while it lives, its event loop keeps others from running in this process
def browser() -> Iterator[Browser]:
    ensured()
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(SWITCHES))
        yield launched
        launched.close()


@pytest.fixture(scope="package")  # its thread draws lots, which would disturb the draws of property tests
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The service that most tests look at; those that change the world start one of their own."""
    ensured()
    with serving(tmp_path_factory.mktemp("site")) as started:
        yield started


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """Opens a page for a new visitor, whose browser ``options`` are those of ``Browser.new_context``.

    The test fails for any error or complaint on the console, a breach of the page's policy among them, but
    for those that contain a word of ``ignoring``.
    """
    contexts = []
    complaints: list[str] = []

    def visiting(address: str, *, ignoring: Sequence[str] = (), **options: Any) -> Page:
        context = browser.new_context(**{"locale": "fr-CA", "timezone_id": "America/Toronto", **options})
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()

        def complain(text: str) -> None:
            if not any(word in text for word in ignoring):
                complaints.append(text)

        page.on("console", lambda it: complain(it.text) if it.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: complain(str(error)))
        page.goto(address)
        return page

    yield visiting
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture(scope="session")
def artefacts() -> Path:
    """Where screenshots go; kept with the run, ignored by git."""
    folder = Path(__file__).parents[2] / "test-artefacts" / "browser"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
