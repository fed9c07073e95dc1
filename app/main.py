"""The composition root: the only place that builds things and joins them."""

import os
import random
import secrets
import socket
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

import httpx
from fastapi import FastAPI
from pydantic import SecretStr
from starlette.types import Receive, Scope, Send

from app import __version__
from app.amilia.client import DEFAULTS, AmiliaClient
from app.amilia.credentials import Credentials, KeyCredentials, UserCredentials
from app.amilia.limits import Limits
from app.amilia.pace import Pace
from app.domain.errors import InvalidQuery
from app.domain.model import NamedFeed, Names, Organization
from app.domain.selection import PARAMETERS, parse
from app.feeds.fetch import Fetcher
from app.feeds.memory import RevisionMemory
from app.feeds.ports import Store
from app.feeds.refresh import Refresher, Rhythm
from app.feeds.service import COLD_WAIT, Feeds
from app.i18n.windows import zone_from_windows
from app.settings import FeedTable, NameTable, OrganizationTable, Settings, SettingsError, load
from app.store import open_store
from app.telemetry import logs
from app.telemetry.metrics import Metrics
from app.web import errors, feeds, operation, pages, webhooks
from app.web.deps import State, WebhookKeys

CONNECTIONS = 8
"""Simultaneous calls to Amilia: with answers of 50 ms, more would only meet its limit of calls a second."""


def utc_now() -> datetime:
    """The one reading of the wall clock."""
    return datetime.now(UTC)  # noqa: TID251  # the one place where the clock comes from


def create_app(
    settings: Settings,
    *,
    transport: httpx.AsyncBaseTransport | None = None,
    clock: Callable[[], datetime] = utc_now,
    limits: Limits = DEFAULTS,
    patience: timedelta = COLD_WAIT,
    demonstration: bool = False,
) -> FastAPI:
    """The service as an ASGI application. ``transport`` takes the place of the network to Amilia.

    Raises ``SettingsError`` for what only shows when everything is put together.
    """
    ensure_usable(settings)
    organizations = organizations_from(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[State]:
        metrics = Metrics()
        async with (
            httpx.AsyncClient(
                transport=transport,
                limits=httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS),
                trust_env=False,
            ) as http,
            aclosing(_store(settings, clock)) as store,
        ):
            rhythm = Rhythm(timedelta(seconds=settings.refresh_seconds), random.random)
            sources = _sources(settings, organizations, http, clock=clock, limits=limits, metrics=metrics)
            refresher = Refresher(
                Fetcher(sources, RevisionMemory(store, clock=clock), store),
                store,
                holder=f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}",
                clock=clock,
                rhythm=rhythm,
                metrics=metrics,
            )
            async with aclosing(refresher):
                service = Feeds(
                    organizations,
                    refresher,
                    clock=clock,
                    time_to_live=rhythm.time_to_live,
                    public_url=settings.public_url,
                    patience=patience,
                )
                refresher.watch(service.shelves)
                yield State(
                    feeds=service,
                    metrics=metrics,
                    public_url=settings.public_url,
                    demonstration=demonstration,
                    webhooks=WebhookKeys(
                        _secret(settings.webhook_secret) or None,
                        _secret(settings.webhook_signature_secret) or None,
                    ),
                )

    app = FastAPI(
        title="Amilia Calendar Feeds",
        summary="Calendar feeds for organizations that run their registrations on Amilia.",
        version=__version__,
        lifespan=lifespan,
        redirect_slashes=False,  # a redirect would repeat the Host that the caller invented
        redoc_url=None,
    )
    for routes in (operation.router, feeds.router, pages.router, webhooks.router):
        app.include_router(routes)
    errors.install(app)
    return app


def _sources(
    settings: Settings,
    organizations: Iterable[Organization],
    http: httpx.AsyncClient,
    *,
    clock: Callable[[], datetime],
    limits: Limits,
    metrics: Metrics,
) -> dict[str, AmiliaClient]:
    """A client for each organization; all of them keep one pace, for Amilia's limit is per address."""
    pace = Pace(calls_per_second=settings.calls_per_second, concurrency=CONNECTIONS)
    return {
        organization.slug: AmiliaClient(
            http,
            api_url=settings.api_url,
            organization=organization.slug,
            credentials=credentials_from(settings.organizations[organization.slug]),
            origin=settings.origin,
            pace=pace,
            clock=clock,
            zone_from_windows=zone_from_windows,
            show_skipped=organization.show_skipped,
            show_staff=organization.show_staff,
            observe=metrics.upstream_call,
            limits=limits,
        )
        for organization in organizations
    }


