"""Fakes of the outside, and a caller that knows the credentials of both organizations."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import httpx

TODAY = date(2026, 10, 20)
FOREST_LOGIN = ("demo@example.org", "forest-demo")
LAKESIDE_KEYS = {"X-AMILIA-APIKEY": "lakeside-key-0001", "X-AMILIA-APISECRET": "lakeside-secret"}
WHOLE_WORLD = {"from": "2026-08-06", "to": "2027-12-14"}
EVERYTHING = WHOLE_WORLD | {"showHidden": "true", "showSkipped": "true", "showCanceled": "true"}


@dataclass
class FakeClock:
    """A clock that stands still until it is advanced."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **amount: float) -> None:
        self.now += timedelta(**amount)


@dataclass
class FakeSleep:
    """Sleeps no time at all; the clock goes on by as much as was asked for."""

    clock: FakeClock
    naps: list[float] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.clock.advance(seconds=seconds)


@dataclass
class FakePost:
    """Takes webhooks in; answers the given statuses first, then 200. A status of 0 is a lost connection."""

    statuses: list[int] = field(default_factory=list)
    posts: list[tuple[str, bytes, Mapping[str, str]]] = field(default_factory=list)

    async def __call__(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        self.posts.append((url, body, headers))
        status = self.statuses.pop(0) if self.statuses else 200
        if status == 0:
            raise OSError("connection lost")
        return status


@dataclass
class Api:
    """Calls the API as a client with the credentials of either organization."""

    client: httpx.AsyncClient
    token: str

    @classmethod
    async def of(cls, client: httpx.AsyncClient) -> "Api":
        answer = await client.get("/api/v3/authenticate", auth=FOREST_LOGIN)
        return cls(client, answer.json()["Token"])

    def headers(self, org: str) -> Mapping[str, str]:
        if org in {"lakeside", "9117"}:
            return LAKESIDE_KEYS
        return {"Authorization": f"Bearer {self.token}"}

    async def ask(
        self,
        path: str,
        params: Mapping[str, str] | None = None,
        *,
        org: str = "forest-explorers",
        lang: str = "fr",
        method: str = "GET",
        json: object = None,
    ) -> httpx.Response:
        """The answer of ``org/{org}/{path}``."""
        url = f"/api/v3/{lang}/org/{org}/{path}"
        return await self.client.request(method, url, params=params, headers=self.headers(org), json=json)

    async def items(
        self,
        path: str,
        params: Mapping[str, str] | None = None,
        *,
        org: str = "forest-explorers",
        lang: str = "fr",
    ) -> list[dict[str, Any]]:
        """All items of a list: follows Next to the end."""
        answer = await self.ask(path, params, org=org, lang=lang)
        found: list[dict[str, Any]] = []
        while True:
            assert answer.status_code == 200, answer.text
            found += answer.json()["Items"]
            following = answer.json()["Paging"]["Next"]
            if not following:
                return found
            answer = await self.client.get(following, headers=self.headers(org))

    async def events(self, params: Mapping[str, str], **how: str) -> dict[int, dict[str, Any]]:
        """The events of a walk by id, in pages of 1000."""
        return {
            event["Id"]: event for event in await self.items("events", {**params, "perPage": "1000"}, **how)
        }
