"""The real client over an application in the same process, with nothing to wait for."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TypeAlias

import httpx
import msgspec

from app.amilia.client import AmiliaClient
from app.amilia.credentials import Credentials, UserCredentials
from app.amilia.limits import Limits
from app.amilia.pace import Pace
from app.domain.records import Harvest
from tests.support.amilia_server import PASSWORD, USERNAME, AmiliaServer

Application: TypeAlias = AmiliaServer | httpx.AsyncBaseTransport | None

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
API_URL = "https://amilia.example/api/v3"
ZONES = {"Eastern Standard Time": "America/New_York", "Pacific Standard Time": "America/Los_Angeles"}
IMPATIENT = Limits(wait_initial=0, wait_jitter=0, throttled_seconds=0, call_seconds=5, walk_seconds=20)


def user() -> Credentials:
    """The user whom ``AmiliaServer`` knows."""
    return UserCredentials(USERNAME, PASSWORD)


def quick_pace() -> Pace:
    """A pace that holds nothing back."""
    return Pace(calls_per_second=100_000)


@asynccontextmanager
async def talking_to(
    application: Application,
    *,
    pace: Pace | None = None,
    credentials: Credentials | None = None,
    clock: Callable[[], datetime] = lambda: NOW,
    organization: str = "club",
    origin: str | None = "integrations@example.org",
    api_url: str = API_URL,
    limits: Limits = IMPATIENT,
    show_skipped: bool = False,
    show_staff: bool = False,
    observe: Callable[[str, float], None] = lambda _outcome, _seconds: None,
) -> AsyncIterator[AmiliaClient]:
    """A client of ``application``, or of whatever listens at ``api_url`` where there is none."""
    transport = httpx.ASGITransport(application) if isinstance(application, AmiliaServer) else application
    async with httpx.AsyncClient(transport=transport, trust_env=False) as http:
        yield AmiliaClient(
            http,
            api_url=api_url,
            organization=organization,
            credentials=credentials or user(),
            origin=origin,
            pace=pace or quick_pace(),
            clock=clock,
            zone_from_windows=ZONES.get,
            limits=limits,
            show_skipped=show_skipped,
            show_staff=show_staff,
            observe=observe,
        )


def ids(harvest: Harvest) -> list[int]:
    """The Id of each record, in order."""
    return [msgspec.json.decode(record)["Id"] for record in harvest.records]
