"""No text makes a regular expression of ours work for longer than in proportion to its length."""

import ast
import importlib
import math
import pkgutil
import re
import re._constants as codes  # type: ignore[import-not-found]  # no stubs for these
import re._parser as parser  # type: ignore[import-not-found]
import string
import time
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pytest

import app
from app.telemetry import clients

SMALL, LARGE = 500, 4_000
"""Repetitions; linear work grows eightfold from one to the other, quadratic sixty-fourfold."""
NOTICEABLE: Final = 0.01
"""Seconds of this thread's time; below, nothing grows that anybody would notice."""
STEEPEST: Final = 20.0
FUNCTIONS: Final = {"compile", "search", "match", "fullmatch", "sub", "split", "findall", "finditer"}
TINY: Final = (12, 18, 24, 36)
"""Repetitions of which only what grows exponentially is noticeable."""
MOST_LETTERS: Final = 12
BOUNDED: Final = {"app.telemetry.clients.CLIENTS": clients.LONGEST}
"""Tables whose patterns read no more than so many characters."""
MARKUP: Final = ("<a ", '<a "', "<a '", "<a x='y' ", "<script>", "<!--", "<!-", "</", "&amp;", "&lt", "\r\n ")

Pattern = re.Pattern[Any]


def modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(app.__path__, "app."):
        if not found.name.endswith("__main__"):
            yield importlib.import_module(found.name)


def compiled() -> dict[str, Pattern]:
    """Every pattern that a module keeps, alone or in a table of its own, by where it is."""
    found: dict[str, Pattern] = {}
    for module in modules():
        for name, value in vars(module).items():
            for number, pattern in enumerate(_patterns(value)):
                found.setdefault(f"{module.__name__}.{name}{number or ''}", pattern)
    return found


def _patterns(value: object, depth: int = 3) -> Iterator[Pattern]:
    """Those within tables, and within the fields of our own values."""
    if isinstance(value, re.Pattern):
        yield value
    elif depth and isinstance(value, dict):
        yield from _patterns(tuple(value.values()), depth - 1)
    elif depth and isinstance(value, list | tuple):
        for member in value:
            yield from _patterns(member, depth - 1)
            if type(member).__module__.startswith("app."):
                fields = [getattr(member, name, None) for name in getattr(member, "__slots__", ())]
                yield from _patterns(fields, depth - 1)


def written() -> dict[str, object]:
    """Every literal pattern in the code, by file and line, but for the operator's own commands."""
    found: dict[str, object] = {}
    root = Path(app.__path__[0])
    for path in sorted(set(root.rglob("*.py")) - set((root / "cli").rglob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if _is_call(node) and isinstance(node, ast.Call) and isinstance(node.args[0], ast.Constant):
                found[f"{path.relative_to(app.__path__[0])}:{node.lineno}"] = node.args[0].value
    return found


def _is_call(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "re"
        and node.func.attr in FUNCTIONS
    )


def uses(where: str) -> set[str]:
    """How the pattern of that name is used in its own module; all that searches where nothing tells."""
    module, _, name = where.rpartition(".")
    source = Path(importlib.import_module(module).__file__ or "").read_text(encoding="utf-8")
    return {
        node.attr
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == name
    } & FUNCTIONS or {"finditer"}


def letters(pattern: Pattern) -> list[str]:
    """Characters that the pattern treats differently, as far as it names them."""
    text = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    found = dict.fromkeys(_named(parser.parse(text, pattern.flags & ~re.UNICODE & ~re.ASCII)))
    return list(dict.fromkeys(["a", " ", *found]))[:MOST_LETTERS]


def _named(parsed: Any) -> Iterator[str]:
    for code, argument in parsed:
        if code in (codes.LITERAL, codes.NOT_LITERAL):
            yield chr(argument)
        elif code is codes.RANGE:
            yield chr(argument[0])
        elif code is codes.CATEGORY:
            yield {codes.CATEGORY_DIGIT: "0", codes.CATEGORY_SPACE: " "}.get(argument, "w")
        elif code is codes.IN:
            yield from _named(argument)
        elif code is codes.BRANCH:
            for branch in argument[1]:
                yield from _named(branch)
        else:
            for part in argument if isinstance(argument, tuple) else (argument,):
                if isinstance(part, parser.SubPattern):
                    yield from _named(part)


def attacks(pattern: Pattern) -> Iterator[Callable[[int], str]]:
    """Texts of any length: one or two of the letters again and again, that never quite fit."""
    known = letters(pattern)
    start = "".join(known[2:8])
    units = [*known, *("".join(pair) for pair in product(known[:7], repeat=2)), *MARKUP]
    for unit, before in product(units, ("", start)):
        yield lambda count, unit=unit, before=before: before + unit * count + "\x00"  # type: ignore[misc]  # defaults


def of(pattern: Pattern, text: str) -> Any:
    """The text in the kind that the pattern reads."""
    return text if isinstance(pattern.pattern, str) else text.encode("latin-1", "replace")


def seconds(work: Callable[[Any], object], text: Any) -> float:
    begun = time.thread_time()
    work(text)
    return time.thread_time() - begun


def steepest(pattern: Pattern, work: Callable[[Any], object]) -> tuple[float, str]:
    """How much longer the worst attack takes at eight times its length, and which it is; 0 if none counts."""
    worst = (0.0, "")
    for attack in attacks(pattern):
        for count in TINY:
            if seconds(work, of(pattern, attack(count))) > NOTICEABLE:
                return math.inf, repr(attack(3))
        taken = seconds(work, of(pattern, attack(LARGE)))
        if taken < NOTICEABLE:
            continue
        shorter = of(pattern, attack(SMALL))
        growth = taken / max(min(seconds(work, shorter) for _ in range(3)), 1e-6)
        worst = max(worst, (growth, repr(attack(3))))
    return worst


def worker(pattern: Pattern, methods: set[str], most: int | None = None) -> Callable[[Any], object]:
    """What the service does with it: looks at the beginning, or all over the text, or once in ``most``."""
    if most is not None:
        return lambda text: pattern.search(text[:most])
    if methods <= {"match", "fullmatch"}:
        return lambda text: (pattern.match(text), pattern.fullmatch(text))
    return lambda text: sum(1 for _ in pattern.finditer(text))


PATTERNS: Final = compiled()


@pytest.mark.parametrize("where", PATTERNS)
def test_a_pattern_reads_any_text_in_proportion_to_its_length(where: str) -> None:
    pattern = PATTERNS[where]

    growth, attack = steepest(pattern, worker(pattern, uses(where), BOUNDED.get(where.rstrip(string.digits))))

    assert growth < STEEPEST, attack


def test_patterns_that_stand_in_the_code_are_among_them() -> None:
    known = {pattern.pattern for pattern in PATTERNS.values()}
    inline = {r"\s", r"[,\s]+"}

    assert {where: text for where, text in written().items() if text not in known | inline} == {}


@pytest.mark.parametrize("text", ["(a+)+b", " *\n *"])
def test_a_pattern_that_works_too_long_is_noticed(text: str) -> None:
    pattern = re.compile(text)

    growth, _ = steepest(pattern, worker(pattern, {"search"}))

    assert growth > STEEPEST
