"""The commands about private feeds, as an operator types them: what they print, and what they never do."""

import asyncio
import json
import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from typer.testing import CliRunner, Result

from app.cli import cli
from tests.support.service import running

ADDRESS = re.compile(r"https://calendars\.example\.org(/private/([A-Za-z0-9_-]{43})/([a-z0-9-]+)\.ics)\n")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the command runs: an organization by its number, in the store of ``running``."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "feeds.toml").write_text(
        f"""
        public_url = "https://calendars.example.org"
        store = "sqlite:///{tmp_path}/feeds.db"
        username = "u"
        password = "p"
        api_url = "http://127.0.0.1:9/api/v3"
        [orgs.forest-explorers]
        number = 8008
        [orgs.lakeside]
        """
    )
    return tmp_path


def run(command: str, *more: str) -> Result:
    return CliRunner().invoke(cli, ["private", *command.split(), *more])


def made(options: str, *more: str) -> tuple[str, str]:
    """The id and the path of a calendar that the command made."""
    result = run(f"create --org forest-explorers {options}", *more)
    assert result.exit_code == 0, result.output
    address = ADDRESS.fullmatch(result.stdout)
    assert address is not None
    return result.stderr.partition(":")[0], address[1]


def test_the_address_is_printed_alone_and_once(folder: Path) -> None:
    result = run("create --org forest-explorers --staff 61001 --name", "Léa  d'Été")

    address = ADDRESS.fullmatch(result.stdout)
    assert address is not None
    assert address[3] == "lea-d-ete"
    assert "shown once" in result.stderr
    assert address[2] not in run("list").output
    assert all(address[2].encode() not in file.read_bytes() for file in folder.iterdir())


def test_two_addresses_have_nothing_in_common(folder: Path) -> None:
    (one, first), (two, second) = made("--hidden"), made("--hidden")

    assert one != two
    assert first.split("/")[2] != second.split("/")[2]
    assert first.endswith("/forest-explorers.ics")


def test_the_list_tells_scope_and_last_use_and_no_address(folder: Path) -> None:
    coach, path = made("--staff 61001 --headcount --name", "Léa")
    board, _ = made("--hidden")
    camp, _ = made("--program 4521,4522 --program 7")

    async def read() -> None:
        async with running(folder) as service:
            assert (await service.get(path)).status_code == 200

    asyncio.run(read())

    lines = [re.sub(r"made \d{4}-\d\d-\d\d", "made DAY", line) for line in run("list").stdout.splitlines()]
    assert sorted(lines) == sorted(
        [
            f"{coach}  forest-explorers  staff 61001 with headcount  made DAY  read 2026-11-22  Léa",
            f"{board}  forest-explorers  hidden  made DAY  never read",
            f"{camp}  forest-explorers  programs 7,4521,4522  made DAY  never read",
        ]
    )


def test_a_revoked_address_opens_nothing(folder: Path) -> None:
    number, path = made("--hidden")

    revoked = run("revoke", number)
    again = run("revoke", number)

    assert (revoked.exit_code, revoked.stdout) == (0, f"{number}  revoked\n")
    assert (again.exit_code, again.stdout) == (2, "")
    assert number in again.stderr

    async def read() -> int:
        async with running(folder) as service:
            return (await service.get(path)).status_code

    assert asyncio.run(read()) == 404


def test_a_rotated_calendar_has_one_address_and_it_is_the_new_one(folder: Path) -> None:
    number, old = made("--hidden --name", "Board")

    result = run("rotate", number)

    new = ADDRESS.fullmatch(result.stdout)
    assert new is not None
    assert new[1] != old
    assert new[1].endswith("/board.ics")

    async def read() -> list[int]:
        async with running(folder) as service:
            return [(await service.get(path)).status_code for path in (old, new[1])]

    assert asyncio.run(read()) == [404, 200]


def test_there_is_nothing_to_rotate_where_nothing_is(folder: Path) -> None:
    result = run("rotate c0ac4000")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "There is no private calendar c0ac4000." in result.stderr


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        ("create --org forest-explorers", "one of --staff, --program and --hidden"),
        ("create --org forest-explorers --hidden --staff 1", "one of --staff, --program and --hidden"),
        ("create --org forest-explorers --staff x", "--staff: Amilia's numbers"),
        ("create --org forest-explorers --staff 0", "--staff: Amilia's numbers"),
        ("create --org forest-explorers --program ,", "--program: Amilia's numbers"),
        (f"create --org forest-explorers --hidden --name {'x' * 101}", "--name: at most 100 characters"),
        ("create --hidden", "Which organization?"),
        ("create --org nobody --hidden", "nobody is not configured"),
    ],
)
def test_what_is_not_clear_is_refused_in_one_sentence(folder: Path, command: str, sentence: str) -> None:
    result = run(command)

    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("command", ["list", "revoke x", "rotate x", "create --org lakeside --hidden"])
def test_a_store_that_cannot_be_used_is_said_in_one_sentence(folder: Path, command: str) -> None:
    (folder / "feeds.db").mkdir()

    result = run(command)

    assert (result.exit_code, result.stdout) == (1, "")
    assert "feeds.db" in result.stderr
    assert result.stderr.count("\n") == 1


class Amilia(BaseHTTPRequestHandler):
    """One session of two members of the staff, whatever is asked for."""

    def do_GET(self) -> None:
        session = {
            "Id": 141658523,
            "Start": "2026-11-22T18:00:00-05:00",
            "Activity": {"Id": 1},
            "Staff": [{"Id": 61008, "FullName": "Zoé\u202e\x1b[31m"}, {"Id": 61001, "FirstName": "Léa"}],
        }
        items = [session] if "/events" in self.path and "showHidden=true" in self.path else []
        body = json.dumps({"Items": items, "Paging": {"TotalCount": len(items), "Next": ""}}).encode()
        self.send_response(200 if self.headers["X-AMILIA-APIKEY"] == "k" else 401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """A test has no use for it."""


@pytest.fixture
def amilia(folder: Path) -> Iterator[str]:
    """An Amilia that lakeside may read with the key "k"; its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Amilia) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/api/v3"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("key", "status", "said"), [("k", 0, "61001  Léa\n61008  Zoé[31m\n"), ("wrong", 1, "")]
)
def test_staff_are_listed_with_their_numbers(
    folder: Path, amilia: str, key: str, status: int, said: str
) -> None:
    (folder / "feeds.toml").write_text(
        f'api_url = "{amilia}"\n[orgs.lakeside]\napi_key = "{key}"\napi_secret = "s"\n'
    )

    result = run("staff")

    assert (result.exit_code, result.stdout) == (status, said)
    assert result.stderr.count("\n") == status
