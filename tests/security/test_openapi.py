"""The OpenAPI document is true: it has every route and status, and no request gets any other answer."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, TypeAlias

import httpx
import pytest
import requests
import schemathesis
from anyio.from_thread import start_blocking_portal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app.main import create_app
from tests.security.routes import FOREST, UNDOCUMENTED, paths
from tests.support.service import running, settings_for

Ask: TypeAlias = Callable[[requests.Request], httpx.Response]

EXAMPLES: Final = int(os.environ.get("FUZZ_EXAMPLES", "25"))
"""Requests to each route of each kind; ``python -m fuzz`` asks for more."""
KNOWN: Final = {"org": "forest-explorers", "name": "natation", "event_id": "70000"}
CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
ORGANIZATION: Final[dict[str, Any]] = {
    "feeds": {"natation": {"name": {"fr": "Natation", "en": "Swimming"}, "q": "natation"}}
}


def document() -> dict[str, Any]:
    told: dict[str, Any] = create_app(settings_for(Path())).openapi()
    return told


DOCUMENT: Final = document()


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Sends a request to a running service."""
    started = running(tmp_path_factory.mktemp("openapi"), forest=ORGANIZATION)
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(started) as service:

        def asking(request: requests.Request) -> httpx.Response:
            url = requests.Session().prepare_request(request).url or ""
            answer: httpx.Response = portal.call(service.client.request, request.method or "GET", url)
            return answer

        yield asking


def requests_to(path: str, mode: GenerationMode) -> st.SearchStrategy[Any]:
    """Requests as the document allows them, or as it does not; half of them to what there is."""
    operation = schemathesis.openapi.from_dict(DOCUMENT)[path]["GET"]
    known = {name: value for name, value in KNOWN.items() if f"{{{name}}}" in path}
    anywhere = operation.as_strategy(generation_mode=mode)
    if not known:
        return anywhere
    return anywhere | operation.as_strategy(generation_mode=mode, path_parameters=known)


@pytest.mark.parametrize(
    ("path", "mode"),
    [
        *((path, GenerationMode.POSITIVE) for path in DOCUMENT["paths"]),
        *(
            (path, GenerationMode.NEGATIVE)
            for path, told in DOCUMENT["paths"].items()
            if "parameters" in told["get"]
        ),
    ],
)
# Schemathesis seeds its choice of what to negate by itself.
@pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies")
def test_no_request_gets_an_answer_that_the_document_lacks(path: str, mode: GenerationMode, ask: Ask) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize="FUZZ_EXAMPLES" not in os.environ,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=requests_to(path, mode))
    def hold(case: Any) -> None:
        told = case.as_transport_kwargs(base_url="http://in-process")
        fields = {name: told.get(name) for name in ("method", "url", "params")}
        case.validate_response(ask(requests.Request(**fields)), checks=CHECKS)

    hold()


def test_every_route_is_documented_or_said_not_to_be(tmp_path: Path) -> None:
    app = create_app(settings_for(tmp_path))

    assert paths(app) - UNDOCUMENTED == DOCUMENT["paths"].keys()


async def test_every_status_that_is_documented_is_answered(tmp_path: Path) -> None:
    answered: dict[str, set[int]] = {path: set() for path in DOCUMENT["paths"]}
    async with running(tmp_path, forest=ORGANIZATION) as service:
        service.fault("500")
        for path in sorted(DOCUMENT["paths"]):  # /readyz after those that it tells of
            answered[path].add((await service.get(path.format(**KNOWN))).status_code)
        service.faults.clear()
        service.clock.advance(hours=1)
        first = (await service.get(f"{FOREST}/calendar.json")).json()[0]["id"]
        for path in DOCUMENT["paths"]:
            address = path.format(**{**KNOWN, "event_id": first})
            fresh = await service.get(address)
            for answer in (
                fresh,
                await service.get(address, if_none_match=fresh.headers.get("etag", '"none"')),
                await service.get(f"{address}?lang=de"),
                await service.get(path.format(org="nobody", name="none", event_id="1")),
            ):
                answered[path].add(answer.status_code)
    async with running(tmp_path / "one", organizations=only_one(tmp_path)) as alone:
        answered["/"].add((await alone.get("/")).status_code)

    promised = {
        path: {int(it) for it in told["get"]["responses"]} for path, told in DOCUMENT["paths"].items()
    }
    assert answered == promised


def only_one(directory: Path) -> dict[str, Any]:
    organizations = settings_for(directory).organizations
    return {"lakeside": organizations["lakeside"]}
