"""A yardstick: one constant answer by a bare ASGI application, which looks at nothing.

``--bounded`` puts it behind the service's own server instead, with its bounds on what a client may do: the
difference is what they cost. ``python -m benchmarks.bare ANSWER.json --port N``
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from app.server.application import Recipe
from app.server.listening import Address
from app.server.run import run
from benchmarks.captured import Captured, opened
from benchmarks.stock import serve


def bare(answer: Captured) -> ASGIApp:
    """The application; both messages are made once."""
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
    start = {"type": "http.response.start", "status": answer.status, "headers": headers}
    body = {"type": "http.response.body", "body": answer.body}

    async def application(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send(start)
        await send(body)

    return application


def main(words: Sequence[str]) -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bare", description=__doc__)
    parser.add_argument("answer", type=Path)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--bounded", action="store_true")
    options = parser.parse_args(words)
    application = bare(opened(options.answer))
    if options.bounded:
        sys.exit(run(Recipe(None, lambda *_: _started(application)), Address("127.0.0.1", options.port)))
    serve(application, options.port)


def _started(application: ASGIApp) -> ASGIApp:
    """The same for a server that starts and stops applications (the lifespan protocol of ASGI)."""

    async def whole(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await application(scope, receive, send)
            return
        for step in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{step}.complete"})

    return whole


if __name__ == "__main__":
    main(sys.argv[1:])
