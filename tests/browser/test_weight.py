"""What a visit costs: octets, requests, shifts of the layout, with a thousand events behind the page."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Response

from app.simulator.world import build_world
from tests.browser.conftest import Visit
from tests.browser.devices import DESKTOP, PHONE
from tests.browser.site import PAGE, Site, serving
from tests.browser.trickle import trickling
from tests.support.service import TODAY

MOST_OCTETS = 60_000
MOST_REQUESTS = 9
STILL = 0.01
"""A sum of shifts that nobody sees: a tenth of what counts as good (web.dev: Cumulative Layout Shift)."""
_SHIFTS = """() => new Promise((resolve) => {
  const seen = [];
  new PerformanceObserver((list) => {
    for (const it of list.getEntries()) {
      seen.push([it.value, ...it.sources.map(({node}) => node?.className || node?.nodeName)]);
    }
  }).observe({type: "layout-shift", buffered: true});
  setTimeout(() => resolve(seen), 300);
})"""
_SIZES = """() => Object.fromEntries(performance.getEntriesByType("resource")
  .filter((it) => it.name.includes("/static/")).map((it) => [it.name, it.transferSize]))"""


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A centre with 1,200 events."""
    world = build_world(today=TODAY, events=1_200, seed=7)
    with serving(tmp_path_factory.mktemp("large"), world=world) as site:
        yield site


def moved(shifts: list[list[Any]]) -> float:
    """How much the layout shifted in all: 1 would be all of the window by all of its height."""
    return sum((value for value, *_ in shifts), start=0.0)


@pytest.mark.parametrize("view", ["agenda", "week", "month"])
@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_first_visit_is_light_and_stands_still(
    large: Site, visit: Visit, view: str, device: dict[str, object]
) -> None:
    page = visit("about:blank", **device)
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108  # Playwright marks handlers

    page.goto(f"{large.page}?lang=en&view={view}", wait_until="networkidle")
    page.mouse.wheel(0, 4000)
    shifts = page.evaluate(_SHIFTS)

    weight = sum(it.request.sizes()["responseBodySize"] for it in answers)
    assert weight <= MOST_OCTETS
    assert len(answers) <= MOST_REQUESTS
    assert {it.url.startswith(large.origin) for it in answers} == {True}
    assert {it.status for it in answers} == {200}
    assert moved(shifts) < STILL, shifts
    assert page.context.cookies() == []


@pytest.mark.parametrize("view", ["agenda", "week", "month", "places"])
@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_page_that_arrives_piece_by_piece_stands_still(
    large: Site, visit: Visit, view: str, device: dict[str, object]
) -> None:
    with trickling(large.origin, pieces=30, pause_seconds=0.04) as origin:
        page = visit("about:blank", **device)
        page.goto(f"{origin}{PAGE}?lang=en&view={view}", wait_until="networkidle")
        shifts = page.evaluate(_SHIFTS)

    assert moved(shifts) < STILL, shifts


def test_a_second_visit_asks_for_no_static_file_again(large: Site, visit: Visit) -> None:
    page = visit(f"{large.page}?lang=en", **DESKTOP)
    page.wait_for_load_state("networkidle")

    page.goto(f"{large.page}?lang=en&weekday=sat", wait_until="networkidle")

    sizes = page.evaluate(_SIZES)
    assert len(sizes) >= 5
    assert set(sizes.values()) == {0}
