"""calcurse, for the terminal: it knows no subscriptions, so the feed is downloaded and imported anew."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count, groupby
from pathlib import Path
from typing import Final

from tests.clients.client import LISTED_DAYS, RefreshFailed, absent, first_day, said_by
from tests.clients.processes import machine, run
from tests.clients.reader import Reader
from tests.clients.sightings import Sighting

_TIMED: Final = r"%(start:%Y-%m-%d %H:%M)|%(end:%Y-%m-%d %H:%M)|%m\n"
_DAYS: Final = r"|%m\n"
"""Whole days stand under the heading of each of their days."""


class Calcurse(Reader):
    name = "calcurse"
    title = "calcurse"
    zone = "America/Halifax"
    packages = ("calcurse",)
    shows_state = False
    shows_place = False
    manner = (
        "Knows no subscriptions: the feed is downloaded and imported anew. Shows neither place nor state."
    )

    def __init__(self, home: Path, logs: Path) -> None:
        super().__init__(home, logs)
        self._numbers = count(1)

    @classmethod
    def missing(cls) -> str:
        return absent(cls.title, cls.packages, "calcurse")

    @classmethod
    def version(cls) -> str:
        return said_by("calcurse", "--version").split()[1]

    def read(self, body: bytes) -> Sequence[Sighting]:
        folder = self.home / f"import-{next(self._numbers)}"
        folder.mkdir()
        feed = folder / "feed.ics"
        feed.write_bytes(body)
        said = self._calcurse(folder, "--import", str(feed))
        if not said.rstrip().endswith("0 skipped"):
            raise RefreshFailed(said)
        listed = self._calcurse(
            folder,
            *("--query", "--from", f"{first_day():%m/%d/%Y}", "--days", str(LISTED_DAYS)),
            *("--format-apt", _TIMED, "--format-recur-apt", _TIMED),
            *("--format-event", _DAYS, "--format-recur-event", _DAYS),
        )
        return list(_sightings(listed.splitlines()))

    def _calcurse(self, folder: Path, *arguments: str) -> str:
        command = ["calcurse", "-D", str(folder), "-C", str(folder), *arguments]
        return run(command, env=machine(self.home, self.zone), log=self.log).stdout


def _sightings(lines: Sequence[str]) -> Iterator[Sighting]:
    """Each entry once, although it is listed under each of its days."""
    timed: dict[Sighting, None] = {}
    whole: dict[str, list[date]] = {}
    heading = date.min
    for line in lines:
        if "|" not in line:
            heading = datetime.strptime(line, "%m/%d/%y:").replace(tzinfo=UTC).date() if line else heading
        elif line.startswith("|"):
            whole.setdefault(line.removeprefix("|"), []).append(heading)
        else:
            start, end, title = line.split("|", 2)
            timed[Sighting(start, end, title)] = None
    yield from timed
    for title, days in whole.items():
        for _, run_of_days in groupby(enumerate(days), lambda pair: pair[1] - timedelta(days=pair[0])):
            together = [day.isoformat() for _, day in run_of_days]
            yield Sighting(together[0], together[-1], title)
