"""The id of a request, from its header to the log and back.

It goes out where the caller sent one, and with what is a fault of ours, so that somebody can ask about it.
Other answers do not have one: caches keep them, and give them to others.
"""

from typing import Final

from starlette.types import Message, Scope, Send

from app.telemetry.requests import NewId, plain_id

HEADER: Final = b"x-request-id"
FAULT: Final = 500


def sent_id(scope: Scope) -> str | None:
    """The id that came with a request, if it is plain."""
    return plain_id(next((value for name, value in scope["headers"] if name == HEADER), None))


def identified(scope: Scope, send: Send, new_id: NewId) -> tuple[str, Send]:
    """The id of a request, also put into its state, and ``send``, which adds it to the answer where due."""
    sent = sent_id(scope)
    request_id = sent or new_id()
    scope.setdefault("state", {})["request_id"] = request_id

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start" and (sent or message["status"] >= FAULT):
            message = with_id(message, request_id)
        await send(message)

    return request_id, sending


def with_id(start: Message, request_id: str) -> Message:
    """The start of an answer with the id; a copy, for such starts are shared."""
    return {**start, "headers": [*start["headers"], (HEADER, request_id.encode("ascii"))]}
