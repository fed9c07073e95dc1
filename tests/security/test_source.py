"""What the service's own code never does, read in its source."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import app

CODE: Final = Path(app.__path__[0])
ROOT: Final = CODE.parent
RUNNERS: Final = {"eval", "exec", "compile", "__import__", "system", "popen", "Popen", "run_module"}
HARMLESS: Final = {"re", "self._client"}
"""Patterns are compiled; a Redis server evaluates scripts of ours."""
UNSAFE: Final = {"subprocess", "pickle", "marshal", "shelve", "ctypes", "code", "runpy", "yaml"}
NAMED_BY_SHA1: Final = {"ics/identity.py", "store/redis/scripts.py"}
"""uuid5 is made so, and Redis names its scripts so; neither keeps a secret."""
SOUND: Final = {"sha256", "blake2b", "digest", "compare_digest"}


def sources() -> Iterator[tuple[str, ast.Module]]:
    """The service without the simulator and the commands, which serve nobody's requests."""
    for path in sorted(CODE.rglob("*.py")):
        name = str(path.relative_to(CODE))
        if not name.startswith(("simulator/", "cli/")):
            yield name, ast.parse(path.read_text(encoding="utf-8"))


def calls() -> Iterator[tuple[str, str, str]]:
    """File, what a function is called on, and its name."""
    for name, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                yield name, ast.unparse(node.func.value), node.func.attr
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                yield name, "", node.func.id


def imported() -> set[str]:
    names = set()
    for _, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module)
    return names


def test_nothing_of_the_service_runs_programs_or_text() -> None:
    found = {it for it in calls() if it[2] in RUNNERS and it[1] not in HARMLESS}

    assert found == set()
    assert imported() & UNSAFE == set()


def test_only_sound_digests_are_made() -> None:
    found = {(it[1], it[2]) for it in calls() if it[1] in {"hashlib", "hmac"}}

    assert {name for _, name in found} - SOUND == {"sha1"}
    assert {it[0] for it in calls() if it[1:] == ("hashlib", "sha1")} == NAMED_BY_SHA1


def test_no_xml_is_read() -> None:
    assert {name for name in imported() if name.startswith(("xml", "lxml", "defusedxml"))} == set()


def test_scripts_write_no_markup() -> None:
    scripts = [*CODE.glob("web/static/*.js"), CODE / "web" / "embed.js"]
    markup = r"\.(inner|outer)HTML|insertAdjacentHTML|document\.write|\beval\(|new Function|setAttribute\(.on"

    found = {path.name: re.findall(markup, path.read_text(encoding="utf-8")) for path in scripts}
    assert len(found) > 3
    assert {name: hits for name, hits in found.items() if hits} == {}


def test_templates_trust_nothing_but_what_the_code_marked() -> None:
    templates = [*CODE.glob("web/templates/**/*.html")]

    trusting = re.compile(r"\|\s*safe\b|autoescape")

    found = {path.name: trusting.findall(path.read_text(encoding="utf-8")) for path in templates}
    assert len(found) > 8
    assert {name: hits for name, hits in found.items() if hits} == {}


def test_the_image_holds_only_what_it_lists() -> None:
    listed = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()

    assert listed[0] == "*"
    assert not [line for line in listed if line.startswith("!") and (".git" in line or "data" in line)]
