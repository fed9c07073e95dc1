"""The pages, without a browser: what they offer, in both languages, whatever stands in the data."""

import asyncio
import base64
import hashlib
import json
import re
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from tests.support.markup import Markup
from tests.support.service import PUBLIC_URL, Service, events_of, running

PAGE = "/orgs/forest-explorers"
FEED = f"{PUBLIC_URL}{PAGE}/calendar.ics"
ENCODED = "calendars.example.org%2Forgs%2Fforest-explorers%2Fcalendar.ics"


async def shown(service: Service, path: str = PAGE) -> Markup:
    answer = await service.get(path)
    assert answer.status_code == 200, answer.text
    return Markup(answer.text)


def coming(page: Markup) -> int:
    """How many coming events the page says that the selection has."""
    return int(re.sub(r"\D", "", page.one("p", id="count").text))


def copied(page: Markup) -> str:
    """The address that the page offers to copy."""
    return page.one("input", id="feed")["value"]


async def test_every_choice_selects_as_many_events_as_it_promises(service: Service) -> None:
    page = await shown(service)

    boxes = list(page.all("input", type="checkbox"))
    firsts = {box["name"]: box for box in reversed(boxes)}
    assert firsts.keys() == {"programId", "categoryId", "subCategoryId", "locationId", "tagId", "weekday"}
    for box in firsts.values():
        chosen = await shown(service, f"{PAGE}?{box['name']}={box['value']}")
        promised = box.around[-1].text.split()[-1]
        assert coming(chosen) == int(promised)
        assert copied(chosen) == f"{FEED}?{box['name']}={box['value']}"
        assert "checked" in chosen.one("input", id=box["id"]).attributes


async def test_the_shorter_of_programmes_and_categories_is_asked_for_first(service: Service) -> None:
    page = await shown(service)

    names = [box["name"] for box in page.all("input", type="checkbox")]
    assert 1 < names.count("categoryId") < names.count("programId")
    assert names[0] == "categoryId"


async def test_programmes_stand_in_the_order_of_their_first_event(service: Service) -> None:
    page = await shown(service, f"{PAGE}?lang=en")

    programmes = [box.around[-1].text.split(" – ")[-1] for box in page.all("input", name="programId")]
    seasons = [
        name.rpartition(" ")[0] for name in programmes if re.match(r"(Fall|Winter|Spring) \d{4} ", name)
    ]
    assert seasons[0] == "Fall 2026"
    assert seasons[-1] == "Fall 2027"


async def test_subscribe_links_have_the_documented_form_to_the_octet(service: Service) -> None:
    page = await shown(service, f"{PAGE}?weekday=sat&lang=en&q=Swim")

    links = set(page.links("take"))
    query = "%3Fq%3Dswim%26weekday%3Dsat%26lang%3Den"
    assert f"webcal://calendars.example.org{PAGE}/calendar.ics?q=swim&weekday=sat&lang=en" in links
    google = (
        f"https://calendar.google.com/calendar/u/0/r?cid=webcal%3A%2F%2F{ENCODED}{query}%26cancelled%3Dshow"
    )
    assert google in links
    tail = f"?url=https%3A%2F%2F{ENCODED}{query}&name=Forest%20Explorers"
    assert f"https://outlook.live.com/calendar/0/addfromweb{tail}" in links
    assert f"https://outlook.office.com/calendar/0/addfromweb{tail}" in links
    assert copied(page) == f"{FEED}?q=swim&weekday=sat&lang=en"
    assert "https://calendar.google.com/calendar/u/0/r/settings/addbyurl" in links


async def test_who_wants_cancelled_events_left_out_gets_no_other_from_google(service: Service) -> None:
    page = await shown(service, f"{PAGE}?cancelled=hide")

    (cid, *others) = (
        parse_qs(urlsplit(link).query)["cid"][0] for link in page.links("take") if "?cid=" in link
    )
    assert cid.endswith("calendar.ics?cancelled=hide")
    assert set(others) == {cid}


async def test_each_device_has_its_own_first_button(service: Service) -> None:
    page = await shown(service)

    first = {}
    for device in ("any", "ios", "iosother", "android", "mac", "windows", "linux", "chromeos"):
        strong = [it for it in page.elements if "strong" in it.get("class").split() and it.inside(device)]
        (button,) = strong
        first[device] = button.get("href") or button.get("data-copy")
    webcal = f"webcal://calendars.example.org{PAGE}/calendar.ics"
    assert {first[device] for device in ("any", "ios", "iosother", "mac")} == {webcal}
    assert first["windows"] == first["linux"] == first["chromeos"]
    assert first["windows"].startswith("https://calendar.google.com/calendar/u/0/r?cid=")
    assert first["android"].startswith("mailto:?")
    assert parse_qs(first["android"].partition("?")[2])["body"] == [PUBLIC_URL + PAGE]


