"""The subscribe page in a real browser: choosing, looking, subscribing, on a phone and on a desktop."""

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import zxingcpp
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visit
from tests.browser.devices import DESKTOP, DEVICES, PHONE
from tests.browser.pixels import grey
from tests.browser.site import PAGE, Site, serving


def feed(page: Page) -> str:
    """The address that the page offers to copy."""
    return page.locator("#feed").input_value()


def coming(page: Page) -> int:
    return int(re.sub(r"\D", "", page.locator("#count").inner_text()))


def test_choosing_changes_count_address_and_preview_without_leaving_the_page(
    site: Site, visit: Visit
) -> None:
    page = visit(f"{site.page}?lang=en", **DESKTOP)
    page.evaluate("window.stayed = true")
    before = coming(page)

    page.get_by_role("checkbox", name="Yoga").check()
    expect(page.locator("#take-title")).to_have_text("Forest Explorers – Yoga")
    page.locator("#fold-weekday summary").click()
    page.get_by_role("checkbox", name="Tuesday").check()
    expect(page.locator(".chip")).to_have_count(2)

    assert page.evaluate("window.stayed") is True
    assert 0 < coming(page) < before
    query = parse_qs(urlsplit(page.url).query)
    assert (query["weekday"], query["lang"]) == (["tue"], ["en"])
    assert feed(page).startswith(f"{site.page}/calendar.ics?categoryId=")
    assert parse_qs(urlsplit(feed(page)).query) == query
    titles = set(page.locator(".look .title").all_inner_texts())
    assert titles
    assert all("yoga" in title.lower() for title in titles)
    assert page.locator("#fold-weekday .badge").inner_text() == "1"
    assert page.locator("#said").inner_text() == page.locator("#count").inner_text()


def test_what_was_chosen_is_taken_back_by_its_chip_and_by_the_browsers_back(site: Site, visit: Visit) -> None:
    page = visit(f"{site.page}?lang=en&weekday=tue&q=yoga", **DESKTOP)

    page.get_by_role("link", name="Remove: Tuesday").click()
    expect(page.locator(".chip")).to_have_count(1)
    unticked = page.locator("#weekday-tue").is_checked()
    page.go_back()
    expect(page.locator(".chip")).to_have_count(2)

    assert unticked is False
    assert page.locator("#weekday-tue").is_checked()
    assert page.locator("#q").input_value() == "yoga"


def test_words_are_looked_for_while_they_are_written(site: Site, visit: Visit) -> None:
    page = visit(f"{site.page}?lang=en", **DESKTOP)

    page.locator("#q").press_sequentially("pottery", delay=5)
    expect(page.locator(".chip")).to_have_text("Remove: “pottery”")

    assert page.locator("#q").input_value() == "pottery"
    assert page.evaluate("document.activeElement.id") == "q"
    assert "q=pottery" in feed(page)


def test_a_long_list_is_folded_and_can_be_searched(site: Site, visit: Visit) -> None:
    page = visit(f"{site.page}?lang=en", **DESKTOP)

    page.locator("#fold-programId > summary").click()
    page.locator("#fold-programId .sift").fill("été aquat")
    none = page.locator("#fold-programId .pill:visible").count()
    page.locator("#fold-programId .sift").fill("aquat summer")
    found = page.locator("#fold-programId .pill:visible").all_inner_texts()

    assert none == 0
    assert [re.sub(r"\s+\d+$", "", text) for text in found] == ["Aquatics – Summer 2027"]


@pytest.mark.parametrize("view", ["Week", "Month"])
def test_other_views_show_the_same_selection(site: Site, visit: Visit, view: str) -> None:
    page = visit(f"{site.page}?lang=en&q=swim", **DESKTOP)

    page.get_by_role("navigation", name="View").get_by_role("link", name=view).click()
    expect(page.locator(".tabs [aria-current]")).to_have_text(view)
    page.get_by_role("link", name="Later").click()
    page.wait_for_url("**day=*")

    titles = set(page.locator(".look .title").all_inner_texts())
    assert titles
    assert all("swim" in title.lower() for title in titles)


