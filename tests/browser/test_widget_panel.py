"""The panel that writes what a webmaster pastes, and that what it writes works on another site."""

from playwright.sync_api import Browser, Page, expect

from tests.browser.club_site import club_site
from tests.browser.conftest import Visit
from tests.browser.site import Site


def opened(visit: Visit, site: Site, query: str = "") -> Page:
    page = visit(f"{site.page}?lang=en{query}", permissions=["clipboard-read", "clipboard-write"])
    page.locator("#embed > summary").click()
    return page


def test_what_is_chosen_is_written_and_shown_at_once(visit: Visit, site: Site) -> None:
    page = opened(visit, site, "&q=yoga")

    page.get_by_role("combobox", name="View").select_option("month")
    page.get_by_role("combobox", name="Theme").select_option("dark")
    page.locator("[data-option=accent]").fill("#aa3300")

    element = page.get_by_label("Code to copy").input_value()
    frame = page.get_by_label("Where scripts are refused").input_value()
    assert ' q="yoga" lang="en" view="month" theme="dark" accent="aa3300">' in element
    assert (
        f'src="{site.page}/embed?q=yoga&amp;lang=en&amp;view=month&amp;theme=dark&amp;accent=aa3300"' in frame
    )
    preview = page.frame_locator(".embed-preview")
    expect(preview.get_by_role("heading", name="November 2026")).to_be_visible()
    expect(preview.locator("html")).to_have_attribute("data-theme", "dark")


def test_nothing_chosen_is_the_code_of_a_page_without_scripts(
    browser: Browser, visit: Visit, site: Site
) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        bare = context.new_page()
        bare.goto(f"{site.page}?lang=en")
        bare.locator("#embed > summary").click()
        written = [bare.locator(f"#embed-{kind}").input_value() for kind in ("element", "frame")]
        expect(bare.locator(".embed-options")).to_be_hidden()
    page = opened(visit, site)
    page.get_by_role("combobox", name="View").select_option("week")
    page.get_by_role("combobox", name="View").select_option("")

    assert [page.locator(f"#embed-{kind}").input_value() for kind in ("element", "frame")] == written


def test_the_preview_is_not_fetched_before_the_panel_is_opened(visit: Visit, site: Site) -> None:
    page = visit(site.page)

    assert [it.url for it in page.frames if "/embed" in it.url] == []


def test_the_copied_code_works_on_another_site(visit: Visit, site: Site) -> None:
    page = opened(visit, site)
    page.get_by_role("combobox", name="View").select_option("week")
    page.get_by_role("button", name="Copy the code").first.click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    code = page.evaluate("navigator.clipboard.readText()")

    with club_site(site.origin) as club:
        there = visit(club.put("/", code))

        expect(
            there.frame_locator("amilia-calendar iframe").get_by_role("heading", name="Nov 22–28")
        ).to_be_visible()


def test_the_code_follows_another_selection(visit: Visit, site: Site) -> None:
    page = opened(visit, site, "&weekday=sat")

    assert 'weekday="sat"' in page.locator("#embed-element").input_value()
    assert "weekday=sat" in page.locator("#embed-frame").input_value()
