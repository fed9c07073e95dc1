"""The door of the API: every call passes it before any route sees it.

In order: paths lose their case; the call is noted; the pace is kept; faults strike; whoever has no good
credentials is sent away with 401, whether the path exists or not.
"""

from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.simulator.effects import Answer, ConnectionCut, spoiled
from app.simulator.errors import ApiError, error_answer
from app.simulator.faults import Fault, Stage
from app.simulator.journal import Call
from app.simulator.simulator import Simulator

API = "/api/"
_AUTHENTICATE = "/api/v3/authenticate"
_RETRYABLE = ("429", "503")


@dataclass(frozen=True, slots=True)
class Gate:
    """ASGI middleware in front of all routes; what is outside the API only loses the case of its path."""

    app: ASGIApp
    simulator: Simulator

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        lowered = dict(scope, path=scope["path"].lower())
        if not lowered["path"].startswith(API):
            await self.app(lowered, receive, send)
            return
        call = self._noted(scope)
        try:
            await self._answer(call, lowered, receive, _noting_status(call, send))
        finally:
            self.simulator.journal.end()

    def _noted(self, scope: Scope) -> Call:
        client = scope.get("client")
        return self.simulator.journal.begin(
            method=scope["method"],
            path=scope["path"],
            query=scope["query_string"].decode("latin-1"),
            headers=dict(Headers(scope=scope)),
            client=client[0] if client else "",
            organization=self._slug(scope["path"]),
        )

    def _slug(self, path: str) -> str:
        """The slug of the organization that a path names, empty when it names none that exists."""
        _, _, rest = path.lower().partition("/org/")
        organization = self.simulator.world.organization(rest.partition("/")[0])
        return organization.slug if organization else ""

    async def _answer(self, call: Call, scope: Scope, receive: Receive, send: Send) -> None:
        simulator = self.simulator
        for fault in simulator.faults.take(Stage.WAIT, call.path, call.organization):
            await simulator.sleep(fault.amount)
        refusals = simulator.faults.take(Stage.REFUSAL, call.path, call.organization)
        if any(fault.kind.name == "hang" for fault in refusals):
            await _until_the_client_leaves(receive)
            return
        error, headers = self._refusal(call, scope, refusals)
        if error is not None:
            answer = error_answer(error, transaction=call.number, headers=headers)
            await answer(scope, receive, send)
            return
        scope["simulator.call"] = call
        faults = simulator.faults.take(Stage.BODY, call.path, call.organization)
        await self._pass(scope, receive, send, faults)

    def _refusal(
        self, call: Call, scope: Scope, faults: list[Fault]
    ) -> tuple[ApiError | None, dict[str, str]]:
        """Why a call is refused at the door, if it is, and the headers that say more."""
        dialect = self.simulator.dialect
        if not self.simulator.pace.allows(call.client, call.time, dialect.calls_per_second):
            return ApiError(429), _retry_after(dialect.retry_after)
        for fault in faults:
            seconds = fault.value if fault.kind.name in _RETRYABLE else None
            return ApiError(int(fault.kind.name)), _retry_after(seconds)
        if scope["path"] == _AUTHENTICATE:
            return None, {}
        caller = self.simulator.tokens.caller(Headers(scope=scope), call.time)
        if caller is None:
            return ApiError(401), {}
        scope["simulator.caller"] = caller
        return None, {}

    async def _pass(self, scope: Scope, receive: Receive, send: Send, faults: list[Fault]) -> None:
        if not faults:
            await self.app(scope, receive, send)
            return
        whole = _Whole()
        await self.app(scope, receive, whole.send)
        await _send(spoiled(whole.answer, faults), send)


class _Whole:
    """Takes an answer in, so that it can be looked at before it is sent."""

    def __init__(self) -> None:
        self.answer = Answer(200, (), b"")

    async def send(self, message: Message) -> None:
        status, headers, body = self.answer.status, self.answer.headers, self.answer.body
        if message["type"] == "http.response.start":
            status, headers = message["status"], tuple(message["headers"])
        self.answer = Answer(status, headers, body + message.get("body", b""))


async def _send(answer: Answer, send: Send) -> None:
    """Send a whole answer, or the first half of it. Raises ConnectionCut in place of the other half."""
    headers = [header for header in answer.headers if header[0] != b"content-length"]
    headers.append((b"content-length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    if answer.cut:
        half = answer.body[: len(answer.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        raise ConnectionCut("The connection was cut on purpose.")
    await send({"type": "http.response.body", "body": answer.body})


def _noting_status(call: Call, send: Send) -> Send:
    async def noting(message: Message) -> None:
        if message["type"] == "http.response.start":
            call.status = message["status"]
        await send(message)

    return noting


async def _until_the_client_leaves(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _retry_after(seconds: float | None) -> dict[str, str]:
    return {} if seconds is None else {"Retry-After": f"{seconds:g}"}
