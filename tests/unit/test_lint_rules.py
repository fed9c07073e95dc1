"""The catalogue of rules: each has a seeded fault, a stable id and one sentence that says what to do."""

import re
from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

import pytest

import app.ics.lint
from app.ics.lint import RULES, Rule
from tests.unit import test_lint_content, test_lint_octets, test_lint_times

SEEDED = [*test_lint_octets.FAULTS, *test_lint_content.FAULTS, *test_lint_times.FAULTS]
OF_HTTP = {"content-type", "content-charset", "etag-missing", "cors-missing"}
OF_HOSTILE_FILES = {"not-examined"}


def declared() -> Iterator[tuple[str, Rule]]:
    """Every rule that a module of the checker declares, with that module's name."""
    for module in iter_modules(app.ics.lint.__path__, "app.ics.lint."):
        held = vars(import_module(module.name))
        yield from ((module.name, rule) for rule in held.values() if isinstance(rule, Rule))


def test_every_rule_has_a_seeded_fault() -> None:
    found = {rule for fault in SEEDED for rule in fault.rules}

    assert set(RULES) == found | OF_HTTP | OF_HOSTILE_FILES


def test_the_seeded_faults_are_many_and_have_names_of_their_own() -> None:
    names = {fault.name for fault in SEEDED}

    assert len(names) == len(SEEDED) > 150


def test_catalogue_holds_every_rule_that_is_declared() -> None:
    assert {rule.id: rule for _, rule in declared()} == dict(RULES)


def test_no_two_rules_share_an_id() -> None:
    rules = {rule for _, rule in declared()}

    assert len(rules) == len(RULES)


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_rule_has_a_short_id_one_sentence_and_a_source(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+){0,4}", rule.id)
    assert re.fullmatch(r"\{?[A-Z].*\.", rule.sentence, re.IGNORECASE)
    assert ". " not in rule.sentence
    assert rule.source
    assert rule.severity in {"error", "warning"}
