"""An Amilia whose every text was written by somebody who means harm."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.main import client_of, create_app
from app.settings import NameTable, OrganizationTable, Settings
from tests.support.fakes import NOON, FakeClock
from tests.support.service import PUBLIC_URL, QUICK

CLUB: Final = "/orgs/club"
TEXTS: Final = {
    "script": "<script>window.pwned=1</script>",
    "end of a script": "</script><script>window.pwned=1</script><!--<script>",
    "end of a style": "</style><script>window.pwned=1</script>",
    "end of a comment": "--><img src=x onerror=window.pwned=1>]]>",
    "attribute": '" onmouseover="window.pwned=1" autofocus onfocus=\'window.pwned=1\' x="',
    "apostrophe": "' onload='window.pwned=1",
    "twice encoded": "&amp;lt;script&amp;gt;window.pwned=1&amp;lt;/script&amp;gt;",
    "image": "<img src=x onerror=window.pwned=1><svg/onload=window.pwned=1>",
    "template": "{{ 7 * 7 }}{% raw %}{title}%(title)s{0.__class__}${7*7}",
    "new property": "Judo\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:injected\r\nATTACH:http://evil.example/x",
    "new line": "Judo\nX-INJECTED:1\rX-INJECTED:2\u2028X-INJECTED:3\x85X-INJECTED:4\x0bX-INJECTED:5",
    "new header": "Judo\r\nSet-Cookie: pwned=1\r\n\r\n<script>window.pwned=1</script>",
    "bidi": "Judo \u202eexe.gpj\u2066 \u061c \u200f",
    "not of XML": "Judo \x00\x01\x08\x0c\x1f\x7f\ufffe\uffff \ud800 \udfff",
    "formula": "=cmd|' /C calc'!A0",
    "formula by another sign": "@SUM(1+1)*cmd|' /C calc'!A0",
    "emoji": "👨‍👩‍👧‍👦🇨🇦🏴󠁧󠁢󠁷󠁬󠁳󠁿" * 20,
    "combining": "Z" + "\u0335\u0301\u0489" * 2000,
    "long": "x" * 100_000,
    "percent": "%0d%0aSet-Cookie:%20pwned=1 %00 %n%s",
    "console": "\x1b]0;pwned\x07\x1b[2J\x1b[31mJudo\x9b31m",
}
ADDRESSES: Final = (
    "javascript:window.pwned=1",
    "JaVaScRiPt:window.pwned=1",
    "\x01javascript:window.pwned=1",
    "java\nscript:window.pwned=1",
    "data:text/html,<script>window.pwned=1</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "//evil.example/x",
    'https://good.example/"onmouseover="window.pwned=1',
    "https://good.example/\r\nX-INJECTED:1",
    "https://good.example/<script>window.pwned=1</script>",
    "https://user:pass@evil.example/",
    "https://good.example:99999/",
    "https://[::1/",
    "https://good.example/\ud800",
)


def records(texts: dict[str, str], *, minutes: int = 0) -> list[dict[str, Any]]:
    """An event for each text, with the text wherever there is room for one."""
    begins = NOON + timedelta(days=1, minutes=minutes)
    return [
        record(number, text, ADDRESSES[number % len(ADDRESSES)], begins + timedelta(hours=number))
        for number, text in enumerate(texts.values())
    ]


def record(number: int, text: str, address: str, start: datetime) -> dict[str, Any]:
    return {
        "Id": 900 + number,
        "Start": start.isoformat(),
        "End": (start + timedelta(hours=1)).isoformat(),
        "AllDay": False,
        "Title": text,
        "Url": address,
        "PictureUrl": address,
        "State": text[:40] if number % 3 == 0 else "Moved" if number % 3 == 1 else "Cancelled",
        "EventType": "Activity",
        "Price": 12.5,
        "Activity": {
            "Id": 500 + number,
            "Name": text,
            "Status": "Normal",
            "ProgramId": 4521,
            "ProgramName": text,
            "CategoryId": 600 + number,
            "CategoryName": text,
            "SubCategoryId": 700 + number,
            "SubCategoryName": text,
        },
        "Location": {"Id": 800 + number, "Name": text, "Address": {"Address1": text, "City": text}},
        "Tags": [{"Id": 300 + number, "Name": text, "IsVisible": True}],
        "Staff": [{"Id": 1, "FullName": text, "State": "Normal"}],
    }


class Amilia:
    """The API of such a club; ``events`` may be another list later."""

    def __init__(self) -> None:
        self.events = records(TEXTS)
        self.program = next(iter(TEXTS.values()))

    def application(self) -> Starlette:
        routes = [Route("/api/v3/authenticate", self._token)]
        routes += [
            Route(f"/api/v3/{{lang}}/org/club/{name}", answer)
            for name, answer in (("events", self._events), ("programs", self._programs))
        ]
        return Starlette(routes=routes)

    async def _token(self, _: Request) -> Response:
        return JSONResponse({"Token": "opaque"})

    async def _events(self, request: Request) -> Response:
        asked = request.query_params
        first, last = asked["from"][:10], asked["to"][:10]
        found = [it for it in self.events if first <= it["Start"][:10] <= last]
        return _escaped(
            {"Items": found if asked["page"] == "1" else [], "Paging": {"TotalCount": len(found)}}
        )

    async def _programs(self, _: Request) -> Response:
        program = {"Id": 4521, "Name": self.program, "IsVisible": True, "Url": ADDRESSES[0]}
        return _escaped({"Items": [program], "Paging": {"TotalCount": 1}})


def _escaped(content: Any) -> Response:
    """JSON in ASCII: half a character can only be told by its number."""
    return Response(json.dumps(content), media_type="application/json")


@asynccontextmanager
async def attacked(directory: Path, amilia: Amilia, clock: FakeClock) -> AsyncIterator[httpx.AsyncClient]:
    """The service of a club that reads this."""
    club = OrganizationTable.model_validate(
        {
            "username": "a@example.org",
            "password": "b",
            "language": "en",
            "show_staff": True,
            "timezone": "America/Toronto",
            "name": NameTable(fr="Club", en="Club"),
        }
    )
    settings = Settings(
        organizations={"club": club},
        api_url="http://amilia.test/api/v3",
        public_url=PUBLIC_URL,
        store=f"sqlite:///{directory}/feeds.db",
        calls_per_second=100,
    )
    transport = httpx.ASGITransport(amilia.application())
    async with client_of(create_app(settings, transport=transport, clock=clock, limits=QUICK)) as client:
        yield client
