"""The hit path: what was answered a moment ago is answered again before any routing.

It knows no feed and decides nothing. An address that a route answered is looked up by its path and raw query;
the answer counts while the decision that it rests on stands (``feeds.standing``), and is picked by the same
function that the route's was (``representation.conclude``). Whatever is in doubt is handed through.
"""

import logging
from typing import Any, Final

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from app.telemetry.requests import NewId, new_id, plain_id, told_apart
from app.web.contents import Answers, Wish
from app.web.counting import counting, route_of
from app.web.followers import Followers
from app.web.identity import HEADER, identified, with_id
from app.web.policy import guarded
from app.web.representation import Fields, Messages, conclude, joined
from app.web.sampling import Sampler

_OK = 200
NOBODY: Final[tuple[Wish | None, str]] = (None, "")

log = logging.getLogger(__name__)


class Application(FastAPI):
    """FastAPI with the hit path in front of all its layers; ``log_every`` as ``Sampler`` has it."""

    def __init__(
        self,
        *,
        log_every: int = 0,
        new_id: NewId = new_id,
        **options: Any,  # noqa: ANN401  # FastAPI's
    ) -> None:
        super().__init__(**options)
        self._sampler = Sampler(log_every)
        self._followers = Followers()
        self._new_id = new_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            if self._sampler.is_next():
                send = self._sampler.watched(scope, send)
            messages = repeated(scope) or await self._repeated_soon(scope)
            if messages is not None:
                await send(messages[0])
                await send(messages[1])
                return
            with self._followers.leading(scope, send) as leading:
                await self._answered(scope, receive, guarded(counting(scope, leading)))
        else:
            await super().__call__(scope, receive, send)

    async def _repeated_soon(self, scope: Scope) -> Messages | None:
        """The same for a request whose answer is on its way to somebody else; None where it came to nothing.

        Twice, because the answer to whoever waited for a fetch says so, and is for nobody else.
        """
        messages = None
        for _ in range(2):
            if messages is None and await self._followers.follow(scope):
                messages = repeated(scope)
        return messages

    def at_once(self, scope: Scope) -> Messages | None:
        """The answer to a request if it is there already, counted: for servers that ask before they call.

        None for all others, and for the one in so many that is watched on its way.
        """
        if self._sampler.is_due:
            return None
        messages = repeated(scope)
        if messages is not None:
            self._sampler.pass_by()
        return messages

    async def _answered(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The whole way, under the request's id. What nobody foresaw is logged here, where it is known."""
        request_id, send = identified(scope, send, self._new_id)
        with told_apart(request_id):
            try:
                await super().__call__(scope, receive, send)
            except Exception:  # the caller has had a 500 by now; whoever serves us can do no more about it
                log.exception("A request failed in a way nobody foresaw", extra={"route": route_of(scope)})


def repeated(scope: Scope) -> Messages | None:
    """The answer to a request that was answered before, counted; None where a route has to be asked."""
    try:
        answers: Answers = scope["state"]["answers"]
    except KeyError:  # nothing has been started
        return None
    known = answers.addresses.get((scope["path"], scope["query_string"]))
    method = scope["method"]
    if known is None or method not in ("GET", "HEAD") or scope["http_version"] == "1.0":
        return None
    headers = scope["headers"]
    fields: Fields = dict(headers)
    if len(fields) != len(headers):
        fields = joined(headers)
    wish, client = answers.wishes.get((fields.get(b"accept-encoding"), fields.get(b"user-agent")), NOBODY)
    choice = known.menu.choices.get(wish) if wish else None
    messages = conclude(choice, method, fields) if choice else None
    if messages is None or not known.stands.asked(answers.seconds()):
        return None
    known.menu.used = True
    (known.wholes if messages[0]["status"] == _OK else known.unchanged)[client].more += 1
    if HEADER in fields:
        sent = plain_id(fields[HEADER])
        return (with_id(messages[0], sent), messages[1]) if sent else messages
    return messages
