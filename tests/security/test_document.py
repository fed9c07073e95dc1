"""docs/security.md answers every requirement of ASVS 5.0.0 level 1, and names what exists."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.test_docs_rules import exists, quoted

ROOT: Final = Path(__file__).parents[2]
DOCUMENT: Final = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
LEVEL_1: Final = {
    "1.2": 5, "1.3": 2, "1.5": 1, "2.1": 1, "2.2": 2, "2.3": 1, "3.2": 2, "3.3": 1, "3.4": 2, "3.5": 3,
    "4.1": 1, "4.4": 1, "5.2": 2, "5.3": 2, "6.1": 1, "6.2": 8, "6.3": 2, "6.4": 2, "7.2": 4, "7.4": 2,
    "8.1": 1, "8.2": 2, "8.3": 1, "9.1": 3, "9.2": 1, "10.4": 5, "11.3": 2, "11.4": 1, "12.1": 1, "12.2": 2,
    "13.4": 1, "14.2": 1, "14.3": 1, "15.1": 1, "15.2": 1, "15.3": 1,
}  # fmt: skip
"""How many requirements of each section are of level 1; they are the first of their section."""


@dataclass(frozen=True, slots=True)
class Row:
    """One requirement: ``kept`` are dotted names, ``proved`` tests as pytest names them."""

    number: str
    applies: str
    how: str
    kept: list[str]
    proved: list[str]

    def __str__(self) -> str:
        return self.number


def rows() -> list[Row]:
    found = []
    for line in DOCUMENT.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if re.fullmatch(r"\d+\.\d+\.\d+", cells[0]):
            number, _, applies, how, kept, proved = cells
            found.append(Row(number, applies, how, quoted(kept), quoted(proved)))
    return found


def test_every_requirement_of_level_1_is_answered_in_order() -> None:
    expected = [f"{section}.{number}" for section, count in LEVEL_1.items() for number in range(1, count + 1)]

    assert len(expected) == 70
    assert [row.number for row in rows()] == expected


@pytest.mark.parametrize("row", rows(), ids=str)
def test_a_requirement_is_met_and_proved_or_it_is_said_why_not(row: Row) -> None:
    assert row.applies in {"yes", "no", "deployment"}
    assert row.how
    assert bool(row.kept) == (row.applies == "yes")
    assert row.proved or row.applies != "yes"


@pytest.mark.parametrize("row", [row for row in rows() if row.kept or row.proved], ids=str)
def test_what_meets_a_requirement_exists(row: Row) -> None:
    assert [name for name in row.kept if not exists(name)] == []
    for proof in row.proved:
        path, _, name = proof.partition("::")
        source = (ROOT / path).read_text(encoding="utf-8")
        assert re.search(rf"^(async )?def {re.escape(name)}\(", source, re.MULTILINE), proof


def test_the_document_is_found_from_where_weaknesses_are_reported() -> None:
    assert "docs/security.md" in (ROOT / "SECURITY.md").read_text(encoding="utf-8")
