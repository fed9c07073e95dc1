"""docs/embedding.md tells of every attribute that the element has, and of no other."""

import re
from pathlib import Path

from app.domain.selection import PARAMETERS
from app.web import looks
from app.web.snippets import FRAME_HEIGHT

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "embedding.md").read_text(encoding="utf-8")
SCRIPT = (ROOT / "app" / "web" / "embed.js").read_text(encoding="utf-8")


def listed(name: str) -> set[str]:
    """The strings of one of the script's lists."""
    (found,) = re.findall(rf"const {name} = \[([^\]]*)\]", SCRIPT)
    return set(re.findall(r'"([^"]+)"', found))


def read_by_the_script() -> set[str]:
    asked_for = re.findall(r'getAttribute\("([a-z]+)"\)', SCRIPT)
    return {*listed("PARAMETERS"), *listed("COLORS"), *asked_for}


def documented() -> set[str]:
    rows = re.findall(r"^\| ((?:`[A-Za-z]+` ?)+) \|", DOCUMENT, re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([A-Za-z]+)`", row)}


def test_every_attribute_is_documented_and_no_other() -> None:
    assert documented() == read_by_the_script()


def test_the_element_takes_every_parameter_of_its_page() -> None:
    assert {*PARAMETERS, *looks.PARAMETERS} <= read_by_the_script()
    assert listed("PARAMETERS") | listed("COLORS") <= {*PARAMETERS, *looks.PARAMETERS}


def test_every_attribute_is_watched() -> None:
    (watched,) = re.findall(r"observedAttributes = \[([^\]]*)\]", SCRIPT)
    named = set(re.findall(r'"([a-z]+)"', watched))

    # A frame that is there already has been loaded, however it was to be.
    assert named | listed("PARAMETERS") | listed("COLORS") == read_by_the_script() - {"loading"}


def test_the_values_that_are_told_are_those_that_are_taken() -> None:
    for view in looks.VIEWS:
        assert f"`{view}`" in DOCUMENT
    for theme in looks.THEMES:
        assert f"`{theme}`" in DOCUMENT
    assert f"0 to {looks.MAX_RADIUS} pixels" in DOCUMENT
    assert f'height="{FRAME_HEIGHT}"' in DOCUMENT
    for color in listed("COLORS"):
        assert f"--amilia-calendar-{color}:" in DOCUMENT
