"""Commands that serve: the organizations, the demonstration, the simulated API."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Final

import httpx
import typer
import uvicorn
from pydantic import SecretStr

from app.cli.console import configured, console, read_settings, refuse
from app.main import create_app, local_today, utc_now
from app.settings import NameTable, OrganizationTable, Settings
from app.simulator.app import create_simulator
from app.simulator.faults import Faults, parse_fault
from app.simulator.forest import FOREST
from app.simulator.world import build_world
from app.telemetry import logs

SIMULATOR_PATIENCE_SECONDS: Final = 30.0
FACTORY: Final = "app.main:from_environment"
SERVER: Final[dict[str, Any]] = {
    "access_log": False,  # it halves the throughput; /metrics counts
    "log_config": None,
    "server_header": False,
    "timeout_graceful_shutdown": 10,
    "backlog": 4096,
}

Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)]


def serve(
    *,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    workers: Annotated[int, typer.Option(help="How many processes answer.", min=1, max=64)] = 1,
    or_demo: Annotated[bool, typer.Option("--or-demo", help="The demonstration if nothing is set.")] = False,
) -> None:
    """Serve the configured organizations."""
    settings = read_settings()
    if settings is None and or_demo:
        demo(host=host, port=port)
        return
    settings = configured(settings)
    for slug in settings.organizations:
        console.print(f"Calendar feed: {settings.public_url}/orgs/{slug}/calendar.ics")
    target: Any = FACTORY if workers > 1 else create_app(settings)
    logs.configure(settings.log_format)
    uvicorn.run(target, factory=workers > 1, workers=workers, host=host, port=port, **SERVER)


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
        uvicorn.run(create_app(settings, demonstration=True), host=host, port=port, **SERVER)


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
    uvicorn.run(
        create_simulator(world, faults, clock=utc_now, deliver=_deliver), host=host, port=port, **SERVER
    )


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
    refuse(f"The simulated Amilia did not start; is port {port} taken? Choose another --simulator-port.")
