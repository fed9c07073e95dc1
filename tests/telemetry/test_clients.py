"""Which calendar asks: real User-Agents, and what nobody can make of them."""

import pytest

from app.telemetry.clients import FAMILIES, INTERVALS, client_of

SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"
)
AGENTS = [
    ("Google-Calendar-Importer", "google"),
    ("Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.12026; Pro)", "outlook-desktop"),
    ("Microsoft.Exchange/15.20 (ExchangeServicesClient)", "microsoft365"),
    ("iOS/18.0 (22A3354) dataaccessd/1.0", "apple-ios"),
    ("macOS/13.4 (22F66) dataaccessd/1.0", "apple-mac"),
    ("Mac+OS+X/10.15.7 (19H2) CalendarAgent/930.5.1", "apple-mac"),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Thunderbird/153.7.0", "thunderbird"),
    ("Evolution/3.46.4", "evolution"),
    ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 KIO/5.103 kioworker/5.103", "kde"),
    ("ICSx5/2.3.1 (ical4j/3.2 okhttp/4.12 Android/14)", "icsx5"),
    ("DAVx5/4.4.2-ose (dav4jvm; okhttp/4.12) Android/14", "davx5"),
    ("Nextcloud Webcal Service", "nextcloud"),
    ("HomeAssistant/2026.11.0 httpx/0.28.1 Python/3.13", "home-assistant"),
    ("open-web-calendar", "open-web-calendar"),
    ("vdirsyncer/0.19.3", "vdirsyncer"),
    ("kube-probe/1.31", "monitor"),
    ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "bot"),
    ("curl/8.5.0", "script"),
    (SAFARI, "browser"),
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36", "browser"),
    ("something nobody knows", "other"),
    ("", "none"),
    ("  ", "none"),
]


@pytest.mark.parametrize(("agent", "family"), AGENTS)
def test_each_calendar_is_known_by_its_own_name(agent: str, family: str) -> None:
    assert client_of(agent.encode()) == family


def test_without_a_name_it_is_nobody() -> None:
    assert client_of(None) == "none"


@pytest.mark.parametrize("agent", [b"\xff\x00\n{}" * 300, b"Mozilla/" * 10_000, b"iOS/" * 10_000])
def test_nothing_that_is_sent_becomes_a_label_or_takes_long(agent: bytes) -> None:
    assert client_of(agent) in FAMILIES


def test_families_are_labels_that_need_no_quoting_and_each_is_there_once() -> None:
    assert len(set(FAMILIES)) == len(FAMILIES)
    assert all(family.replace("-", "").isalnum() for family in FAMILIES)


def test_programs_that_subscribe_to_nothing_have_no_interval() -> None:
    assert {"browser", "bot", "monitor", "script", "other", "none"}.isdisjoint(INTERVALS)
