"""Thunderbird, headless and driven through its own remote control; the subscription goes its dialog's way."""

import json
from pathlib import Path
from typing import Any, Final

from tests.clients.client import Client, absent, said_by
from tests.clients.marionette import Marionette
from tests.clients.processes import Program, eventually, machine
from tests.clients.sightings import Sighting, state, venue, written

_START_SECONDS: Final = 120.0
_PREFERENCES: Final = {
    # Without a desktop there is nobody to take its notices, and it would stop in the middle of one.
    "alerts.useSystemBackend": False,
    "app.update.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "calendar.timezone.useSystemTimezone": True,
    "datareporting.policy.dataSubmissionEnabled": False,
    "datareporting.policy.dataSubmissionPolicyBypassNotification": True,
    "extensions.update.enabled": False,
    "mail.provider.suppress_dialog_on_startup": True,
    "mail.rights.version": 1,
    "mail.spotlight.firstRunDone": True,
    "mailnews.start_page.enabled": False,
    "marionette.port": 0,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.manage-offline-status": False,
    # Whatever is not on this machine goes to a proxy that does not exist.
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
    "network.proxy.type": 1,
    "offline.startup_state": 0,
    "toolkit.telemetry.enabled": False,
}
_CALENDAR: Final = """
    const {cal} = ChromeUtils.importESModule("resource:///modules/calendar/calUtils.sys.mjs");
    const subscribed = () => cal.manager.getCalendars().find(calendar => calendar.type == "ics");
"""
_SUBSCRIBE: Final = """
    // What the dialog "New calendar, on the network" does with an address (calendar-creation.js).
    const location = args[0].replace(/^webcal(s)?(:.*)/, "http$1$2").trim();
    const found = await cal.provider.detection.detect("", undefined, location, false, [], {});
    const [calendar] = [...found].find(([provider]) => provider.type == "ics")[1];
    calendar.setProperty("refreshInterval", "1");
    calendar.setProperty("cache.enabled", true);
    cal.manager.registerCalendar(calendar);
    return calendar.name;
"""
_REFRESH: Final = "subscribed().refresh();"
_LOOK: Final = """
    const items = await subscribed().getItemsAsArray(Ci.calICalendar.ITEM_FILTER_TYPE_EVENT, 0, null, null);
    const clock = moment => {
        const here = moment.getInTimezone(cal.dtz.defaultTimezone);
        const day = [here.year, here.month + 1, here.day];
        return here.isDate ? day : [...day, here.hour, here.minute];
    };
    return items.map(item => ({
        title: item.title, start: clock(item.startDate), end: clock(item.endDate),
        place: item.getProperty("LOCATION"), status: item.status,
    }));
"""
_DRAWN: Final = """
    const window = Services.wm.getMostRecentWindow("mail:3pane");
    window.document.getElementById("tabmail").openTab("calendar");
    window.switchToView("multiweek");
    const boxes = () => [...window.document.querySelectorAll("#multiweek-view [status]")];
    for (let waited = 0; waited < 20000 && boxes().length < args[0]; waited += 100) {
        await new Promise(resolve => window.setTimeout(resolve, 100));
    }
    return boxes().map(box => [
        box.querySelector(".event-name-label").textContent,
        window.getComputedStyle(box).textDecorationLine == "line-through",
    ]);
"""
_DISABLED: Final = 'return Boolean(subscribed().getProperty("disabled"));'


class Thunderbird(Client):
    name = "thunderbird"
    title = "Thunderbird"
    zone = "Europe/Paris"
    packages = ("thunderbird",)
    conditional = True
    polls = True
    manner = (
        "Added the way its dialog does, from a `webcal:` address: HEAD, then GET; it never tries to write. "
        "Names the calendar after the last part of the address. Strikes out what is cancelled."
    )

    def __init__(self, home: Path, logs: Path) -> None:
        super().__init__(home, logs)
        self._program: Program | None = None
        self._control: Marionette | None = None

    @classmethod
    def missing(cls) -> str:
        return absent(cls.title, cls.packages, "thunderbird")

    @classmethod
    def version(cls) -> str:
        return said_by("thunderbird", "--version").split()[-1]

    def subscribe(self, url: str) -> None:
        self._control = self._started()
        self.calendar_name = self._run(_SUBSCRIBE, url.replace("http:", "webcal:", 1))

    def refresh(self) -> None:
        self._run(_REFRESH)

    def seen(self) -> list[Sighting]:
        return sorted(_sighting(item) for item in self._run(_LOOK))

    def disabled(self) -> bool:
        """Whether it has given the calendar up: it does so by itself after some answers."""
        return bool(self._run(_DISABLED))

    def drawn(self, count: int) -> set[tuple[str, bool]]:
        """The titles in the view of several weeks and whether they are struck out, once there are so many."""
        return {(title, struck) for title, struck in self._run(_DRAWN, count)}

    def close(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._program is not None:
            self._program.stop()

    def _run(self, script: str, *arguments: object) -> Any:
        if self._control is None:
            raise RuntimeError("subscribe first")
        return self._control.run(_CALENDAR + script, *arguments)

    def _started(self) -> Marionette:
        profile = self.home / "profile"
        profile.mkdir(parents=True)
        lines = [
            f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in _PREFERENCES.items()
        ]
        (profile / "user.js").write_text("".join(lines), encoding="utf-8")
        self._program = Program(
            [
                *("thunderbird", "--headless", "--no-remote", "--profile", str(profile)),
                *("--marionette", "--remote-allow-system-access"),
            ],
            env=machine(self.home, self.zone),
            log=self.log,
        )
        listening = profile / "MarionetteActivePort"
        eventually(listening.exists, "Thunderbird has started", _START_SECONDS)
        return Marionette(int(listening.read_text()))


def _sighting(item: dict[str, Any]) -> Sighting:
    times = written(item["start"], item["end"])
    return Sighting(*times, item["title"], venue(item["place"]), state(item["status"]))