def test_a_view_outlasts_the_next_choice_and_a_window_its_chip(site: Site, visit: Visit) -> None:
    page = visit(f"{site.page}?lang=en&futureDays=90", **DESKTOP)

    page.get_by_role("navigation", name="View").get_by_role("link", name="Month").click()
    expect(page.locator(".month")).to_have_count(1)
    page.get_by_role("checkbox", name="Yoga").check()
    expect(page.locator(".chip")).to_have_count(2)
    both = urlsplit(page.url).query
    page.get_by_role("link", name="days ahead").click()
    expect(page.locator(".chip")).to_have_count(1)
    page.get_by_role("checkbox", name="Pottery").check()
    expect(page.locator(".chip")).to_have_count(2)

    assert ("view=month" in both, "futureDays=90" in both) == (True, True)
    assert ("view=month" in page.url, "futureDays" in page.url) == (True, False)


@pytest.mark.parametrize("device", DEVICES)
def test_the_first_button_is_the_right_one_for_the_device(site: Site, visit: Visit, device: str) -> None:
    agent, kind = DEVICES[device]
    page = visit(f"{site.page}?lang=en&weekday=sat", user_agent=agent)

    button = page.locator(".ways .strong:visible")
    expect(button).to_have_count(1)
    bare = site.origin.partition("://")[2]
    query = "weekday=sat&lang=en"
    match kind:
        case "webcal":
            assert button.get_attribute("href") == f"webcal://{bare}{PAGE}/calendar.ics?{query}"
        case "copy":
            assert button.get_attribute("data-copy") == f"webcal://{bare}{PAGE}/calendar.ics?{query}"
        case "google":
            address = button.get_attribute("href") or ""
            (cid,) = parse_qs(urlsplit(address).query)["cid"]
            assert cid == f"webcal://{bare}{PAGE}/calendar.ics?{query}&cancelled=show"
        case _:
            assert kind == "send"
            assert f"{PAGE}%3Fweekday%3Dsat" in (button.get_attribute("href") or "").replace("%2F", "/")


def test_a_phone_gets_to_the_button_for_its_choice_in_two_taps(site: Site, visit: Visit) -> None:
    page = visit(f"{site.page}?lang=en", **PHONE)

    page.get_by_role("checkbox", name="Yoga").tap()
    expect(page.locator("#take-title")).to_have_text("Forest Explorers – Yoga")
    page.get_by_role("link", name="Subscribe", exact=True).first.tap()

    expect(page.locator(".ways .ios .strong")).to_be_in_viewport()


def test_the_address_is_copied_by_its_button(site: Site, visit: Visit, browser: Browser) -> None:
    page = visit(
        f"{site.page}?lang=en&weekday=sat", permissions=["clipboard-read", "clipboard-write"], **DESKTOP
    )

    page.locator(".address").get_by_role("button", name="Copy").click()
    expect(page.locator(".address button")).to_have_text("Copied")

    assert page.evaluate("navigator.clipboard.readText()") == feed(page)
    expect(page.locator(".address button")).to_have_text("Copy")


def test_the_code_on_the_page_leads_a_phone_to_this_very_page(site: Site, visit: Visit) -> None:
    page = visit(f"{site.page}?lang=en&weekday=sat&q=École", **DESKTOP)

    image = page.locator(".qr img")
    image.scroll_into_view_if_needed()
    expect(image).to_have_js_property("complete", value=True)
    (code,) = zxingcpp.read_barcodes(grey(page, image.screenshot()))

    assert code.text == f"{site.page}?q=ecole&weekday=sat&lang=en"


@pytest.mark.parametrize(
    "query", ["", "?weekday=sat&lang=en", f"?programId={','.join(map(str, range(21000, 21190)))}"]
)
def test_the_code_of_a_selection_is_read_as_its_subscription_address(
    site: Site, visit: Visit, query: str
) -> None:
    page = visit(f"{site.origin}{PAGE}/qr.svg{query}", viewport={"width": 900, "height": 900})

    (code,) = zxingcpp.read_barcodes(grey(page, page.screenshot()))

    assert code.text == f"webcal://{site.origin.partition('://')[2]}{PAGE}/calendar.ics{query}"


