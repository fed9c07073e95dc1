"""The doctor: is everything set up well, and what should the operator do about what is not."""

import asyncio
import json
from dataclasses import asdict
from typing import Annotated

import typer

from app.cli.console import chosen_organizations, configured, read_settings, say
from app.feeds.checkup import Remark, remarks_on
from app.main import create_app, state_of
from app.settings import Settings
from app.telemetry import logs

STATUS = {"ok": 0, "warning": 1, "failure": 2}


def check(
    *,
    org: Annotated[str | None, typer.Option("--org", help="One organization only.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document instead of lines.")] = False,
) -> None:
    """Check the set-up: one line each, with what to do (status 0, 1 with warnings, 2 with failures)."""
    settings = configured(read_settings())
    logs.configure(settings.log_format)
    found = asyncio.run(_checked(settings, chosen_organizations(settings, org)))
    if as_json:
        lines = [{"organization": slug, **asdict(remark)} for slug, remark in found]
        say(json.dumps(lines, ensure_ascii=False, indent=2))
    else:
        for slug, remark in found:
            say(f"{remark.level:<8} {slug}  {remark.subject}: {remark.sentence}")
    raise typer.Exit(max((STATUS[remark.level] for _, remark in found), default=0))


async def _checked(settings: Settings, slugs: list[str]) -> list[tuple[str, Remark]]:
    found = [("-", remark) for remark in _on_settings(settings)]
    async with state_of(create_app(settings)) as state:
        feeds = state["feeds"]
        trouble = await feeds.store_trouble()
        found.append(
            ("-", Remark("failure", "store", trouble) if trouble else Remark("ok", "store", "It works."))
        )
        for slug in slugs:
            organization = feeds.organizations[slug]
            shelf = await feeds.refreshed(organization)
            known = organization.timezone is not None
            found += [(slug, it) for it in await remarks_on(feeds, shelf, configured_zone=known)]
    return found


def _on_settings(settings: Settings) -> list[Remark]:
    remarks = [Remark("ok", "settings", f"{len(settings.organizations)} organizations are configured.")]
    if settings.public_url.startswith("http://"):
        told = f"{settings.public_url} is not https: calendars will be subscribed to without encryption."
        remarks.append(Remark("warning", "public address", told))
    else:
        remarks.append(Remark("ok", "public address", f"{settings.public_url}."))
    if settings.webhook_secret is None:
        told = "none: changes are seen within refresh_seconds; set webhook_secret to see them sooner."
        remarks.append(Remark("ok", "webhooks", told))
    return remarks
