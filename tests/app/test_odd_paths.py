"""Addresses that nobody would type: an answer that is none of ours to be ashamed of."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.service import Service, running


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    async with running(tmp_path) as started:
        yield started


async def status_of(service: Service, path: str) -> int:
    """Of a path as the server hands it on, decoded; clients would tidy it up."""
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    transport = service.client._transport
    assert isinstance(transport, httpx.ASGITransport)
    scope = {"type": "http", "http_version": "1.1", "method": "GET", "headers": [], "query_string": b""}
    raw = path.encode("utf-8", "surrogatepass")
    await transport.app(
        {**scope, "path": path, "raw_path": raw, "scheme": "http", "root_path": ""}, receive, send
    )
    return int(sent[0]["status"])


async def test_paths_of_every_kind_lead_nowhere(service: Service) -> None:
    paths = [
        "",
        "//",
        "/orgs",
        "/orgs/",
        "/orgs//calendar.ics",
        "/orgs/../orgs/forest-explorers/calendar.ics",
        "/orgs/forest-explorers/../../etc/passwd",
        "/orgs/forest-explorers/\0.ics",
        "/orgs/forest-explorers\0/calendar.ics",
        "/orgs/forest-explorers/calendar.ics/",
        "/orgs/forest-explorers//calendar.ics",
        "/orgs/forest-explorers/calendar.ics\r\nX-Evil: 1",
        "/orgs/FOREST-EXPLORERS/calendar.ics",
        "/orgs/08008/calendar.ics",
        "/orgs/\uff18\uff10\uff10\uff18/calendar.ics",
        "/orgs/forest-explorers/events/\uff11\uff12.ics",
        "/orgs/forest-explorers/events/" + "9" * 5000 + ".ics",
        "/orgs/forest-explorers/events/-.ics",
        "/orgs/" + "x" * 8000,
        "/orgs/" + "../" * 2000,
        "/orgs/\ufffd\u202e\u0000/embed",
        "/static/../main.py",
        "/static/x/../../main.py",
        "/private//x.ics",
        "/webhooks/amilia/",
        "*",
        "http://evil.example/",
    ]

    statuses = {path[:60]: await status_of(service, path) for path in paths}

    assert {path: status for path, status in statuses.items() if status != 404} == {}
