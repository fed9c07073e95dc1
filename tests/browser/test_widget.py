"""The widget on a page of another site, under a policy that allows our scripts and frames only."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from tests.browser.club_site import ClubSite, club_site
from tests.browser.conftest import Visit
from tests.browser.site import PAGE, Site

ORG = PAGE.rpartition("/")[2]


@pytest.fixture
def club(site: Site) -> Iterator[ClubSite]:
    with club_site(site.origin) as started:
        yield started


def widget(site: Site, attributes: str = "", fallback: str = "") -> str:
    link = fallback or f'<a href="{site.page}">Our calendar</a>'
    return (
        f'<script src="{site.origin}/embed.js" async></script>'
        f'<amilia-calendar org="{ORG}" loading="eager" {attributes}>{link}</amilia-calendar>'
    )


def framed(page: Page, at: int = 0) -> FrameLocator:
    return page.locator("amilia-calendar").nth(at).frame_locator("iframe")


def height(page: Page, at: int = 0) -> float:
    """The height that the widget takes on the club's page."""
    box = page.locator("amilia-calendar").nth(at).bounding_box()
    assert box is not None
    return box["height"]


def inner_height(page: Page, at: int = 0) -> float:
    found: float = framed(page, at).locator("html").evaluate("it => it.getBoundingClientRect().height")
    return found


def address(page: Page, at: int = 0) -> str:
    found: str = (
        page.locator("amilia-calendar").nth(at).evaluate("it => it.shadowRoot.querySelector('iframe').src")
    )
    return found


def is_sized(page: Page, at: int = 0) -> None:
    """Wait until the widget is as high as what it shows."""
    expect(framed(page, at).locator("body")).to_be_visible()
    page.wait_for_function(
        "at => document.querySelectorAll('amilia-calendar')[at].shadowRoot.querySelector('iframe')"
        ".style.getPropertyValue('--height')",
        arg=at,
    )


def test_the_widget_shows_a_calendar_as_high_as_it_is_and_nothing_is_forbidden(
    visit: Visit, club: ClubSite, site: Site
) -> None:
    page = visit(club.put("/", widget(site, 'view="month" lang="en"')))

    expect(framed(page).get_by_role("heading", name="November 2026")).to_be_visible()
    is_sized(page)
    assert abs(height(page) - inner_height(page)) <= 1
    assert inner_height(page) > 400
    expect(page.get_by_text("Our calendar")).to_be_hidden()
    title = page.locator("amilia-calendar").evaluate("it => it.shadowRoot.querySelector('iframe').title")
    assert title == "Forest Explorers"


def test_two_widgets_keep_their_own_heights(visit: Visit, club: ClubSite, site: Site) -> None:
    page = visit(club.put("/", widget(site, 'view="button"') + widget(site, 'view="week"')))

    expect(framed(page, 0).get_by_text("S’abonner")).to_be_visible()
    is_sized(page, 0)
    is_sized(page, 1)
    assert height(page, 0) < 100
    assert height(page, 1) > 400


def test_the_widget_grows_with_what_is_opened_and_shrinks_again(
    visit: Visit, club: ClubSite, site: Site
) -> None:
    page = visit(club.put("/", widget(site, 'view="button"')))
    button = framed(page).locator("summary")
    button.wait_for()
    is_sized(page)
    closed = height(page)

    button.click()
    framed(page).get_by_role("link", name="Google Agenda").wait_for()
    page.wait_for_function(f"() => document.querySelector('amilia-calendar').offsetHeight > {closed + 100}")
    button.click()
    page.wait_for_function(f"() => document.querySelector('amilia-calendar').offsetHeight <= {closed}")


def test_without_scripts_there_is_a_plain_link(browser: Browser, club: ClubSite, site: Site) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(club.put("/", widget(site)))

        link = page.get_by_role("link", name="Our calendar")
        expect(link).to_be_visible()
        assert link.get_attribute("href") == site.page


def test_a_calendar_that_does_not_come_gives_way_to_the_link(
    browser: Browser, club: ClubSite, site: Site
) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.clock.install()
        page.goto(club.put("/", widget(site, 'org="nobody"').replace(f'org="{ORG}"', "")))
        expect(framed(page).locator("main")).to_be_visible()
        expect(page.get_by_role("link", name="Our calendar")).to_be_hidden()

        page.clock.fast_forward(11_000)

        expect(page.get_by_role("link", name="Our calendar")).to_be_visible()


def test_the_script_may_be_loaded_twice(visit: Visit, club: ClubSite, site: Site) -> None:
    page = visit(
        club.put("/", f'<script src="{site.origin}/embed.js"></script>' + widget(site) + widget(site))
    )

    is_sized(page, 0)
    is_sized(page, 1)
    assert page.evaluate("document.querySelectorAll('amilia-calendar').length") == 2


