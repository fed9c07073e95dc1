"""The framed page by itself: without scripts, by keyboard, narrow and dark, for people who cannot see it."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visit
from tests.browser.presence import AXE
from tests.browser.site import Site

VIEWS = ("agenda", "month", "week", "places", "button")


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 A and AA, and its best practices."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: Any = page.evaluate("axe.run().then(it => it.violations)")
    return [f"{it['id']}: {node['html']}" for it in found for node in it["nodes"]]


@pytest.mark.parametrize(
    ("width", "scheme", "query"),
    [
        (1100, "light", "lang=en"),
        (320, "dark", "lang=fr"),
        (760, "light", "lang=fr&background=204060&accent=ffd800&text=777777"),
    ],
)
def test_every_view_is_accessible(
    browser: Browser, site: Site, *, width: int, scheme: Any, query: str
) -> None:
    found = {}
    with browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True
    ) as context:
        page = context.new_page()
        for view in VIEWS:
            page.goto(f"{site.page}/embed?view={view}&{query}")
            page.locator("summary").first.click()
            found[view] = violations(page)

    assert found == {view: [] for view in VIEWS}


@pytest.mark.parametrize("view", VIEWS)
def test_nothing_is_wider_than_the_frame(visit: Visit, site: Site, view: str) -> None:
    page = visit(f"{site.page}/embed?view={view}", viewport={"width": 320, "height": 600})

    for width in (320, 500, 710, 760, 1160, 1280):
        page.set_viewport_size({"width": width, "height": 600})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("view", ["month", "week", "places"])
def test_a_narrow_frame_shows_a_list_of_all_that_a_wide_one_shows(
    visit: Visit, site: Site, view: str
) -> None:
    address = f"{site.page}/embed?view={view}&day=2026-11-28"
    wide = visit(address, viewport={"width": 1280, "height": 900})
    narrow = visit(address, viewport={"width": 320, "height": 900})

    shown = [it.locator(".box > summary:visible").count() for it in (wide, narrow)]

    assert shown[0] == shown[1] > 3
    assert wide.locator(".view").evaluate("it => it.offsetHeight") != narrow.locator(".view").evaluate(
        "it => it.offsetHeight"
    )


def test_everything_works_without_scripts(browser: Browser, site: Site) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{site.page}/embed?lang=en&view=month")

        page.get_by_role("link", name="Later").click()
        expect(page.get_by_role("heading", name="December 2026")).to_be_visible()
        page.get_by_role("link", name="Today").click()
        expect(page.get_by_role("heading", name="November 2026")).to_be_visible()
        page.get_by_role("link", name="Week").click()
        expect(page.get_by_role("heading", name="Nov 22–28, 2026")).to_be_visible()
        page.locator(".box summary").first.click()
        expect(page.locator(".box .facts").first).to_be_visible()


def test_events_open_and_close_by_keyboard(visit: Visit, site: Site) -> None:
    page = visit(f"{site.page}/embed?lang=en&view=month", viewport={"width": 1000, "height": 900})
    box = page.locator(".box").first

    box.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(box.locator(".facts")).to_be_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.facts') !== null")
    box.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(box.locator(".facts")).to_be_hidden()


def test_what_is_opened_lies_over_its_neighbours_and_inside_the_frame(visit: Visit, site: Site) -> None:
    page = visit(f"{site.page}/embed?lang=en&view=month", viewport={"width": 1000, "height": 2000})
    for column in (1, 4, 7):
        box = page.locator(f"td:nth-child({column}) .box").first
        box.locator("summary").click()

        found = box.locator(".facts").bounding_box()

        assert found is not None
        assert 0 <= found["x"] <= found["x"] + found["width"] <= 1000
        assert found["width"] > 200


def test_one_opened_event_closes_the_one_before(visit: Visit, site: Site) -> None:
    page = visit(f"{site.page}/embed?view=month", viewport={"width": 1000, "height": 900})

    page.locator(".box summary").nth(0).click()
    page.locator("td:nth-child(7) .box summary").first.click()

    assert page.locator(".box[open]").count() == 1


def test_hours_stand_at_their_height_in_a_week(visit: Visit, site: Site) -> None:
    page = visit(f"{site.page}/embed?view=week&lang=en", viewport={"width": 1280, "height": 900})

    later = page.locator(".week .column:nth-child(3) .box summary").all()
    tops = [it.evaluate("it => it.getBoundingClientRect().top") for it in later]
    rule = page.locator(".week .column:nth-child(3) .rule").first.evaluate(
        "it => it.getBoundingClientRect().top"
    )

    assert tops == sorted(tops)
    assert all(top >= rule for top in tops)
    lines = page.locator(".week .column").evaluate_all(
        "all => all.map(it => it.querySelectorAll('.rule')[3].getBoundingClientRect().top)"
    )
    assert max(lines) - min(lines) < 1  # an hour is at one height in all columns


def test_a_page_out_of_a_cache_marks_the_day_that_it_really_is(visit: Visit, site: Site) -> None:
    page = visit("about:blank")
    # Half past midnight on 24 November in Toronto, while it is still the 23rd further west.
    page.clock.set_fixed_time("2026-11-24T05:30:00Z")

    page.goto(f"{site.page}/embed?view=month&lang=en")

    expect(page.locator("[aria-current='date']")).to_have_attribute("data-day", "2026-11-24")


def test_the_button_offers_calendars_and_the_page(visit: Visit, site: Site) -> None:
    page = visit(f"{site.page}/embed?view=button&lang=en&programId=1")
    page.locator("summary").click()

    hrefs: Any = page.locator(".menu a").evaluate_all("all => all.map(it => it.href)")

    host = site.origin.partition("://")[2]
    assert hrefs[0] == f"webcal://{host}/orgs/forest-explorers/calendar.ics?programId=1&lang=en"
    assert hrefs[-1] == f"{site.page}?programId=1&lang=en"
    assert any(it.startswith("https://calendar.google.com/calendar/u/0/r?cid=webcal") for it in hrefs)


def test_on_paper_there_is_the_schedule_and_no_button(visit: Visit, site: Site) -> None:
    page = visit(f"{site.page}/embed?view=week")
    page.emulate_media(media="print")

    expect(page.locator(".pager")).to_be_hidden()
    expect(page.locator(".foot .button")).to_be_hidden()
    expect(page.locator(".box").first).to_be_visible()
    assert page.pdf().startswith(b"%PDF")