async def test_chips_take_away_one_choice_each(service: Service) -> None:
    page = await shown(service, f"{PAGE}?lang=en&weekday=sat,sun&q=École&pastDays=7")

    chips = {
        link.text.strip().removeprefix("Remove: "): parse_qs(urlsplit(link["href"]).query)
        for link in page.all("a", "chips")
    }
    whole = {"lang": ["en"], "weekday": ["sat,sun"], "q": ["École"], "pastDays": ["7"]}
    assert chips == {
        "Saturday": whole | {"weekday": ["sun"]},
        "Sunday": whole | {"weekday": ["sat"]},
        "“École”": {name: value for name, value in whole.items() if name != "q"},
        "7 days back to 400 days ahead": {name: value for name, value in whole.items() if name != "pastDays"},
        "Clear all": {"lang": ["en"]},
    }


async def test_the_form_keeps_what_it_has_no_field_for(service: Service) -> None:
    page = await shown(service, f"{PAGE}?lang=en&activityId=5&pastDays=7&view=month&alarm=45&q=Yoga")

    hidden = {it["name"]: it["value"] for it in page.all("input", "choose", type="hidden")}
    assert hidden == {"activityId": "5", "pastDays": "7", "lang": "en", "view": "month"}
    assert page.one("input", id="q")["value"] == "Yoga"
    (selected,) = (it for it in page.all("option", "alarm") if "selected" in it.attributes)
    assert selected.text == "45 minutes before"


async def test_a_choice_whose_season_is_over_stays_in_the_form(service: Service) -> None:
    page = await shown(service, f"{PAGE}?lang=en&programId=999")

    box = page.one("input", id="programId-999")
    assert "checked" in box.attributes
    assert box.around[-1].text.split() == ["no.", "999", "0"]


async def test_of_several_ids_with_one_name_only_the_chosen_stay_chosen(service: Service) -> None:
    page = await shown(service)
    both = next(it for it in page.all("input", name="subCategoryId") if "," in it["value"])
    one = both["value"].partition(",")[0]

    chosen = await shown(service, f"{PAGE}?subCategoryId={one}")

    box = chosen.one("input", id=both["id"])
    assert ("checked" in box.attributes, box["value"]) == (True, one)


@pytest.mark.parametrize("odd", ["view=dance", "day=2026-02-31", "day=tomorrow", "view=", "day=20260101"])
async def test_a_view_or_day_that_makes_no_sense_is_passed_over(service: Service, odd: str) -> None:
    usual = await service.get(PAGE)

    answer = await service.get(f"{PAGE}?{odd}")

    assert (answer.status_code, answer.text) == (200, usual.text)


@pytest.mark.parametrize("view", ["agenda", "week", "month"])
async def test_every_view_keeps_the_selection_in_its_links(service: Service, view: str) -> None:
    page = await shown(service, f"{PAGE}?view={view}&weekday=sat&day=2026-12-05")

    inside = [link for link in page.links("look") if link.startswith(f"{PAGE}?")]
    assert len(inside) >= 4
    assert {parse_qs(urlsplit(link).query)["weekday"][0] for link in inside} == {"sat"}


async def test_pages_speak_the_asked_language(service: Service) -> None:
    french = await service.get(PAGE)
    english = await service.get(f"{PAGE}?lang=en&weekday=sat")

    assert '<html lang="fr" dir="ltr">' in french.text
    assert "Que voulez-vous suivre" in french.text
    assert '<html lang="en" dir="ltr">' in english.text
    assert "What would you like to follow" in english.text
    assert (french.headers["content-language"], english.headers["content-language"]) == ("fr", "en")
    (other,) = (it["href"] for it in Markup(english.text).all("a", "languages"))
    assert other == f"{PAGE}?weekday=sat"


async def test_machines_find_the_feed_the_other_language_and_the_page_itself(service: Service) -> None:
    page = await shown(service, f"{PAGE}?weekday=sat&utm_source=mail")

    assert page.one("link", rel="alternate", type="text/calendar")["href"] == f"{FEED}?weekday=sat"
    assert (
        page.one("link", rel="alternate", hreflang="en")["href"] == f"{PUBLIC_URL}{PAGE}?weekday=sat&lang=en"
    )
    assert page.one("link", rel="canonical")["href"] == f"{PUBLIC_URL}{PAGE}?weekday=sat"
    assert page.one("meta", property="og:url")["content"] == f"{PUBLIC_URL}{PAGE}?weekday=sat"


