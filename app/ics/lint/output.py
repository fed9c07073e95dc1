"""Findings as a person reads them, and as a program does."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any

from app.ics.lint.finding import Finding

_SHOWN = 5


def report(findings: Sequence[Finding]) -> str:
    """The findings as text: how many, then rule by rule, errors first, with places, clients and source."""
    if not findings:
        return "No fault found.\n"
    groups = _grouped(findings)
    return "\n".join([_headline(findings), *("\n".join(_paragraph(group)) for group in groups)])


def as_json(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """The findings as JSON-ready objects with the fields of ``Finding``; ``clients`` is a list."""
    return [asdict(finding) | {"clients": list(finding.clients)} for finding in findings]


def _headline(findings: Sequence[Finding]) -> str:
    counts = [
        _counted(sum(1 + found.more for found in findings if found.severity == severity), severity)
        for severity in ("error", "warning")
    ]
    return ", ".join(counts) + ".\n"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _grouped(findings: Sequence[Finding]) -> list[list[Finding]]:
    """One list per rule, by severity, then by first line."""
    by_rule = sorted(findings, key=lambda found: (found.rule, found.line))
    groups = [list(group) for _, group in groupby(by_rule, key=lambda found: found.rule)]
    return sorted(groups, key=lambda group: (group[0].severity != "error", group[0].line, group[0].rule))


def _paragraph(group: Sequence[Finding]) -> Iterable[str]:
    first = group[0]
    yield f"{first.severity}: {first.rule}"
    for found in group[:_SHOWN]:
        yield f"  {_place(found)}: {found.message}"
    if unlisted := sum(found.more for found in group) + len(group[_SHOWN:]):
        yield f"  and {unlisted:,} more"
    hurts = f"Hurts {', '.join(first.clients)}. " if first.clients else ""
    yield f"  {hurts}Source: {first.source}.\n"


def _place(found: Finding) -> str:
    return f"line {found.line}" if found.line else "headers"
