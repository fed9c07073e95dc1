"""Any colour has the name of one that looks like it."""

import pytest

from app.ics.colors import color_name


@pytest.mark.parametrize(
    ("color", "name"),
    [
        ("#008080", "teal"),
        ("#0b7a75", "teal"),
        ("#FF0000", "red"),
        ("#fe0102", "red"),
        ("#ffffff", "white"),
        ("#010101", "black"),
        ("#808080", "gray"),
        ("#00ffff", "aqua"),
        ("#663399", "darkslateblue"),
        ("#1f3a93", "darkslateblue"),
    ],
)
def test_a_colour_is_called_by_the_nearest_name(color: str, name: str) -> None:
    assert name == color_name(color)


@pytest.mark.parametrize("color", ["teal", "#fff", "008080", "#00808g", "#008080\n", ""])
def test_what_is_no_colour_is_refused_in_one_sentence(color: str) -> None:
    with pytest.raises(ValueError, match=r"is not a colour of the form #rrggbb\.$"):
        color_name(color)
