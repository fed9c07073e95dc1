"""Draws the pictures of the README anew: `python -m tests.browser.pictures` writes docs/images/."""

import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, sync_playwright

from app.simulator.world import build_world
from tests.browser.devices import DESKTOP, DEVICES, PHONE
from tests.browser.presence import CHROMIUM, SWITCHES
from tests.browser.site import PAGE, Site, serving
from tests.support.service import TODAY

FOLDER: Final = Path(__file__).parents[2] / "docs" / "images"
PUBLIC_URL: Final = "https://calendars.example.org"
PICTURES: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "desktop": (f"{PAGE}?lang=en", {**DESKTOP, "user_agent": DEVICES["Mac Chrome"][0]}),
    "phone": (f"{PAGE}?q=nageur&weekday=sat#take", {**PHONE, "color_scheme": "dark"}),
}
"""By the name of the file: an address, and who looks at it."""


def draw(browser: Browser, site: Site, name: str) -> None:
    """Write one picture."""
    address, options = PICTURES[name]
    context = browser.new_context(locale="en-CA", **options)
    page = context.new_page()
    page.goto(site.origin + address, wait_until="networkidle")
    page.screenshot(path=FOLDER / f"{name}.png")
    context.close()


def main() -> None:
    """Draw them all."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    world = build_world(today=TODAY, events=900, seed=1)
    with (
        tempfile.TemporaryDirectory() as directory,
        serving(Path(directory), world=world, public_url=PUBLIC_URL) as site,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(SWITCHES))
        for name in PICTURES:
            draw(browser, site, name)
            sys.stdout.write(f"{FOLDER / name}.png\n")
        browser.close()


if __name__ == "__main__":
    main()