def test_another_attribute_shows_another_calendar_and_no_step_of_history(
    visit: Visit, club: ClubSite, site: Site
) -> None:
    page = visit(club.put("/", widget(site, 'lang="en"')))
    is_sized(page)
    before = page.evaluate("history.length")

    page.locator("amilia-calendar").evaluate(
        "it => { it.setAttribute('view', 'month'); it.setAttribute('lang', 'fr'); }"
    )

    expect(framed(page).get_by_role("heading", name="Novembre 2026")).to_be_visible()
    is_sized(page)
    assert page.evaluate("history.length") == before


def test_a_widget_that_is_moved_on_its_page_goes_on(visit: Visit, club: ClubSite, site: Site) -> None:
    page = visit(club.put("/", widget(site, 'view="month"') + "<main></main>"))
    is_sized(page)

    page.evaluate("addEventListener('amilia-calendar:load', it => { window.told = it.detail.height; })")

    page.evaluate("document.querySelector('main').append(document.querySelector('amilia-calendar'))")

    page.wait_for_function("() => window.told")
    assert abs(page.evaluate("window.told") - inner_height(page)) <= 1


def test_nobody_else_can_size_it(visit: Visit, club: ClubSite, site: Site) -> None:
    club.put("/other", "")
    page = visit(
        club.put("/", widget(site) + widget(site, 'view="button"') + '<iframe src="/other"></iframe>')
    )
    is_sized(page, 0)
    is_sized(page, 1)
    before = height(page)

    forged = "{type: 'amilia-calendar:size', height: 3000, title: 'forged'}"
    page.evaluate("window.heard = 0; addEventListener('message', () => { heard += 1; })")
    page.evaluate(f"postMessage({forged}, '*')")
    next(it for it in page.frames if it.url.endswith("/other")).evaluate(f"parent.postMessage({forged}, '*')")
    page.wait_for_function("() => heard === 2")

    assert height(page) == before
    assert height(page, 1) < 100


def test_one_widget_cannot_speak_for_another(visit: Visit, club: ClubSite, site: Site) -> None:
    page = visit(club.put("/", widget(site) + widget(site, 'view="button"')))
    is_sized(page, 0)
    is_sized(page, 1)
    before = height(page, 0)

    button = next(it for it in page.frames if "view=button" in it.url)
    button.evaluate("parent.postMessage({type: 'amilia-calendar:size', height: 777}, '*')")
    page.wait_for_function("() => document.querySelectorAll('amilia-calendar')[1].offsetHeight === 777")

    assert height(page, 0) == before


def test_messages_that_make_no_sense_change_nothing(visit: Visit, club: ClubSite, site: Site) -> None:
    page = visit(club.put("/", widget(site)))
    is_sized(page)
    before = height(page)
    page.evaluate("window.heard = 0; addEventListener('message', () => { heard += 1; })")

    frame = next(it for it in page.frames if "/embed" in it.url)
    for wrong in ("'tall'", "null", "{height: 5}", "{type: 'amilia-calendar:size', height: 'x'}"):
        frame.evaluate(f"parent.postMessage({wrong}, '*')")

    page.wait_for_function("() => heard === 4")
    assert height(page) == before


def test_the_frame_speaks_only_when_its_parent_has_said_hello(
    visit: Visit, club: ClubSite, site: Site
) -> None:
    page = visit(club.put("/", f'<iframe src="{site.page}/embed"></iframe>'))
    frame = next(it for it in page.frames if "/embed" in it.url)
    frame.wait_for_load_state()
    page.evaluate("window.heard = []; addEventListener('message', it => heard.push(it.data.type))")

    frame.evaluate("postMessage({type: 'amilia-calendar:hello'}, '*')")
    frame.evaluate("document.querySelector('summary').click()")
    frame.evaluate("new Promise(done => setTimeout(done, 50))")
    silent = page.evaluate("heard.slice()")
    page.evaluate("frames[0].postMessage({type: 'amilia-calendar:hello'}, '*')")
    page.wait_for_function("() => heard.length")

    assert silent == []
    assert page.evaluate("heard[0]") == "amilia-calendar:size"


