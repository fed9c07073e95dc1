"""Change notices from Amilia: marked at once, answered at once, never believed.

Amilia stops sending to an address that answers anything but 200 for three days, so whoever knows the secret
gets 200 whatever was sent; others learn nothing. A flood of either kind costs little: wrong secrets cost a
comparison, right ones one mark a second for each organization, and a line in the log now and then.
"""

import asyncio
import hmac
import logging
from collections.abc import AsyncIterator
from typing import Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse
from starlette.background import BackgroundTask
from starlette.requests import ClientDisconnect

from app.amilia.webhook import LARGEST, SIGNATURE_HEADER, Notice, is_signed, read_notice
from app.domain.errors import FeedNotFound, WebhookRejected
from app.domain.model import Organization
from app.feeds.service import Feeds
from app.web.deps import FeedsDep, MetricsDep
from app.web.limits import BODIES, NoticeLimits

log = logging.getLogger(__name__)

router = APIRouter(tags=["webhooks"])


@router.post("/webhooks/amilia/{secret}", include_in_schema=False)
async def heard(secret: str, request: Request, feeds: FeedsDep, metrics: MetricsDep) -> Response:
    """Mark the organization's catalogues as stale and refresh them."""
    keys, limits = request.state.webhooks, request.state.notices
    if keys.secret is None:
        raise FeedNotFound("no webhooks are configured")
    if not hmac.compare_digest(secret.encode("utf-8", "replace"), keys.secret.encode()):
        metrics.webhook("rejected")
        raise WebhookRejected("wrong secret")
    body = await _body(request.stream(), limits)
    if isinstance(body, str):
        metrics.webhook(body)
        return PlainTextResponse("ok\n")
    signature = request.headers.get(SIGNATURE_HEADER, "")
    if keys.signature_secret is not None and not is_signed(body, signature, keys.signature_secret):
        metrics.webhook("rejected")
        raise WebhookRejected("wrong signature")
    outcome, later = await _act_on(body, feeds, limits, signed=bool(signature))
    metrics.webhook(outcome)
    return PlainTextResponse("ok\n", background=later)


async def _act_on(
    body: bytes, feeds: Feeds, limits: NoticeLimits, *, signed: bool
) -> tuple[str, BackgroundTask | None]:
    """Do what a notice asks for; a word for what came of it, and what is left to do after the answer."""
    try:
        notice = read_notice(body)
    except ValueError as error:
        if limits.lines.take():
            log.warning("A change notice cannot be read", extra={"reason": str(error)})
        return "unreadable", None
    if not notice.concerns_events:
        return "of no concern", None
    organization = _whom(notice, feeds)
    if organization is None:
        return "unknown organization", None
    limits.unsaid += 1
    if limits.lines.take():
        facts = {"organization": organization.slug, "context": notice.context, "signed": signed}
        log.info("Amilia gave notice of a change", extra={**facts, "notices": limits.unsaid})
        limits.unsaid = 0
    wait = limits.marks.turn(organization.slug)
    if wait is None:
        return "gathered", None
    if wait:
        return "heard", BackgroundTask(_mark_later, feeds, organization, limits, wait)
    await feeds.mark(organization)
    return "heard", None


async def _mark_later(feeds: Feeds, organization: Organization, limits: NoticeLimits, wait: float) -> None:
    """Mark for all the notices that came since the last mark."""
    try:
        await asyncio.sleep(wait)
    finally:
        limits.marks.begun(organization.slug)
    await feeds.mark(organization)


def _whom(notice: Notice, feeds: Feeds) -> Organization | None:
    """The organization by its number, else by the address in the notice, else the only one there is."""
    for name in (str(notice.organization or ""), notice.slug):
        try:
            return feeds.organization(name)
        except FeedNotFound:
            continue
    only = list(feeds.organizations.values())
    if len(only) == 1 and (notice.organization is None or only[0].number is None):
        return only[0]
    return None


async def _body(
    stream: AsyncIterator[bytes], limits: NoticeLimits
) -> bytes | Literal["too large", "too many", "cut off"]:
    """The whole body, or why it was not read: it is larger than any notice, or all together are too large."""
    chunks, size = [], 0
    try:
        async for chunk in stream:
            chunks.append(chunk)
            size += len(chunk)
            limits.held += len(chunk)
            if size > LARGEST:
                return "too large"
            if limits.held > BODIES:
                return "too many"
    except ClientDisconnect:
        return "cut off"
    finally:
        limits.held -= size
    return b"".join(chunks)
