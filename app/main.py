"""The composition root: the only place that builds things and joins them."""

import os
import random
import secrets
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import cast
from zoneinfo import ZoneInfo

import httpx
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from app import __version__
from app.amilia.backstage import Backstage
from app.amilia.client import DEFAULTS, AmiliaClient
from app.amilia.limits import Limits
from app.amilia.pace import CONCURRENCY, Pace
from app.configured import credentials_from, organizations_from, secret_text
from app.domain.model import Organization
from app.feeds.fetch import Fetcher
from app.feeds.gauges import Gauges
from app.feeds.grants import Keys
from app.feeds.memory import RevisionMemory
from app.feeds.ports import EventSource, Store
from app.feeds.private import PrivateFeeds, backstage
from app.feeds.private import names_before_numbers as private_names_before_numbers
from app.feeds.refresh import Refresher, Rhythm
from app.feeds.service import COLD_WAIT, Feeds
from app.feeds.shelf import names_before_numbers
from app.i18n import formats
from app.i18n.windows import zone_from_windows
from app.settings import Settings, SettingsError
from app.store import open_store
from app.telemetry.metrics import Metrics
from app.telemetry.observed import observed
from app.telemetry.pulse import beating
from app.web import (
    assets,
    changes_atom,
    embed,
    errors,
    events_json,
    feeds,
    operation,
    pages,
    private,
    qr,
    reference,
    status,
    webhooks,
)
from app.web.choices import Tallies
from app.web.contents import Answers
from app.web.deps import State, StatusKey, WebhookKeys
from app.web.hot import Application
from app.web.limits import NoticeLimits
from app.web.readiness import own_catalogues
from app.web.subscribe import House


def utc_now() -> datetime:
    """The one reading of the wall clock."""
    return datetime.now(UTC)  # noqa: TID251  # the one place where the clock comes from


def seconds_of(clock: Callable[[], datetime]) -> Callable[[], float]:
    """``clock`` as seconds since 1970; the real one without a datetime in between, at a sixth of the cost."""
    return time.time if clock is utc_now else lambda: clock().timestamp()


def unheard(sources: Mapping[str, AmiliaClient]) -> Mapping[str, EventSource]:
    """Each client speaks to the service itself."""
    return sources


def create_app(
    settings: Settings,
    *,
    transport: httpx.AsyncBaseTransport | None = None,
    clock: Callable[[], datetime] = utc_now,
    limits: Limits = DEFAULTS,
    patience: timedelta = COLD_WAIT,
    demonstration: bool = False,
    simulator_url: str = "",
    static: bool = False,
    overhear: Callable[[Mapping[str, AmiliaClient]], Mapping[str, EventSource]] = unheard,
    counted: Metrics | None = None,
) -> FastAPI:
    """The service as an ASGI application. ``transport`` takes the place of the network to Amilia.

    ``overhear`` may put sources of its own between the service and its clients (by organization); pages of
    a ``static`` service are to be kept as files. ``counted`` is what this process counted before.
    Raises ``SettingsError`` for what only shows when everything is put together.
    """
    ensure_usable(settings)
    organizations = organizations_from(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[State]:
        formats.prepare()
        metrics = counted or Metrics()
        async with (
            httpx.AsyncClient(
                transport=transport,
                limits=httpx.Limits(max_connections=CONCURRENCY, max_keepalive_connections=CONCURRENCY),
                trust_env=False,
            ) as http,
            aclosing(observed(_store(settings, organizations, clock), metrics.stored)) as store,
        ):
            rhythm = Rhythm(timedelta(seconds=settings.refresh_seconds), random.random)
            sources = _sources(settings, organizations, http, clock=clock, limits=limits, metrics=metrics)
            refresher = _refresher(overhear(sources), store, clock=clock, rhythm=rhythm, metrics=metrics)
            answers = Answers(metrics, seconds=seconds_of(clock), compression=settings.compression)
            async with (
                aclosing(refresher),
                aclosing(answers),
                AsyncExitStack() as running,
                _private(
                    settings, organizations, sources, store, clock=clock, rhythm=rhythm, patience=patience
                ) as private_feeds,
            ):
                service = Feeds(
                    organizations,
                    refresher,
                    clock=clock,
                    time_to_live=rhythm.time_to_live,
                    public_url=settings.public_url,
                    patience=patience,
                    also_marked=private_feeds.mark,
                )
                refresher.watch(service.shelves)
                metrics.before_reading(Gauges(service, metrics).set)
                metrics.show_others(partial(own_catalogues, service, metrics.worker))
                await running.enter_async_context(beating(metrics))
                yield State(
                    feeds=service,
                    metrics=metrics,
                    answers=answers,
                    public_url=settings.public_url,
                    house=House(settings.public_url, demonstration, simulator_url, Tallies(), static),
                    webhooks=WebhookKeys(
                        secret_text(settings.webhook_secret) or None,
                        secret_text(settings.webhook_signature_secret) or None,
                    ),
                    notices=NoticeLimits(),
                    status_key=StatusKey(secret_text(settings.status_token) or None),
                    clock=clock,
                    private=private_feeds,
                    guesses=private.guesses(),
                )

    app = Application(
        log_every=settings.log_every,
        title="Amilia Calendar Feeds",
        summary="Calendar feeds for organizations that run their registrations on Amilia.",
        description="HEAD answers as GET does, without the body; other methods get 405 with Allow.",
        version=__version__,
        lifespan=lifespan,
        redirect_slashes=False,  # a redirect would repeat the Host that the caller invented
        docs_url=None,  # its page would load a script from elsewhere: web/reference.py has one of our own
        redoc_url=None,
    )
    for routes in (
        operation.router,
        status.router,
        feeds.router,
        pages.router,
        assets.router,
        qr.router,
        reference.router,
        events_json.router,
        changes_atom.router,
        embed.router,
        private.router,
        webhooks.router,
    ):
        app.include_router(routes)
    errors.install(app)
    return app


@asynccontextmanager
async def _private(
    settings: Settings,
    organizations: Iterable[Organization],
    clients: Mapping[str, AmiliaClient],
    store: Store,
    *,
    clock: Callable[[], datetime],
    rhythm: Rhythm,
    patience: timedelta,
) -> AsyncIterator[PrivateFeeds]:
    """All private feeds. What is counted of their catalogues nobody is told: it would tell what is hidden."""
    behind = {
        backstage(it, headcount=headcount): Backstage(clients[it.slug], headcount=headcount)
        for it in organizations
        for headcount in (False, True)
    }
    sources = {organization.slug: source for organization, source in behind.items()}
    refresher = _refresher(sources, store, clock=clock, rhythm=rhythm, metrics=Metrics())
    async with aclosing(refresher):
        catalogues = Feeds(
            behind,
            refresher,
            clock=clock,
            time_to_live=rhythm.time_to_live,
            public_url=settings.public_url,
            patience=patience,
        )
        yield PrivateFeeds(organizations, Keys(store, clock=clock), catalogues, refresher, clock=clock)


def _refresher(
    sources: Mapping[str, EventSource],
    store: Store,
    *,
    clock: Callable[[], datetime],
    rhythm: Rhythm,
    metrics: Metrics,
) -> Refresher:
    """Keeps the catalogues of ``sources`` fresh, under a name of its own among all that share the store."""
    return Refresher(
        Fetcher(sources, RevisionMemory(store, clock=clock), store),
        store,
        holder=f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}",
        clock=clock,
        rhythm=rhythm,
        metrics=metrics,
    )


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
    pace = Pace(calls_per_second=settings.calls_per_second)
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
            observe=partial(metrics.upstream_call, organization.slug),
            limits=limits,
        )
        for organization in organizations
    }


