"""Routes that can be read: GET and HEAD, of which the OpenAPI document shows the first."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias, TypeVar

from fastapi import APIRouter, Response

Endpoint: TypeAlias = Callable[..., Awaitable[Response]]
Route = TypeVar("Route", bound=Endpoint)


def readable(router: APIRouter, path: str, **options: Any) -> Callable[[Route], Route]:  # noqa: ANN401  # FastAPI's
    """Answer GET and HEAD on ``path``; ``options`` are those of ``APIRouter.add_api_route``.

    Two routes rather than one with two methods, which would give both the same operation id.
    """

    def register(endpoint: Route) -> Route:
        router.add_api_route(path, endpoint, methods=["GET"], **options)
        router.add_api_route(path, endpoint, methods=["HEAD"], **{**options, "include_in_schema": False})
        return endpoint

    return register
