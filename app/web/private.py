"""Private feeds: `/private/{token}/{name}.ics`, for whoever knows the address.

The token is in the path, because calendar clients keep nothing else with a subscription. So the path is said
nowhere: not in the log, not in a metric, not in an answer, and no answer is remembered by it. ``{name}`` is
for people (Thunderbird names the calendar after it) and decides nothing.
"""

import re
from dataclasses import replace
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import PlainTextResponse

from app.domain.errors import FeedNotFound
from app.domain.model import LANGS
from app.feeds.private import PrivateFeeds
from app.i18n.words import say
from app.web.answer import Representation, answer
from app.web.deps import MetricsDep
from app.web.feeds import CALENDAR
from app.web.limits import Bucket
from app.web.methods import readable
from app.web.query import pairs, spoken_language
from app.web.sealed import KEPT, NOT_KEPT

GUESSES: Final = 60
"""Addresses that lead nowhere, of all callers together, at once; then one a second."""
TOO_MANY: Final = 429
_PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", re.ASCII)

router = APIRouter(tags=["private feeds"])


def guesses() -> Bucket:
    """How many wrong addresses an application answers; right ones are never counted."""
    return Bucket(at_once=GUESSES, seconds=1)


async def _private(request: Request) -> PrivateFeeds:
    private: PrivateFeeds = request.state.private
    return private


PrivateDep = Annotated[PrivateFeeds, Depends(_private)]


@readable(router, "/private/{token}/{name}.ics", include_in_schema=False)
async def private_calendar(
    token: str, name: str, request: Request, private: PrivateDep, metrics: MetricsDep
) -> Response:
    """The calendar that the token opens; parameters of a selection can only narrow it."""
    try:
        feed, copy = await private.calendar(token, pairs(request.url.query))
    except FeedNotFound:
        if request.state.guesses.take():
            raise
        metrics.answer(TOO_MANY, "none")
        return _too_many(request)
    what = Representation(
        body=feed.calendar,
        content_type=CALENDAR,
        etag=feed.etag,
        last_modified=feed.last_modified,
        lang=copy.catalogue.lang,
        disposition=f'inline; filename="{name if _PLAIN_NAME.fullmatch(name) else "calendar"}.ics"',
        further=KEPT,
        open=False,
    )
    return await answer(request, what, replace(copy, standing=None))


def _too_many(request: Request) -> Response:
    lang = spoken_language(request.url.query)
    sentences = [say(lang, "error.guesses") for lang in ((lang,) if lang else LANGS)]
    retry_after = str(request.state.guesses.retry_after())
    return PlainTextResponse(
        "\n".join(sentences) + "\n", TOO_MANY, headers={**NOT_KEPT, "Retry-After": retry_after}
    )
