"""Commands that serve: the organizations, the demonstration, the simulated API."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sized
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Final, NoReturn

import httpx
import typer
from pydantic import SecretStr

from app.cli.console import configured, console, read_settings, refuse
from app.configured import secrets_of
from app.main import create_app, ensure_usable, local_today, utc_now
from app.server.application import Application, Recipe, Unusable
from app.server.listening import Address
from app.server.run import run
from app.settings import FeedTable, NameTable, OrganizationTable, Settings, SettingsError, load
from app.simulator.app import create_simulator
from app.simulator.faults import Faults, parse_fault
from app.simulator.forest import FOREST
from app.simulator.world import build_world
from app.telemetry import logs
from app.telemetry.books import Books, scratch
from app.telemetry.metrics import Metrics

SIMULATOR_PATIENCE_SECONDS: Final = 30.0
DEMONSTRATION_EVENTS: Final = 900
"""As many as a busy centre has within what every calendar reads."""
DEMONSTRATION_FEEDS: Final = {
    "famille": {"name": {"fr": "En famille", "en": "For families"}, "tagId": 402},
    "aines": {"name": {"fr": "55 ans et plus", "en": "55 and over"}, "tagId": 416},
    "gratuit": {"name": {"fr": "Gratuit", "en": "Free of charge"}, "tagId": 427},
}
"""Named feeds of Forest Explorers, by its tags."""
FAILED: Final = 1

Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)]


def serve(
    *,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    workers: Annotated[int, typer.Option(help="How many processes answer.", min=1, max=64)] = 1,
    uds: Annotated[Path | None, typer.Option(help="A Unix socket to listen on instead of a port.")] = None,
    fd: Annotated[int | None, typer.Option(help="A socket opened by the parent, such as systemd: 3.")] = None,
    or_demo: Annotated[bool, typer.Option("--or-demo", help="The demonstration if nothing is set.")] = False,
) -> None:
    """Serve the configured organizations (SIGHUP reads the settings anew)."""
    settings = read_settings()
    if settings is None and or_demo:
        demo(host=host, port=port)
        return
    settings = configured(settings)
    for slug in settings.organizations:
        console.print(f"Calendar feed: {settings.public_url}/orgs/{slug}/calendar.ics")
    logs.configure(settings.log_format, secrets=secrets_of(settings))
    with _directory_for_books() if workers > 1 else nullcontext() as directory:
        service = Service(directory)
        recipe = Recipe(settings, service, read=_read_anew, witness=service.witness)
        _serve(recipe, Address(host, port, uds, fd), workers=workers)


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
                feeds={name: FeedTable.model_validate(it) for name, it in DEMONSTRATION_FEEDS.items()},
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
        _serve(Recipe(settings, partial(_demonstration, f"{amilia}/")), Address(host, port))


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
        refuse(str(error))
    world = build_world(today=local_today(FOREST.zone), events=events, seed=seed)
    logs.configure("text")
    console.print(f"Simulated Amilia: http://{host}:{port}/ (API at /api/v3)")
    simulated = create_simulator(world, faults, clock=utc_now, deliver=_deliver)
    _serve(Recipe(None, lambda *_: simulated), Address(host, port))


def _serve(recipe: Recipe[Any], address: Address, *, workers: int = 1) -> NoReturn:
    """Serve, and exit with the status of that."""
    try:
        status = run(recipe, address, workers=workers)
    except Unusable as error:
        console.print(str(error), style="red", markup=False)
        status = FAILED
    raise typer.Exit(status)


@contextmanager
def _directory_for_books() -> Iterator[Path]:
    """Where workers tell each other what they counted; removed with the block."""
    with TemporaryDirectory(prefix="amilia-feeds-", dir=scratch()) as directory:
        yield Path(directory)


@dataclass(slots=True)
class Service:
    """Makes one application after another for a process, which goes on counting.

    Several workers tell each other in ``directory`` what they counted; None where there is but one.
    """

    directory: Path | None
    _counted: Metrics | None = None

    def __call__(self, settings: Settings, worker: int) -> Application:
        logs.configure(settings.log_format, secrets=secrets_of(settings))
        if self._counted is None:
            self._counted = Metrics(books=Books(self.directory, worker) if self.directory else None)
        try:
            return create_app(settings, counted=self._counted)
        except SettingsError as error:
            raise Unusable(str(error)) from error

    def witness(self, refused: Mapping[str, int], connections: Sized) -> None:
        """Have what the server knows counted as well."""
        if self._counted is not None:
            self._counted.watch_server(refused, connections)


def _demonstration(simulator_url: str, settings: Settings, _worker: int) -> Application:
    return create_app(settings, demonstration=True, simulator_url=simulator_url)


def _read_anew() -> Settings:
    """The settings as they are by now, checked as at the start."""
    try:
        settings = load(os.environ, Path.cwd())
        if settings is None:
            raise Unusable("No organization is configured any more.")
        ensure_usable(settings)
    except SettingsError as error:
        raise Unusable(str(error)) from error
    return settings


def _latency(seconds: float) -> list[str]:
    return [f"latency={seconds}"] if seconds else []


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
    command = [
        sys.executable,
        "-m",
        "app",
        "simulator",
        "--port",
        str(port),
        "--events",
        str(DEMONSTRATION_EVENTS),
    ]
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
    refuse(f"The simulated Amilia did not start; is port {port} taken? Choose another --simulator-port.")
