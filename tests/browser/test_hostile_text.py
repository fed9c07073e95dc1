"""A real browser, with script and all, runs nothing that stands in Amilia's texts and asks nobody else."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, TypeAlias

import httpx
import pytest
from anyio.from_thread import start_blocking_portal
from playwright.sync_api import Browser, Route

from tests.security.hostile import CLUB, Amilia, attacked
from tests.support.fakes import FakeClock
from tests.support.service import PUBLIC_URL

Ask: TypeAlias = Callable[[str], httpx.Response]

PAGES: Final = (
    CLUB,
    f"{CLUB}?view=week&day=2026-11-24",
    f"{CLUB}?view=month",
    f"{CLUB}/embed",
    f"{CLUB}/embed?view=month",
    f"{CLUB}/embed?view=places&day=2026-11-24",
    f"{CLUB}/calendar.json",
    f"{CLUB}/changes.atom",
    f"{CLUB}/qr.svg",
)


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Asks the service of a club whose texts are hostile."""
    started = attacked(Path(tmp_path_factory.mktemp("hostile")), Amilia(), FakeClock())
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(started) as client:

        def asking(path: str) -> httpx.Response:
            answer: httpx.Response = portal.call(client.get, path)
            return answer

        yield asking


@pytest.mark.parametrize("path", PAGES)
def test_nothing_of_theirs_runs_and_nobody_else_is_asked(browser: Browser, ask: Ask, path: str) -> None:
    elsewhere: list[str] = []
    dialogs: list[str] = []

    def respond(route: Route) -> None:
        address = route.request.url
        if not address.startswith(PUBLIC_URL):
            elsewhere.append(address)
            route.abort()
            return
        answer = ask(address.removeprefix(PUBLIC_URL))
        headers = {name: value for name, value in answer.headers.items() if name != "content-encoding"}
        route.fulfill(status=answer.status_code, headers=headers, body=answer.content)

    context = browser.new_context(locale="fr-CA")
    context.route("**/*", respond)
    page = context.new_page()
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    page.goto(PUBLIC_URL + path)
    for opened in page.locator("details > summary").all()[:12]:
        opened.evaluate("it => it.parentElement.open = true")
    found: dict[str, Any] = page.evaluate("""() => ({
        pwned: typeof window.pwned,
        handlers: [...document.querySelectorAll("*")].flatMap(
            it => [...it.attributes].map(a => a.name).filter(name => name.startsWith("on"))),
        schemes: [...new Set([...document.querySelectorAll("[href],[src]")].map(
            it => new URL(it.getAttribute("href") ?? it.getAttribute("src"), location).protocol))],
        cookies: document.contentType === "text/html" ? document.cookie : "",
    })""")
    context.close()

    schemes = set(found.pop("schemes")) - {"http:", "https:", "webcal:", "mailto:", "about:"}
    assert (found, schemes) == ({"pwned": "undefined", "handlers": [], "cookies": ""}, set())
    assert (elsewhere, dialogs) == ([], [])
