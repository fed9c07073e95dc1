"""That everybody can use every page: in both languages, light and dark, on any width, by rules and by eye."""

from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visit
from tests.browser.presence import AXE
from tests.browser.site import PAGE, Site, serving

PATHS = {
    "agenda": f"{PAGE}?weekday=sat&q=nageur",
    "week": f"{PAGE}?view=week&weekday=sat",
    "month": f"{PAGE}?view=month&weekday=sat",
    "index": "/",
    "reference": "/docs",
    "error": "/orgs/forest-explorers?programId=x",
}
LANGS = ("fr", "en")
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDTHS = (320, 768, 1280)
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_UNFOLD = "(open) => { for (const it of document.querySelectorAll('details')) it.open = open; }"
_JUDGE = """async (standards) => {
  const runOnly = {type: "tag", values: standards};
  const {violations} = await axe.run(document, {runOnly, resultTypes: ["violations"]});
  return violations.map((it) => `${it.id}: ${it.help} ${it.nodes.map((node) => node.target).join(" | ")}`);
}"""


def address(site: Site, name: str, lang: str) -> str:
    path = PATHS[name]
    return f"{site.origin}{path}{'&' if '?' in path else '?'}lang={lang}"


def judged(page: Page) -> dict[str, list[str]]:
    """The rules that are broken, in either theme, on every width."""
    page.add_script_tag(path=AXE)
    found = {}
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        for width in WIDTHS:
            # What is folded is looked at where it is narrowest; it says the same everywhere.
            page.evaluate(_UNFOLD, width == WIDTHS[0])
            page.set_viewport_size({"width": width, "height": 900})
            broken = page.evaluate(_JUDGE, STANDARDS)
            wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            found[f"{theme} {width}"] = broken + ([f"{wider} pixels too wide"] if wider > 0 else [])
    return {where: broken for where, broken in found.items() if broken}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", PATHS)
def test_no_rule_of_accessibility_is_broken(
    site: Site, visit: Visit, artefacts: Path, name: str, lang: str
) -> None:
    ignoring = ["Failed to load resource"] if name == "error" else []
    page = visit(address(site, name, lang), ignoring=ignoring, bypass_csp=True, reduced_motion="reduce")
    for width in (WIDTHS[0], WIDTHS[-1]):
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=artefacts / f"{name}-{lang}-{width}.png", full_page=True)

    assert judged(page) == {}


def test_a_colour_that_nobody_could_read_is_made_readable(tmp_path: Path, visit: Visit) -> None:
    with serving(tmp_path, forest={"color": "#ffff00"}) as site:
        page = visit(f"{site.page}?weekday=sat&lang=en", bypass_csp=True, reduced_motion="reduce")
        page.wait_for_load_state("networkidle")
        broken = judged(page)

    assert broken == {}


def test_four_times_larger_nothing_is_lost_sideways(site: Site, visit: Visit) -> None:
    # 1280 pixels at 400 % are 320 (WCAG 2.2 §1.4.10); text alone, twice as large, is §1.4.4.
    page = visit(f"{site.page}?lang=fr&view=month", viewport={"width": 320, "height": 256})
    zoomed = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    enlarged = page.evaluate("document.documentElement.scrollWidth - innerWidth")

    assert (zoomed, enlarged) == (0, 0)


def test_who_wants_no_motion_sees_none(site: Site, visit: Visit) -> None:
    page = visit(site.page, reduced_motion="reduce")

    moving = page.evaluate(
        """() => [...document.querySelectorAll("*")].map((it) => getComputedStyle(it)).filter((it) =>
        it.transitionDuration !== "0s" || it.animationName !== "none").length"""
    )

    assert moving == 0