def _store(settings: Settings, clock: Callable[[], datetime]) -> Store:
    """The store, which need not be reachable. Raises ``SettingsError``."""
    try:
        return open_store(settings.store, clock=clock)
    except ValueError as error:
        raise SettingsError(f"store: {error}.") from error


@asynccontextmanager
async def upstream_of(settings: Settings, slug: str) -> AsyncIterator[AmiliaClient]:
    """A client of one organization, for commands that need no service."""
    (organization,) = (it for it in organizations_from(settings) if it.slug == slug)
    async with httpx.AsyncClient(trust_env=False) as http:
        sources = _sources(settings, [organization], http, clock=utc_now, limits=DEFAULTS, metrics=Metrics())
        yield sources[slug]


def from_environment() -> FastAPI:
    """The service of this process's environment, for servers that start several workers."""
    settings = load(os.environ, Path.cwd())
    if settings is None:
        raise SettingsError("No organization is configured.")
    logs.configure(settings.log_format)
    return create_app(settings)


@asynccontextmanager
async def state_of(app: FastAPI) -> AsyncIterator[State]:
    """The parts of the running application, for commands that ask them directly."""
    async with app.router.lifespan_context(app) as state:
        yield cast(State, state)


@asynccontextmanager
async def client_of(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client that talks to the running application in this process, without a server."""
    async with app.router.lifespan_context(app) as state:

        async def with_state(scope: Scope, receive: Receive, send: Send) -> None:
            await app({**scope, "state": dict(state or {})}, receive, send)

        transport = httpx.ASGITransport(with_state)
        async with httpx.AsyncClient(transport=transport, base_url="http://in-process") as client:
            yield client


def local_today(timezone: str) -> date:
    """The calendar day that it is now in ``timezone``."""
    return utc_now().astimezone(ZoneInfo(timezone)).date()


def ensure_usable(settings: Settings) -> None:
    """Raise ``SettingsError`` for what only shows when the settings are put to use."""
    organizations_from(settings)
    _store(settings, utc_now)
    for slug, table in settings.organizations.items():
        try:
            credentials_from(table)
        except ValueError as error:
            raise SettingsError(f"orgs.{slug}: {error}") from error


def organizations_from(settings: Settings) -> list[Organization]:
    """What is published and how, without the credentials. Raises ``SettingsError``."""
    return [_organization(slug, table) for slug, table in settings.organizations.items()]


def credentials_from(table: OrganizationTable) -> Credentials:
    """The one way in which an organization's calls are authorized; the settings have made sure of one."""
    if table.username is not None:
        return UserCredentials(table.username, _secret(table.password))
    return KeyCredentials(_secret(table.api_key), _secret(table.api_secret))


def _secret(value: SecretStr | None) -> str:
    return value.get_secret_value() if value else ""


def _organization(slug: str, table: OrganizationTable) -> Organization:
    bare = Organization(
        slug=slug,
        number=table.number or (int(slug) if slug.isdigit() else None),
        name=_names(table.name, slug.replace("-", " ").title()),
        language=table.language,
        timezone=table.timezone,
        color=table.color,
        currency=table.currency,
        past_days=table.past_days,
        future_days=table.future_days,
        cancelled=table.cancelled,
        show_skipped=table.show_skipped,
        show_staff=table.show_staff,
        programs=frozenset(table.programs),
        listed=table.listed,
    )
    return replace(bare, feeds=tuple(_named(name, feed, bare) for name, feed in table.feeds.items()))


def _names(name: NameTable | None, default: str) -> Names:
    return Names(name.fr, name.en) if name else Names(default, default)


def _named(slug: str, feed: FeedTable, organization: Organization) -> NamedFeed:
    """A named feed whose selection can be understood. Raises ``SettingsError``."""
    where = f"orgs.{organization.slug}.feeds.{slug}"
    if slug.lower() == "calendar":
        raise SettingsError(f"{where}: this name is taken by the whole feed; choose another.")
    saved = feed.model_extra or {}
    unknown = [key for key in saved if key not in PARAMETERS]
    if unknown:
        raise SettingsError(f"{where}.{unknown[0]} is not a selection parameter ({', '.join(PARAMETERS)}).")
    query = tuple((key, _as_text(value)) for key, value in saved.items())
    try:
        parse(query, organization)
    except InvalidQuery as error:
        raise SettingsError(f"{where}.{error}.") from error
    return NamedFeed(slug=slug, name=_names(feed.name, slug), query=query)


def _as_text(value: object) -> str:
    """A TOML value as a query would spell it."""
    return ",".join(str(part) for part in value) if isinstance(value, list) else str(value)