async def test_events_are_told_to_search_engines(service: Service) -> None:
    page = await shown(service, f"{PAGE}?lang=en")

    graph = json.loads(page.one("script", type="application/ld+json").text)["@graph"]
    assert len(graph) == 40
    kinds = {event["eventStatus"].rpartition("/")[2] for event in graph}
    assert kinds == {"EventScheduled", "EventCancelled", "EventRescheduled"}
    priced = [event for event in graph if "offers" in event]
    assert {event["offers"]["priceCurrency"] for event in priced} == {"CAD"}
    assert all(re.fullmatch(r"\d+\.\d\d", event["offers"]["price"]) for event in priced)
    feed = await service.calendar(f"{PAGE}/calendar.ics?lang=en")
    urls = {str(event.get("URL")) for event in events_of(feed)}
    assert {event["url"] for event in graph if "url" in event} <= urls


async def test_no_text_is_ever_markup(tmp_path: Path) -> None:
    hostile = '</script><script>alert(1)</script><!-- "><img src=x onerror=alert(2)>'
    async with running(tmp_path, forest={"name": {"fr": hostile, "en": hostile}}) as service:
        answer = await service.get(f"{PAGE}?q={quote(hostile)}&weekday=sat")
        whole = await shown(service)

    page = Markup(answer.text)
    kinds = {it.get("type") or it.get("src")[:8] for it in page.all("script")}
    assert kinds <= {"", "/static/", "application/ld+json"}
    assert not [it for it in page.elements if "onerror" in it.attributes or it.get("src") == "x"]
    assert page.one("h1").text == hostile
    assert page.one("input", id="q")["value"] == hostile
    graph = json.loads(whole.one("script", type="application/ld+json").text)["@graph"]
    assert {event["organizer"]["name"] for event in graph} == {hostile}


async def test_the_policy_allows_what_is_inline_by_its_digest_and_nothing_else(service: Service) -> None:
    for path in (PAGE, f"{PAGE}?lang=en", "/", "/docs", "/orgs/nobody", f"{PAGE}?programId=x"):
        answer = await service.get(path)
        page = Markup(answer.text)
        inline = [page.one("style").text] + [
            it.text for it in page.all("script") if not it.get("src") and not it.get("type")
        ]
        policy = dict(
            part.strip().partition(" ")[::2] for part in answer.headers["content-security-policy"].split(";")
        )

        digests = {
            f"'sha256-{base64.b64encode(hashlib.sha256(it.encode()).digest()).decode()}'" for it in inline
        }
        assert set(policy["style-src"].split()) | set(policy["script-src"].split()) == {"'self'", *digests}
        assert (policy["default-src"], policy["frame-ancestors"]) == ("'none'", "'none'")
        assert not [it for it in page.elements if "style" in it.attributes or "onclick" in it.attributes]
        assert "set-cookie" not in answer.headers


async def test_nothing_is_loaded_from_elsewhere(service: Service) -> None:
    for path in (PAGE, "/", "/docs", "/orgs/nobody"):
        page = Markup((await service.get(path)).text)

        loaded = [
            it.get("src") or it.get("href") for it in page.elements if it.tag in {"script", "img", "iframe"}
        ]
        loaded += [it["href"] for it in page.all("link") if it["rel"] in {"stylesheet", "icon"}]
        assert [address for address in loaded if address and not address.startswith("/")] == []
        for address in filter(None, loaded):
            assert (await service.get(address)).status_code == 200


async def test_static_files_are_kept_for_a_year_under_the_name_of_their_content(service: Service) -> None:
    page = await shown(service)
    address = next(it["href"] for it in page.all("link", rel="stylesheet"))

    now = await service.get(address)
    outdated = await service.get(re.sub(r"/static/\w+/", "/static/0123456789abcdef/", address))
    missing = await service.get("/static/0123456789abcdef/nothing.css")

    assert now.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert now.headers["content-type"] == "text/css; charset=utf-8"
    assert (outdated.content, outdated.headers["cache-control"]) == (now.content, "public, max-age=60")
    assert missing.status_code == 404


