"""`/docs`: what can be asked of this service, drawn from its OpenAPI document, without any script."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from app.web.accent import theme
from app.web.answer import Representation, answer, etag_of
from app.web.methods import readable
from app.web.outcomes import cached
from app.web.query import LANGUAGE, spoken_language
from app.web.rendering import HTML, headers, page

COLOR: Final = "#0b7a75"
CACHED: Final = "public, max-age=300"

router = APIRouter(tags=["operation"])


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of an address; ``values`` says in a word what it takes."""

    name: str
    place: str
    values: str
    description: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One address that can be read."""

    path: str
    description: tuple[str, ...]
    """Words and code by turns, words first."""
    parameters: tuple[Parameter, ...]


@readable(router, "/docs", openapi_extra=LANGUAGE, **cached("text/html", "This page."))
async def reference(request: Request) -> Response:
    """The addresses of this service and their parameters."""
    lang = spoken_language(request.url.query) or "en"
    document: dict[str, Any] = request.app.openapi()
    style = theme(COLOR)
    body = page(
        "reference.html",
        lang,
        style=style,
        operations=list(operations(document)),
        version=document["info"]["version"],
    )
    further = {**headers(style), "Cache-Control": CACHED}
    return await answer(request, Representation(body, HTML, etag_of(body), None, lang, further=further), None)


def operations(document: dict[str, Any]) -> Iterator[Operation]:
    """The readable addresses of an OpenAPI 3.1 document, in its order."""
    for path, methods in document["paths"].items():
        if "get" in methods:
            told = methods["get"]
            parameters = tuple(_parameter(it) for it in told.get("parameters", ()))
            words = told.get("description", "").replace("``", "`").split("`")
            yield Operation(path, tuple(words), parameters)


def _parameter(told: dict[str, Any]) -> Parameter:
    schema = told.get("schema", {})
    return Parameter(told["name"], told["in"], _values(schema), told.get("description", ""))


def _values(schema: dict[str, Any]) -> str:
    """What a schema allows, for a person."""
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if "minimum" in schema and "maximum" in schema:
        return f"{schema['minimum']}–{schema['maximum']}"
    example = f", {schema['example']}" if "example" in schema else ""
    return f"{schema.get('type', '')}{example}"
