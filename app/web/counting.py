"""What a request is counted as: words of ours only, whatever its address was. Pure, but for ``Counted``."""

import time
from typing import Any, Final

from starlette.types import Message, Scope, Send

from app.telemetry.clients import client_of
from app.telemetry.metrics import Metrics

NO_ROUTE: Final = "none"
NO_SOURCE: Final = "none"
PAGE: Final = "html"
_SUFFIXES: Final = (".ics", ".json", ".atom", ".svg", ".js", ".txt")
_DATA: Final = {
    "/healthz": "text",
    "/readyz": "json",
    "/metrics": "text",
    "/static/{digest}/{name}": "asset",
    "/webhooks/amilia/{secret}": "text",
    NO_ROUTE: "none",
}


def route_of(scope: Scope) -> str:
    """The template of the route that was found, such as ``/orgs/{org}/calendar.ics``; never the address."""
    return getattr(scope.get("route"), "path", None) or NO_ROUTE


def format_of(route: str) -> str:
    """What is found at such addresses: ics, json, atom, svg, js, txt, html, text, asset or none."""
    suffix = next((suffix for suffix in _SUFFIXES if route.endswith(suffix)), "")
    return _DATA.get(route) or suffix.removeprefix(".") or PAGE


def agent_of(scope: Scope) -> bytes | None:
    """The User-Agent of a request."""
    return next((value for name, value in scope["headers"] if name == b"user-agent"), None)


def counting(scope: Scope, send: Send) -> Send:
    """``send``, which also counts the answer and how long it took to begin it.

    Whoever answers says in the request's state where the content came from (``found``).
    """
    state: dict[str, Any] = scope.get("state", {})
    metrics: Metrics | None = state.get("metrics")
    if metrics is None:  # nothing has been started
        return send
    counted = metrics
    began = time.perf_counter()

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            route = route_of(scope)
            counted.took(route, time.perf_counter() - began)
            counted.request(
                route=route,
                format_=format_of(route),
                status=message["status"],
                source=state.get("found", NO_SOURCE),
                client=client_of(agent_of(scope)),
            )
        await send(message)

    return sending
