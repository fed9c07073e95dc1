"""What we depend on may be used as we use it, and an audit never takes silence for health."""

import pytest

from audit.licences import DOCUMENT, document, identifiers, is_allowed, licence
from audit.pins import Pin, pins
from audit.weaknesses import Verdict, told, verdict_of


def test_everything_in_the_image_is_under_a_licence_that_allows_it() -> None:
    licences = {pin.name: licence(pin.name) for pin in pins("run")}

    assert len(licences) > 40
    assert {name: it for name, it in licences.items() if not is_allowed(it, shipped=True)} == {}


def test_every_tool_is_under_a_licence_that_allows_its_use() -> None:
    licences = {pin.name: licence(pin.name) for pin in pins("dev")}

    assert {name: it for name, it in licences.items() if not is_allowed(it, shipped=False)} == {}


def test_the_list_of_licences_is_of_what_is_locked() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == document(pins("run"), pins("dev"))


@pytest.mark.parametrize(
    ("expression", "shipped", "allowed"),
    [
        ("MIT", True, True),
        ("Apache-2.0 OR GPL-3.0-only", True, True),
        ("Apache-2.0 AND GPL-3.0-only", True, False),
        ("MPL-2.0 AND (Apache-2.0 OR MIT)", True, True),
        ("MIT AND (AGPL-3.0-only OR MIT)", True, False),
        ("GPL-3.0-only", True, False),
        ("GPL-3.0-only", False, True),
        ("AGPL-3.0-only", False, False),
        ("", False, False),
        ("Proprietary", False, False),
    ],
)
def test_what_a_licence_allows(expression: str, *, shipped: bool, allowed: bool) -> None:
    assert is_allowed(expression, shipped=shipped) is allowed


def test_alternatives_of_an_expression() -> None:
    assert identifiers("MIT OR Apache-2.0 AND BSD-2-Clause") == [["MIT", "Apache-2.0", "BSD-2-Clause"]]
    assert identifiers("MIT OR ISC") == [["MIT"], ["ISC"]]


def test_names_are_pins_whatever_their_extras_and_platforms() -> None:
    assert Pin("aiolimiter", "1.3.0") in pins("run")
    assert {pin.name for pin in pins("run")} <= {pin.name for pin in pins("dev")}
    assert all(pin.name == pin.name.lower() and pin.version[0].isdigit() for pin in pins("audit"))


REPORT = {
    "dependencies": [
        {"name": "a", "version": "1", "vulns": [{"id": "CVE-1", "fix_versions": ["1.1"]}]},
        {"name": "b", "version": "2", "vulns": [{"id": "CVE-2", "fix_versions": []}]},
        {"name": "c", "version": "3", "vulns": []},
        {"name": "d", "skip_reason": "not found"},
    ]
}


def test_weaknesses_are_told_with_their_cure() -> None:
    verdict = verdict_of(REPORT)

    assert verdict.weak == ("a 1: CVE-1; mended in 1.1", "b 2: CVE-2; mended in nothing yet")
    assert (verdict.unknown, verdict.asked) == (("d",), True)
    assert told("run", verdict).splitlines()[-1] == "requirements/run.txt: not checked: d."


@pytest.mark.parametrize("report", [{}, {"dependencies": [{"name": "d", "skip_reason": "not found"}]}])
def test_a_service_that_knows_nothing_was_not_asked(report: object) -> None:
    verdict = verdict_of(report)

    assert not verdict.asked
    assert "NOT CHECKED" in told("run", verdict)


def test_no_weakness_is_said_too() -> None:
    assert told("run", Verdict()) == "requirements/run.txt: no known weakness.\n"
