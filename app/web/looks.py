"""How a widget looks and what it shows, as the site that embeds it asks: parameters of the embed page.

Nothing of what is asked becomes CSS as it was written: colours are read as numbers and written anew. Text
keeps its contrast whatever was asked (WCAG 2.2 §1.4.3): a colour that could not be read gives way.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final, Literal, TypeAlias

from app.domain.errors import InvalidQuery
from app.web.accent import INK, SHAPE, TEXT, WHITE, Rgb, contrast, parse_color, readable, theme

View: TypeAlias = Literal["agenda", "month", "week", "places", "button"]
VIEWS: Final[tuple[View, ...]] = ("agenda", "month", "week", "places", "button")
Theme: TypeAlias = Literal["auto", "light", "dark"]
THEMES: Final[tuple[Theme, ...]] = ("auto", "light", "dark")
TRANSPARENT: Final = "transparent"
MAX_RADIUS: Final = 24  # pixels

_HEX = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_BADGES: Final[dict[bool, tuple[Rgb, ...]]] = {
    False: (parse_color("#fcebe9"), parse_color("#fcf1de")),
    True: (parse_color("#3a1c19"), parse_color("#352811")),
}
"""What is cancelled or moved lies on these, by darkness of the theme (``--danger-soft``, ``--warn-soft``)."""


@dataclass(frozen=True, slots=True)
class Looks:
    """What an embed page is asked for besides its selection; colours are ``#rrggbb``, empty for our own.

    ``background`` may also be ``transparent``; ``radius`` of corners is in pixels, None for our own.
    """

    view: View = "agenda"
    day: date | None = None
    theme: Theme = "auto"
    accent: str = ""
    background: str = ""
    text: str = ""
    radius: int | None = None

    def pairs(self) -> list[tuple[str, str]]:
        """The parameters that say this, in one order, defaults left out; without the day."""
        spelled = {
            "view": "" if self.view == "agenda" else self.view,
            "theme": "" if self.theme == "auto" else self.theme,
            "accent": self.accent.removeprefix("#"),
            "background": self.background.removeprefix("#"),
            "text": self.text.removeprefix("#"),
            "radius": "" if self.radius is None else str(self.radius),
        }
        return [(name, value) for name, value in spelled.items() if value]

    @property
    def shade(self) -> Theme:
        """The theme that is shown: a background of its own decides it."""
        if not self.background or self.background == TRANSPARENT:
            return self.theme
        return "dark" if _is_dark(parse_color(self.background)) else "light"


PARAMETERS: Final = ("view", "day", "theme", "accent", "background", "text", "radius")


def looks_of(query: Iterable[tuple[str, str]]) -> Looks:
    """What decoded ``query`` pairs ask for; of a parameter that is repeated the last counts.

    Raises ``InvalidQuery``.
    """
    given = {name.strip().lower(): value.strip().lower() for name, value in query}
    given = {name: value for name, value in given.items() if name in PARAMETERS and value}
    return Looks(
        view=_view(given.get("view", "agenda")),
        day=_day(given.get("day")),
        theme=_theme(given.get("theme", "auto")),
        accent=_color("accent", given.get("accent")),
        background=TRANSPARENT
        if given.get("background") == TRANSPARENT
        else _color("background", given.get("background")),
        text=_color("text", given.get("text")),
        radius=_radius(given.get("radius")),
    )


@lru_cache(maxsize=512)
def style(looks: Looks, accent: str) -> str:
    """The CSS of these looks for an organization of that ``accent`` (``#rrggbb``); the same bytes always."""
    rules = [theme(looks.accent or accent)]
    tokens: dict[str, str] = {}
    if looks.background == TRANSPARENT:
        tokens["paper"] = TRANSPARENT
    elif looks.background:
        tokens |= _papers(parse_color(looks.background), parse_color(looks.accent or accent), looks.text)
    if looks.radius is not None:
        tokens |= {"radius": f"{looks.radius}px", "radius-s": f"{looks.radius * 3 // 5}px"}
    if tokens:
        # Three times, so that it counts over every theme of ``accent`` and of base.css.
        written = ";".join(f"--{name}:{value}" for name, value in tokens.items())
        rules.append(f":root:root:root{{{written}}}")
    return "".join(rules)


def _papers(paper: Rgb, accent: Rgb, text: str) -> dict[str, str]:
    """All tokens that a background of its own asks for; each is moved until it can be read on it."""
    dark = _is_dark(paper)
    away = WHITE if dark else INK
    sunken = _ground(paper, away, 1.09, away)
    soft = _ground(paper, accent, 1.12, away)
    grounds = (paper, sunken, soft)
    ink = readable(parse_color(text) if text else away, (*grounds, *_BADGES[dark]), TEXT, towards=away)
    shape = readable(accent, (paper,), SHAPE, towards=away)
    tokens = {
        "paper": paper,
        "surface": paper,
        "sunken": sunken,
        "ink": ink,
        "ink-soft": readable(_GREY, grounds, TEXT, towards=ink),
        "line": readable(paper, (paper,), 1.25, towards=away),
        "line-strong": readable(paper, (paper,), SHAPE, towards=away),
        "accent": shape,
        "on-accent": max((WHITE, INK), key=lambda color: contrast(color, shape)),
        "accent-ink": readable(accent, grounds, TEXT, towards=away),
        "accent-soft": soft,
    }
    return {name: "#{:02x}{:02x}{:02x}".format(*color) for name, color in tokens.items()}


_GREY: Final[Rgb] = (128, 128, 128)


def _ground(paper: Rgb, towards: Rgb, ratio: float, ink: Rgb) -> Rgb:
    """A shade of ``paper`` on which ``ink`` can be read: ``towards`` a colour, else away from the ink."""
    ground = readable(paper, (paper,), ratio, towards=towards)
    if contrast(ground, ink) >= TEXT:
        return ground
    return readable(paper, (paper,), ratio, towards=INK if ink == WHITE else WHITE)


def _is_dark(paper: Rgb) -> bool:
    return contrast(paper, WHITE) > contrast(paper, INK)


def _view(value: str) -> View:
    for view in VIEWS:
        if value == view:
            return view
    raise InvalidQuery("view", "unknown", ", ".join(VIEWS))


def _theme(value: str) -> Theme:
    for shade in THEMES:
        if value == shade:
            return shade
    raise InvalidQuery("theme", "unknown", ", ".join(THEMES))


def _day(value: str | None) -> date | None:
    if value is None:
        return None
    try:
        if _DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:  # such as 31 November
        pass
    raise InvalidQuery("day", "not-a-day", "2026-11-22")


def _color(name: str, value: str | None) -> str:
    """A colour in hexadecimal digits, three or six, as six; empty for none."""
    if value is None:
        return ""
    found = _HEX.fullmatch(value)
    if found is None:
        raise InvalidQuery(name, "not-a-color", "0b7a75")
    digits = found[1]
    return f"#{digits if len(digits) == 6 else ''.join(digit * 2 for digit in digits)}"  # noqa: PLR2004  # rrggbb


def _radius(value: str | None) -> int | None:
    if value is None:
        return None
    if not (value.isascii() and value.isdigit()):
        raise InvalidQuery("radius", "not-a-number", f"0–{MAX_RADIUS}")
    if len(value) > len(str(MAX_RADIUS)) or int(value) > MAX_RADIUS:
        raise InvalidQuery("radius", "too-large", f"0–{MAX_RADIUS}")
    return int(value)
