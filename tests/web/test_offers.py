"""The addresses of a selection, for each kind of calendar, to the octet."""

from dataclasses import replace

import pytest

from app.domain.model import CANCELLED_MODES, NamedFeed, Names, Organization
from app.domain.selection import Selection, parse
from app.feeds.budget import Budget, Window
from app.web.offers import Addresses, google, microsoft, named_as, outlook, reachable, webcal
from app.web.query import pairs, with_saved

CLUB = Organization(
    slug="club",
    number=8008,
    name=Names("Club", "Club"),
    language="fr",
    timezone="America/Toronto",
    feeds=(
        NamedFeed(
            "natation", Names("Natation", "Swimming"), (("programId", "4521,4522"), ("cancelled", "show"))
        ),
        NamedFeed("samedi", Names("Samedi", "Saturday"), (("weekday", "sat"),)),
        NamedFeed("bientot", Names("Bientôt", "Soon"), (("weekday", "sat"), ("futureDays", "30"))),
    ),
)
ADDRESSES = Addresses(CLUB, "https://calendars.example.org/orgs/club")
FEED = "https://calendars.example.org/orgs/club"
SMALL = Budget(1000, 3)


def selected(query: str) -> Selection:
    return parse(pairs(query), CLUB)


def test_each_calendar_gets_the_form_that_it_documents() -> None:
    feed = "https://club.example/cal/kids.ics?q=a%20b&lang=en"

    assert webcal(feed) == "webcal://club.example/cal/kids.ics?q=a%20b&lang=en"
    assert google(feed) == (
        "https://calendar.google.com/calendar/u/0/r?cid="
        "webcal%3A%2F%2Fclub.example%2Fcal%2Fkids.ics%3Fq%3Da%2520b%26lang%3Den"
    )
    tail = (
        "?url=https%3A%2F%2Fclub.example%2Fcal%2Fkids.ics%3Fq%3Da%2520b%26lang%3Den"
        "&name=Club%20%E2%80%93%20Enfants%20%26%20plus"
    )
    assert outlook(feed, "Club – Enfants & plus") == f"https://outlook.live.com/calendar/0/addfromweb{tail}"
    assert (
        microsoft(feed, "Club – Enfants & plus") == f"https://outlook.office.com/calendar/0/addfromweb{tail}"
    )


@pytest.mark.parametrize(
    ("query", "named", "expected"),
    [
        ("", None, "/calendar.ics"),
        ("weekday=sat", "samedi", "/samedi.ics"),
        ("weekday=sat&lang=en", "samedi", "/samedi.ics?lang=en"),
        ("weekday=sat&q=judo", "samedi", "/samedi.ics?q=judo"),
        ("weekday=sun", "samedi", "/calendar.ics?weekday=sun"),
        ("programId=4521,4522&cancelled=show", "natation", "/natation.ics"),
        ("programId=4521,4522", "natation", "/calendar.ics?programId=4521,4522"),
        ("programId=4521", "natation", "/calendar.ics?programId=4521"),
    ],
)
def test_a_short_name_is_used_where_it_means_the_same(query: str, named: str | None, expected: str) -> None:
    found = next((it for it in CLUB.feeds if it.slug == named), None)

    assert ADDRESSES.feed(selected(query), found) == FEED + expected


@pytest.mark.parametrize("query", ["", "weekday=sat&lang=en", "programId=4521,4522&cancelled=hide", "q=été"])
@pytest.mark.parametrize("named", [None, *CLUB.feeds])
def test_the_address_of_a_feed_selects_what_was_chosen(query: str, named: NamedFeed | None) -> None:
    address = ADDRESSES.feed(selected(query), named)

    path, _, asked = address.partition("?")
    saved = next((it for it in CLUB.feeds if path.endswith(f"/{it.slug}.ics")), None)
    read = parse(with_saved(saved, pairs(asked)) if saved else pairs(asked), CLUB)
    assert read == selected(query)


def test_the_named_feed_with_the_most_in_its_name_is_found() -> None:
    found = {
        query: named_as(selected(query), CLUB) for query in ("weekday=sat", "weekday=sat&futureDays=30", "")
    }

    assert {query: it and it.slug for query, it in found.items()} == {
        "weekday=sat": "samedi",
        "weekday=sat&futureDays=30": "bientot",
        "": None,
    }


@pytest.mark.parametrize("mode", CANCELLED_MODES)
def test_google_is_shown_what_it_would_hide(mode: str) -> None:
    offer = ADDRESSES.offer("Club", selected(f"cancelled={mode}"), None, SMALL)

    expected = {"status": "cancelled%3Dshow", "show": "cancelled%3Dshow", "hide": "cancelled%3Dhide"}[mode]
    assert offer.google.endswith(expected)


def test_a_calendar_that_is_too_large_is_narrowed_for_google_and_for_who_asks() -> None:
    size = Budget(1_300_000, 1_500, narrower=Window(14, 120), for_google=Window(60, 300))

    offer = ADDRESSES.offer("Club", selected("lang=en"), None, size)

    assert offer.google.endswith("calendar.ics%3Flang%3Den%26futureDays%3D300%26cancelled%3Dshow")
    assert offer.narrower == f"{FEED}/calendar.ics?lang=en&pastDays=14&futureDays=120"
    assert (offer.excess, offer.feed) == (size, f"{FEED}/calendar.ics?lang=en")


def test_a_calendar_that_fits_is_not_spoken_of() -> None:
    offer = ADDRESSES.offer("Club", selected(""), None, SMALL)

    assert (offer.excess, offer.narrower) == (None, "")


def test_an_organization_that_shows_cancelled_events_anyway_needs_no_parameter_for_google() -> None:
    shows = Addresses(replace(CLUB, cancelled="show"), FEED)

    offer = shows.offer("Club", parse([], shows.organization), None, SMALL)

    assert offer.google.endswith("calendar.ics")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://calendars.example.org", True),
        ("http://localhost:8000", False),
        ("http://127.0.0.1:8000", False),
        ("http://[::1]:8000", False),
        ("https://localhost.example.org", True),
    ],
)
def test_an_address_of_ones_own_computer_is_known(url: str, expected: bool) -> None:
    assert reachable(url) is expected
