"""A calendar that has grown too large is told of, in the log and on the page, with one that fits."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from app.simulator.forest import FOREST
from app.simulator.world import World, build_world
from tests.support.markup import Markup
from tests.support.service import TODAY, Service, events_of, read, running
from tests.support.subscriber import fetched, refetched

PAGE = "/orgs/forest-explorers"
FEED = f"{PAGE}/calendar.ics"
LARGEST = 1_000_000


def big_world() -> World:
    return build_world(today=TODAY, events=1_600, seed=5)


def local(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def for_google(page: Markup) -> str:
    """The feed that its buttons subscribe to."""
    buttons = [link for link in page.links("ways") if link.startswith("https://calendar.google.com/")]
    (cid,) = {parse_qs(urlsplit(button).query)["cid"][0] for button in buttons}
    return local(cid)


async def size_of(service: Service, path: str) -> tuple[int, int]:
    answer = await service.get(path)
    assert answer.status_code == 200
    return len(answer.content), len(events_of(read(answer.content)))


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [
        ("fr", "Ce calendrier pèse 1,{digit}\u00a0Mo et Google n’en lit qu’environ 1\u00a0Mo"),
        ("en", "This calendar has 1.{digit}\u00a0MB and Google reads about 1 MB of it"),
    ],
)
async def test_the_page_offers_a_shorter_calendar_that_fits(tmp_path: Path, lang: str, sentence: str) -> None:
    async with running(tmp_path, world=big_world()) as service:
        answer = await service.get(f"{PAGE}?lang={lang}")
        page = Markup(answer.text)
        octets, events = await size_of(service, f"{FEED}?lang={lang}")
        (narrower,) = (link for link in page.links("warn") if "futureDays=" in link)
        fitting = await size_of(service, local(narrower))
        google = await size_of(service, for_google(page))

    digit = -(-octets // 100_000) - 10
    assert octets > LARGEST
    assert sentence.format(digit=digit) in page.one("section", id="take").text
    assert fitting[0] < LARGEST
    assert fitting[1] < 1000 < events
    assert LARGEST // 2 < google[0] < LARGEST
    assert ("cancelled=show" in for_google(page), "futureDays=" in for_google(page)) == (True, True)


async def test_a_selection_that_fits_is_offered_whole(tmp_path: Path) -> None:
    async with running(tmp_path, world=big_world()) as service:
        whole = Markup((await service.get(PAGE)).text)
        programme = next(whole.all("input", name="programId"))["value"]
        page = Markup((await service.get(f"{PAGE}?programId={programme}")).text)

    assert for_google(page) == f"{FEED}?programId={programme}&cancelled=show"
    assert page.links("warn") == []


async def test_a_calendar_that_fits_is_offered_without_a_word(service: Service) -> None:
    page = (await service.get(PAGE)).text

    assert "Days=" not in page
    assert "\u00a0Mo" not in page


async def test_a_saved_selection_that_is_too_large_is_told_of_too(tmp_path: Path) -> None:
    feeds = {
        "tout": {"name": "Tout"},
        "demain": {"name": "À venir", "pastDays": 10, "cancelled": "hide"},
        "english": {"name": "In English", "lang": "en"},
    }
    async with running(tmp_path, world=big_world(), forest={"feeds": feeds}) as service:
        whole = Markup((await service.get(PAGE)).text)
        walks = service.calls("/en/org/forest-explorers/events")
        quick = dict(zip(feeds, whole.links("quick"), strict=True))
        pages = {name: Markup((await service.get(path)).text) for name, path in quick.items()}
        google = {name: for_google(page) for name, page in pages.items()}
        sizes = [await size_of(service, path) for path in google.values()]

    assert google["tout"].startswith(f"{PAGE}/tout.ics?pastDays=14&futureDays=")
    assert google["demain"].startswith(f"{PAGE}/demain.ics?futureDays=")
    assert google["english"].startswith(f"{PAGE}/english.ics?pastDays=14&futureDays=")
    assert all(octets < LARGEST for octets, _ in sizes)
    assert walks == 0


async def test_the_log_says_once_that_it_is_too_large_and_once_that_it_fits_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    world = big_world()
    async with running(tmp_path, world=world) as service:
        first = copy = await fetched(service, FEED)
        for _ in range(3):
            await service.get(FEED + "?utm_source=mail")
        world.cancel(next(iter(world.organizations[FOREST.slug].timetable)).id)
        copy = await refetched(service, copy)
        timetable = world.organizations[FOREST.slug].timetable
        for number, event in enumerate(list(timetable)):
            if number % 9 < 4:  # fewer than half: that many may vanish at once
                timetable.discard(event)
        await refetched(service, copy)

    about = [record for record in caplog.records if record.name == "app.feeds.budget"]
    assert [record.levelname for record in about] == ["WARNING", "INFO"]
    facts = vars(about[0])
    assert (facts["organization"], facts["lang"], facts["feed"]) == ("forest-explorers", "fr", "calendar")
    assert int(facts["octets"]) == len(first.body)
