"""Tokens that look like Amilia's."""

import base64
import json
from datetime import datetime


def jwt(*, exp: datetime, number: int = 1) -> str:
    """A JWT that ends at ``exp``; its signature is none."""
    parts = ({"typ": "JWT", "alg": "HS256"}, {"sub": "feeds", "exp": exp.timestamp(), "jti": number})
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*encoded, "c2lnbmF0dXJl"])
