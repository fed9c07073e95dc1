"""What only Thunderbird does: how it adds a calendar, and how it draws what is cancelled."""

from pathlib import Path

from tests.clients.club import FEED, Club, at
from tests.clients.presence import installed
from tests.clients.processes import eventually
from tests.clients.proxy import RecordingProxy
from tests.clients.thunderbird import Thunderbird


def test_the_calendar_is_found_without_writing_named_by_its_address_and_struck_out_where_cancelled(
    tmp_path: Path, logs: Path
) -> None:
    installed(Thunderbird)
    (tmp_path / "club").mkdir()
    with (
        Club(tmp_path / "club", logs, events=60) as club,
        RecordingProxy(club.port) as proxy,
        Thunderbird(tmp_path, logs) as thunderbird,
    ):
        club.add("Plongeon", at(club.today, 17), place="Gymnase double")
        club.cancel(club.add("Aquaforme", at(club.today, 18), place="Gymnase double"))
        thunderbird.subscribe(proxy.address + FEED)
        eventually(thunderbird.seen, "Thunderbird has loaded the feed")
        drawn = thunderbird.drawn(2)
        name, disabled = thunderbird.calendar_name, thunderbird.disabled()
        asked = [(exchange.method, exchange.status) for exchange in proxy.exchanges()]

    assert {("Plongeon", False), ("Annulé : Aquaforme", True)} == drawn
    assert ("HEAD", 200) in asked
    assert {404, 405} >= {status for method, status in asked if method == "PROPFIND"}
    assert {"HEAD", "PROPFIND", "GET"} >= {method for method, _ in asked}
    assert ("aquaforme", False) == (name, disabled)