def _store(settings: Settings, organizations: Iterable[Organization], clock: Callable[[], datetime]) -> Store:
    """The store, which need not be reachable. Raises ``SettingsError``."""
    known = list(organizations)
    renamed = {**names_before_numbers(known), **private_names_before_numbers(known)}
    try:
        return open_store(settings.store, clock=clock, renamed=renamed)
    except ValueError as error:
        raise SettingsError(f"store: {error}.") from error


@asynccontextmanager
async def upstream_of(settings: Settings, slug: str) -> AsyncIterator[AmiliaClient]:
    """A client of one organization, for commands that need no service."""
    (organization,) = (it for it in organizations_from(settings) if it.slug == slug)
    async with httpx.AsyncClient(trust_env=False) as http:
        sources = _sources(settings, [organization], http, clock=utc_now, limits=DEFAULTS, metrics=Metrics())
        yield sources[slug]


@asynccontextmanager
async def store_of(settings: Settings) -> AsyncIterator[Store]:
    """The store of the service, for commands that need nothing else."""
    async with aclosing(_store(settings, organizations_from(settings), utc_now)) as store:
        yield store


@asynccontextmanager
async def state_of(app: FastAPI) -> AsyncIterator[State]:
    """The parts of the running application, for commands that ask them directly."""
    async with app.router.lifespan_context(app) as state:
        yield cast(State, state)


@asynccontextmanager
async def client_of(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client that talks to the running application in this process, without a server."""
    async with state_of(app) as state, client_with(app, state) as client:
        yield client


def client_with(app: FastAPI, state: State) -> httpx.AsyncClient:
    """A client of the application that runs with ``state``; to be closed by the caller."""

    async def with_state(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "state": dict(state)}, receive, send)

    return httpx.AsyncClient(transport=httpx.ASGITransport(with_state), base_url="http://in-process")


def local_today(timezone: str) -> date:
    """The calendar day that it is now in ``timezone``."""
    return utc_now().astimezone(ZoneInfo(timezone)).date()


def ensure_usable(settings: Settings) -> None:
    """Raise ``SettingsError`` for what only shows when the settings are put to use."""
    _store(settings, organizations_from(settings), utc_now)
    for slug, table in settings.organizations.items():
        try:
            credentials_from(table)
        except ValueError as error:
            raise SettingsError(f"orgs.{slug}: {error}") from error
