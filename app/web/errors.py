"""The one table from what went wrong to what the visitor is told: a status and a sentence, never a trace."""

from collections.abc import Mapping
from html import escape
from typing import Final

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from app.domain.errors import FeedNotFound, InvalidQuery, ServiceError, WebhookRejected
from app.domain.model import LANGS, Lang
from app.feeds.service import Feeds, NoCopy
from app.i18n.words import say
from app.telemetry.metrics import Metrics
from app.web.query import spoken_language

PLAIN: Final = (".ics", ".svg", ".json", ".atom", ".txt", ".js")
"""Addresses of files: their errors are plain text, for programs and for those who read their logs."""
METHODS: Final = "GET, HEAD"
NOT_FOUND: Final = 404


def install(app: FastAPI) -> None:
    """Answer every anticipated error, and those of routing, in this way."""
    app.add_exception_handler(ServiceError, _service_error)
    app.add_exception_handler(HTTPException, _routing_error)
    app.add_exception_handler(Exception, _bug)


async def _service_error(request: Request, error: Exception) -> Response:
    metrics: Metrics = request.state.metrics
    match error:
        case FeedNotFound():
            answer = _say(request, NOT_FOUND, "error.not-found")
        case InvalidQuery():
            facts = {"parameter": error.parameter, "expected": error.expected}
            answer = _say(request, 422, f"error.query.{error.problem}", **facts)
        case WebhookRejected():
            answer = _say(request, 401, "error.webhook")
        case NoCopy():
            answer = _say(request, 503, "error.no-copy")
            answer.headers["Retry-After"] = str(round(error.retry_after.total_seconds() + 0.5))
        case _:  # an error of this family that no route may let through
            answer = _say(request, 500, "error.bug")
    metrics.answer(answer.status_code, "none")
    return answer


async def _routing_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    match status:
        case 404:
            return _say(request, NOT_FOUND, "error.not-found")
        case 405:
            allowed = "POST" if request.url.path.startswith("/webhooks/") else METHODS
            if request.method in allowed.split(", "):  # only a preflight has this address: nothing is there
                return _say(request, NOT_FOUND, "error.not-found")
            answer = _say(request, 405, "error.method")
            answer.headers["Allow"] = allowed
            return answer
        case _:
            return _say(request, status, "error.request")


async def _bug(request: Request, _error: Exception) -> Response:
    return _say(request, 500, "error.bug")


def _say(request: Request, status: int, key: str, **facts: str) -> Response:
    """The sentence in the visitor's language; in both where nothing tells which."""
    lang = _language(request)
    langs = (lang,) if lang else LANGS
    sentences = [say(lang, key, **facts) for lang in langs]
    headers = {"Cache-Control": "public, max-age=60" if status == NOT_FOUND else "no-store"}
    if request.url.path.endswith(PLAIN):
        body, kind = "\n".join(sentences) + "\n", "text/plain; charset=utf-8"
    else:
        body, kind = _page(langs, sentences), "text/html; charset=utf-8"
    content = body.encode()
    headers |= {"Content-Type": kind, "Content-Length": str(len(content)), **_open(request)}
    return Response(b"" if request.method == "HEAD" else content, status, headers)


def _open(request: Request) -> Mapping[str, str]:
    """A program on another site may read why its request failed."""
    return {"Access-Control-Allow-Origin": "*"} if request.url.path.endswith(PLAIN) else {}


def _language(request: Request) -> Lang | None:
    """What the query says, else the organization's own language; None where there is no organization."""
    spoken = spoken_language(request.url.query)
    if spoken is not None:
        return spoken
    feeds: Feeds = request.state.feeds
    parts = request.url.path.split("/")
    if len(parts) > 2 and parts[1] == "orgs":  # noqa: PLR2004  # "", "orgs", {org}
        try:
            return feeds.organization(parts[2]).language
        except FeedNotFound:
            return None
    return None


def _page(langs: tuple[Lang, ...], sentences: list[str]) -> str:
    paragraphs = "".join(
        f'<p lang="{lang}">{escape(sentence)}</p>' for lang, sentence in zip(langs, sentences, strict=True)
    )
    return (
        f'<!doctype html><html lang="{langs[0]}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(sentences[0])}</title>{paragraphs}</html>"
    )
