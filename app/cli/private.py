"""Commands about private feeds: whose address is a secret, and what it opens."""

import asyncio
import re
import secrets
import unicodedata
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Annotated, Final, TypeVar

import typer

from app.amilia.backstage import names_of_staff
from app.cli.console import configured, console, read_settings, refuse, say
from app.cli.webhooks import chosen
from app.configured import organizations_from
from app.domain.errors import StoreUnavailable, UpstreamError
from app.domain.grants import Kind, PrivateFeed, Scope
from app.feeds.grants import create, listed, rotate
from app.feeds.ports import Store
from app.feeds.shelf import memory_name
from app.ics.text import one_line
from app.main import store_of, upstream_of, utc_now
from app.settings import Settings

Result = TypeVar("Result")

LONGEST_NAME: Final = 100
AROUND: Final = timedelta(days=30)
ADVICE: Final = (
    "This address is shown once. Whoever has it can read the calendar: give it to its reader alone, and "
    "revoke it when it is no longer needed."
)

private = typer.Typer(
    help="Calendars for one reader, at addresses that nobody guesses.", no_args_is_help=True
)

Number = Annotated[str, typer.Argument(metavar="ID", help="As `private list` shows it.")]


@private.command("create")
def create_private(
    *,
    org: Annotated[
        str | None, typer.Option("--org", help="The organization; may be left out if alone.")
    ] = None,
    staff: Annotated[
        list[str] | None, typer.Option("--staff", help="The sessions of this member of the staff.")
    ] = None,
    program: Annotated[
        list[str] | None, typer.Option("--program", help="These programmes, hidden or not.")
    ] = None,
    hidden: Annotated[bool, typer.Option("--hidden", help="Everything, hidden or not.")] = False,
    headcount: Annotated[bool, typer.Option("--headcount", help="How many are registered, too.")] = False,
    name: Annotated[str, typer.Option("--name", help="What the calendar is called.")] = "",
) -> None:
    """Make a private calendar and print its address, once."""
    settings, slug = chosen(org)
    scope = _scope(staff or [], program or [], hidden=hidden, headcount=headcount)
    if len(name) > LONGEST_NAME:
        refuse(f"--name: at most {LONGEST_NAME} characters.")
    (organization,) = (it for it in organizations_from(settings) if it.slug == slug)

    async def work(store: Store) -> tuple[PrivateFeed, str]:
        return await create(
            store,
            organization=memory_name(organization),
            scope=scope,
            name=name.strip(),
            now=utc_now(),
            draw=secrets.token_bytes,
        )

    feed, token = _with_store(settings, work)
    say(_address(settings, token, name or slug))
    console.print(f"{feed.id}: {ADVICE}", markup=False)


@private.command("staff")
def list_staff(
    *,
    org: Annotated[
        str | None, typer.Option("--org", help="The organization; may be left out if alone.")
    ] = None,
) -> None:
    """Who holds sessions in the weeks around today, with the numbers that --staff takes."""
    settings, slug = chosen(org)
    today = utc_now().date()

    async def work() -> Mapping[int, str]:
        async with upstream_of(settings, slug) as client:
            harvest = await client.walk("en", today - AROUND, today + AROUND, hidden=True)
        return names_of_staff(harvest.records)

    try:
        found = asyncio.run(work())
    except UpstreamError as error:
        console.print(str(error), style="red", markup=False)
        raise typer.Exit(1) from error
    for number, name in sorted(found.items(), key=lambda it: (it[1], it[0])):
        say(f"{number}  {one_line(name)}")


@private.command("list")
def list_private() -> None:
    """All private calendars: number, organization, scope, when made, last read, name. Never an address."""
    settings = configured(read_settings())
    slugs = {memory_name(it): it.slug for it in organizations_from(settings)}

    async def work(store: Store) -> None:
        for feed in listed(await store.grants()):
            say("  ".join(filter(None, _row(feed, slugs.get(feed.organization, feed.organization)))))

    _with_store(settings, work)


@private.command("revoke")
def revoke_private(number: Number) -> None:
    """Have an address open nothing any more, everywhere within two seconds."""

    async def work(store: Store) -> bool:
        return await store.revoke_grant(number)

    if not _with_store(configured(read_settings()), work):
        refuse(f"There is no private calendar {number}.")
    say(f"{number}  revoked")


@private.command("rotate")
def rotate_private(number: Number) -> None:
    """Give a calendar a new address and print it, once; the old one opens nothing any more."""
    settings = configured(read_settings())

    async def work(store: Store) -> tuple[PrivateFeed | None, str | None]:
        known = {feed.id: feed for feed in listed(await store.grants())}
        token = await rotate(store, number, draw=secrets.token_bytes) if number in known else None
        return known.get(number), token

    feed, token = _with_store(settings, work)
    if feed is None or token is None:
        refuse(f"There is no private calendar {number}.")
    slugs = {memory_name(it): it.slug for it in organizations_from(settings)}
    say(_address(settings, token, feed.name or slugs.get(feed.organization, "calendar")))
    console.print(f"{feed.id}: {ADVICE}", markup=False)


def _scope(staff: list[str], program: list[str], *, hidden: bool, headcount: bool) -> Scope:
    """The scope that the options ask for, which must be one of three."""
    if [bool(staff), bool(program), hidden].count(True) != 1:
        refuse("Say what the calendar shows: one of --staff, --program and --hidden.")
    if staff:
        return Scope(Kind.STAFF, _numbers("--staff", staff), headcount)
    if program:
        return Scope(Kind.PROGRAMS, _numbers("--program", program), headcount)
    return Scope(Kind.HIDDEN, headcount=headcount)


def _numbers(option: str, values: list[str]) -> frozenset[int]:
    words = [word.strip() for value in values for word in value.split(",") if word.strip()]
    if not words or not all(word.isascii() and word.isdigit() and int(word) for word in words):
        refuse(f"{option}: Amilia's numbers, with commas between them.")
    return frozenset(map(int, words))


def _row(feed: PrivateFeed, slug: str) -> list[str]:
    numbers = ",".join(map(str, sorted(feed.scope.numbers)))
    scope = f"{feed.scope.kind}{f' {numbers}' if numbers else ''}"
    return [
        feed.id,
        slug,
        scope + (" with headcount" if feed.scope.headcount else ""),
        f"made {feed.created.date().isoformat()}",
        f"read {feed.used.isoformat()}" if feed.used else "never read",
        feed.name,
    ]


def _address(settings: Settings, token: str, name: str) -> str:
    """The address, ending in a name that any client and any shell takes."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    file = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "calendar"
    return f"{settings.public_url}/private/{token}/{file}.ics"


def _with_store(settings: Settings, work: Callable[[Store], Awaitable[Result]]) -> Result:
    """Do something with the store, or say in one sentence why it could not be done (status 1)."""

    async def run() -> Result:
        async with store_of(settings) as store:
            return await work(store)

    try:
        return asyncio.run(run())
    except StoreUnavailable as error:
        console.print(str(error), style="red", markup=False)
        raise typer.Exit(1) from error
