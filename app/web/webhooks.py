"""Change notices from Amilia: marked at once, answered at once, never believed.

Amilia stops sending to an address that answers anything but 200 for three days, so whoever knows the secret
gets 200 whatever was sent; others learn nothing.
"""

import hmac
import logging
from collections.abc import AsyncIterator

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from app.amilia.webhook import LARGEST, SIGNATURE_HEADER, Notice, is_signed, read_notice
from app.domain.errors import FeedNotFound, WebhookRejected
from app.domain.model import Organization
from app.feeds.service import Feeds
from app.web.deps import FeedsDep, MetricsDep

log = logging.getLogger(__name__)

router = APIRouter(tags=["webhooks"])


@router.post("/webhooks/amilia/{secret}", include_in_schema=False)
async def heard(secret: str, request: Request, feeds: FeedsDep, metrics: MetricsDep) -> Response:
    """Mark the organization's catalogues as stale and refresh them."""
    keys = request.state.webhooks
    if keys.secret is None:
        raise FeedNotFound("no webhooks are configured")
    if not hmac.compare_digest(secret.encode("utf-8", "replace"), keys.secret.encode()):
        metrics.webhook("rejected")
        raise WebhookRejected("wrong secret")
    body = await _body(request.stream())
    if body is None:
        metrics.webhook("too large")
        return PlainTextResponse("ok\n")
    signature = request.headers.get(SIGNATURE_HEADER, "")
    if keys.signature_secret is not None and not is_signed(body, signature, keys.signature_secret):
        metrics.webhook("rejected")
        raise WebhookRejected("wrong signature")
    metrics.webhook(await _act_on(body, feeds, signed=bool(signature)))
    return PlainTextResponse("ok\n")


async def _act_on(body: bytes, feeds: Feeds, *, signed: bool) -> str:
    """Do what a notice asks for; a word for what came of it."""
    try:
        notice = read_notice(body)
    except ValueError as error:
        log.warning("A change notice cannot be read", extra={"reason": str(error)})
        return "unreadable"
    if not notice.concerns_events:
        return "of no concern"
    organization = _whom(notice, feeds)
    if organization is None:
        return "unknown organization"
    await feeds.mark(organization)
    facts = {"organization": organization.slug, "context": notice.context, "signed": signed}
    log.info("Amilia gave notice of a change", extra=facts)
    return "heard"


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


async def _body(stream: AsyncIterator[bytes]) -> bytes | None:
    """The whole body, None if it is larger than any notice."""
    chunks, size = [], 0
    async for chunk in stream:
        size += len(chunk)
        if size > LARGEST:
            return None
        chunks.append(chunk)
    return b"".join(chunks)
