"""What the checker has to say: a rule is the fixed part, a finding is one place where it is broken.

An **error** is what a standard forbids, or what makes a client that we name lose, double or misplace
events. A **warning** is allowed, yet some client shows less for it or asks too often, or people are misled.
"""

from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal, TypeAlias

Severity: TypeAlias = Literal["error", "warning"]

LISTED = 20
"""Findings listed per rule; those after it are counted in ``Finding.more`` of the last one."""

_EXCERPT = 60


class Client(StrEnum):
    """Readers of subscribed calendars, by the names that people know them by."""

    APPLE = "Apple Calendar"
    EVOLUTION = "Evolution and GNOME Calendar"
    FULLCALENDAR = "FullCalendar"
    GOOGLE = "Google Calendar"
    HOME_ASSISTANT = "Home Assistant"
    ICSX5 = "ICSx5"
    NEXTCLOUD = "Nextcloud"
    OUTLOOK = "Outlook"
    THUNDERBIRD = "Thunderbird"
    VDIRSYNCER = "vdirsyncer"


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where a feed breaks a rule.

    ``line`` is a physical line of the body, counted from 1 (what concerns the body as a whole is at line 1),
    and 0 for a header of the HTTP answer. ``clients`` is empty where nobody is known by name to suffer.
    ``more`` says how many further places of the same rule are not listed.
    """

    rule: str
    severity: Severity
    line: int
    message: str
    clients: tuple[str, ...]
    source: str
    more: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """What is wrong and what to do, where that is written, and whom it hurts.

    ``sentence`` is a format string; the checker that notes the rule gives its fields.
    """

    id: str
    severity: Severity
    sentence: str
    source: str
    clients: tuple[Client, ...] = ()


def error(name: str, sentence: str, source: str, *clients: Client) -> Rule:
    return Rule(name, "error", sentence, source, clients)


def warning(name: str, sentence: str, source: str, *clients: Client) -> Rule:
    return Rule(name, "warning", sentence, source, clients)


class Notes:
    """Collects findings in any order and stays small however long the feed is."""

    def __init__(self) -> None:
        self._kept: dict[str, list[Finding]] = {}
        self._count: Counter[str] = Counter()

    def __repr__(self) -> str:
        return f"<Notes {self._count.total()} findings of {len(self._kept)} rules>"

    def add(self, rule: Rule, line: int, **facts: object) -> None:
        """Note that ``rule`` is broken at ``line``; ``facts`` fill its sentence, made safe to print."""
        self._count[rule.id] += 1
        kept = self._kept.setdefault(rule.id, [])
        if len(kept) < LISTED:
            message = rule.sentence.format(**{name: shown(fact) for name, fact in facts.items()})
            clients = tuple(str(client) for client in rule.clients)
            kept.append(Finding(rule.id, rule.severity, line, message, clients, rule.source))

    def has(self, rule: Rule) -> bool:
        return rule.id in self._kept

    def findings(self) -> list[Finding]:
        """All that is kept, by line; the last one of each rule carries the count of those left out."""
        found: list[Finding] = []
        for rule, kept in self._kept.items():
            more = self._count[rule] - len(kept)
            found += [*kept[:-1], replace(kept[-1], more=more)]
        return sorted(found, key=lambda finding: (finding.line, finding.rule))


def shown(fact: object) -> str:
    """A fact from a stranger's file as a short text that is safe on a terminal."""
    text = str(fact)
    clipped = text if len(text) <= _EXCERPT else f"{text[:_EXCERPT]}…"
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in clipped)
