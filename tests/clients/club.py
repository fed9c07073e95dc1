"""A club: the simulated Amilia with its staff, and the service that publishes it, a process each.

One programme is the club's own stage: what the simulator had planned in it is gone, and only what a test adds
is held. It has a feed of its own, ``/orgs/forest-explorers/aquaforme.ics``.
"""

import os
import sys
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Self
from zoneinfo import ZoneInfo

import httpx

from app.simulator.forest import FOREST
from tests.clients.processes import Program, eventually, free_port
from tests.clients.sightings import Published

ZONE: Final = FOREST.zone
FEED: Final = f"/orgs/{FOREST.slug}/aquaforme.ics"
WHOLE: Final = f"/orgs/{FOREST.slug}/calendar.ics"
NOTICE: Final = "Aucun événement pour cette sélection en ce moment"
_COMMAND: Final = str(Path(sys.executable).with_name("amilia-feeds"))
_START_SECONDS: Final = 60.0
_CHANGE_SECONDS: Final = 30.0


class Club:
    """Both processes and all that happens in the club. ``events``: how many the simulator plans besides."""

    def __init__(self, directory: Path, logs: Path, *, events: int, refresh_seconds: int = 1) -> None:
        self._directory = directory
        self._logs = logs
        self.port = free_port()
        self._amilia_port = free_port()
        self._http = httpx.Client(trust_env=False, timeout=30)
        self._service: Program | None = None
        self._amilia: Program | None = None
        self._events = events
        self._refresh_seconds = refresh_seconds
        self.programme = 0

    def __enter__(self) -> Self:
        try:
            self._open()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End both processes."""
        for program in (self._service, self._amilia):
            if program is not None:
                program.stop()
        self._http.close()

    def _open(self) -> None:
        command = [_COMMAND, "simulator", "--port", str(self._amilia_port), "--events", str(self._events)]
        self._amilia = self._program(command, "simulator")
        self._answering(f"{self._amilia_url}/control/world", self._amilia)
        self._clear_the_stage()
        settings = self._directory / "feeds.toml"
        settings.write_text(self._settings(), encoding="utf-8")
        self.start()

    # --- the service -------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the service and wait until it can answer; its first fetch is somebody's first request."""
        command = [_COMMAND, "serve", "--port", str(self.port)]
        self._service = self._program(command, "service")
        self._answering(f"{self.url}/healthz", self._service)

    def stop(self) -> None:
        """Stop the service as an operator does."""
        if self._service is not None:
            self._service.stop()

    def kill(self) -> None:
        """End the service in the middle of whatever it does."""
        if self._service is not None:
            self._service.kill()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str = FEED) -> httpx.Response:
        """What the service answers to somebody who asks it directly."""
        return self._http.get(self.url + path)

    # --- the staff, in Amilia ----------------------------------------------------------------------------

    def add(
        self, title: str, start: datetime, *, minutes: int = 60, place: str, all_day: bool = False
    ) -> int:
        """Plan something on the stage; ``start`` is the club's wall clock. Returns the event's id."""
        wish = {
            "title": title,
            "start": start.isoformat(),
            "minutes": minutes,
            "allDay": all_day,
            "programId": self.programme,
            "placeId": self._places[place],
        }
        return int(self._tell("POST", "/events", wish)["Id"])

    def move(self, event: int, to: datetime) -> None:
        self._tell("POST", f"/events/{event}/move", {"to": to.isoformat()})

    def rename(self, event: int, title: str) -> None:
        self._tell("POST", f"/events/{event}/rename", {"title": title})

    def cancel(self, event: int) -> None:
        self._tell("POST", f"/events/{event}/cancel")

    def restore(self, event: int) -> None:
        self._tell("POST", f"/events/{event}/restore")

    def remove(self, event: int) -> None:
        self._tell("DELETE", f"/events/{event}")

    def fail(self, fault: str) -> None:
        """Let Amilia fail, and wait until the service has noticed."""
        self._tell("POST", "/faults", {"fault": fault})
        eventually(lambda: self._state() == "degraded", "the service sees Amilia fail", _CHANGE_SECONDS)

    def heal(self) -> None:
        """Let Amilia answer, and wait until the service has noticed."""
        self._tell("DELETE", "/faults")
        eventually(lambda: self._state() == "ok", "the service sees Amilia answer", _CHANGE_SECONDS)

    # --- what should be seen -----------------------------------------------------------------------------

    @property
    def today(self) -> date:
        """The day in the club when the simulator was started."""
        return date.fromisoformat(self._tell("GET", "/world")["today"])

    def published(self) -> list[Published]:
        """The events of the stage as Amilia has them, or the notice that there are none."""
        events = [Published.from_fact(fact) for fact in self._facts() if fact["ProgramId"] == self.programme]
        return events or [Published.notice(NOTICE, self.today - timedelta(days=self.today.weekday()))]

    def truth(self) -> tuple[list[Published], int]:
        """All events that the whole feed must hold, and how many more it may."""
        days = {"from": str(self.today - timedelta(days=60)), "to": str(self.today + timedelta(days=400))}
        told = self._tell("GET", "/truth", params=days)
        return [Published.from_fact(fact) for fact in told["events"]], len(told["doubtful"])

    def await_published(self, edit: Callable[[], object], path: str = FEED) -> None:
        """Make an edit and wait until the feed is another."""
        before = self.get(path).headers["etag"]
        edit()
        eventually(
            lambda: self.get(path).headers["etag"] != before, "the feed tells of the edit", _CHANGE_SECONDS
        )

    # --- inside ------------------------------------------------------------------------------------------

    @property
    def _amilia_url(self) -> str:
        return f"http://127.0.0.1:{self._amilia_port}"

    def _facts(self) -> list[dict[str, Any]]:
        facts: list[dict[str, Any]] = self._tell("GET", "/truth")["events"]
        return facts

    def _clear_the_stage(self) -> None:
        """Choose the public programme with the fewest events, and empty it."""
        numbers = [fact["ProgramId"] for fact in self._facts()]
        self.programme = min(set(numbers), key=lambda number: (numbers.count(number), number))
        for fact in self._facts():
            if fact["ProgramId"] == self.programme:
                self.remove(fact["Id"])
        self._places = self._known_places()

    def _known_places(self) -> dict[str, int]:
        """The organization's places by name, from the API itself."""
        account = httpx.BasicAuth(FOREST.account.username, FOREST.account.password)
        api = f"{self._amilia_url}/api/v3"
        token = self._http.get(f"{api}/authenticate", auth=account).json()["Token"]
        listed = self._http.get(
            f"{api}/fr/org/{FOREST.slug}/locations", headers={"Authorization": f"Bearer {token}"}
        ).json()
        return {place["Name"]: place["Id"] for place in listed["Items"]}

    def _settings(self) -> str:
        return f"""\
public_url = "{self.url}"
store = "sqlite:///{self._directory}/feeds.db"
refresh_seconds = {self._refresh_seconds}
calls_per_second = 100
api_url = "{self._amilia_url}/api/v3"

[orgs.{FOREST.slug}]
name = {{ fr = "{FOREST.name.fr}", en = "{FOREST.name.en}" }}
username = "{FOREST.account.username}"
password = "{FOREST.account.password}"
timezone = "{ZONE}"

[orgs.{FOREST.slug}.feeds.aquaforme]
name = {{ fr = "Aquaforme", en = "Aquafitness" }}
programId = [{self.programme}]
"""

    def _program(self, command: list[str], name: str) -> Program:
        env = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "FEEDS_CONFIG": "feeds.toml"}
        return Program(command, env=env, log=self._logs / f"{name}.log", directory=self._directory)

    def _answering(self, url: str, program: Program) -> None:
        def answers() -> bool:
            if not program.running():
                raise RuntimeError(f"{program} ended; its log tells why")
            try:
                return self._http.get(url).is_success
            except httpx.TransportError:
                return False

        eventually(answers, f"{url} answers", _START_SECONDS)

    def _state(self) -> str:
        self.get()
        return str(self.get("/readyz").json()["status"])

    def _tell(self, method: str, path: str, body: object = None, params: dict[str, str] | None = None) -> Any:
        answer = self._http.request(
            method, f"{self._amilia_url}/control{path}", json=body, params=params
        ).raise_for_status()
        return answer.json() if answer.content else None


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment by the club's wall clock."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(ZONE)).replace(tzinfo=None)