def test_without_javascript_everything_works_by_button_and_links(site: Site, visit: Visit) -> None:
    page = visit(f"{site.page}?lang=en", java_script_enabled=False, **DESKTOP)

    hidden = page.locator(".scripted:visible").count()
    page.get_by_role("checkbox", name="Yoga").check()
    page.get_by_role("button", name="Show").click()
    page.get_by_role("navigation", name="View").get_by_role("link", name="Month").click()
    page.locator("#all-calendars summary").click()

    assert hidden == 0
    assert page.locator("#take-title").inner_text() == "Forest Explorers – Yoga"
    assert page.locator(".month").count() == 1
    first = page.locator(".ways .strong:visible")
    assert first.count() == 1
    assert (first.get_attribute("href") or "").startswith("webcal://127.0.0.1:")
    assert page.locator("#all-calendars a:visible").count() >= 6


def test_the_language_changes_with_the_selection_kept(site: Site, visit: Visit) -> None:
    page = visit(f"{site.page}?weekday=sat", **DESKTOP)

    page.get_by_role("link", name="English").click()
    page.wait_for_url("**lang=en")

    assert page.locator("html").get_attribute("lang") == "en"
    expect(page.locator(".chip")).to_have_text("Remove: Saturday")
    assert page.get_by_role("link", name="Français").get_attribute("href") == f"{PAGE}?weekday=sat"


def test_the_keyboard_reaches_everything_and_shows_where_it_is(site: Site, visit: Visit) -> None:
    page = visit(f"{site.page}?lang=en", **DESKTOP)

    page.keyboard.press("Tab")
    skip = page.evaluate("document.activeElement.className")
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            """() => { const it = document.activeElement, pill = it.closest(".pill") ?? it;
            return [it.id || it.textContent.trim().slice(0, 20), getComputedStyle(pill).outlineStyle]; }"""
        )
        reached.append(seen)

    assert skip == "skip"
    assert {"solid"} == {outline for _, outline in reached}
    assert "q" in [name for name, _ in reached]
    assert "Google Calendar" in [name for name, _ in reached]


def test_a_choice_is_made_with_the_space_bar(site: Site, visit: Visit) -> None:
    page = visit(f"{site.page}?lang=en", **DESKTOP)

    page.get_by_role("checkbox", name="Yoga").focus()
    page.keyboard.press("Space")

    expect(page.locator("#take-title")).to_have_text("Forest Explorers – Yoga")
    assert page.evaluate("document.activeElement.name") == "categoryId"


def test_paper_gets_the_schedule_and_the_way_back(site: Site, visit: Visit, artefacts: Path) -> None:
    page = visit(f"{site.page}?lang=en&weekday=sat", **DESKTOP)

    page.emulate_media(media="print")
    printed = page.pdf(path=artefacts / "schedule.pdf", format="Letter")

    assert printed.startswith(b"%PDF")
    assert printed.count(b"/Type /Page\n") <= 3
    shown = page.locator("h1:visible, .day-name:visible, .qr img:visible")
    assert shown.count() > 3
    assert page.locator("form:visible, .ways:visible, nav:visible, .address:visible").count() == 0


def test_an_event_cancelled_at_amilia_is_seen_on_the_page(tmp_path: Path, visit: Visit) -> None:
    with serving(tmp_path, demonstration=True) as site:
        page = visit(f"{site.page}?lang=en&q=yoga", **DESKTOP)
        banner = page.locator(".banner a").get_attribute("href")
        title = page.locator(".look .title").first.inner_text()
        number = re.search(
            r"events/(\d+)\.ics", page.locator(".look .acts a[download]").first.get_attribute("href") or ""
        )
        assert number
        site.world.cancel(int(number[1]))
        site.clock.advance(minutes=11)
        page.reload()  # this visit finds the copy old and begins to fetch another
        for _ in range(50):
            if page.locator(".look s.title").count():
                break
            page.wait_for_timeout(100)
            page.reload()

    assert banner == f"{site.origin}/simulator/?org=forest-explorers&lang=en"
    assert page.locator(".look s.title").first.inner_text() == title
    assert page.locator(".look .word.cancelled").first.inner_text() == "Cancelled"
