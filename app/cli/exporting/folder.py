"""The folder that a site is written to. Whoever reads it meanwhile sees whole files, old ones or new ones.

What is new is first written beside the site, then every file is replaced by a rename, pages last, and only
then goes what is no longer part of the site. A list of all files that an export ever wrote and did not remove
is kept with them: nothing else is touched.
"""

import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

LIST: Final = ".amilia-feeds.json"
STAGE: Final = ".amilia-feeds-stage"


class Foreign(Exception):
    """Files that no export wrote are in the way; the text names them."""


@dataclass(frozen=True, slots=True)
class Report:
    """How many files were written, were the same, and went; ``left`` are those of others, left alone."""

    written: int
    same: int
    removed: int
    left: tuple[str, ...]


class Folder:
    """One export into ``root``: ``put`` everything, then ``replace``; then ``close``."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._stage = root / STAGE
        root.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(self._stage, ignore_errors=True)  # of an export that was killed
        self.known = frozenset(_listed(root / LIST))
        """The files that earlier exports wrote."""
        self._same: set[str] = set()
        self._new: set[str] = set()

    def __repr__(self) -> str:
        return f"<Folder {self._root} {len(self._new)} new, {len(self._same)} the same>"

    def put(self, name: str, body: bytes) -> None:
        """This is to be the content of a file. Raises ``OSError``; nothing of the site is changed yet."""
        target = self._root / name
        if target.is_file() and target.stat().st_size == len(body) and target.read_bytes() == body:
            self._same.add(name)
            return
        staged = self._stage / name
        staged.parent.mkdir(parents=True, exist_ok=True)
        staged.write_bytes(body)
        self._new.add(name)

    def replace(self, kept: Iterable[str] = ()) -> Report:
        """Make the site what was put, and what is ``kept`` of the known files as it is.

        A file of somebody else's at the top (a robots.txt, an index.html) is left alone.
        Raises ``Foreign`` for all others in the way, before anything is changed, and ``OSError``.
        """
        foreign = {it for it in self._new - self.known if (self._root / it).exists()}
        left = {it for it in foreign if "/" not in it}
        if foreign - left:
            raise Foreign(", ".join(sorted(foreign - left)[:5]))
        fresh = self._new - left
        site = fresh | self._same | self.known.intersection(kept)
        self._keep_list(site | self.known)
        for name in sorted(fresh, key=_late):
            target = self._root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            (self._stage / name).replace(target)
        gone = self.known - site
        for name in sorted(gone):
            self._remove(name)
        self._keep_list(site)
        self.close()
        return Report(len(fresh), len(self._same), len(gone), tuple(sorted(left)))

    def close(self) -> None:
        """Leave nothing behind beside the site."""
        shutil.rmtree(self._stage, ignore_errors=True)

    def _remove(self, name: str) -> None:
        target = self._root / name
        target.unlink(missing_ok=True)
        for folder in target.relative_to(self._root).parents[:-1]:
            try:
                (self._root / folder).rmdir()
            except OSError:  # something else is in it
                break

    def _keep_list(self, names: Iterable[str]) -> None:
        text = json.dumps({"files": sorted(names)}, indent=0) + "\n"
        target = self._root / LIST
        if target.is_file() and target.read_text(encoding="utf-8") == text:
            return
        self._stage.mkdir(exist_ok=True)
        staged = self._stage / LIST
        staged.write_text(text, encoding="utf-8")
        staged.replace(target)


def _late(name: str) -> tuple[bool, str]:
    """Pages come after what they lead to."""
    return name.endswith(".html"), name


def _listed(path: Path) -> list[str]:
    """The names in a list; one that leads out of the folder is none of ours."""
    if not path.is_file():
        return []
    names = json.loads(path.read_text(encoding="utf-8"))["files"]
    return [it for it in names if not PurePosixPath(it).is_absolute() and ".." not in PurePosixPath(it).parts]
