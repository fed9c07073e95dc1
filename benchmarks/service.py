"""The service under measurement: ``amilia-feeds serve`` with a settings file, reading an imitated API."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeAlias

from app.main import local_today
from benchmarks.amilia import LARGE_PAGE, slug
from benchmarks.data import CLUB, FUTURE_DAYS, PAST_DAYS
from benchmarks.machine import LOAD_CORE, SERVER_CORE
from benchmarks.processes import Reply, Server, free_port, running

Days: TypeAlias = tuple[int, int]
"""Of an organization's window: before and after today."""

COMPRESSED: Final[Mapping[str, str]] = {"Accept-Encoding": "gzip"}
"""What every client can read, and nginx can keep beside a file."""

_TOP: Final = """\
public_url = "http://127.0.0.1:{port}"
api_url = "{api}/api/v3"
store = "sqlite:///{store}"
calls_per_second = 100
refresh_seconds = 86400
"""
_ORGANIZATION: Final = """
[orgs.{slug}]
api_key = "benchmark"
api_secret = "benchmark"
timezone = "{timezone}"
past_days = {past_days}
future_days = {future_days}
"""


@contextmanager
def imitation(
    directory: Path,
    *,
    prepare: Iterable[int],
    latency: float = 0.0,
    largest_page: int = LARGE_PAGE,
    days: Days = (PAST_DAYS, FUTURE_DAYS),
) -> Iterator[Server]:
    """The imitated API, beside the load; ``latency`` in seconds, ``prepare`` names sizes of organizations."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.imitation"]
    for option, value in {
        "--port": port,
        "--today": local_today(CLUB.timezone or "UTC"),
        "--latency": latency,
        "--largest-page": largest_page,
        "--past-days": days[0],
        "--future-days": days[1],
    }.items():
        command += [option, str(value)]
    command += ["--prepare", *map(str, prepare)]
    with running(command, port=port, cores=[LOAD_CORE], log=directory / "imitation.log") as server:
        yield server


def calls(api: Server) -> Mapping[str, int]:
    """How many calls each organization had so far."""
    told: dict[str, int] = json.loads(api.get("/calls").body)
    return told


@contextmanager
def service(
    directory: Path,
    api: str,
    slugs: Sequence[str],
    *,
    workers: int = 1,
    cores: Sequence[int] = (SERVER_CORE,),
    paced: bool = True,
    days: Days = (PAST_DAYS, FUTURE_DAYS),
) -> Iterator[Server]:
    """The service with these organizations, its store in ``directory``; it has been asked nothing yet."""
    port = free_port()
    settings = directory / "feeds.toml"
    text = _TOP.format(port=port, api=api, store=directory / "feeds.db")
    for name in slugs:
        text += _ORGANIZATION.format(
            slug=name, timezone=CLUB.timezone, past_days=days[0], future_days=days[1]
        )
    settings.write_text(text)
    module = "app" if paced else "benchmarks.unpaced"
    command = [sys.executable, "-m", module, "serve", "--port", str(port), "--workers", str(workers)]
    environ = {"FEEDS_CONFIG": str(settings)}
    log = directory / "service.log"
    with running(command, port=port, cores=cores, log=log, environ=environ) as server:
        yield server


def feed(name: str, query: str = "") -> str:
    """The address of an organization's feed."""
    return f"/orgs/{name}/calendar.ics{query}"


def loaded(server: Server, name: str, query: str = "", headers: Mapping[str, str] | None = None) -> Reply:
    """The organization's feed, which must be answered well. Raises ``ValueError``."""
    reply = server.get(feed(name, query), headers)
    if reply.status != 200:  # noqa: PLR2004
        raise ValueError(f"{name}: {reply.status} {reply.body[:200]!r}")
    return reply


__all__ = ["COMPRESSED", "calls", "feed", "imitation", "loaded", "service", "slug"]
