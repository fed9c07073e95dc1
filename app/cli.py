"""The command line: serve, demo, get, lint, simulator, webhooks."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn
from urllib.parse import quote

import httpx
import typer
import uvicorn
from pydantic import SecretStr
from rich.console import Console

from app import __version__
from app.amilia.client import AmiliaClient
from app.amilia.webhook import CONCERNED
from app.domain.errors import UpstreamError
from app.ics.lint import as_json as as_dicts
from app.ics.lint import check, report
from app.main import client_of, create_app, ensure_usable, local_today, upstream_of, utc_now
from app.settings import NameTable, OrganizationTable, Settings, SettingsError, load
from app.simulator.app import create_simulator
from app.simulator.faults import Faults, parse_fault
from app.simulator.forest import FOREST
from app.simulator.world import build_world
from app.telemetry import logs

USAGE: Final = 2
"""Exit status for a wrong setting or option."""
SIMULATOR_PATIENCE_SECONDS: Final = 30.0
FACTORY: Final = "app.main:from_environment"

cli = typer.Typer(
    name="amilia-feeds",
    help="Calendar feeds for organizations that run their registrations on Amilia.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
console = Console(stderr=True, highlight=False, soft_wrap=True)

webhooks = typer.Typer(help="The change notices that Amilia sends to this service.", no_args_is_help=True)
cli.add_typer(webhooks, name="webhooks")

Org = Annotated[
    str | None, typer.Option("--org", help="The organization; not needed where there is only one.")
]
Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)]


def run() -> None:
    """Entry point of the `amilia-feeds` command."""
    cli()


@cli.command()
def version() -> None:
    """Print the version."""
    Console().print(__version__)


@cli.command()
def serve(
    *,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    workers: Annotated[int, typer.Option(help="How many processes answer.", min=1, max=64)] = 1,
    or_demo: Annotated[bool, typer.Option("--or-demo", help="The demonstration if nothing is set.")] = False,
) -> None:
    """Serve the configured organizations."""
    settings = _settings()
    if settings is None and or_demo:
        demo(host=host, port=port)
        return
    settings = _configured(settings)
    for slug in settings.organizations:
        console.print(f"Calendar feed: {settings.public_url}/orgs/{slug}/calendar.ics")
    target: Any = FACTORY if workers > 1 else create_app(settings)
    logs.configure(settings.log_format)
    uvicorn.run(target, factory=workers > 1, workers=workers, host=host, port=port, **_SERVER)


@cli.command()
def demo(
    *,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    simulator_port: Annotated[int, typer.Option(help="Port of the simulated API.", min=1, max=65535)] = 8001,
) -> None:
    """Serve a demonstration organization, read from a simulated Amilia over real HTTP."""
    here = f"http://localhost:{port}"
    amilia = f"http://127.0.0.1:{simulator_port}"
    settings = Settings(
        organizations={
            FOREST.slug: OrganizationTable(
                number=FOREST.number,
                name=NameTable(fr=FOREST.name.fr, en=FOREST.name.en),
                username=FOREST.account.username,
                password=SecretStr(FOREST.account.password),
                timezone=FOREST.zone,
            )
        },
        api_url=f"{amilia}/api/v3",
        public_url=here,
        store="sqlite:///data/demonstration.db",
        refresh_seconds=10,
    )
    logs.configure("text")
    with _simulator_process(simulator_port):
        console.print("\nNo organization is configured: this is a demonstration with a simulated Amilia.")
        console.print(f"  page       {here}/")
        console.print(f"  subscribe  {here}/orgs/{FOREST.slug}/calendar.ics")
        console.print(f"  simulator  {amilia}/   (cancel or move an event there and watch the feed follow)\n")
        uvicorn.run(create_app(settings, demonstration=True), host=host, port=port, **_SERVER)


@cli.command()
def get(
    path: Annotated[str, typer.Argument(help="Such as /orgs/forest-explorers/calendar.ics?lang=en")],
    *,
    headers: Annotated[bool, typer.Option("--headers", "-i", help="Print status and headers too.")] = False,
) -> None:
    """Answer one request without a server, print it and exit (status 1 when it is an error)."""
    settings = _configured(_settings())
    logs.configure(settings.log_format)
    answer = asyncio.run(_request(settings, path))
    if headers:
        print(f"HTTP/1.1 {answer.status_code} {answer.reason_phrase}")  # noqa: T201  # bytes follow, not prose
        for name, value in answer.headers.items():
            print(f"{name}: {value}")  # noqa: T201
        print(flush=True)  # noqa: T201
    sys.stdout.buffer.write(answer.content)
    sys.stdout.buffer.flush()
    raise typer.Exit(1 if answer.is_error else 0)


@cli.command()
def lint(
    target: Annotated[str, typer.Argument(help="A file, an address, or - for standard input.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document instead of sentences.")] = False,
) -> None:
    """Check anybody's calendar feed: the rule, the line, and whom it hurts (status 1 on errors)."""
    body, headers = _read_feed(target)
    findings = check(body, headers=headers)
    console_out = Console(soft_wrap=True, highlight=False)
    if as_json:
        console_out.print(json.dumps(as_dicts(findings), ensure_ascii=False, indent=2), markup=False)
    else:
        console_out.print(report(findings), markup=False, end="")
    raise typer.Exit(1 if any(finding.severity == "error" for finding in findings) else 0)