def test_it_is_as_light_or_dark_as_the_page_around_it(visit: Visit, club: ClubSite, site: Site) -> None:
    around = {
        "nothing": ("", "", "light"),
        "dark": ("", "background = 'rgb(10, 20, 30)'", "dark"),
        "white": ("", "background = 'white'", "light"),
        "both": ("", "colorScheme = 'light dark'", "dark"),
        "told-light": ("theme='light'", "background = 'black'", "light"),
        "told-dark": ("theme='dark'", "", "dark"),
    }
    club.pages["/style.js"] = "".join(
        f"document.getElementById('{name}').style.{setting};"
        for name, (_, setting, _) in around.items()
        if setting
    )
    widgets = "".join(
        f'<div id="{name}">{widget(site, f"view=button {attributes}")}</div>'
        for name, (attributes, _, _) in around.items()
    )

    page = visit(club.put("/", f'{widgets}<script src="/style.js"></script>'), color_scheme="dark")

    for at, (_, _, expected) in enumerate(around.values()):
        is_sized(page, at)
        assert f"theme={expected}" in address(page, at)
        assert framed(page, at).locator("html").get_attribute("data-theme") == expected


def test_colours_come_from_the_custom_properties_of_the_site(
    visit: Visit, club: ClubSite, site: Site
) -> None:
    colors = {
        "rebeccapurple": "663399",
        "#0a0": "00aa00",
        "oklch(100% 0 0)": "ffffff",
        "rgb(1 2 3 / 50%)": "",
        "url(x)": "",
        "": "",
    }
    club.pages["/style.js"] = "".join(
        f"document.getElementById('c{at}').style.setProperty('--amilia-calendar-accent', '{color}');"
        for at, color in enumerate(colors)
    )
    widgets = "".join(f'<div id="c{at}">{widget(site, "view=button")}</div>' for at in range(len(colors)))

    page = visit(club.put("/", f'{widgets}<script src="/style.js"></script>'))

    for at, expected in enumerate(colors.values()):
        is_sized(page, at)
        found = re.search(r"accent=([0-9a-f]{6})", address(page, at))
        assert (found[1] if found else "") == expected


def test_an_attribute_counts_over_a_custom_property(visit: Visit, club: ClubSite, site: Site) -> None:
    club.pages["/style.js"] = "document.documentElement.style.setProperty('--amilia-calendar-accent', 'red')"
    accented = widget(site, 'accent="#123456"')
    page = visit(club.put("/", f'<script src="/style.js"></script>{accented}'))

    is_sized(page)
    assert "accent=123456" in address(page)


def test_a_height_of_its_own_is_kept(visit: Visit, club: ClubSite, site: Site) -> None:
    page = visit(club.put("/", widget(site, 'height="300"')))

    is_sized(page)
    assert height(page) == 300


def test_it_waits_until_it_is_nearly_seen(visit: Visit, club: ClubSite, site: Site) -> None:
    lazy = widget(site).replace('loading="eager"', "")
    spacer = "<p>.</p>" * 2000
    page = visit(club.put("/", spacer + lazy))
    page.wait_for_function(
        "() => document.querySelector('amilia-calendar').shadowRoot?.querySelector('iframe')"
    )
    asked = [it.url for it in page.frames if "/embed" in it.url]

    page.locator("amilia-calendar").scroll_into_view_if_needed()

    is_sized(page)
    assert asked == []


def test_all_attributes_reach_the_frame(visit: Visit, club: ClubSite, site: Site) -> None:
    wishes = (
        'programId="1,2" categoryId="3" subCategoryId="4" activityId="5" locationId="6" tagId="7" '
        'q="judo club" weekday="sat" lang="en" pastDays="1" futureDays="30" cancelled="show" alarm="15" '
        'view="week" day="2026-11-24" radius="4" accent="#abc" background="transparent" text="000000" '
        'theme="light"'
    )
    page = visit(club.put("/", widget(site, wishes)))

    is_sized(page)
    assert address(page) == (
        f"{site.page}/embed?programId=1%2C2&categoryId=3&subCategoryId=4&activityId=5&locationId=6&tagId=7"
        "&q=judo+club&weekday=sat&lang=en&pastDays=1&futureDays=30&cancelled=show&alarm=15&view=week"
        "&day=2026-11-24&radius=4&accent=abc&background=transparent&text=000000&theme=light"
    )


def test_links_lead_out_of_the_frame_and_paging_stays_in_it(visit: Visit, club: ClubSite, site: Site) -> None:
    page = visit(club.put("/", widget(site, 'view="month" lang="en"')))
    is_sized(page)

    framed(page).get_by_role("link", name="Later").click()

    expect(framed(page).get_by_role("heading", name="December 2026")).to_be_visible()
    assert page.url == club.origin + "/"
    targets: Any = (
        framed(page).locator("a[href^='http']").evaluate_all("all => [...new Set(all.map(it => it.target))]")
    )
    assert targets == ["_blank"]
    leaky: Any = framed(page).locator("a[target='_blank']:not([rel*='noopener'])").count()
    assert leaky == 0
