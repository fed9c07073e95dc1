"""The folder of a site, whatever happens while it is written: whole files, no strangers touched."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli.exporting.folder import LIST, STAGE, Folder, Foreign

KILLED = """
import os, sys
from pathlib import Path
from app.cli.exporting.folder import Folder

folder = Folder(Path(sys.argv[1]))
for number in range(50):
    folder.put(f"feeds/{number}.ics", b"new" * 10_000)
moves = 0
move = Path.replace

def counted(self, target):
    global moves
    moves += 1
    if moves == 20:
        os.kill(os.getpid(), 9)
    return move(self, target)

Path.replace = counted
folder.replace()
"""


def written(root: Path, files: dict[str, bytes]) -> Folder:
    """A folder after an export of ``files``."""
    folder = Folder(root)
    for name, body in files.items():
        folder.put(name, body)
    folder.replace()
    return Folder(root)


def names_in(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def test_files_are_there_once_they_are_replaced_and_not_before(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.put("orgs/x/calendar.ics", b"feed")
    assert not (tmp_path / "orgs").exists()

    report = folder.replace()

    assert (report.written, report.same, report.removed) == (1, 0, 0)
    assert names_in(tmp_path) == {"orgs/x/calendar.ics", LIST}


def test_same_content_is_not_written_again(tmp_path: Path) -> None:
    folder = written(tmp_path, {"a.ics": b"same", "b.ics": b"old"})
    before = (tmp_path / "a.ics").stat().st_mtime_ns
    folder.put("a.ics", b"same")
    folder.put("b.ics", b"new")

    report = folder.replace()

    assert (report.written, report.same) == (1, 1)
    assert (tmp_path / "a.ics").stat().st_mtime_ns == before
    assert (tmp_path / "b.ics").read_bytes() == b"new"


def test_files_that_are_no_longer_put_go_with_their_empty_folders(tmp_path: Path) -> None:
    folder = written(tmp_path, {"deep/er/old.ics": b"old", "kept/here.ics": b"kept", "a.ics": b"a"})
    folder.put("a.ics", b"a")

    report = folder.replace(kept=["kept/here.ics"])

    assert report.removed == 1
    assert names_in(tmp_path) == {"kept/here.ics", "a.ics", LIST}
    assert not (tmp_path / "deep").exists()


def test_files_of_others_in_the_way_stop_the_export_before_anything_changes(tmp_path: Path) -> None:
    (tmp_path / "orgs").mkdir()
    (tmp_path / "orgs" / "a.ics").write_bytes(b"theirs")
    folder = Folder(tmp_path)
    folder.put("orgs/a.ics", b"ours")
    folder.put("orgs/b.ics", b"ours")

    with pytest.raises(Foreign, match=r"orgs/a\.ics"):
        folder.replace()

    folder.close()
    assert names_in(tmp_path) == {"orgs/a.ics"}
    assert (tmp_path / "orgs" / "a.ics").read_bytes() == b"theirs"


def test_first_page_of_others_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_bytes(b"theirs")
    folder = Folder(tmp_path)
    folder.put("index.html", b"ours")
    folder.put("orgs/b.ics", b"ours")

    report = folder.replace()

    assert report.left == ("index.html",)
    assert (tmp_path / "index.html").read_bytes() == b"theirs"
    assert "index.html" not in Folder(tmp_path).known


def test_list_that_names_files_elsewhere_removes_nothing_there(tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("theirs")
    root = tmp_path / "site"
    root.mkdir()
    (root / LIST).write_text(json.dumps({"files": ["../outside.txt", str(outside)]}))
    folder = Folder(root)
    folder.put("a.ics", b"a")

    report = folder.replace()

    assert report.removed == 0
    assert outside.read_text() == "theirs"


def test_export_that_is_killed_leaves_whole_files_and_the_next_one_finishes(tmp_path: Path) -> None:
    old, new = b"old" * 10_000, b"new" * 10_000
    written(tmp_path, {f"feeds/{number}.ics": old for number in range(40)})

    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False, timeout=30)  # noqa: S603  # our own program

    contents = [(tmp_path / f"feeds/{number}.ics").read_bytes() for number in range(40)]
    assert killed.returncode == -9
    assert set(contents) == {old, new}
    assert (tmp_path / STAGE).exists()

    folder = Folder(tmp_path)
    for number in range(10):
        folder.put(f"feeds/{number}.ics", new)
    folder.replace()
    assert names_in(tmp_path) == {LIST, *(f"feeds/{number}.ics" for number in range(10))}


def test_failure_on_the_way_changes_nothing(tmp_path: Path) -> None:
    folder = written(tmp_path, {"a.ics": b"old"})
    folder.put("a.ics", b"new")

    with pytest.raises(OSError, match=r"a\.ics"):
        folder.put("a.ics/b.ics", b"cannot be")

    folder.close()
    assert (tmp_path / "a.ics").read_bytes() == b"old"
    assert names_in(tmp_path) == {"a.ics", LIST}