@cli.command()
def simulator(
    *,
    host: Host = "127.0.0.1",
    port: Port = 8001,
    events: Annotated[int, typer.Option(help="How many events.", min=10, max=100_000)] = 600,
    seed: Annotated[int, typer.Option(help="The same seed makes the same events.")] = 1,
    latency: Annotated[float, typer.Option(help="Seconds before each answer.", min=0)] = 0.0,
    fault: Annotated[list[str] | None, typer.Option(help="Such as 500@events*3; may be repeated.")] = None,
) -> None:
    """Run the simulated Amilia API alone, with a page on which events can be edited."""
    try:
        faults = Faults([parse_fault(text) for text in [*(fault or []), *_latency(latency)]])
    except ValueError as error:
        _refuse(str(error))
    world = build_world(today=local_today(FOREST.zone), events=events, seed=seed)
    logs.configure("text")
    console.print(f"Simulated Amilia: http://{host}:{port}/ (API at /api/v3)")
    uvicorn.run(
        create_simulator(world, faults, clock=utc_now, deliver=_deliver), host=host, port=port, **_SERVER
    )


@webhooks.command("create")
def create_webhooks(*, org: Org = None) -> None:
    """Have Amilia send a notice when a programme or an activity changes; what exists is left alone."""
    settings, slug = _chosen(org)
    if settings.webhook_secret is None:
        _refuse("Set webhook_secret first: it is part of the address that Amilia is given.")
    secret = quote(settings.webhook_secret.get_secret_value(), safe="")
    address = f"{settings.public_url}/webhooks/amilia/{secret}"

    async def work(client: AmiliaClient) -> None:
        have = {(it.context, it.action) for it in await client.subscriptions() if it.url == address}
        for context, action in CONCERNED:
            if (context, action) not in have:
                created = await client.subscribe("amilia-feeds", address, context, action)
                _say(f"{created.id}  {context} {action}")

    _with_amilia(settings, slug, work)


@webhooks.command("list")
def list_webhooks(*, org: Org = None) -> None:
    """The notices that Amilia sends, and whether they come here."""
    settings, slug = _chosen(org)
    ours = f"{settings.public_url}/webhooks/amilia/"

    async def work(client: AmiliaClient) -> None:
        for it in await client.subscriptions():
            _say(f"{it.id}  {it.context} {it.action}  {'here' if it.url.startswith(ours) else 'elsewhere'}")

    _with_amilia(settings, slug, work)


