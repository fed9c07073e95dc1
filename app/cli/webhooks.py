"""Commands about the change notices that Amilia sends."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated
from urllib.parse import quote

import typer

from app.amilia.client import AmiliaClient
from app.amilia.webhook import CONCERNED
from app.cli.console import chosen_organizations, configured, console, read_settings, refuse, say
from app.domain.errors import UpstreamError
from app.main import upstream_of
from app.settings import Settings

webhooks = typer.Typer(help="The change notices that Amilia sends to this service.", no_args_is_help=True)

Org = Annotated[
    str | None, typer.Option("--org", help="The organization; not needed where there is only one.")
]


@webhooks.command("create")
def create_webhooks(*, org: Org = None) -> None:
    """Have Amilia send a notice when a programme or an activity changes; what exists is left alone."""
    settings, slug = chosen(org)
    if settings.webhook_secret is None:
        refuse("Set webhook_secret first: it is part of the address that Amilia is given.")
    secret = quote(settings.webhook_secret.get_secret_value(), safe="")
    address = f"{settings.public_url}/webhooks/amilia/{secret}"

    async def work(client: AmiliaClient) -> None:
        have = {(it.context, it.action) for it in await client.subscriptions() if it.url == address}
        for context, action in CONCERNED:
            if (context, action) not in have:
                created = await client.subscribe("amilia-feeds", address, context, action)
                say(f"{created.id}  {context} {action}")

    _with_amilia(settings, slug, work)


@webhooks.command("list")
def list_webhooks(*, org: Org = None) -> None:
    """The notices that Amilia sends, and whether they come here."""
    settings, slug = chosen(org)
    ours = f"{settings.public_url}/webhooks/amilia/"

    async def work(client: AmiliaClient) -> None:
        for it in await client.subscriptions():
            say(f"{it.id}  {it.context} {it.action}  {'here' if it.url.startswith(ours) else 'elsewhere'}")

    _with_amilia(settings, slug, work)


@webhooks.command("delete")
def delete_webhooks(
    number: Annotated[list[int] | None, typer.Argument(help="Which; all that come here by default.")] = None,
    *,
    org: Org = None,
) -> None:
    """Have Amilia send no notices any more."""
    settings, slug = chosen(org)
    ours = f"{settings.public_url}/webhooks/amilia/"

    async def work(client: AmiliaClient) -> None:
        chosen = number or [it.id for it in await client.subscriptions() if it.url.startswith(ours)]
        for one in chosen:
            await client.unsubscribe(one)
            say(f"{one}  deleted")

    _with_amilia(settings, slug, work)


def chosen(org: str | None) -> tuple[Settings, str]:
    """The settings, and the organization that a command is about."""
    settings = configured(read_settings())
    slugs = chosen_organizations(settings, org)
    if len(slugs) > 1:
        refuse(f"Which organization? Add --org with one of: {', '.join(slugs)}.")
    return settings, slugs[0]


def _with_amilia(settings: Settings, slug: str, work: Callable[[AmiliaClient], Awaitable[None]]) -> None:
    """Do something with the API, or say in one sentence why it could not be done (status 1)."""

    async def run() -> None:
        async with upstream_of(settings, slug) as client:
            await work(client)

    try:
        asyncio.run(run())
    except UpstreamError as error:
        console.print(str(error), style="red", markup=False)
        raise typer.Exit(1) from error
