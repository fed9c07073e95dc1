"""The copy that the guide tells to make is whole, and a service that gets it goes on as before."""

import re
import sqlite3
import subprocess
import sys
from pathlib import Path

from tests.deploy.recipe import DEPLOY, GUIDE
from tests.support.fakes import FakeClock
from tests.support.service import Service, running

FEED = "/orgs/forest-explorers/calendar.ics"
PAGE = (GUIDE / "backups.md").read_text(encoding="utf-8")


def copied(store: Path, copy: Path) -> None:
    """Make a copy by the statement that the guide and the timer use."""
    (statement,) = set(re.findall(r'"(VACUUM INTO) \S', PAGE.replace("\\'", "'")))
    assert statement in (DEPLOY / "systemd" / "amilia-feeds-backup.service").read_text(encoding="utf-8")
    connection = sqlite3.connect(store)
    connection.execute(f"{statement} '{copy}'")
    connection.close()


async def etag(service: Service) -> str:
    return (await service.get(FEED)).headers["etag"]


async def test_a_service_with_the_copy_publishes_the_same_bytes(tmp_path: Path) -> None:
    clock = FakeClock()
    (tmp_path / "second").mkdir()
    async with running(tmp_path, clock=clock) as service:
        before = await etag(service)
        copied(tmp_path / "feeds.db", tmp_path / "second" / "feeds.db")
    clock.advance(minutes=5)

    async with running(tmp_path / "second", clock=clock) as service:
        service.fault("500")
        after = await etag(service)

    assert after == before


async def test_without_the_store_every_event_looks_changed(tmp_path: Path) -> None:
    clock = FakeClock()
    (tmp_path / "second").mkdir()
    async with running(tmp_path, clock=clock) as service:
        before = await etag(service)
    clock.advance(minutes=5)

    async with running(tmp_path / "second", clock=clock) as service:
        after = await etag(service)

    assert after != before


def test_the_nightly_copy_is_one_a_weekday(tmp_path: Path) -> None:
    unit = (DEPLOY / "systemd" / "amilia-feeds-backup.service").read_text(encoding="utf-8")
    commands = re.findall(r"^Exec(?:StartPre|Start)=/bin/sh -c '(.+)'$", unit, re.MULTILINE)
    (tmp_path / "data").mkdir()
    (tmp_path / "backups").mkdir()
    sqlite3.connect(tmp_path / "data" / "feeds.db").executescript(
        "create table told (x); insert into told values (7)"
    )
    tool = tmp_path / "sqlite3"
    tool.write_text(
        f"#!{sys.executable}\nimport sqlite3, sys\nsqlite3.connect(sys.argv[1]).execute(sys.argv[2])\n"
    )
    tool.chmod(0o755)

    for _ in range(2):
        for command in commands:
            plain = command.replace("%%", "%").replace("$$", "$").replace("\\'", "'")
            subprocess.run(  # noqa: S603  # the unit's own words
                ["/bin/sh", "-c", plain], cwd=tmp_path, env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, check=True
            )

    (copy,) = (tmp_path / "backups").iterdir()
    assert sqlite3.connect(copy).execute("select x from told").fetchall() == [(7,)]
