"""What all calendar clients of these tests can do: subscribe, ask again, and be looked at."""

import shutil
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import ClassVar, Final, Literal, Self, TypeAlias

from tests.clients.sightings import Published, Sighting

Trouble: TypeAlias = Literal["kept", "blank"]
"""What a client shows when it gets no good answer: what it had, or nothing until the next one."""

LISTED_DAYS: Final = 600
"""How many days from ``first_day`` on are listed: more than any feed reaches ahead."""


class RefreshFailed(Exception):
    """The client told the person that it could not get the feed, or could not read it."""


class Client(ABC):
    """One person's calendar program on one machine, with a home of its own."""

    name: ClassVar[str]
    """Short, for test names and addresses."""
    title: ClassVar[str]
    zone: ClassVar[str] = "America/Toronto"
    """Where the machine's clock is set to."""
    packages: ClassVar[tuple[str, ...]] = ()
    """Debian's packages that it needs."""
    conditional: ClassVar[bool] = False
    """Whether it asks with If-None-Match."""
    polls: ClassVar[bool] = False
    """Whether it asks again by itself every minute, as it was set to."""
    shows_state: ClassVar[bool] = True
    shows_place: ClassVar[bool] = True
    when_away: ClassVar[Trouble] = "kept"
    when_cut: ClassVar[Trouble] = "kept"
    manner: ClassVar[str] = ""
    """What it does its own way, in one or two sentences, for the matrix."""

    def __init__(self, home: Path, logs: Path) -> None:
        self.home = home
        self.log = logs / f"{self.name}.log"

    def __repr__(self) -> str:
        return f"<{self.title} in {self.zone}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @classmethod
    @abstractmethod
    def missing(cls) -> str:
        """What is not installed and how to get it, in one sentence; empty when nothing is missing."""

    @classmethod
    @abstractmethod
    def version(cls) -> str:
        """Its version, as the matrix names it."""

    @abstractmethod
    def subscribe(self, url: str) -> None:
        """Add the feed as a person does, and have it loaded."""

    @abstractmethod
    def refresh(self) -> None:
        """Ask for the feed again. Returns when it has been asked; the client may still be reading.

        Raises RefreshFailed where the client tells the person that something is wrong.
        """

    @abstractmethod
    def seen(self) -> list[Sighting]:
        """What it shows now, in order of start, end and title."""

    @abstractmethod
    def close(self) -> None:
        """End whatever runs. May be called again, and before ``subscribe``."""

    def would_show(self, event: Published) -> Sighting:
        """How an event looks in this client when everything is well."""
        sighting = event.seen_in(self.zone)
        if not self.shows_state:
            sighting = replace(sighting, state="")
        if not self.shows_place:
            sighting = replace(sighting, place="")
        return sighting


def first_day() -> date:
    """From when on programs that list a range of days are asked: longer ago than any feed reaches back."""
    return (datetime.fromtimestamp(time.time(), UTC) - timedelta(days=100)).date()


def absent(title: str, packages: Sequence[str], *programs: str) -> str:
    """The sentence for ``missing``: empty when all ``programs`` are there."""
    if all(shutil.which(program) for program in programs):
        return ""
    return f"{title} is missing: apt-get install {' '.join(packages)}"


def packaged(package: str) -> str:
    """The upstream version of an installed package of Debian's."""
    if not shutil.which("dpkg-query"):
        return "of an unknown version"
    return said_by("dpkg-query", "-W", "-f=${Version}", package).partition("-")[0]


def said_by(*command: str) -> str:
    """What a command prints on its standard output."""
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603  # fixed words
