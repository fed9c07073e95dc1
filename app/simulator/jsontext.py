"""JSON as Amilia prints it: compact, and with every letter as itself rather than as an escape."""

import json
from collections.abc import Mapping

encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def encode_object(fields: Mapping[str, str]) -> str:
    """An object from the names of its fields and the JSON text of their values."""
    return "{" + ",".join([f'"{name}":{text}' for name, text in fields.items()]) + "}"
