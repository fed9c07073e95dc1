"""Evolution and GNOME Calendar: what both show is what evolution-data-server holds."""

import json
import subprocess
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from tests.clients.client import Client, absent, packaged
from tests.clients.processes import Program, machine
from tests.clients.sightings import CANCELLED, CONFIRMED, Sighting, venue, written

_SYSTEM_PYTHON: Final = "/usr/bin/python3"
_BINDINGS: Final = 'import gi; gi.require_version("ECal", "2.0"); from gi.repository import ECal'
_SOURCE: Final = """\
[Data Source]
DisplayName=Aquaforme
Enabled=true
Parent=webcal-stub
[Calendar]
BackendName=webcal
[WebDAV Backend]
ResourcePath={path}
[Security]
Method=none
[Authentication]
Host={host}
Port={port}
Method=none
[Refresh]
Enabled=true
IntervalMinutes=1
[Offline]
StaySynchronized=true
"""


class Evolution(Client):
    name = "evolution"
    title = "Evolution, GNOME Calendar"
    zone = "America/Vancouver"
    packages = ("evolution-data-server", "gir1.2-ecal-2.0", "python3-gi", "dbus")
    conditional = True
    polls = True
    manner = (
        "Takes half of an answer for the whole feed where Content-Length says otherwise, but not where a "
        "chunk is missing: it asks for compressed answers, which have no length. Sees only by DTSTAMP, "
        "LAST-MODIFIED and SEQUENCE that an event has changed."
    )

    def __init__(self, home: Path, logs: Path) -> None:
        super().__init__(home, logs)
        self._desk: Program | None = None

    @classmethod
    def missing(cls) -> str:
        programs = ("dbus-run-session", "/usr/libexec/evolution-calendar-factory", _SYSTEM_PYTHON)
        sentence = absent(cls.title, cls.packages, *programs)
        if sentence:
            return sentence
        bound = subprocess.run([_SYSTEM_PYTHON, "-c", _BINDINGS], capture_output=True, check=False)  # noqa: S603
        return "" if bound.returncode == 0 else absent(cls.title, cls.packages, "the bindings")

    @classmethod
    def version(cls) -> str:
        return packaged("evolution-data-server")

    def subscribe(self, url: str) -> None:
        address = urlsplit(url)
        sources = self.home / ".config/evolution/sources"
        sources.mkdir(parents=True)
        source = _SOURCE.format(path=address.path, host=address.hostname, port=address.port)
        (sources / "feed.source").write_text(source, encoding="utf-8")
        script = Path(__file__).with_name("evolution_desk.py")
        self._desk = Program(
            ["dbus-run-session", "--", _SYSTEM_PYTHON, str(script), "feed", self.zone],
            env={**machine(self.home, self.zone), "DISPLAY": "", "GIO_USE_VFS": "local"},
            log=self.log,
            pipes=True,
        )
        self._ask("look")

    def refresh(self) -> None:
        self._ask("refresh")

    def seen(self) -> list[Sighting]:
        return sorted(_sighting(entry) for entry in self._ask("look"))

    def close(self) -> None:
        if self._desk is not None:
            self._desk.stop()

    def _ask(self, command: str) -> Any:
        process = self._desk.process if self._desk is not None else None
        if process is None or process.stdin is None or process.stdout is None:
            raise RuntimeError("subscribe first")
        process.stdin.write(f"{command}\n".encode())
        process.stdin.flush()
        answer = process.stdout.readline()
        if not answer:
            raise RuntimeError("evolution-data-server ended; its log tells why")
        return json.loads(answer)


def _sighting(entry: dict[str, Any]) -> Sighting:
    times = written(entry["start"], entry["end"])
    shown = CANCELLED if entry["cancelled"] else CONFIRMED
    return Sighting(*times, entry["title"], venue(entry["place"]), shown)
