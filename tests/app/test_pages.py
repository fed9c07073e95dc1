"""The first pages: programmes with their feeds, in both languages, without a script."""

import re
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tests.support.service import Service, running, titles_of

PAGE = "/orgs/forest-explorers"


def links(page: str) -> list[str]:
    return [unescape(link) for link in re.findall(r'href="([^"]*)"', page)]


async def test_every_programme_has_a_feed_that_works(service: Service) -> None:
    page = await service.get(PAGE)

    feeds = {
        link
        for link in links(page.text)
        if link.startswith("https://calendars.example.org/orgs/") and "programId" in link
    }
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert len(feeds) >= 5
    for feed in feeds:
        parts = urlsplit(feed)
        assert titles_of(await service.calendar(f"{parts.path}?{parts.query}"))


async def test_subscribe_links_have_the_documented_form(service: Service) -> None:
    page = (await service.get(PAGE + "?lang=en")).text

    webcal = [link for link in links(page) if link.startswith("webcal://")]
    google = [link for link in links(page) if link.startswith("https://calendar.google.com/")]
    assert "webcal://calendars.example.org/orgs/forest-explorers/calendar.ics?lang=en" in webcal
    cids = [parse_qs(urlsplit(link).query)["cid"][0] for link in google]
    assert "webcal://calendars.example.org/orgs/forest-explorers/calendar.ics?lang=en&cancelled=show" in cids
    assert all(link.count("&") == 0 for link in google)


async def test_pages_speak_the_asked_language(service: Service) -> None:
    french = await service.get(PAGE)
    english = await service.get(PAGE + "?lang=en")

    assert '<html lang="fr">' in french.text
    assert "Par programme" in french.text
    assert '<html lang="en">' in english.text
    assert "By programme" in english.text
    assert (french.headers["content-language"], english.headers["content-language"]) == ("fr", "en")


async def test_text_from_amilia_is_never_markup(service: Service) -> None:
    organization = service.world.organization("forest-explorers")
    assert organization is not None
    page = (await service.get(PAGE)).text

    assert "<script" not in page
    assert "default-src 'none'" in (await service.get(PAGE)).headers["content-security-policy"]


async def test_the_first_page_lists_what_is_listed(tmp_path: Path) -> None:
    async with running(tmp_path, lakeside={"listed": True}) as service:
        both = await service.get("/", Accept_Language="en-CA,en;q=0.9")
    async with running(tmp_path, lakeside={"listed": False}) as service:
        one = await service.get("/", Accept_Language="en")

    assert "Forest Explorers" in both.text
    assert "Lakeside Centre" in both.text
    assert both.headers["vary"] == "Accept-Language"
    assert (one.status_code, one.headers["location"]) == (307, "/orgs/forest-explorers?lang=en")


async def test_named_feeds_are_offered(tmp_path: Path) -> None:
    feeds = {"poterie": {"name": {"fr": "Poterie", "en": "Pottery"}, "q": "poterie"}}
    async with running(tmp_path, forest={"feeds": feeds}) as service:
        page = (await service.get(PAGE)).text

    assert "https://calendars.example.org/orgs/forest-explorers/poterie.ics" in links(page)


async def test_errors_of_pages_are_pages(service: Service) -> None:
    missing = await service.get("/orgs/nobody")
    wrong = await service.get(PAGE + "?lang=de")

    assert (missing.status_code, wrong.status_code) == (404, 422)
    assert missing.headers["content-type"] == wrong.headers["content-type"] == "text/html; charset=utf-8"
    assert 'lang="fr"' in missing.text
    assert 'lang="en"' in missing.text
