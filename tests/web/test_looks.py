"""What a site may ask of a widget's looks: little, checked, and never at the cost of being readable."""

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import InvalidQuery
from app.web.accent import contrast, parse_color
from app.web.looks import MAX_RADIUS, PARAMETERS, THEMES, VIEWS, Looks, looks_of, style

TEAL = "#0b7a75"
colors = st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)


def tokens(css: str) -> dict[str, str]:
    """The tokens that count over every theme."""
    (rule,) = re.findall(r":root:root:root\{([^}]*)\}", css)
    return dict(pair.lstrip("-").split(":") for pair in rule.split(";"))


def test_nothing_asked_is_the_agenda_as_the_device_likes_it() -> None:
    assert looks_of([("utm_source", "mail"), ("programId", "4")]) == Looks()


def test_everything_can_be_asked_in_any_case_and_order() -> None:
    asked = [
        ("RADIUS", "4"),
        ("Text", "#FFF"),
        ("background", "204060"),
        ("accent", "0B7A75"),
        ("theme", "Dark"),
        ("day", "2026-11-24"),
        ("View", "MONTH"),
    ]

    found = looks_of(asked)

    assert found == Looks("month", date(2026, 11, 24), "dark", TEAL, "#204060", "#ffffff", 4)
    assert looks_of(reversed(asked)) == found


def test_what_is_asked_is_spelled_in_one_way() -> None:
    looks = looks_of([("accent", "#FC0"), ("view", "week"), ("theme", "auto"), ("background", "transparent")])

    assert looks.pairs() == [("view", "week"), ("accent", "ffcc00"), ("background", "transparent")]
    assert looks_of(looks.pairs()) == looks


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("view", "year", "unknown"),
        ("theme", "sepia", "unknown"),
        ("day", "tomorrow", "not-a-day"),
        ("day", "2026-11-31", "not-a-day"),
        ("day", "20261124", "not-a-day"),
        ("day", "2026-W48-1", "not-a-day"),
        ("accent", "red", "not-a-color"),
        ("accent", "#12345", "not-a-color"),
        ("accent", "transparent", "not-a-color"),
        ("background", "0b7a75;}*{display:none", "not-a-color"),
        ("text", "url(//evil.example)", "not-a-color"),
        ("text", "\uff11\uff12\uff13", "not-a-color"),
        ("radius", "-1", "not-a-number"),
        ("radius", "4px", "not-a-number"),
        ("radius", str(MAX_RADIUS + 1), "too-large"),
        ("radius", "9" * 5000, "too-large"),
    ],
)
def test_what_cannot_be_understood_is_named(name: str, value: str, problem: str) -> None:
    with pytest.raises(InvalidQuery) as raised:
        looks_of([(name, value)])

    assert (raised.value.parameter, raised.value.problem) == (name, problem)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PARAMETERS), st.text(max_size=40)), max_size=8))
def test_no_text_that_is_asked_for_becomes_css(query: list[tuple[str, str]]) -> None:
    try:
        looks = looks_of(query)
    except InvalidQuery:
        return

    assert re.fullmatch(r"[-:;#(){}@\[\]=\"a-z0-9 ]*", style(looks, TEAL))


@settings(max_examples=60, deadline=None)
@given(colors, colors, colors)
def test_text_can_be_read_on_whatever_background(background: str, accent: str, text: str) -> None:
    found = tokens(style(Looks(background=background, accent=accent, text=text), TEAL))
    color = {name: parse_color(value) for name, value in found.items()}

    for ground in ("paper", "surface", "sunken", "accent-soft"):
        assert contrast(color["ink"], color[ground]) >= 4.5
        assert contrast(color["ink-soft"], color[ground]) >= 4.5
        assert contrast(color["accent-ink"], color[ground]) >= 4.5
    assert contrast(color["on-accent"], color["accent"]) >= 4.5
    assert contrast(color["accent"], color["paper"]) >= 3
    assert contrast(color["line-strong"], color["paper"]) >= 3


@settings(max_examples=100, deadline=None)
@given(colors, colors)
def test_a_readable_colour_is_taken_as_it_is(background: str, text: str) -> None:
    found = tokens(style(Looks(background=background, text=text), TEAL))

    assert found["paper"] == background
    if contrast(parse_color(background), parse_color(text)) > 9:
        assert contrast(parse_color(found["ink"]), parse_color(text)) < 1.6


@pytest.mark.parametrize(
    ("background", "shade"), [("#000000", "dark"), ("#204060", "dark"), ("#fefefe", "light")]
)
def test_a_background_decides_the_theme(background: str, shade: str) -> None:
    assert {Looks(theme=theme, background=background).shade for theme in THEMES} == {shade}


def test_a_transparent_background_leaves_the_theme_as_it_was_asked() -> None:
    looks = Looks(theme="dark", background="transparent")

    assert looks.shade == "dark"
    assert tokens(style(looks, TEAL)) == {"paper": "transparent"}


def test_corners_are_as_round_as_asked() -> None:
    assert tokens(style(Looks(radius=10), TEAL)) == {"radius": "10px", "radius-s": "6px"}
    assert tokens(style(Looks(radius=0), TEAL)) == {"radius": "0px", "radius-s": "0px"}


def test_nothing_asked_is_the_style_of_the_organization() -> None:
    assert ":root:root:root" not in style(Looks(), TEAL)
    assert style(Looks(accent="#aa0000"), TEAL) == style(Looks(), "#aa0000")


def test_every_view_can_be_asked_for() -> None:
    assert [looks_of([("view", view)]).view for view in VIEWS] == list(VIEWS)
