"""vdirsyncer, which keeps a folder like the feed, and khal, which shows the folder in a terminal."""

import json
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from tests.clients.client import LISTED_DAYS, Client, RefreshFailed, absent, first_day, said_by
from tests.clients.processes import machine, run
from tests.clients.sightings import Published, Sighting, state, venue

_SYNC: Final = """\
[general]
status_path = "~/.vdirsyncer"
[pair feed]
a = "here"
b = "there"
collections = null
conflict_resolution = "b wins"
[storage here]
type = "filesystem"
path = "~/feed/"
fileext = ".ics"
[storage there]
type = "http"
url = "{url}"
"""
_SHOW: Final = """\
[calendars]
[[feed]]
path = ~/feed/
readonly = True
[locale]
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
local_timezone = {zone}
default_timezone = {zone}
"""
_KHAL: Final = str(Path(sys.executable).with_name("khal"))
_FIELDS: Final = ("title", "start-long-full", "end-long-full", "location", "status", "all-day")


class Khal(Client):
    name = "khal"
    title = "vdirsyncer and khal"
    zone = "Asia/Kolkata"
    packages = ("vdirsyncer",)
    manner = (
        "vdirsyncer refuses a feed that has become empty, which is one reason for the notice. "
        "khal shows an event that takes no time as one of an hour."
    )

    @classmethod
    def missing(cls) -> str:
        return absent(cls.title, cls.packages, "vdirsyncer", _KHAL)

    @classmethod
    def version(cls) -> str:
        vdirsyncer = said_by("vdirsyncer", "--version").split()[-1]
        return f"{vdirsyncer} and {said_by(_KHAL, '--version').split()[-1]}"

    def would_show(self, event: Published) -> Sighting:
        if event.days is None and event.end <= event.start:
            event = replace(event, end=event.start + timedelta(hours=1))
        return super().would_show(event)

    def subscribe(self, url: str) -> None:
        for program, text in (("vdirsyncer", _SYNC.format(url=url)), ("khal", _SHOW.format(zone=self.zone))):
            folder = self.home / ".config" / program
            folder.mkdir(parents=True)
            (folder / "config").write_text(text, encoding="utf-8")
        (self.home / "feed").mkdir()
        self._run("vdirsyncer", "discover")
        self.refresh()

    def refresh(self) -> None:
        self._run("vdirsyncer", "sync")

    def seen(self) -> list[Sighting]:
        fields = [option for field in _FIELDS for option in ("--json", field)]
        listed = self._run(_KHAL, "list", "--once", *fields, f"{first_day()}", f"{LISTED_DAYS}d")
        entries = [entry for line in listed.splitlines() for entry in json.loads(line)]
        return sorted(_sighting(entry) for entry in entries)

    def close(self) -> None:
        """Nothing of it runs by itself."""

    def _run(self, *command: str) -> str:
        done = run(command, env=machine(self.home, self.zone), log=self.log)
        if done.returncode != 0:
            raise RefreshFailed(done.stderr.strip() or done.stdout.strip())
        return done.stdout


def _sighting(entry: dict[str, Any]) -> Sighting:
    start, end = entry["start-long-full"], entry["end-long-full"]
    if entry["all-day"] == "True":
        start, end = start[: len("2026-11-24")], end[: len("2026-11-24")]
    return Sighting(start, end, entry["title"], venue(entry["location"]), state(entry["status"]))
