"""What a route may answer, for the OpenAPI document: each status, what its body is, and why.

Bodies are written by the routes themselves, so FastAPI is told of no model and validates nothing.
"""

from typing import Any, Final, TypeAlias

from fastapi import Response

Told: TypeAlias = dict[str, Any]
"""Options of ``APIRouter.add_api_route``."""

PLAIN_TEXT: Final = "text/plain"
TEXT: Final[Told] = {"type": "string"}

_UNCHANGED: Final = "The caller's copy is still good (If-None-Match, If-Modified-Since)."
_UNKNOWN: Final = "There is no such organization, feed or event."
_ODD: Final = "A parameter cannot be understood; one sentence names it."
_NO_COPY: Final = "There is no copy yet and Amilia cannot be read; Retry-After says when to ask again."


def document(
    content_type: str,
    description: str,
    *,
    problem: str = PLAIN_TEXT,
    schema: Told = TEXT,
    fetched: bool = True,
) -> Told:
    """Of a route that shows a selection of an organization's events.

    ``problem`` is the type of what it says when it cannot; ``fetched`` is False where nothing is asked of
    Amilia for it.
    """
    told = {
        200: _body(description, content_type, schema),
        304: {"description": _UNCHANGED},
        404: _body(_UNKNOWN, problem),
        422: _body(_ODD, problem),
    }
    if fetched:
        retry = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer", "minimum": 1}}}
        told[503] = {**_body(_NO_COPY, problem), "headers": retry}
    return {"response_class": Response, "responses": told}


def cached(content_type: str, description: str) -> Told:
    """Of a route whose answer depends on no organization."""
    told = {200: _body(description, content_type), 304: {"description": _UNCHANGED}}
    return {"response_class": Response, "responses": told}


def state(content_type: str, *, schema: Told = TEXT, **descriptions: str) -> Told:
    """Of a route that tells of the service itself, with a description of each status by its name."""
    numbers = {"ok": 200, "unavailable": 503}
    told = {numbers[name]: _body(text, content_type, schema) for name, text in descriptions.items()}
    return {"response_class": Response, "responses": told}


def _body(description: str, content_type: str, schema: Told = TEXT) -> Told:
    return {"description": description, "content": {content_type: {"schema": schema}}}
