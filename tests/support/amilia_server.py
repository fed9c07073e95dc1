"""A small Amilia of our own: an ASGI application whose every answer a test can replace."""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

Scope: TypeAlias = MutableMapping[str, Any]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Record: TypeAlias = dict[str, Any]

USERNAME, PASSWORD = "feeds@example.org", "correct horse"
KEY, KEY_SECRET = "key-1234", "battery-staple"


@dataclass(frozen=True, slots=True)
class Call:
    """One request as it arrived, its path undecoded. ``endpoint`` is what follows the organization."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]

    @property
    def endpoint(self) -> str:
        _, of_an_organization, rest = self.path.partition("/org/")
        return rest.partition("/")[2] if of_an_organization else self.path.rpartition("/")[2]

    @property
    def page(self) -> int:
        return int(self.query.get("page", "1"))

    @property
    def token(self) -> str:
        return self.headers.get("authorization", "").removeprefix("Bearer ")


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer; ``body`` is sent as it is when it is bytes, else as JSON."""

    body: object = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})

    @property
    def payload(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


Intercept: TypeAlias = Callable[[Call], Awaitable[Reply | None]]


async def _nothing(_: Call) -> Reply | None:
    return None


class AmiliaServer:
    """Answers authentication, events, programmes and activities out of three plain lists.

    ``intercept`` sees every call first and may answer it, wait, or change the lists; ``calls`` remembers all.
    Bearer tokens are those of ``good_tokens``; each authentication mints another.
    """

    def __init__(
        self,
        events: Sequence[Record] = (),
        programs: Sequence[Record] = (),
        activities: Sequence[Record] = (),
    ) -> None:
        self.events = list(events)
        self.programs = list(programs)
        self.activities = list(activities)
        self.intercept: Intercept = _nothing
        self.bare = False
        self.largest_page = 1000
        self.calls: list[Call] = []
        self.good_tokens: set[str] = set()
        self.minted = 0
        self.mint: Callable[[int], str] = lambda number: f"token-{number}"
        self.under_way = 0
        self.most_under_way = 0

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        call = Call(
            path=scope["raw_path"].decode(),
            query=dict(parse_qsl(scope["query_string"].decode())),
            headers={name.decode().lower(): value.decode() for name, value in scope["headers"]},
        )
        self.calls.append(call)
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            reply = await self.intercept(call) or self.answer(call)
            await asyncio.sleep(0)
        finally:
            self.under_way -= 1
        raw_headers = [(name.encode(), value.encode()) for name, value in reply.headers.items()]
        await send({"type": "http.response.start", "status": reply.status, "headers": raw_headers})
        await send({"type": "http.response.body", "body": reply.payload})

    def calls_to(self, endpoint: str) -> list[Call]:
        """The calls to one endpoint so far."""
        return [call for call in self.calls if call.endpoint == endpoint]

    def answer(self, call: Call) -> Reply:
        """What Amilia would answer."""
        if call.endpoint == "authenticate":
            return self._authenticate(call)
        if not self._authorized(call):
            return Reply({"Message": "Token is invalid", "TransactionId": "401-t"}, 401)
        if call.endpoint == "events":
            return self.page(call, self._events_between(call.query["from"], call.query["to"]))
        if call.endpoint == "programs":
            return self.page(call, self.programs)
        if call.endpoint == "activities":
            return self.page(call, self.activities)
        return Reply({"Message": "Entity was not found"}, 404)

    def page(self, call: Call, records: Sequence[Record]) -> Reply:
        """A page of ``records`` as ``call`` asks for it."""
        per_page = int(call.query.get("perPage", "200"))
        if not 5 <= per_page <= self.largest_page:
            return Reply({"Message": "must be a whole number between 5 and 1000"}, 400)
        start = (call.page - 1) * per_page
        items = list(records[start : start + per_page])
        if self.bare:
            return Reply(items)
        more = start + per_page < len(records)
        next_page = f"https://elsewhere.example{call.path}?page={call.page + 1}" if more else ""
        return Reply({"Items": items, "Paging": {"TotalCount": len(records), "Next": next_page}})

    def _events_between(self, first: str, last: str) -> list[Record]:
        return [event for event in self.events if first <= event["Start"][:10] <= last]

    def _authenticate(self, call: Call) -> Reply:
        expected = base64.b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode()
        if call.headers.get("authorization") != f"Basic {expected}":
            return Reply({"Message": "wrong"}, 401)
        self.minted += 1
        token = self.mint(self.minted)
        self.good_tokens.add(token)
        return Reply({"Token": token})

    def _authorized(self, call: Call) -> bool:
        keys = (call.headers.get("x-amilia-apikey"), call.headers.get("x-amilia-apisecret"))
        return call.token in self.good_tokens or keys == (KEY, KEY_SECRET)


def event(number: int, day: str = "2026-09-01", **overrides: object) -> Record:
    """An event record of the programme 7 on ``day``."""
    return {
        "Id": number,
        "Start": f"{day}T10:00:00-04:00",
        "End": f"{day}T11:00:00-04:00",
        "Title": f"Event {number}",
        "State": "Normal",
        "EventType": "Activity",
        "Activity": {
            "Id": 70,
            "Name": "Class",
            "ProgramId": 7,
            "ProgramName": "Programme",
            "Status": "Normal",
        },
        **overrides,
    }


def program(number: int = 7, **overrides: object) -> Record:
    """A programme record that everybody may see."""
    return {
        "Id": number,
        "Name": f"Programme {number}",
        "Url": f"https://app.amilia.com/store/fr/club/shop/programs/{number}",
        "IsVisible": True,
        "IsArchived": False,
        "IsPasswordProtected": False,
        **overrides,
    }
