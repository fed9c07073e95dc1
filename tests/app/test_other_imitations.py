"""Other imitations of the API than our simulator: the documentation's own sample, and the barest server."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.main import client_of, create_app
from app.settings import OrganizationTable, Settings
from tests.support.fakes import FakeClock
from tests.support.service import QUICK, events_of, read

SAMPLE = json.loads((Path(__file__).parents[1] / "golden" / "api" / "get-events.json").read_text())
FEED = "/orgs/supersport/calendar.ics"
Answer = Callable[[Request], Awaitable[Response]]


@asynccontextmanager
async def reading(directory: Path, clock: FakeClock, **answers: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A service that reads an API which gives these answers, whatever it is asked."""

    def route(path: str, answer: Any) -> Route:
        async def respond(request: Request) -> Response:
            return JSONResponse(answer(parse_qs(request.url.query)) if callable(answer) else answer)

        return Route(path, respond)

    routes = [route("/api/v3/authenticate", {"Token": "opaque"})]
    routes += [route(f"/api/v3/{{lang}}/org/supersport/{name}", answer) for name, answer in answers.items()]
    organization = OrganizationTable.model_validate(
        {"username": "a@example.org", "password": "b", "language": "en"}
    )
    settings = Settings(
        organizations={"supersport": organization},
        api_url="http://api.test/api/v3",
        store=f"sqlite:///{directory}/feeds.db",
        calls_per_second=100,
    )
    transport = httpx.ASGITransport(Starlette(routes=routes))
    async with client_of(create_app(settings, transport=transport, clock=clock, limits=QUICK)) as client:
        yield client


async def test_the_documentations_own_sample_becomes_a_right_calendar(tmp_path: Path) -> None:
    clock = FakeClock(datetime(2022, 9, 1, 12, tzinfo=UTC))
    async with reading(tmp_path, clock, events=SAMPLE, programs=[]) as client:
        answer = await client.get(FEED)

    (event,) = events_of(read(answer.content))
    assert str(event["SUMMARY"]) == "End of Season Match"
    assert event["DTSTART"].dt.astimezone(UTC) == datetime(2022, 9, 1, 16, 47, 34, tzinfo=UTC)
    assert event["DTEND"].dt.astimezone(UTC) == datetime(2022, 9, 1, 18, 47, 34, tzinfo=UTC)
    assert str(event["LOCATION"]) == "Parc Joseph-Gravel, 888 rue Joseph-Gravel, Chambly QC J3L 0C7"
    assert (event["GEO"].latitude, event["GEO"].longitude) == (45.72, -73.5)
    assert "Free" in str(event["DESCRIPTION"])
    assert "URL" not in event  # the sample's address has no scheme
    assert [str(category) for category in event["CATEGORIES"].cats] == ["Soccer", "Soccer for Seniors"]


async def test_two_different_events_without_id_stay_two(tmp_path: Path) -> None:
    clock = FakeClock(datetime(2022, 9, 1, 12, tzinfo=UTC))
    other = {**SAMPLE[0], "Title": "Start of Season Match"}
    async with reading(tmp_path, clock, events=[*SAMPLE, other], programs=[]) as client:
        answer = await client.get(FEED)

    events = events_of(read(answer.content))
    assert sorted(str(event["SUMMARY"]) for event in events) == [
        "End of Season Match",
        "Start of Season Match",
    ]
    assert len({str(event["UID"]) for event in events}) == 2


async def test_a_server_of_wrapped_pages_without_total_and_with_numbers_as_text(tmp_path: Path) -> None:
    clock = FakeClock(datetime(2026, 11, 22, 12, tzinfo=UTC))
    day = date(2026, 11, 25)

    def events(query: dict[str, list[str]]) -> Any:
        first, last = (date.fromisoformat(query[name][0]) for name in ("from", "to"))
        assert last - first <= timedelta(days=31)
        page, size = int(query["page"][0]), int(query["perPage"][0])
        found = range(450) if first <= day <= last else range(0)
        chosen = list(found)[(page - 1) * size : page * size]
        return {"Items": [one(number) for number in chosen], "Paging": {"Next": "x" if chosen else ""}}

    def one(number: int) -> dict[str, Any]:
        minute = f"{number % 60:02}"
        return {
            "Id": str(140_000_000 + number),
            "Start": f"{day}T18:{minute}:00.01-05:00",
            "End": f"{day}T19:{minute}:00-05:00",
            "AllDay": "false",
            "Title": f"Match {number}",
            "Activity": {"Id": "7", "ProgramId": "42", "Status": None},
            "State": None,
            "Price": "12.50",
            "Location": [],
            "Tags": None,
        }

    programs = {"Items": [{"Id": "42", "Name": "Soccer", "IsVisible": "true"}], "Paging": None}
    async with reading(tmp_path, clock, events=events, programs=programs, activities=[]) as client:
        answer = await client.get(FEED)

    assert len({str(event["UID"]) for event in events_of(read(answer.content))}) == 450
