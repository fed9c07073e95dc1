"""Whatever colour an organization has, its page can be read."""

import re

from hypothesis import given
from hypothesis import strategies as st

from app.web.accent import contrast, parse_color, theme
from app.web.assets import asset

COLORS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
BEHIND = ("paper", "surface", "sunken", "danger-soft", "warn-soft", "good-soft")


def tokens(css: str) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """The accent's tokens: light, dark by the device, dark by wish."""
    blocks = re.findall(r":root[^{]*\{([^{}]*)\}", css)
    light, by_device, by_wish = (dict(re.findall(r"--([\w-]+):(#[0-9a-f]{6})", block)) for block in blocks)
    return light, by_device, by_wish


def papers(*, dark: bool) -> list[str]:
    """What stands behind text in base.css."""
    blocks = re.findall(r":root[^{]*\{([^{}]*)\}", asset("base.css").body.decode())
    css = next(block for block in blocks if ("--paper: #1" in block) is dark and "--paper" in block)
    return [
        re.sub(r"^#(\w)(\w)(\w)$", r"#\1\1\2\2\3\3", found[1])
        for name in BEHIND
        if (found := re.search(rf"--{name}: (#[0-9a-f]+);", css))
    ]


@given(COLORS)
def test_text_in_the_accent_and_on_it_keeps_its_contrast_in_both_themes(color: str) -> None:
    light, dark, _ = tokens(theme(color))

    for found, behind in ((light, papers(dark=False)), (dark, papers(dark=True))):
        assert len(behind) == len(BEHIND)
        ink = parse_color(found["accent-ink"])
        for paper in [*behind, found["accent-soft"]]:
            assert contrast(ink, parse_color(paper)) >= 4.5
        accent = parse_color(found["accent"])
        assert contrast(parse_color(found["on-accent"]), accent) >= 4.5
        assert min(contrast(accent, parse_color(paper)) for paper in behind[:2]) >= 3


@given(COLORS)
def test_the_dark_theme_is_the_same_by_device_and_by_wish(color: str) -> None:
    light, by_device, by_wish = tokens(theme(color))

    assert by_device == by_wish
    assert light.keys() == by_device.keys()


def test_a_colour_that_can_be_read_stays_as_it_is() -> None:
    light, dark, _ = tokens(theme("#0b7a75"))

    assert light["accent"] == dark["accent"] == "#0b7a75"


def test_the_colours_of_a_part_are_for_that_part_only() -> None:
    css = theme("#0b7a75", '[data-accent="2"]')

    assert len(re.findall(r'(?::root|\]\)|"dark"\]) \[data-accent="2"\]\{', css)) == 3


def test_contrast_is_that_of_wcag() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == 21
    assert contrast((119, 119, 119), (255, 255, 255)) == contrast((255, 255, 255), (119, 119, 119))
    assert round(contrast((119, 119, 119), (255, 255, 255)), 2) == 4.48
