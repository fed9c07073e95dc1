"""The table of rules names modules, functions and tests that exist, and proves every rule that it keeps."""

import re
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCUMENT = (ROOT / "docs" / "calendar-rules.md").read_text(encoding="utf-8")
RULES = 30


@dataclass(frozen=True, slots=True)
class Row:
    """One rule of the table: ``kept`` are dotted names, ``proved`` tests as pytest names them."""

    number: int
    rule: str
    kept: list[str]
    proved: list[str]
    otherwise: str

    def __str__(self) -> str:
        return f"rule {self.number}"


def rows() -> list[Row]:
    found = []
    for line in DOCUMENT.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0].isdigit():
            number, rule, kept, proved, otherwise = cells
            found.append(Row(int(number), rule, quoted(kept), quoted(proved), otherwise))
    return found


def quoted(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def exists(dotted: str) -> bool:
    """True for a module, and for whatever can be reached from one by its attributes."""
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found: object = import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for name in parts[length:]:
            if not hasattr(found, name):
                return False
            found = getattr(found, name)
        return True
    return False


def test_every_rule_has_its_row_in_order() -> None:
    assert [row.number for row in rows()] == list(range(1, RULES + 1))


@pytest.mark.parametrize("row", rows(), ids=str)
def test_what_keeps_a_rule_exists(row: Row) -> None:
    assert [name for name in row.kept if not exists(name)] == []


@pytest.mark.parametrize("row", rows(), ids=str)
def test_the_tests_of_a_rule_exist(row: Row) -> None:
    for proof in row.proved:
        path, _, name = proof.partition("::")
        source = (ROOT / path).read_text(encoding="utf-8")
        assert re.search(rf"^(async )?def {re.escape(name)}\(", source, re.MULTILINE), proof


@pytest.mark.parametrize("row", rows(), ids=str)
def test_a_rule_is_kept_and_proved_or_it_is_said_why_not(row: Row) -> None:
    assert row.rule.endswith(".")
    assert bool(row.kept) == bool(row.proved)
    assert row.proved or row.otherwise


def test_names_that_do_not_exist_are_noticed() -> None:
    assert exists("app.ics.zones.Zone.wall")
    assert not exists("app.ics.zones.Zone.floor")
    assert not exists("app.nothing")
