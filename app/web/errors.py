"""The one table from what went wrong to what the visitor is told: a status and a sentence, never a trace."""

from collections.abc import Mapping
from typing import Final

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from app.domain.errors import FeedNotFound, InvalidQuery, ServiceError, WebhookRejected
from app.domain.model import LANGS, Lang, Organization
from app.feeds.service import Feeds, NoCopy
from app.i18n.words import say
from app.telemetry.metrics import Metrics
from app.web.accent import theme
from app.web.query import spoken_language
from app.web.rendering import HTML, headers, page
from app.web.sealed import NOT_KEPT, is_private

PLAIN: Final = (".ics", ".svg", ".json", ".atom", ".txt", ".js")
"""Addresses of files: their errors are plain text, for programs and for those who read their logs."""
FRAMED: Final = "/embed"
"""Addresses of widgets: a site that shows one is told there what is wrong."""
METHODS: Final = "GET, HEAD"
NOT_FOUND: Final = 404
NO_COPY: Final = 503
FAULT: Final = 500
"""From here on it is ours: the sentence tells under which id the log has more."""
DEFAULT_COLOR: Final = "#0b7a75"


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
            answer = _say(request, NO_COPY, "error.no-copy")
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
    if status >= FAULT:
        sentences[-1] = f"{sentences[-1]} {say(langs[-1], 'error.reference', id=request.state.request_id)}"
    told = {"Cache-Control": "public, max-age=60" if status == NOT_FOUND else "no-store", **_open(request)}
    if request.url.path.endswith(PLAIN):
        content, kind = ("\n".join(sentences) + "\n").encode(), "text/plain; charset=utf-8"
    else:
        content, of_page = _page(request, status, list(zip(langs, sentences, strict=True)))
        kind = HTML
        told |= of_page
    told |= {"Content-Type": kind, "Content-Length": str(len(content))}
    told |= NOT_KEPT if is_private(request.url.path) else {}
    return Response(b"" if request.method == "HEAD" else content, status, told)


def _open(request: Request) -> Mapping[str, str]:
    """A program on another site may read why its request failed, but for what is private."""
    path = request.url.path
    return {"Access-Control-Allow-Origin": "*"} if path.endswith(PLAIN) and not is_private(path) else {}


def _language(request: Request) -> Lang | None:
    """What the query says, else the organization's own language; None where there is no organization."""
    spoken = spoken_language(request.url.query)
    if spoken is not None:
        return spoken
    organization = _organization(request)
    return organization.language if organization else None


def _organization(request: Request) -> Organization | None:
    """The organization that the address names, if it is one of ours."""
    feeds: Feeds = request.state.feeds
    parts = request.url.path.split("/")
    if len(parts) > 2 and parts[1] == "orgs":  # noqa: PLR2004  # "", "orgs", {org}
        try:
            return feeds.organization(parts[2])
        except FeedNotFound:
            return None
    return None


def _page(request: Request, status: int, sentences: list[tuple[Lang, str]]) -> tuple[bytes, dict[str, str]]:
    """The sentences as a page of the organization's colour, and the headers that go with it."""
    organization = _organization(request)
    style = theme(organization.color if organization else DEFAULT_COLOR)
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    framed = request.url.path.endswith(FRAMED)
    body = page(
        "error.html",
        sentences[0][0],
        style=style,
        status=status,
        sentences=sentences,
        home=f"/orgs/{organization.slug}" if organization and not framed else "",
        again=here if status == NO_COPY else "",
    )
    return body, headers(style, framed="*" if framed else "'none'")