@webhooks.command("delete")
def delete_webhooks(
    number: Annotated[list[int] | None, typer.Argument(help="Which; all that come here by default.")] = None,
    *,
    org: Org = None,
) -> None:
    """Have Amilia send no notices any more."""
    settings, slug = _chosen(org)
    ours = f"{settings.public_url}/webhooks/amilia/"

    async def work(client: AmiliaClient) -> None:
        chosen = number or [it.id for it in await client.subscriptions() if it.url.startswith(ours)]
        for one in chosen:
            await client.unsubscribe(one)
            _say(f"{one}  deleted")

    _with_amilia(settings, slug, work)


_SERVER: Final[dict[str, Any]] = {
    "access_log": False,  # it halves the throughput; /metrics counts
    "log_config": None,
    "server_header": False,
    "timeout_graceful_shutdown": 10,
    "backlog": 4096,
}


def _settings() -> Settings | None:
    try:
        settings = load(os.environ, Path.cwd())
        if settings is not None:
            ensure_usable(settings)
    except SettingsError as error:
        _refuse(str(error))
    return settings


def _chosen(org: str | None) -> tuple[Settings, str]:
    """The settings, and the organization that a command is about."""
    settings = _configured(_settings())
    slugs = list(settings.organizations)
    if org is None and len(slugs) > 1:
        _refuse(f"Which organization? Add --org with one of: {', '.join(slugs)}.")
    if org is not None and org not in slugs:
        _refuse(f"{org} is not configured; there is: {', '.join(slugs)}.")
    return settings, org or slugs[0]


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


def _say(line: str) -> None:
    Console(soft_wrap=True, highlight=False).print(line, markup=False)


def _configured(settings: Settings | None) -> Settings:
    if settings is None:
        _refuse(
            "No organization is configured: set FEEDS_ORG, FEEDS_USERNAME and FEEDS_PASSWORD, or write a "
            "feeds.toml (see feeds.example.toml). To see the product first: amilia-feeds demo."
        )
    return settings


def _refuse(sentence: str) -> NoReturn:
    console.print(sentence, style="red", markup=False)
    raise typer.Exit(USAGE)


def _read_feed(target: str) -> tuple[bytes, Mapping[str, str] | None]:
    """The bytes to check, and the headers they came with where they came over HTTP."""
    try:
        if target == "-":
            return sys.stdin.buffer.read(), None
        if "://" not in target:
            return Path(target).read_bytes(), None
        address = re.sub("^webcal:", "http:", target)
        answer = httpx.get(address, follow_redirects=True, timeout=30)
        answer.raise_for_status()
    except OSError as error:
        _refuse(f"{target} cannot be read: {error.strerror}.")
    except httpx.HTTPStatusError as error:
        _refuse(f"The address answers {error.response.status_code} instead of a calendar.")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        _refuse(f"The address cannot be fetched: {error}.")
    return answer.content, answer.headers


def _latency(seconds: float) -> list[str]:
    return [f"latency={seconds}"] if seconds else []


async def _request(settings: Settings, path: str) -> httpx.Response:
    async with client_of(create_app(settings)) as client:
        return await client.get(path)


async def _deliver(url: str, body: bytes, headers: dict[str, str]) -> int:
    """Post one change notice, as Amilia does; 0 when nobody answers."""
    async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
        try:
            return (await client.post(url, content=body, headers=headers)).status_code
        except httpx.HTTPError:
            return 0


@contextmanager
def _simulator_process(port: int) -> Iterator[None]:
    """The simulator in a process of its own, answering; stopped with the block."""
    command = [sys.executable, "-m", "app", "simulator", "--port", str(port)]
    process = subprocess.Popen(command)  # noqa: S603  # our own program
    # The server ends by the signal that stopped it; as an exit it lets this block stop the simulator first.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        _wait_until_it_answers(process, port)
        yield
    finally:
        process.terminate()
        process.wait(timeout=15)


def _wait_until_it_answers(process: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + SIMULATOR_PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(f"http://127.0.0.1:{port}/", timeout=1, trust_env=False)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    _refuse(f"The simulated Amilia did not start; is port {port} taken? Choose another --simulator-port.")
