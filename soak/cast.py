"""Who takes part: a simulated Amilia, hosts of the service, a Redis; each a process on loopback.

All hosts publish under one address and share one store, as behind a load balancer.
"""

import asyncio
import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

import httpx

from soak.programs import PAUSE, Program, free_port, within

StoreKind: TypeAlias = Literal["sqlite", "redis"]

PUBLIC_URL: Final = "https://calendars.example.org"
WEBHOOK_SECRET: Final = "a-secret-of-nobody"  # noqa: S105  # worth nothing: everything is on loopback
READY_SECONDS: Final = 120.0
"""A start takes a second or two; on a machine that does much else at the same time, many more."""
REDIS_PROGRAMS: Final = ("redis-server", "valkey-server")


@dataclass(frozen=True, slots=True)
class Club:
    """An organization as the hosts are told of it; ``credentials`` by the names of the settings."""

    slug: str
    number: int
    language: Literal["fr", "en"]
    past_days: int
    future_days: int
    credentials: Mapping[str, str]

    @property
    def table(self) -> str:
        """Its part of the file of settings."""
        keys = {
            "number": self.number,
            "language": self.language,
            "past_days": self.past_days,
            "future_days": self.future_days,
            **self.credentials,
        }
        lines = [f"{key} = {json.dumps(value)}" for key, value in keys.items()]
        return "\n".join([f"[orgs.{self.slug}]", *lines, ""])


def redis_program() -> str | None:
    """The Redis or Valkey server of this machine, None where there is none."""
    return next((found for name in REDIS_PROGRAMS if (found := shutil.which(name))), None)


class Amilia(Program):
    """The simulated Amilia."""

    def __init__(self, directory: Path, *, events: int, seed: int) -> None:
        self.port = free_port()
        words = ("simulator", "--port", str(self.port), "--events", str(events), "--seed", str(seed))
        super().__init__("amilia", [sys.executable, "-m", "app", *words], directory=directory)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def ready(self) -> None:
        await _answering(f"{self.address}/control/faults", self)


class Host(Program):
    """One host of the service: ``serve`` with its workers."""

    def __init__(self, number: int, directory: Path, settings: Path, *, workers: int = 1) -> None:
        self.number = number
        self.port = free_port()
        words = ("serve", "--port", str(self.port), "--workers", str(workers))
        super().__init__(
            f"host-{number}",
            [sys.executable, "-m", "app", *words],
            directory=directory,
            environment={"FEEDS_CONFIG": str(settings)},
        )

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def webhook(self) -> str:
        """Where it hears notices of change."""
        return f"{self.address}/webhooks/amilia/{WEBHOOK_SECRET}"

    async def ready(self) -> None:
        await _answering(f"{self.address}/healthz", self)


class Redis(Program):
    """A Redis that writes down everything before it answers, so that being killed costs it nothing."""

    def __init__(self, directory: Path) -> None:
        program = redis_program()
        if program is None:
            raise FileNotFoundError(f"none of {', '.join(REDIS_PROGRAMS)} is installed")
        self.port = free_port()
        home = directory / "redis"
        home.mkdir(exist_ok=True)
        words = ("--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(home), "--save", "")
        kept = ("--appendonly", "yes", "--appendfsync", "everysec", "--databases", "1024")
        super().__init__("redis", [program, *words, *kept], directory=directory)

    @property
    def address(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    async def ready(self) -> None:
        """It answers PING, which it does not while it reads what it wrote down."""
        async with within(READY_SECONDS, f"an answer of {self.name}"):
            while True:
                if await self._answers():
                    return
                await asyncio.sleep(PAUSE)

    async def _answers(self) -> bool:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        try:
            writer.write(b"PING\r\n")
            await writer.drain()
            return (await reader.read(64)).startswith(b"+PONG")
        except OSError:
            return False
        finally:
            writer.close()


def write_settings(
    directory: Path, clubs: Sequence[Club], *, api_url: str, store: str, refresh_seconds: float
) -> Path:
    """The hosts' file of settings."""
    top = {
        "public_url": PUBLIC_URL,
        "api_url": api_url,
        "store": store,
        "refresh_seconds": refresh_seconds,
        "calls_per_second": 100,
        "webhook_secret": WEBHOOK_SECRET,
    }
    lines = [f"{key} = {json.dumps(value)}" for key, value in top.items()]
    path = directory / "feeds.toml"
    path.write_text("\n".join([*lines, "", *(club.table for club in clubs)]), encoding="utf-8")
    return path


async def _answering(address: str, program: Program) -> None:
    """Wait until an address answers. Raises NotInTime, and ProcessLookupError where the program ended."""
    async with (
        within(READY_SECONDS, f"an answer of {program.name}"),
        httpx.AsyncClient(trust_env=False, timeout=2) as client,
    ):
        while True:
            try:
                await client.get(address)
            except httpx.TransportError:
                if not program.running:
                    raise ProcessLookupError(f"{program.name} ended: {program.said[-2000:]}") from None
                await asyncio.sleep(PAUSE)
            else:
                return
