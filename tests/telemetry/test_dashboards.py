"""Dashboard, alert rules and documents name what exists, and nothing else."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.telemetry.clients import CLIENTS, INTERVALS
from app.telemetry.families import ALL, Family, Kind
from app.telemetry.metrics import Metrics

ROOT = Path(__file__).parents[2]
DASHBOARD: dict[str, Any] = json.loads((ROOT / "deploy/grafana/amilia-feeds.json").read_text())
RULES = (ROOT / "deploy/prometheus/alerts.yml").read_text()
DOCUMENT = (ROOT / "docs/metrics.md").read_text()
OUTSIDE = frozenset({"job", "instance", "le"})
"""Labels that Prometheus adds."""
SELECTOR = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)\s*\{([^}]*)\}")
NAME = re.compile(r"\b(?:amilia_feeds|process|python)_[a-z0-9_]+\b")
GROUPING = re.compile(r"\b(?:by|without)\s*\(([^)]*)\)")
COMMON = re.compile(r"\{[^}]*\}|\[[^\]]*\]|\"[^\"]*\"")


def samples_of(family: Family) -> set[str]:
    """The names under which a query finds it."""
    match family.kind:
        case Kind.COUNTER:
            return {f"{family.name}_total"}
        case Kind.GAUGE:
            return {family.name}
        case Kind.HISTOGRAM:
            return {f"{family.name}_{end}" for end in ("bucket", "sum", "count")}


def existing() -> dict[str, frozenset[str]]:
    """Every sample that there can be, and its labels."""
    own = {name: frozenset(family.labels) for family in ALL for name in samples_of(family)}
    library = {
        sample.name: frozenset(sample.labels)
        for metric in Metrics().told()
        for sample in metric.samples
        if not sample.name.startswith("amilia_feeds_")
    }
    return own | library


def dashboard_queries() -> list[str]:
    return [target["expr"] for panel in DASHBOARD["panels"] for target in panel.get("targets", [])]


def rule_queries() -> list[str]:
    """The expressions of the rules; one may be folded over several lines."""
    found = re.findall(r"expr: (?:>-\n((?: {10,}.*\n)+)|(.*)\n)", RULES)
    return [" ".join((folded or plain).split()) for folded, plain in found]


QUERIES = dashboard_queries() + rule_queries()


def problems(query: str) -> Iterator[str]:
    """What in a PromQL expression names nothing that exists."""
    known = existing()
    bare = COMMON.sub("", query)
    named = set(NAME.findall(bare))
    yield from (f"no metric {name}" for name in named - known.keys())
    labels = frozenset[str]().union(*(known.get(name, frozenset()) for name in named)) | OUTSIDE
    for name, matchers in SELECTOR.findall(query):
        for label in re.findall(r"([a-z_]+)\s*(?:=~|!~|!=|=)", matchers):
            if label not in known.get(name, frozenset()) | OUTSIDE:
                yield f"{name} has no label {label}"
    for grouping in GROUPING.findall(query):
        yield from (
            f"no label {label}" for label in re.split(r"[,\s]+", grouping.strip()) if label not in labels
        )
    if query.count("(") != query.count(")"):
        yield "brackets do not match"


@pytest.mark.parametrize("query", sorted(set(QUERIES)))
def test_a_query_names_metrics_and_labels_that_exist(query: str) -> None:
    assert list(problems(query)) == []


def test_the_check_of_queries_sees_what_is_wrong() -> None:
    query = (
        'sum by (nobody) (rate(amilia_feeds_request_total{client="x"}[5m])) / amilia_feeds_info{lang="fr"}'
    )

    assert set(problems(query)) == {
        "no metric amilia_feeds_request_total",
        "amilia_feeds_request_total has no label client",
        "amilia_feeds_info has no label lang",
        "no label nobody",
    }


def test_every_metric_of_ours_is_on_the_dashboard_or_in_a_rule() -> None:
    shown = set(NAME.findall(" ".join(QUERIES)))
    superseded = {"amilia_feeds_answers"}

    assert {family.name for family in ALL if not samples_of(family) & shown} == superseded


def test_every_rule_has_a_severity_and_says_what_is_wrong() -> None:
    rules = RULES.split("- alert: ")[1:]

    assert len(rules) == len(rule_queries())
    assert all("severity: " in rule and "summary: " in rule for rule in rules)


def test_panels_have_titles_numbers_and_places_of_their_own() -> None:
    panels = DASHBOARD["panels"]
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels]

    assert len({panel["id"] for panel in panels}) == len({panel["title"] for panel in panels}) == len(panels)
    assert len(set(places)) == len(places)
    assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24 for panel in panels)


def test_the_legends_are_labels_of_what_they_stand_beside() -> None:
    known = existing()
    for panel in DASHBOARD["panels"]:
        for target in panel.get("targets", []):
            names = set(NAME.findall(COMMON.sub("", target["expr"])))
            labels = frozenset[str]().union(*(known[name] for name in names))
            assert set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"])) <= labels


def test_the_document_tells_of_every_metric_with_its_labels_and_of_no_other() -> None:
    rows = re.findall(r"^\| `(amilia_feeds_\w+)` \| (\w+) \| (.*?) \| (.*) \|$", DOCUMENT, re.MULTILINE)

    told = {name: (kind, tuple(re.findall(r"`(\w+)`", labels)), text) for name, kind, labels, text in rows}
    assert told == {
        f"{family.name}{'_total' if family.kind is Kind.COUNTER else ''}": (
            family.kind.value,
            family.labels,
            family.help,
        )
        for family in ALL
    }


def test_the_document_tells_of_every_family_of_clients_and_of_its_interval() -> None:
    rows = dict(
        re.findall(r"^\| `([a-z0-9-]+)` \| (.*) \|$", DOCUMENT.partition("| family |")[2], re.MULTILINE)
    )

    assert rows.keys() == {client.family for client in CLIENTS}
    words = {
        1800.0: "30 minutes",
        3600.0: "hour",
        10800.0: "3 hours",
        86400.0: "24 hours",
        604800.0: "7 days",
    }
    assert {family: rows[family] for family, seconds in INTERVALS.items() if seconds in words} == {
        family: words[seconds] for family, seconds in INTERVALS.items() if seconds in words
    }
