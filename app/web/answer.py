"""How everything that a cache may keep is answered: feeds, JSON, Atom, pictures, widgets; one way for all.

A route says what its address stands for and what that was made from. Status, validators, caching,
compression, CORS, the count, and that ``hot`` may repeat the answer, come from here.
"""

from fastapi import Request, Response

from app.feeds.service import Copy
from app.web.contents import Answers
from app.web.representation import OPEN, Representation, etag_of

__all__ = ["OPEN", "Representation", "answer", "etag_of"]


async def answer(request: Request, what: Representation, copy: Copy | None) -> Response:
    """200 or 304, with or without the body, counted. ``copy`` is what it was made from.

    None stands for an answer that no catalogue can change: it depends on its own address alone.
    """
    answers: Answers = request.state.answers
    start, body = await answers.answer(request.scope, what, copy)
    response = Response(body["body"], start["status"])
    response.raw_headers = list(start["headers"])
    if request.scope["http_version"] == "1.0" and request.method == "GET" and start["status"] != 304:  # noqa: PLR2004
        # RFC 9112 §6.1: no chunks for who cannot know them, and some keep the connection open.
        known = {name for name, _ in response.raw_headers}
        if b"content-length" not in known:
            response.raw_headers.append((b"content-length", str(len(body["body"])).encode()))
    return response
