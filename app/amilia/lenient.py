"""Amilia's plain values as they come: numbers as strings, booleans as words, texts as numbers, or null.

Each function takes whatever stood in the JSON and gives the value, or what stands for "nothing usable".
"""

import re
from decimal import Decimal
from typing import Final

LARGEST_ID: Final = 2**63 - 1
LARGEST_NUMBER: Final = 10**30
"""Beyond this a number is an accident, and a costly one to write out."""
NUMBER: Final = re.compile(r"[+-]?[0-9]{1,30}(?:\.[0-9]{0,30}|,[0-9]{1,2})?")
WORDS: Final = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


def text(value: object) -> str:
    """A trimmed text; a number as it is written; empty for everything else."""
    if isinstance(value, str):
        return value.strip()
    number = decimal(value)
    if number is None:
        return ""
    return str(int(number)) if number == int(number) else str(number)


def decimal(value: object) -> Decimal | None:
    """A decimal number, from a number or a string with a point or, as the French write it, a comma."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        # The comparison is False for NaN too, and Decimal of a float's text has no binary noise.
        return Decimal(str(value)) if -LARGEST_NUMBER < value < LARGEST_NUMBER else None
    if isinstance(value, str) and NUMBER.fullmatch(value.strip()):
        return Decimal(value.strip().replace(",", "."))
    return None


def whole_number(value: object) -> int | None:
    """A whole number of any sign that fits 64 bits, from a number or a string."""
    if type(value) is int:  # by far the most frequent case, and no boolean
        return value if -LARGEST_ID <= value <= LARGEST_ID else None
    number = decimal(value)
    if number is None or abs(number) > LARGEST_ID or number != int(number):
        return None
    return int(number)


def identifier(value: object) -> int | None:
    """A number that names something; 0, null and "" name nothing."""
    number = whole_number(value)
    return number if number is not None and number > 0 else None


def flag(value: object) -> bool | None:
    """A truth value, from a boolean, a word or 0 and 1; None where it is none of these."""
    return value if isinstance(value, bool) else WORDS.get(text(value).lower())
