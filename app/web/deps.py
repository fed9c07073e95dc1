"""What routes may ask for, as the words that their signatures use."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, TypedDict

from fastapi import Depends, Request

from app.domain.model import Organization
from app.feeds.private import PrivateFeeds
from app.feeds.service import Feeds
from app.telemetry.metrics import Metrics
from app.web.contents import Answers
from app.web.limits import Bucket, NoticeLimits
from app.web.subscribe import House


@dataclass(frozen=True, slots=True)
class WebhookKeys:
    """What a notice of change must know: part of its address, and how it is signed where that is checked."""

    secret: str | None = field(default=None, repr=False)
    signature_secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class StatusKey:
    """What opens the operator's page; None where there is no such page."""

    token: str | None = field(default=None, repr=False)


class State(TypedDict):
    """What the lifespan provides to every request."""

    feeds: Feeds
    metrics: Metrics
    answers: Answers
    public_url: str
    house: House
    webhooks: WebhookKeys
    notices: NoticeLimits
    status_key: StatusKey
    clock: Callable[[], datetime]
    private: PrivateFeeds
    guesses: Bucket


async def _feeds(request: Request) -> Feeds:
    feeds: Feeds = request.state.feeds
    return feeds


async def _metrics(request: Request) -> Metrics:
    metrics: Metrics = request.state.metrics
    return metrics


FeedsDep = Annotated[Feeds, Depends(_feeds)]
MetricsDep = Annotated[Metrics, Depends(_metrics)]


async def _organization(org: str, feeds: FeedsDep) -> Organization:
    return feeds.organization(org)


OrganizationDep = Annotated[Organization, Depends(_organization)]