async def test_the_first_page_lists_what_is_listed(tmp_path: Path) -> None:
    async with running(tmp_path, lakeside={"listed": True}) as service:
        both = await service.get("/", Accept_Language="en-CA,en;q=0.9")
        french = await service.get("/", Accept_Language="fr-CA")
    async with running(tmp_path, lakeside={"listed": False}) as service:
        one = await service.get("/", Accept_Language="en")

    assert Markup(both.text).links("cards") == ["/orgs/forest-explorers?lang=en", "/orgs/lakeside"]
    assert "Lakeside Centre" in both.text
    assert both.headers["vary"] == french.headers["vary"] == "Accept-Language"
    assert '<html lang="fr"' in french.text
    assert (one.status_code, one.headers["location"]) == (307, "/orgs/forest-explorers?lang=en")


async def test_a_named_feed_has_its_short_address_on_its_page(tmp_path: Path) -> None:
    feeds = {
        "poterie": {"name": {"fr": "Poterie", "en": "Pottery"}, "q": "poterie"},
        "patin": {"name": "Patin", "q": "patin", "cancelled": "show"},
    }
    async with running(tmp_path, forest={"feeds": feeds}) as service:
        page = await shown(service)
        quick = {it.text.strip(): it["href"] for it in page.all("a", "quick")}
        pottery = await shown(service, quick["Poterie"])
        skating = await shown(service, quick["Patin"])
        more = await shown(service, f"{quick['Poterie']}&weekday=sat")

    assert copied(page) == FEED
    assert copied(pottery) == f"{PUBLIC_URL}{PAGE}/poterie.ics"
    assert copied(skating) == f"{PUBLIC_URL}{PAGE}/patin.ics"
    assert copied(more) == f"{FEED}?q=poterie&weekday=sat"
    assert [it.text.strip() for it in pottery.all("a", "quick") if it.get("aria-current")] == ["Poterie"]
    (google,) = {link for link in pottery.links("ways") if "google" in link}
    assert google.endswith("%2Fpoterie.ics%3Fcancelled%3Dshow")


async def test_the_page_says_when_its_events_were_fetched_and_that_amilia_is_silent(tmp_path: Path) -> None:
    async with running(tmp_path) as service:
        well = await shown(service, f"{PAGE}?lang=en")
        service.fault("500*200")
        service.clock.advance(minutes=11)
        await shown(service, f"{PAGE}?lang=en")
        for _ in range(100):
            await asyncio.sleep(0.02)  # the refresh tries a few times before it gives up
            unwell = await shown(service, f"{PAGE}?lang=en")
            if any(unwell.all("p", "notice", role="status")):
                break

    assert "Fetched from Amilia: Sunday, November 22, 2026, 12:00" in well.one("footer").text
    assert not any(well.all("p", "notice", role="status"))
    notice = unwell.one("p", "notice", role="status").text
    assert notice.startswith("Amilia does not answer (since Sunday, November 22, 2026, 12:11")
    assert coming(unwell) == coming(well)


async def test_before_the_first_fetch_a_friendly_page_asks_for_patience(tmp_path: Path) -> None:
    async with running(tmp_path) as service:
        service.fault("500*200")
        answer = await service.get(f"{PAGE}?lang=en&weekday=sat")

    page = Markup(answer.text)
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert page.one("h1").text.startswith("The events cannot be fetched")
    assert page.links("fault") == [f"{PAGE}?lang=en&weekday=sat"]


async def test_errors_of_pages_are_pages(service: Service) -> None:
    missing = await service.get("/orgs/nobody")
    wrong = await service.get(f"{PAGE}?lang=de")

    assert (missing.status_code, wrong.status_code) == (404, 422)
    assert missing.headers["content-type"] == wrong.headers["content-type"] == "text/html; charset=utf-8"
    assert {it["lang"] for it in Markup(missing.text).all("p", "sentence")} == {"en"}
    assert Markup(missing.text).one("h1")["lang"] == "fr"
    assert Markup(wrong.text).links("fault") == [PAGE]


async def test_a_page_has_validators_and_a_caller_with_the_same_copy_gets_304(service: Service) -> None:
    first = await service.get(PAGE)

    again = await service.get(PAGE, If_None_Match=first.headers["etag"])
    head = await service.client.head(PAGE)

    assert (again.status_code, again.content) == (304, b"")
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", first.headers["etag"])
    assert first.headers["cache-control"] == "public, max-age=60"


async def test_the_reference_names_every_address_and_parameter_of_the_document(service: Service) -> None:
    document = (await service.get("/openapi.json")).json()
    page = await shown(service, "/docs")
    french = await shown(service, "/docs?lang=fr")

    assert [it.text for it in page.all("code", "h2")] == list(document["paths"])
    named = {it.text for it in page.all("code", "dt")}
    assert {"programId", "futureDays", "org"} <= named
    assert not list(page.all("script", src="https://"))
    assert french.one("html")["lang"] == "fr"
