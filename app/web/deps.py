"""What routes may ask for, as the words that their signatures use."""

from typing import Annotated, TypedDict

from fastapi import Depends, Request

from app.domain.model import Organization
from app.feeds.service import Feeds
from app.telemetry.metrics import Metrics


class State(TypedDict):
    """What the lifespan provides to every request."""

    feeds: Feeds
    metrics: Metrics
    public_url: str
    demonstration: bool


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
