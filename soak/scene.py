"""Everything set up and running, and nothing left of it afterwards."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from soak.cast import Amilia, Club, Host, Redis, StoreKind, write_settings
from soak.desk import Desk
from soak.programs import Program

LANGUAGES: Final = {"forest-explorers": "fr", "lakeside": "en"}


@dataclass(frozen=True, slots=True)
class Plan:
    """How large everything is. ``events`` below 300 makes a world without awkward cases."""

    hosts: int = 2
    workers: int = 1
    store: StoreKind = "sqlite"
    events: int = 250
    seed: int = 1
    refresh_seconds: float = 5.0
    past_days: int = 60
    future_days: int = 120


@dataclass(frozen=True, slots=True)
class Scene:
    """What takes part; ``redis`` is None where the store is a file."""

    directory: Path
    amilia: Amilia
    desk: Desk
    clubs: Sequence[Club]
    accounts: Mapping[str, Mapping[str, Any]]
    hosts: Sequence[Host]
    redis: Redis | None

    @property
    def programs(self) -> list[Program]:
        found: list[Program] = [*self.hosts, self.amilia]
        return found if self.redis is None else [*found, self.redis]

    @property
    def database(self) -> Path:
        """The file of a SQLite store."""
        return self.directory / "feeds.db"

    async def start(self, *hosts: Host) -> None:
        """Run these hosts and wait until they answer; all of them where none is named."""
        chosen = hosts or tuple(self.hosts)
        for host in chosen:
            host.start()
        await asyncio.gather(*(host.ready() for host in chosen))


@asynccontextmanager
async def scene(directory: Path, plan: Plan) -> AsyncIterator[Scene]:
    """Amilia and the store are running; the hosts are ready to be started."""
    amilia = Amilia(directory, events=plan.events, seed=plan.seed)
    redis = Redis(directory) if plan.store == "redis" else None
    desk = Desk(amilia.address)
    started: list[Program] = [amilia] if redis is None else [amilia, redis]
    try:
        for program in started:
            program.start()
        await asyncio.gather(amilia.ready(), *([redis.ready()] if redis else []))
        accounts = await desk.accounts()
        clubs = [_club(slug, account, plan) for slug, account in accounts.items()]
        settings = write_settings(
            directory,
            clubs,
            api_url=f"{amilia.address}/api/v3",
            store=redis.address if redis else f"sqlite:///{directory / 'feeds.db'}",
            refresh_seconds=plan.refresh_seconds,
        )
        hosts = [Host(n, directory, settings, workers=plan.workers) for n in range(plan.hosts)]
        started += hosts
        yield Scene(directory, amilia, desk, clubs, accounts, hosts, redis)
    finally:
        await desk.aclose()
        for program in started:
            program.kill()


def _club(slug: str, account: Mapping[str, Any], plan: Plan) -> Club:
    user = {"username": account["username"], "password": account["password"]}
    pair = {"api_key": account["apiKey"], "api_secret": account["apiSecret"]}
    return Club(
        slug=slug,
        number=account["number"],
        language="fr" if LANGUAGES[slug] == "fr" else "en",
        past_days=plan.past_days,
        future_days=plan.future_days,
        credentials=pair if account["apiKey"] else user,
    )
