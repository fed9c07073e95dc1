"""An organization's colour, made readable: whatever it is, text on it and in it keeps its contrast.

The colour itself stays as it is wherever it may; it is only moved towards black or white until the ratios of
WCAG 2.2 hold (§1.4.3: 4.5 for text, §1.4.11: 3 for what is no text).
"""

from functools import lru_cache
from typing import Final, TypeAlias

Rgb: TypeAlias = tuple[int, int, int]

TEXT: Final = 4.6
"""A little over 4.5: channels are rounded to whole numbers."""
SHAPE: Final = 3.1

BLACK: Final[Rgb] = (12, 11, 10)
WHITE: Final[Rgb] = (255, 255, 255)
INK: Final[Rgb] = (0, 0, 0)
"""On a red such as ``#f00000`` neither white nor anything lighter than this keeps the ratio of text."""
_LIGHT_PAPERS: Final = ("#f7f6f3", "#ffffff", "#efede8", "#fcebe9", "#fcf1de", "#e5f3ea")
_DARK_PAPERS: Final = ("#141312", "#1e1c1b", "#262422", "#3a1c19", "#352811", "#162f1f")
"""What base.css has behind a link: ``--paper``, ``--surface``, ``--sunken`` and the soft colours."""
_TINT_LIGHT, _TINT_DARK = 0.09, 0.16
_STEPS: Final = 50


@lru_cache(maxsize=512)
def theme(color: str, part: str = "") -> str:
    """The CSS that sets the accent tokens for ``color`` (``#rrggbb``), in both themes; the same bytes always.

    ``part`` is a selector of the elements that they are for, by default the whole page.
    """
    light, dark = _tokens(color, dark=False), _tokens(color, dark=True)
    inside = f" {part}" if part else ""
    return (
        f":root{inside}{{{light}}}"
        f'@media(prefers-color-scheme:dark){{:root:not([data-theme="light"]){inside}{{{dark}}}}}'
        f':root[data-theme="dark"]{inside}{{{dark}}}'
    )


def contrast(one: Rgb, other: Rgb) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def parse_color(color: str) -> Rgb:
    """The channels of ``#rrggbb``."""
    return (int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16))


def readable(color: Rgb, papers: tuple[Rgb, ...], ratio: float, *, towards: Rgb) -> Rgb:
    """``color``, moved ``towards`` another until it keeps ``ratio`` to every one of ``papers``."""
    for step in range(_STEPS + 1):
        moved = _mixed(color, towards, step / _STEPS)
        if all(contrast(moved, paper) >= ratio for paper in papers):
            return moved
    return towards


def _tokens(color: str, *, dark: bool) -> str:
    wanted = parse_color(color)
    papers = tuple(map(parse_color, _DARK_PAPERS if dark else _LIGHT_PAPERS))
    away = WHITE if dark else BLACK
    accent = readable(wanted, papers[:2], SHAPE, towards=away)
    soft = _mixed(papers[1], wanted, _TINT_DARK if dark else _TINT_LIGHT)
    tokens = {
        "accent": accent,
        "on-accent": max((WHITE, INK), key=lambda ink: contrast(ink, accent)),
        "accent-ink": readable(wanted, (*papers, soft), TEXT, towards=away),
        "accent-soft": soft,
    }
    return ";".join(f"--{name}:{_hex(value)}" for name, value in tokens.items())


def _mixed(one: Rgb, other: Rgb, share: float) -> Rgb:
    """``one`` with a ``share`` of ``other``, 0 to 1."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _luminance(color: Rgb) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2)."""
    red, green, blue = (_linear(channel / 255) for channel in color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4  # noqa: PLR2004  # sRGB


def _hex(color: Rgb) -> str:
    return "#{:02x}{:02x}{:02x}".format(*color)
