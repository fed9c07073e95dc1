"""Reading calendars in tests with as little cleverness as possible: unfold, split, look up."""

import re


def unfolded(data: bytes) -> list[str]:
    """The content lines, with their folds undone (RFC 5545 §3.1)."""
    return data.decode().replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def values(data: bytes, name: str) -> list[str]:
    """What follows the name, parameters included, of every property called ``name``: ``:…`` or ``;…:…``."""
    pattern = re.compile(rf"{name}([:;].*)", re.DOTALL)
    return [found[1] for line in unfolded(data) if (found := pattern.fullmatch(line))]


def text(data: bytes, name: str) -> str:
    """The only TEXT value of ``name``, unescaped (RFC 5545 §3.3.11)."""
    (value,) = values(data, name)
    return re.sub(r"\\(.)", lambda escape: "\n" if escape[1] in "nN" else escape[1], value.removeprefix(":"))
