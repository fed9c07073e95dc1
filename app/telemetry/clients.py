"""Which calendar asks, by its User-Agent, and how often such a calendar usually looks.

A family is a word of this table: nothing that a caller sends becomes a label. Pure.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

NONE: Final = "none"
"""Who does not say; some services of Google's do not."""
OTHER: Final = "other"
LONGEST: Final = 512
"""Letters of a User-Agent that are looked at."""
_HOUR: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Client:
    """``interval`` in seconds is how often one subscription is read; None for what subscribes to nothing.

    Of several that were measured or documented it is the usual one, by the client's own default.
    """

    family: str
    pattern: re.Pattern[str]
    interval: float | None = None


def _client(family: str, pattern: str, interval: float | None = None) -> Client:
    return Client(family, re.compile(pattern, re.IGNORECASE | re.ASCII), interval)


CLIENTS: Final = (
    # Google reads an address once for everybody who follows it: 4 to 18 hours in servers' logs.
    _client("google", r"Google-Calendar-Importer|GoogleCalendar", 8 * _HOUR),
    _client("outlook-desktop", r"Microsoft Office/|Microsoft Outlook", 3 * _HOUR),
    _client("outlook-com", r"outlook\.com|outlook\.live|hotmail", 3 * _HOUR),
    # Exchange reads every three hours to the second.
    _client("microsoft365", r"Exchange|Office ?365|Microsoft", 3 * _HOUR),
    _client(
        "apple-mac",
        r"^(?=.*(?:macOS|Mac OS X|Mac_OS_X|CalendarAgent))"
        r"(?=.*(?:dataaccessd|CalendarAgent|CalendarSync|iCal/|accountsd))",
        _HOUR,
    ),
    _client("apple-ios", r"dataaccessd|(?:iOS|iPadOS)/.*(?:accountsd|Calendar)", _HOUR),
    _client("thunderbird", r"Thunderbird/|Betterbird/|Lightning/", _HOUR / 2),
    _client("evolution", r"Evolution/|evolution-data-server|gnome-calendar", _HOUR / 2),
    _client("kde", r"KOrganizer|Akonadi|KIO/|kioworker|kio_http", _HOUR),
    _client("icsx5", r"ICSx5/|ICSdroid/", 24 * _HOUR),
    _client("davx5", r"DAVx5/|DAVdroid/|ICAL-Adapter|OneCalendar", 24 * _HOUR),
    _client("nextcloud", r"Nextcloud|ownCloud", 7 * 24 * _HOUR),
    _client("home-assistant", r"Home-?Assistant", 24 * _HOUR),
    _client("proton", r"Proton", 8 * _HOUR),
    _client("fastmail", r"Fastmail|Cyrus", _HOUR),
    _client("yahoo", r"Yahoo(?!! Slurp)", 10 * _HOUR),
    _client("open-web-calendar", r"open-web-calendar"),
    _client("vdirsyncer", r"vdirsyncer|khal/|pimsync", 24 * _HOUR),
    _client(
        "monitor",
        r"kube-probe|Prometheus|blackbox|UptimeRobot|Uptime-?Kuma|Pingdom|StatusCake|ELB-HealthChecker|GoogleHC",
    ),
    _client("bot", r"bot\b|bot/|crawl|spider|slurp|facebookexternalhit|WhatsApp/|preview|validator|scan"),
    _client(
        "script",
        r"curl/|Wget/|python-|aiohttp/|httpx/|Go-http-client|okhttp/|node|axios|Java/|PHP|Ruby|libwww",
    ),
    _client("browser", r"Mozilla/.*(?:Firefox/|FxiOS/|Chrome/|CriOS/|Safari/|Edg|OPR/|AppleWebKit)"),
)
"""The first that fits counts: many call themselves Mozilla, and bots call themselves browsers."""

FAMILIES: Final = (*(client.family for client in CLIENTS), OTHER, NONE)
INTERVALS: Final = {client.family: client.interval for client in CLIENTS if client.interval}


def client_of(agent: bytes | None) -> str:
    """The family of a User-Agent, one of ``FAMILIES``."""
    if not agent or not agent.strip():
        return NONE
    return _family(agent[:LONGEST])


@lru_cache(maxsize=1024)  # looking through the table takes up to forty microseconds
def _family(agent: bytes) -> str:
    text = agent.decode("latin-1")
    return next((client.family for client in CLIENTS if client.pattern.search(text)), OTHER)
